"""The kit that a training officer shares in the recorded browser journey; it is not part of the sample library."""

import tempfile
from pathlib import Path

from portal.sample.loading import read_resource, texts
from portal.sample.resources import SampleResource, file_bytes

# Stands on page 2 of the Lao guide, in the middle of a run without spaces, and nowhere else.
JOURNEY_PHRASE = "ສຽງອ່ອນຄືນ້ຳໄຫຼ"
JOURNEY_PAGE = 2

_FONTS = Path(tempfile.gettempdir()) / "sala-sample-fonts"


def journey_kit() -> SampleResource:
    """What the training officer types: titles, summaries, type, places and the roles of the files."""
    return read_resource(texts() / "journey" / "border-officials-kit.txt")


def journey_files(font_directory: Path = _FONTS) -> list[tuple[str, bytes]]:
    """The three files to be dropped, as name and bytes; the first one holds the phrase."""
    kit = journey_kit()
    return [(file.name, file_bytes(kit, file, font_directory)) for file in kit.files]
