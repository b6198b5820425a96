"""`python -m portal.cli` is `sala`."""

from portal.cli.main import app

if __name__ == "__main__":
    app()
