"""The first-page picture of every kind of file."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.uploads import made_files
from uploads import text_pictures
from uploads.kinds import FileKind
from uploads.previews import draw_preview
from uploads.problems import Problem, Unreadable
from uploads.text_pictures import text_picture

SEVEN_LANGUAGES = (
    "Safe ground\n\nດິນແດນທີ່ປອດໄພ\nดินแดนที่ปลอดภัย\nដីសុវត្ថិភាព\nဘေးကင်းသောမြေ\nVùng đất an toàn\n安全的土地"
)


def picture(image_format: str, size: tuple[int, int] = (900, 600), **options: object) -> bytes:
    target = io.BytesIO()
    mode = "RGBA" if image_format in ("PNG", "WEBP") else "RGB"
    image = Image.new(mode, size, (200, 30, 30, 128) if mode == "RGBA" else (200, 30, 30))
    image.paste((30, 30, 200), (0, 0, size[0] // 2, size[1]))
    image.save(target, image_format, **options)
    return target.getvalue()


def shown(content: bytes, kind: FileKind, text: str = "") -> Image.Image:
    preview = draw_preview(io.BytesIO(content), kind, text)
    assert preview is not None
    image = Image.open(io.BytesIO(preview))
    assert image.format == "WEBP"
    assert image.width <= 320
    assert image.height <= 480
    return image


def ink(image: Image.Image) -> int:
    return sum(count for count in image.convert("L").histogram()[:160])


def test_a_pdf_shows_its_first_page() -> None:
    image = shown(made_files.pdf(["Safe ground"]), FileKind.PDF)
    assert image.size == (320, 453)
    assert ink(image) > 50


@pytest.mark.parametrize(
    ("image_format", "kind"),
    [
        ("PNG", FileKind.PNG),
        ("JPEG", FileKind.JPEG),
        ("GIF", FileKind.GIF),
        ("WEBP", FileKind.WEBP),
        ("TIFF", FileKind.TIFF),
    ],
)
def test_a_picture_is_made_small(image_format: str, kind: FileKind) -> None:
    assert shown(picture(image_format), kind).size == (320, 214)


def test_a_photograph_stands_upright_and_loses_what_the_camera_knew() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (17.0, 58.0, 0.0)}
    image = shown(picture("JPEG", exif=exif), FileKind.JPEG)
    assert image.size == (320, 480)
    assert not image.getexif()


def test_transparent_parts_are_white() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(target, "PNG")
    assert shown(target.getvalue(), FileKind.PNG).convert("L").getextrema() == (255, 255)


@pytest.mark.parametrize("member", ["docProps/thumbnail.jpeg", "Thumbnails/thumbnail.png"])
def test_a_picture_inside_the_document_is_used(member: str) -> None:
    content = made_files.zipped({"word/document.xml": "", member: picture("JPEG", (256, 144))})
    assert shown(content, FileKind.DOCX, "text").size == (256, 144)


@pytest.mark.parametrize("thumbnail", [b"not a picture", picture("JPEG", (10, 10))[:40]])
def test_a_bad_picture_inside_the_document_is_passed_over(thumbnail: bytes) -> None:
    content = made_files.zipped({"docProps/thumbnail.jpeg": thumbnail})
    assert shown(content, FileKind.DOCX, "Safe ground").size == (320, 450)


def test_a_blank_picture_inside_the_document_is_passed_over() -> None:
    target = io.BytesIO()
    Image.new("RGB", (256, 144), "white").save(target, "JPEG")
    content = made_files.zipped({"docProps/thumbnail.jpeg": target.getvalue()})
    assert ink(shown(content, FileKind.PPTX, "Safe ground")) > 50


def test_a_document_that_is_no_zip_still_gets_a_picture_of_its_text() -> None:
    assert ink(shown(b"PK broken", FileKind.DOCX, "Safe ground")) > 50


@pytest.mark.parametrize(("kind", "size"), [(FileKind.TXT, (320, 450)), (FileKind.ODP, (320, 180))])
def test_text_is_set_on_a_page_or_a_slide(kind: FileKind, size: tuple[int, int]) -> None:
    image = shown(made_files.zipped({"a": "b"}), kind, SEVEN_LANGUAGES)
    assert image.size == size
    assert ink(image) > 300


def test_nothing_to_show_gives_no_picture() -> None:
    assert draw_preview(io.BytesIO(b""), FileKind.TXT, " \n ") is None


@pytest.mark.parametrize("line", SEVEN_LANGUAGES.replace("\n\n", "\n").splitlines()[:-1])
def test_every_script_of_ours_is_drawn(line: str) -> None:
    assert ink(text_picture(line, FileKind.TXT)) > 100


def test_letters_that_no_font_has_are_left_out_and_not_boxed() -> None:
    assert ink(text_picture("\U00012000\U00012001", FileKind.TXT)) == 0


def test_without_fonts_the_page_is_white(monkeypatch: pytest.MonkeyPatch) -> None:
    for cached in (text_pictures._font_path, text_pictures._bundled_font):
        cached.cache_clear()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    try:
        assert ink(text_picture("Safe ground", FileKind.TXT)) == 0
    finally:
        for cached in (text_pictures._font_path, text_pictures._bundled_font):
            cached.cache_clear()


def test_long_text_fills_the_page_and_no_more() -> None:
    assert ink(text_picture("word " * 2_000, FileKind.TXT)) > 2_000
    assert text_picture("ກໍ່" * 5_000, FileKind.TXT).size == (320, 450)


@pytest.mark.parametrize(
    ("content", "kind", "problem"),
    [
        (b"\x89PNG\r\n\x1a\n", FileKind.PNG, Problem.BROKEN),
        (picture("PNG")[:200], FileKind.PNG, Problem.BROKEN),
        (b"%PDF-1.4", FileKind.PDF, Problem.BROKEN),
    ],
)
def test_a_broken_picture_says_so(content: bytes, kind: FileKind, problem: Problem) -> None:
    with pytest.raises(Unreadable) as refused:
        draw_preview(io.BytesIO(content), kind, "")
    assert refused.value.problem is problem


def test_a_picture_of_too_many_pixels_is_not_unpacked() -> None:
    target = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(target, "PNG")
    with pytest.raises(Unreadable) as refused:
        draw_preview(io.BytesIO(target.getvalue()), FileKind.PNG, "")
    assert refused.value.problem is Problem.TOO_LARGE
