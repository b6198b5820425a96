"""Small files of every kind, built from nothing, so that a test shows all that it depends on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

import manimgx_fonts
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "application/vnd.openxmlformats-officedocument"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"

CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>Safe ground</dc:title><dc:creator>Bounmy</dc:creator><dc:language>en-GB</dc:language>"
    "<dcterms:modified>2024-03-05T08:00:00Z</dcterms:modified></cp:coreProperties>"
)


def zipped(members: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members in this order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)
            # The first member of OpenDocument and EPUB is never packed, so that it can be read in the raw file.
            member.compress_type = zipfile.ZIP_STORED if name == "mimetype" else compression
            archive.writestr(member, content)
    return target.getvalue()


def pdf(pages: Iterable[str], title: str = "", language: str = "") -> bytes:
    """One page for every text, a line for every line."""
    target = io.BytesIO()
    canvas = Canvas(target, invariant=1, lang=language or None)
    canvas.setTitle(title)
    for page in pages:
        text = canvas.beginText(72, 750)
        text.textLines(page)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def lao_pdf(lines: Iterable[str], inside_form: bool = False) -> bytes:
    """A page of Lao, one drawing operation a line, perhaps within a form that the page draws."""
    font = Path(manimgx_fonts.__file__).parent / "NotoSansLao[wght].ttf"
    pdfmetrics.registerFont(TTFont("Lao", str(font)))
    target = io.BytesIO()
    canvas = Canvas(target, invariant=1)
    if inside_form:
        canvas.beginForm("drawing")
    canvas.setFont("Lao", 14)
    for number, line in enumerate(lines):
        canvas.drawString(72, 750 - 24 * number, line)
    if inside_form:
        canvas.endForm()
        canvas.doForm("drawing")
    canvas.save()
    return target.getvalue()


def docx(body: str, **more: str | bytes) -> bytes:
    """A Word file with this XML as its body; `more` members by name with `__` for the slash and `_` for the dot."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(f"{OFFICE}.wordprocessingml.document.main+xml"),
        "docProps/core.xml": CORE,
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
    }
    members |= {
        name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): v for name, v in more.items()
    }
    return zipped(members)


def paragraph(text: str, before: str = "") -> str:
    """A Word paragraph of one run."""
    return f"<w:p>{before}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def pptx(slides: Iterable[str], notes: str = "") -> bytes:
    """A presentation of one paragraph a slide, the slides stored in the opposite order."""
    texts = list(slides)
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    main = "http://schemas.openxmlformats.org/presentationml/2006/main"

    def slide(text: str) -> str:
        return f'<p:sld xmlns:p="{main}" xmlns:a="{drawing}"><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></p:sld>'

    numbers = range(len(texts), 0, -1)
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(f"{OFFICE}.presentationml.presentation.main+xml"),
        "docProps/core.xml": CORE,
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{main}" xmlns:r="{_RELATIONS}"><p:sldIdLst>'
        + "".join(f'<p:sldId id="{256 + n}" r:id="rId{n}"/>' for n in numbers)
        + "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": _relations({f"rId{n}": f"slides/slide{n}.xml" for n in numbers}),
    }
    for number, text in zip(numbers, texts, strict=True):
        members[f"ppt/slides/slide{number}.xml"] = slide(text)
    if notes:
        members["ppt/notesSlides/notesSlide1.xml"] = slide(notes)
        members[f"ppt/slides/_rels/slide{len(texts)}.xml.rels"] = _relations(
            {"rId1": "../notesSlides/notesSlide1.xml"}
        )
    return zipped(members)


def xlsx(sheets: Mapping[str, str], shared: Iterable[str] = ()) -> bytes:
    """A workbook whose sheets hold these rows of XML."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    names = list(sheets)
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(f"{OFFICE}.spreadsheetml.sheet.main+xml"),
        "docProps/core.xml": CORE,
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{_RELATIONS}"><sheets>'
        + "".join(f'<sheet name="{escape(name)}" r:id="s{i}"/>' for i, name in enumerate(names))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            {f"s{i}": f"/xl/worksheets/{i}.xml" for i in range(len(names))}
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">'
        + "".join(f"<si><t>{escape(text)}</t><rPh><t>phonetic</t></rPh></si>" for text in shared)
        + "</sst>",
    }
    for index, rows in enumerate(sheets.values()):
        members[f"xl/worksheets/{index}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
        )
    return zipped(members)


def opendocument(kind: str, body: str, styles: str = "", manifest: str = "") -> bytes:
    """An OpenDocument file: kind is text, presentation or spreadsheet."""
    names = "".join(
        f' xmlns:{prefix}="{_OPEN}:{prefix}:1.0"' for prefix in ("office", "text", "table", "style", "meta")
    )
    names += f' xmlns:draw="{_OPEN}:drawing:1.0" xmlns:fo="{_OPEN}:xsl-fo-compatible:1.0"'
    names += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content{names}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body>{body}</office:body></office:document-content>",
            "meta.xml": f"<office:document-meta{names}><dc:title>Safe ground</dc:title>"
            "<meta:initial-creator>Bounmy</meta:initial-creator><dc:date>2024-03-05T08:00:00</dc:date>"
            "<dc:language>en-GB</dc:language></office:document-meta>",
            "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
        }
    )


def epub(chapters: Iterable[str], encryption: str = "") -> bytes:
    """A book of these chapters."""
    texts = list(chapters)
    members: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
        "OPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<metadata><dc:title>Safe ground</dc:title><dc:creator>Bounmy</dc:creator><dc:date>2024-03-05</dc:date>"
        "<dc:language>en-GB</dc:language></metadata><manifest>"
        + "".join(f'<item id="c{i}" href="text/chapter%20{i}.xhtml"/>' for i in range(len(texts)))
        + "</manifest><spine>"
        + "".join(f'<itemref idref="c{i}"/>' for i in range(len(texts)))
        + "</spine></package>",
    }
    for index, text in enumerate(texts):
        members[f"OPS/text/chapter {index}.xhtml"] = (
            f"<html><head><title>x</title></head><body><p>{text}</p></body></html>"
        )
    if encryption:
        members["META-INF/encryption.xml"] = encryption
    return zipped(members)


def self_calling_pdf() -> bytes:
    """A form that draws itself: without a limit, PDFium fills any memory with it."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
        b"<</Length 5>>stream\n/F Do\nendstream",
        b"<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</F 5 0 R>>>>/Length 11>>stream\n"
        b"/F Do /F Do\nendstream",
    ]
    content = bytearray(b"%PDF-1.4\n")
    places = []
    for number, written in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj" % number + written + b"endobj\n"
    start = len(content)
    content += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start
    return bytes(content)


def _content_types(main: str) -> str:
    return f'<Types xmlns="{_PACKAGE}/content-types"><Override PartName="/x" ContentType="{main}"/></Types>'


def _relations(targets: Mapping[str, str]) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(f'<Relationship Id="{key}" Target="{target}"/>' for key, target in targets.items())
        + "</Relationships>"
    )
