"""Excel workbooks: one sheet per page, one row per table row or paragraph."""

import re
from html import escape

from portal.sample.files.documents import BlockKind, Document, blocks_of
from portal.sample.files.packages import (
    XML_HEAD,
    office_content_types,
    office_core_properties,
    office_relations,
    office_root_relations,
    zip_package,
)

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def write_xlsx(document: Document) -> bytes:
    """A workbook; a page's heading names its sheet, and cells that are whole numbers are written as numbers."""
    names = _sheet_names(document.pages)
    numbers = range(1, len(names) + 1)
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    overrides = [("/xl/workbook.xml", "officedocument.spreadsheetml.sheet.main")]
    overrides += [
        (f"/xl/worksheets/sheet{number}.xml", "officedocument.spreadsheetml.worksheet") for number in numbers
    ]
    sheets = [
        (f"xl/worksheets/sheet{number}.xml", _sheet(page))
        for number, page in zip(numbers, document.pages, strict=True)
    ]
    return zip_package(
        [
            ("[Content_Types].xml", office_content_types(overrides)),
            ("_rels/.rels", office_root_relations("xl/workbook.xml")),
            ("docProps/core.xml", office_core_properties(document.title, document.author, document.language)),
            (
                "xl/workbook.xml",
                f'{XML_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
            ),
            (
                "xl/_rels/workbook.xml.rels",
                office_relations(("worksheet", f"worksheets/sheet{number}.xml") for number in numbers),
            ),
            *sheets,
        ]
    )


def _sheet_names(pages: tuple[str, ...]) -> list[str]:
    """Headings as sheet names: Excel allows 31 characters, seven forbidden signs and no name twice."""
    names: list[str] = []
    for number, page in enumerate(pages, start=1):
        first = next(blocks_of(page), None)
        wanted = first.text if first and first.kind is BlockKind.HEADING else f"Sheet {number}"
        name = re.sub(r"[\[\]:*?/\\]", " ", wanted)[:31].strip()
        names.append(f"{name[:27]} {number}" if name in names else name)
    return names


def _sheet(page: str) -> str:
    rows = "".join(
        f'<row r="{number}">{"".join(_cell(text, column, number) for column, text in enumerate(block.cells))}</row>'
        for number, block in enumerate(blocks_of(page), start=1)
    )
    return f'{XML_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def _cell(text: str, column: int, row: int) -> str:
    place = f"{chr(ord('A') + column)}{row}"
    if re.fullmatch(r"[1-9][0-9]{0,8}|0", text):
        return f'<c r="{place}"><v>{text}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
