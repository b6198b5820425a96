"""Formats that are text themselves: TXT, CSV, subtitles, HTML, RTF and EPUB."""

import csv
import io
from collections.abc import Iterator
from html import escape

from portal.sample.files.documents import Block, BlockKind, Document, blocks_of, grouped_rows
from portal.sample.files.packages import MADE_AT, zip_package


def write_txt(document: Document) -> bytes:
    """Plain text in UTF-8, with a form feed between pages, as printers and text readers understand it."""
    pages = ("\n\n".join(_plain(block) for block in blocks_of(page)) for page in document.pages)
    return ("\n\f".join(pages) + "\n").encode()


def _plain(block: Block) -> str:
    return f"- {block.text}" if block.kind is BlockKind.BULLET else block.text


def write_csv(document: Document) -> bytes:
    """The table rows alone. The byte order mark is there for Excel, which takes Lao for Latin-1 without it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for page in document.pages:
        writer.writerows(block.cells for block in blocks_of(page) if block.kind is BlockKind.ROW)
    return ("\ufeff" + buffer.getvalue()).encode()


def write_subtitles(document: Document) -> bytes:
    """SubRip subtitles: every block is shown for five seconds."""
    blocks = [block for page in document.pages for block in blocks_of(page)]
    cues = (
        f"{number + 1}\n{_moment(number * 5)} --> {_moment(number * 5 + 5)}\n{block.text}\n"
        for number, block in enumerate(blocks)
    )
    return "\n".join(cues).encode()


def _moment(seconds: int) -> str:
    return f"00:{seconds // 60:02d}:{seconds % 60:02d},000"


def write_html(document: Document) -> bytes:
    """One HTML page with a section for every page."""
    sections = "".join(f"<section>\n{_html_blocks(page)}</section>\n" for page in document.pages)
    return (
        f'<!DOCTYPE html>\n<html lang="{document.language}">\n<head><meta charset="utf-8">'
        f"<title>{escape(document.title)}</title>"
        f'<meta name="author" content="{escape(document.author)}"></head>\n<body>\n{sections}</body>\n</html>\n'
    ).encode()


def _html_blocks(page: str) -> str:
    return "".join(_html_group(group) + "\n" for group in grouped_rows(page))


def _html_group(group: list[Block]) -> str:
    first = group[0]
    if first.kind is BlockKind.ROW:
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row.cells) + "</tr>" for row in group
        )
        return f"<table>{rows}</table>"
    if first.kind is BlockKind.HEADING:
        return f"<h1>{escape(first.text)}</h1>"
    if first.kind is BlockKind.BULLET:
        return f"<ul><li>{escape(first.text)}</li></ul>"
    return f"<p>{escape(first.text)}</p>"


def write_rtf(document: Document) -> bytes:
    """Rich text with page breaks; every character outside ASCII is written as its number."""
    pages = "\\page\n".join("".join(_rtf_blocks(page)) for page in document.pages)
    title, author = _rtf_text(document.title), _rtf_text(document.author)
    head = f"{{\\rtf1\\ansi\\ansicpg1252\\uc1\\deff0{{\\fonttbl{{\\f0 Noto Sans;}}}}{{\\info{{\\title {title}}}{{\\author {author}}}}}"
    return f"{head}\n{pages}}}".encode("ascii")


def _rtf_blocks(page: str) -> Iterator[str]:
    for block in blocks_of(page):
        text = _rtf_text(block.text)
        yield (
            f"{{\\b\\fs32 {text}\\par}}\n" if block.kind is BlockKind.HEADING else f"{{\\fs22 {text}\\par}}\n"
        )


def _rtf_text(text: str) -> str:
    return "".join(_rtf_character(character) for character in text)


def _rtf_character(character: str) -> str:
    if character in "\\{}":
        return "\\" + character
    if ord(character) < 128:
        return character
    units = character.encode("utf-16-le")
    numbers = (int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2))
    return "".join(f"\\u{number}?" for number in numbers)


def write_epub(document: Document) -> bytes:
    """An EPUB 3 book with one chapter file for every page."""
    names = [f"page{number}.xhtml" for number in range(1, len(document.pages) + 1)]
    chapters = [
        (f"book/{name}", _xhtml(document, _html_blocks(page)))
        for name, page in zip(names, document.pages, strict=True)
    ]
    container = (
        '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    links = "".join(
        f'<li><a href="{name}">{_first_text(page)}</a></li>'
        for name, page in zip(names, document.pages, strict=True)
    )
    contents = _xhtml(document, f'<nav epub:type="toc"><ol>{links}</ol></nav>')
    return zip_package(
        [
            ("META-INF/container.xml", container),
            ("book/package.opf", _epub_package(document, names)),
            ("book/contents.xhtml", contents),
            *chapters,
        ],
        mimetype="application/epub+zip",
    )


def _first_text(page: str) -> str:
    first = next(blocks_of(page), None)
    return escape(first.text[:60]) if first else "…"


def _xhtml(document: Document, body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="{document.language}" lang="{document.language}">'
        f"<head><title>{escape(document.title)}</title></head><body>{body}</body></html>"
    )


def _epub_package(document: Document, names: list[str]) -> str:
    items = "".join(
        f'<item id="c{at}" href="{name}" media-type="application/xhtml+xml"/>'
        for at, name in enumerate(names)
    )
    spine = "".join(f'<itemref idref="c{at}"/>' for at in range(len(names)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        'unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:sala:sample:{escape(document.title)}</dc:identifier>'
        f"<dc:title>{escape(document.title)}</dc:title><dc:creator>{escape(document.author)}</dc:creator>"
        f'<dc:language>{document.language}</dc:language><meta property="dcterms:modified">{MADE_AT}</meta></metadata>'
        '<manifest><item id="nav" href="contents.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f"{items}</manifest><spine>{spine}</spine></package>"
    )
