"""Real processes killed at many points: nothing that was promised may be lost."""
