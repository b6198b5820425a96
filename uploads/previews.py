"""Makes the first-page picture of a file: drawn by the format itself, found inside it, or set from its text.

Runs in the sandbox only: pictures of others are as hostile as their documents.
"""

from __future__ import annotations

import io
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps, WebPImagePlugin

from uploads.archives import open_archive
from uploads.kind_table import FileKind
from uploads.problems import Problem, Unreadable
from uploads.text_pictures import text_picture

WIDTH, HEIGHT = 320, 480
_MAX_PIXELS = 50_000_000
_PILLOW_FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "GIF")
_EMBEDDED = ("docProps/thumbnail.jpeg", "docProps/thumbnail.png", "Thumbnails/thumbnail.png")
_BLANK_CONTRAST = 24
_EMBEDDED_MAX_BYTES = 4 * 1024 * 1024


def draw_preview(stream: BinaryIO, kind: FileKind, first_text: str) -> bytes | None:
    """A WebP of at most 320 by 480 pixels, or None where there is nothing to show. Raises Unreadable."""
    stream.seek(0)
    if kind is FileKind.PDF:
        # Loaded only here: PDFium is large, and most other files are small.
        from uploads.extraction.pdf import draw_first_page

        # Drawn at twice the size and then reduced: small letters stay legible.
        return _webp(draw_first_page(stream, 2 * WIDTH, 2 * HEIGHT))
    if kind.is_picture:
        return _webp(open_picture(stream))
    embedded = _embedded_picture(stream, kind)
    if embedded is not None:
        return _webp(embedded)
    return _webp(text_picture(first_text, kind)) if first_text.strip() else None


def open_picture(stream: BinaryIO) -> Image.Image:
    """The first frame, upright, without anything the camera wrote beside it. Raises Unreadable."""
    Image.MAX_IMAGE_PIXELS = _MAX_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(stream, formats=_PILLOW_FORMATS)
            # JPEG can be unpacked at a fraction of its size, which saves most of the memory.
            picture.draft("RGB", (2 * WIDTH, 2 * HEIGHT))
            picture.thumbnail((2 * WIDTH, 2 * HEIGHT))
            return ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(Problem.TOO_LARGE, "the picture has too many pixels") from error
    except (OSError, ValueError, SyntaxError, TypeError, IndexError, EOFError) as error:
        raise Unreadable(Problem.BROKEN, "the picture cannot be opened") from error


def _embedded_picture(stream: BinaryIO, kind: FileKind) -> Image.Image | None:
    if kind.media_type.startswith("text/") or kind is FileKind.RTF:
        return None
    try:
        archive = open_archive(stream)
        name = next((name for name in _EMBEDDED if name in archive.names), None)
        if name is None:
            return None
        picture = open_picture(io.BytesIO(archive.read(name, _EMBEDDED_MAX_BYTES)))
    except Unreadable:
        # The picture was only a convenience of the writing program; the text can still be drawn.
        return None
    return None if _is_blank(picture) else picture


def _is_blank(picture: Image.Image) -> bool:
    # Some programs leave the thumbnail of an empty page in everything they write.
    shades = picture.convert("L").histogram()
    used = [shade for shade, count in enumerate(shades) if count]
    return not used or used[-1] - used[0] < _BLANK_CONTRAST


def _webp(picture: Image.Image) -> bytes:
    on_white = picture.convert("RGB")
    if picture.has_transparency_data:
        with_alpha = picture.convert("RGBA")
        on_white = Image.new("RGB", picture.size, "white")
        on_white.paste(with_alpha, mask=with_alpha.getchannel("A"))
    on_white.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    on_white.save(target, WebPImagePlugin.WebPImageFile.format, quality=55, method=2)
    return target.getvalue()
