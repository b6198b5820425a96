"""PowerPoint slides: one slide per page, the heading as its title and everything else in one body."""

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

_NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_KIND = "officedocument.presentationml"
_EMPTY_TREE = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)
_TITLE_BOX = '<a:off x="500000" y="300000"/><a:ext cx="8144000" cy="1000000"/>'
_BODY_BOX = '<a:off x="500000" y="1400000"/><a:ext cx="8144000" cy="5000000"/>'


def write_pptx(document: Document) -> bytes:
    """A presentation; a page without a heading gives a slide with an empty title."""
    numbers = range(1, len(document.pages) + 1)
    slides = [
        (f"ppt/slides/slide{number}.xml", _slide(page, document.language))
        for number, page in zip(numbers, document.pages, strict=True)
    ]
    to_layout = office_relations([("slideLayout", "../slideLayouts/slideLayout1.xml")])
    return zip_package(
        [
            ("[Content_Types].xml", office_content_types(_content_types(numbers))),
            ("_rels/.rels", office_root_relations("ppt/presentation.xml")),
            ("docProps/core.xml", office_core_properties(document.title, document.author, document.language)),
            ("ppt/presentation.xml", _presentation(numbers)),
            ("ppt/_rels/presentation.xml.rels", office_relations(_presentation_relations(numbers))),
            ("ppt/theme/theme1.xml", _theme()),
            ("ppt/slideMasters/slideMaster1.xml", _master()),
            (
                "ppt/slideMasters/_rels/slideMaster1.xml.rels",
                office_relations(
                    [("slideLayout", "../slideLayouts/slideLayout1.xml"), ("theme", "../theme/theme1.xml")]
                ),
            ),
            ("ppt/slideLayouts/slideLayout1.xml", _layout()),
            (
                "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
                office_relations([("slideMaster", "../slideMasters/slideMaster1.xml")]),
            ),
            *slides,
            *[(f"ppt/slides/_rels/slide{number}.xml.rels", to_layout) for number in numbers],
        ]
    )


def _content_types(numbers: range) -> list[tuple[str, str]]:
    return [
        ("/ppt/presentation.xml", f"{_KIND}.presentation.main"),
        ("/ppt/theme/theme1.xml", "officedocument.theme"),
        ("/ppt/slideMasters/slideMaster1.xml", f"{_KIND}.slideMaster"),
        ("/ppt/slideLayouts/slideLayout1.xml", f"{_KIND}.slideLayout"),
        *[(f"/ppt/slides/slide{number}.xml", f"{_KIND}.slide") for number in numbers],
    ]


def _presentation_relations(numbers: range) -> list[tuple[str, str]]:
    slides = [("slide", f"slides/slide{number}.xml") for number in numbers]
    return [("slideMaster", "slideMasters/slideMaster1.xml"), *slides, ("theme", "theme/theme1.xml")]


def _presentation(numbers: range) -> str:
    listed = "".join(f'<p:sldId id="{255 + number}" r:id="rId{number + 1}"/>' for number in numbers)
    return (
        f"{XML_HEAD}<p:presentation {_NAMESPACES}>"
        '<p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst>'
        f'<p:sldIdLst>{listed}</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/>'
        '<p:notesSz cx="6858000" cy="9144000"/></p:presentation>'
    )


def _slide(page: str, language: str) -> str:
    blocks = list(blocks_of(page))
    title = next((block.text for block in blocks if block.kind is BlockKind.HEADING), "")
    body = [block.text for block in blocks if block.text != title] or [""]
    shapes = _shape(2, "title", _TITLE_BOX, [title], language) + _shape(3, "body", _BODY_BOX, body, language)
    return (
        f"{XML_HEAD}<p:sld {_NAMESPACES}><p:cSld><p:spTree>{_EMPTY_TREE}{shapes}</p:spTree></p:cSld></p:sld>"
    )


def _shape(number: int, kind: str, box: str, paragraphs: list[str], language: str) -> str:
    index = ' idx="1"' if kind == "body" else ""
    text = "".join(
        f'<a:p><a:r><a:rPr lang="{language}"/><a:t>{escape(paragraph)}</a:t></a:r></a:p>'
        if paragraph
        else "<a:p/>"
        for paragraph in paragraphs
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{kind} {number}"/><p:cNvSpPr/>'
        f'<p:nvPr><p:ph type="{kind}"{index}/></p:nvPr></p:nvSpPr>'
        f"<p:spPr><a:xfrm>{box}</a:xfrm></p:spPr>"
        f"<p:txBody><a:bodyPr><a:normAutofit/></a:bodyPr><a:lstStyle/>{text}</p:txBody></p:sp>"
    )


def _layout() -> str:
    shapes = _shape(2, "title", _TITLE_BOX, [""], "en") + _shape(3, "body", _BODY_BOX, [""], "en")
    return (
        f'{XML_HEAD}<p:sldLayout {_NAMESPACES} type="obj"><p:cSld name="Title and text"><p:spTree>{_EMPTY_TREE}'
        f"{shapes}</p:spTree></p:cSld></p:sldLayout>"
    )


def _master() -> str:
    shapes = _shape(2, "title", _TITLE_BOX, [""], "en") + _shape(3, "body", _BODY_BOX, [""], "en")
    accents = " ".join(f'accent{number}="accent{number}"' for number in range(1, 7))
    level = '<a:lvl1pPr><a:defRPr sz="{size}"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    return (
        f'{XML_HEAD}<p:sldMaster {_NAMESPACES}><p:cSld><p:bg><p:bgRef idx="1001"><a:schemeClr val="bg1"/></p:bgRef></p:bg>'
        f"<p:spTree>{_EMPTY_TREE}{shapes}</p:spTree></p:cSld>"
        f'<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" {accents} hlink="hlink" folHlink="folHlink"/>'
        '<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst>'
        f"<p:txStyles><p:titleStyle>{level.format(size=3200)}</p:titleStyle>"
        f"<p:bodyStyle>{level.format(size=1800)}</p:bodyStyle><p:otherStyle/></p:txStyles></p:sldMaster>"
    )


def _theme() -> str:
    colours = {
        "dk1": "1B1B1B", "lt1": "FFFFFF", "dk2": "1F3B4D", "lt2": "F4F1EA", "accent1": "0B6E69", "accent2": "B4562B",
        "accent3": "5B7F3A", "accent4": "7A4E8C", "accent5": "2F6DA8", "accent6": "A88A2F", "hlink": "0B5CAD",
        "folHlink": "6A3D9A",
    }  # fmt: skip
    palette = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in colours.items())
    font = '<a:latin typeface="Noto Sans"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'{XML_HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Sala">'
        f'<a:themeElements><a:clrScheme name="Sala">{palette}</a:clrScheme><a:fontScheme name="Sala">'
        f"<a:majorFont>{font}</a:majorFont><a:minorFont>{font}</a:minorFont></a:fontScheme>"
        f'<a:fmtScheme name="Sala"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{f'<a:ln>{fill}</a:ln>' * 3}</a:lnStyleLst>"
        f"<a:effectStyleLst>{effect * 3}</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst>"
        "</a:fmtScheme></a:themeElements></a:theme>"
    )
