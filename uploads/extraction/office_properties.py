"""What Office files say about themselves in docProps/core.xml."""

from __future__ import annotations

import re

from uploads.archives import Archive
from uploads.extraction.markup import FieldListener, listen
from uploads.problems import Unreadable
from uploads.reading import Properties, TextLimits

_CORE = "docProps/core.xml"
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")


def office_properties(archive: Archive, limits: TextLimits) -> Properties:
    """Title, author, language and the day of the last change."""
    if _CORE not in archive.names:
        return Properties()
    fields = FieldListener(
        frozenset({"dc:title", "dc:creator", "dc:language", "dcterms:created", "dcterms:modified"})
    )
    try:
        listen(archive, _CORE, fields, limits)
    except Unreadable:
        # The text is worth more than what is said about it.
        return Properties()
    found = fields.fields
    return Properties(
        title=found.get("dc:title", "").strip() or None,
        author=found.get("dc:creator", "").strip() or None,
        date=day(found.get("dcterms:modified") or found.get("dcterms:created") or ""),
        language=found.get("dc:language", "").strip() or None,
    )


def day(written: str) -> str | None:
    """The day, month or year at the start of an ISO 8601 date, or None."""
    match = _DATE.match(written.strip())
    return match.group() if match else None
