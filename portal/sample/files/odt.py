"""OpenDocument text: what LibreOffice writes, with a page break before each page's first block."""

from html import escape

from portal.sample.files.documents import Block, BlockKind, Document, grouped_rows
from portal.sample.files.packages import MADE_AT, zip_package

_MIMETYPE = "application/vnd.oasis.opendocument.text"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_NAMESPACES = (
    f'xmlns:office="{_OASIS}:office:1.0" xmlns:text="{_OASIS}:text:1.0" xmlns:table="{_OASIS}:table:1.0" '
    f'xmlns:style="{_OASIS}:style:1.0" xmlns:fo="{_OASIS}:xsl-fo-compatible:1.0" '
    f'xmlns:meta="{_OASIS}:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2"'
)


def write_odt(document: Document) -> bytes:
    """An OpenDocument text file whose pages are kept apart by explicit page breaks."""
    return zip_package(
        [
            ("content.xml", _content(document)),
            ("styles.xml", _styles(document.language)),
            ("meta.xml", _meta(document)),
            ("META-INF/manifest.xml", _manifest()),
        ],
        mimetype=_MIMETYPE,
    )


def _content(document: Document) -> str:
    breaking = (
        '<style:style style:name="PageBreak" style:family="paragraph" style:parent-style-name="Standard">'
        '<style:paragraph-properties fo:break-before="page"/></style:style>'
        '<style:style style:name="HeadingBreak" style:family="paragraph" style:parent-style-name="Heading_20_1">'
        '<style:paragraph-properties fo:break-before="page"/></style:style>'
    )
    body = "".join(_page(page, starts_a_page=number > 0) for number, page in enumerate(document.pages))
    return (
        f"{_HEAD}<office:document-content {_NAMESPACES}><office:automatic-styles>{breaking}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )


def _page(page: str, *, starts_a_page: bool) -> str:
    groups = list(grouped_rows(page))
    # A table cannot carry the break itself here, so an empty paragraph before it does.
    lead = (
        '<text:p text:style-name="PageBreak"/>'
        if starts_a_page and groups[0][0].kind is BlockKind.ROW
        else ""
    )
    shown = [_group(group, breaks=starts_a_page and number == 0) for number, group in enumerate(groups)]
    return lead + "".join(shown)


def _group(group: list[Block], *, breaks: bool) -> str:
    block = group[0]
    if block.kind is BlockKind.ROW:
        return _table(group)
    if block.kind is BlockKind.HEADING:
        style = "HeadingBreak" if breaks else "Heading_20_1"
        return f'<text:h text:style-name="{style}" text:outline-level="1">{escape(block.text)}</text:h>'
    style = "PageBreak" if breaks else "Standard"
    mark = "• " if block.kind is BlockKind.BULLET else ""
    return f'<text:p text:style-name="{style}">{mark}{escape(block.text)}</text:p>'


def _table(rows: list[Block]) -> str:
    columns = max(len(row.cells) for row in rows)
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in [*row.cells, *[""] * (columns - len(row.cells))]
        )
        + "</table:table-row>"
        for row in rows
    )
    return (
        f'<table:table><table:table-column table:number-columns-repeated="{columns}"/>{lines}</table:table>'
    )


def _styles(language: str) -> str:
    family = {"zh": "asian", "lo": "complex", "th": "complex", "km": "complex", "my": "complex"}.get(language)
    attribute = f"style:language-{family}" if family else "fo:language"
    return (
        f"{_HEAD}<office:document-styles {_NAMESPACES}><office:styles>"
        '<style:default-style style:family="paragraph">'
        f'<style:text-properties {attribute}="{language}"/></style:default-style>'
        '<style:style style:name="Standard" style:family="paragraph" style:class="text">'
        '<style:paragraph-properties fo:margin-bottom="0.25cm"/></style:style>'
        '<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph" '
        'style:parent-style-name="Standard"><style:text-properties fo:font-size="16pt" fo:font-weight="bold"/></style:style>'
        "</office:styles></office:document-styles>"
    )


def _meta(document: Document) -> str:
    return (
        f"{_HEAD}<office:document-meta {_NAMESPACES}><office:meta><dc:title>{escape(document.title)}</dc:title>"
        f"<meta:initial-creator>{escape(document.author)}</meta:initial-creator>"
        f"<dc:creator>{escape(document.author)}</dc:creator><dc:date>{MADE_AT.rstrip('Z')}</dc:date>"
        f"<dc:language>{document.language}</dc:language></office:meta></office:document-meta>"
    )


def _manifest() -> str:
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
        for name in ("content.xml", "styles.xml", "meta.xml")
    )
    return (
        f'{_HEAD}<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="{_MIMETYPE}"/>'
        f"{entries}</manifest:manifest>"
    )
