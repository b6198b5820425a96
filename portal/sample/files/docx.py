"""Word documents: headings, paragraphs, lists and tables, with a page break between pages."""

from html import escape

from portal.sample.files.documents import Block, BlockKind, Document, grouped_rows
from portal.sample.files.packages import (
    XML_HEAD,
    office_content_types,
    office_core_properties,
    office_relations,
    office_root_relations,
    zip_package,
)

_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_PAGE_BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
_STYLE_IDS = {BlockKind.HEADING: "Heading1", BlockKind.PARAGRAPH: "Normal", BlockKind.BULLET: "ListParagraph"}

# Word takes the font for Lao, Thai, Khmer and Burmese from the "complex script" attribute and the one
# for Chinese from "East Asia"; without them it falls back to boxes on machines with few fonts.
_COMPLEX_FONTS = {
    "lo": "Noto Sans Lao",
    "th": "Noto Sans Thai",
    "km": "Noto Sans Khmer",
    "my": "Noto Sans Myanmar",
}


def write_docx(document: Document) -> bytes:
    """A Word file whose pages are kept apart by explicit page breaks."""
    body = _PAGE_BREAK.join("".join(_group(group) for group in grouped_rows(page)) for page in document.pages)
    section = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    return zip_package(
        [
            (
                "[Content_Types].xml",
                office_content_types(
                    [
                        ("/word/document.xml", "officedocument.wordprocessingml.document.main"),
                        ("/word/styles.xml", "officedocument.wordprocessingml.styles"),
                    ]
                ),
            ),
            ("_rels/.rels", office_root_relations("word/document.xml")),
            ("docProps/core.xml", office_core_properties(document.title, document.author, document.language)),
            (
                "word/document.xml",
                f"{XML_HEAD}<w:document {_NAMESPACE}><w:body>{body}{section}</w:body></w:document>",
            ),
            ("word/_rels/document.xml.rels", office_relations([("styles", "styles.xml")])),
            ("word/styles.xml", _styles(document.language)),
        ]
    )


def _group(group: list[Block]) -> str:
    if group[0].kind is BlockKind.ROW:
        return _table(group)
    return _paragraph(group[0].text, _STYLE_IDS[group[0].kind], bullet=group[0].kind is BlockKind.BULLET)


def _paragraph(text: str, style: str, *, bullet: bool = False) -> str:
    shown = f"• {text}" if bullet else text
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{escape(shown)}</w:t></w:r></w:p>'
    )


def _table(rows: list[Block]) -> str:
    columns = max(len(row.cells) for row in rows)
    width = 9638 // columns
    grid = f'<w:gridCol w:w="{width}"/>' * columns
    lines = "".join(f"<w:tr>{_cells(row.cells, columns, width)}</w:tr>" for row in rows)
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    properties = f'<w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>{borders}</w:tblBorders></w:tblPr>'
    # Word refuses a table that is not followed by a paragraph.
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl><w:p/>"


def _cells(cells: tuple[str, ...], columns: int, width: int) -> str:
    filled = [*cells, *[""] * (columns - len(cells))]
    return "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(cell, "Normal")}</w:tc>'
        for cell in filled
    )


def _styles(language: str) -> str:
    complex_font = _COMPLEX_FONTS.get(language, "Noto Sans")
    attribute = {"zh": "w:eastAsia", "en": "w:val", "vi": "w:val"}.get(language, "w:bidi")
    defaults = (
        "<w:docDefaults><w:rPrDefault><w:rPr>"
        f'<w:rFonts w:ascii="Noto Sans" w:hAnsi="Noto Sans" w:cs="{complex_font}"/>'
        f'<w:sz w:val="22"/><w:szCs w:val="22"/><w:lang {attribute}="{language}"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="160" w:line="288" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )
    normal = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    heading = (
        '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>'
        '<w:pPr><w:keepNext/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:bCs/><w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr></w:style>'
    )
    listed = (
        '<w:style w:type="paragraph" w:styleId="ListParagraph"><w:name w:val="List Paragraph"/>'
        '<w:basedOn w:val="Normal"/><w:pPr><w:ind w:left="360"/></w:pPr></w:style>'
    )
    return f"{XML_HEAD}<w:styles {_NAMESPACE}>{defaults}{normal}{heading}{listed}</w:styles>"
