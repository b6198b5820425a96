"""A short sound file, so that the sample library has one resource that is heard and not read."""

import io
import math
import struct
import wave

from portal.sample.files.documents import Document

_RATE = 8000
_NOTES = (262, 330, 392)


def write_wav(document: Document) -> bytes:
    """Three soft notes for every page: real sound, no speech, a few kilobytes."""
    frequencies = [note for _ in document.pages for note in _NOTES]
    samples = [
        int(6000 * math.sin(2 * math.pi * frequency * at / _RATE) * (1 - at / _RATE * 4))
        for frequency in frequencies
        for at in range(_RATE // 4)
    ]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(_RATE)
        recording.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return buffer.getvalue()
