"""The zip container that Office, OpenDocument and EPUB files share, written so that equal text gives equal bytes."""

import io
import zipfile
from collections.abc import Iterable
from html import escape

XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# Office programs show this as the day the file was made; a fixed day keeps the bytes the same.
MADE_AT = "2026-01-15T08:00:00Z"


def zip_package(parts: Iterable[tuple[str, str | bytes]], mimetype: str | None = None) -> bytes:
    """A zip file of the parts, in their order; a mimetype goes first and uncompressed, as OpenDocument and EPUB ask."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype is not None:
            archive.writestr(_entry("mimetype", zipfile.ZIP_STORED), mimetype)
        for name, content in parts:
            archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), content)
    return buffer.getvalue()


def _entry(name: str, method: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(2026, 1, 15, 8, 0, 0))
    entry.compress_type = method
    entry.external_attr = 0o644 << 16
    return entry


def office_core_properties(title: str, author: str, language: str) -> str:
    """`docProps/core.xml`, where Word, PowerPoint and Excel keep title, author and language."""
    return (
        XML_HEAD
        + '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(author)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{MADE_AT}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{MADE_AT}</dcterms:modified>'
        f"<dc:language>{escape(language)}</dc:language></cp:coreProperties>"
    )


def office_content_types(overrides: Iterable[tuple[str, str]]) -> str:
    """`[Content_Types].xml`; each override is a part's path and what follows `application/vnd.openxmlformats-`."""
    listed = "".join(
        f'<Override PartName="{path}" ContentType="application/vnd.openxmlformats-{kind}+xml"/>'
        for path, kind in [("/docProps/core.xml", "package.core-properties"), *overrides]
    )
    return (
        XML_HEAD + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def office_relations(relations: Iterable[tuple[str, str]]) -> str:
    """A `.rels` part; each relation is the last part of its type's address and the target. Ids are rId1, rId2, ..."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{base}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(relations, start=1)
    )
    return (
        XML_HEAD
        + f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{listed}</Relationships>'
    )


def office_root_relations(main_part: str) -> str:
    """`_rels/.rels`: where the main part and the core properties are."""
    core = (
        '<Relationship Id="rId2" '
        'Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>'
    )
    return office_relations([("officeDocument", main_part)]).replace("</Relationships>", core)
