"""Fonts for PDF files: the variable Noto fonts of the `manimgx-fonts` package, made static once and kept in a folder."""

import os
from importlib.resources import as_file, files
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont as FontFile
from fontTools.varLib.instancer import instantiateVariableFont
from reportlab.pdfbase.ttfonts import TTFont

LATIN = "NotoSans"
_SCRIPT_FONTS = {
    range(0x0E00, 0x0E80): "NotoSansThai",
    range(0x0E80, 0x0F00): "NotoSansLao",
    range(0x1000, 0x10A0): "NotoSansMyanmar",
    range(0x1780, 0x1800): "NotoSansKhmer",
    range(0x19E0, 0x1A00): "NotoSansKhmer",
}

# Noto Sans holds Greek, Cyrillic and thousands of rare Latin letters; leaving them out before the font is
# made static takes this from four seconds to under one.
_LATIN_CHARACTERS = [
    *range(0x20, 0x250),
    *range(0x300, 0x370),
    *range(0x1E00, 0x1F00),
    *range(0x2000, 0x2070),
    0x20AC,
]


def font_name_for(character: str) -> str:
    """The font that has the character; Latin for everything that belongs to no script of its own."""
    code = ord(character)
    return next((name for codes, name in _SCRIPT_FONTS.items() if code in codes), LATIN)


def load_font(name: str, font_directory: Path) -> TTFont:
    """A fresh reportlab font, from the folder or made into it first (up to one second).

    It is not shared between documents: reportlab numbers the shaped glyphs of a font in the order it meets
    them, so a shared font would make a file's bytes depend on what was written before it.
    """
    path = font_directory / f"{name}-Regular.ttf"
    if not path.exists():
        _make_static(name, path)
    return TTFont(name, str(path))


def _make_static(name: str, path: Path) -> None:
    with as_file(files("manimgx_fonts") / f"{name}[wght].ttf") as source, FontFile(source) as font:
        if name == LATIN:
            subsetter = Subsetter(Options(layout_features=["*"], notdef_outline=True))
            subsetter.populate(unicodes=_LATIN_CHARACTERS)
            subsetter.subset(font)
        instantiateVariableFont(font, {"wght": 400}, inplace=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two processes may make the same font at once; the rename lets either one win whole.
        unfinished = path.with_suffix(f".{os.getpid()}")
        font.save(unfinished)
        unfinished.replace(path)
