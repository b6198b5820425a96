"""Bytes of shared files: downloads, and pictures of first pages. Their addresses carry no language.

What people uploaded is never trusted: the type comes from our own table, only what cannot run in the
portal's name is shown in place, and everything else is a download.
"""

import logging
import re
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask
from starlette.datastructures import Headers

from portal.core.errors import N_, Unavailable
from portal.library.actions import count_download
from portal.library.page_queries import OpenFile, open_file, preview_of
from portal.request import CurrentViewer, DbSession, Installation, Services
from uploads.kinds import FileKind
from uploads.storage import NotStored

log = logging.getLogger("sala")
router = APIRouter(prefix="/files")

NOT_STORED = N_(
    "This file cannot be reached just now. Please try again later; its description is still here."
)
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
# Many versions of Chromium do not start their PDF viewer in a sandbox, and it draws itself with styles of its
# own. The viewer has a process without access to the portal; scripts, frames and connections stay shut.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
PRIVATE = "private, no-store"
# A public file may be kept but is asked for again each time, so that a withdrawal works at once.
PUBLIC = "public, no-cache"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@router.get("/{file_id}/preview.webp", include_in_schema=False)
def preview(
    request: Request, session: DbSession, viewer: CurrentViewer, here: Installation, file_id: UUID
) -> Response:
    """The picture of the first page, made by the portal itself."""
    opened = open_file(session, viewer, file_id)
    digest = preview_of(session, opened.entry)
    headers = {
        "ETag": f'"{digest}"',
        "Cache-Control": PUBLIC if opened.is_public else PRIVATE,
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
    }
    if _is_known(request.headers, digest):
        return Response(status_code=304, headers=headers)
    return _bytes(request, here, digest, (0, _size(here, digest), 200), FileKind.WEBP, headers)


@router.get("/{file_id}/{name}", include_in_schema=False)
def download(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    here: Installation,
    file_id: UUID,
    name: str,
    inline: str = "",
) -> Response:
    """The file as it was shared. The name in the address is for people; the id decides."""
    opened = open_file(session, viewer, file_id)
    digest = opened.entry.sha256
    kind = FileKind(opened.entry.kind)
    headers = _headers(opened, kind, in_place=inline == "1")
    if _is_known(request.headers, digest):
        return Response(status_code=304, headers=headers)
    size = _size(here, digest)
    wanted = _wanted(request.headers, digest, size)
    start, length, status = wanted
    if status == 416:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    response = _bytes(request, here, digest, wanted, kind, headers)
    if request.method == "GET" and start == 0:
        response.background = BackgroundTask(_count, here, opened.resource.id)
    return response


def _headers(opened: OpenFile, kind: FileKind, *, in_place: bool) -> dict[str, str]:
    in_place = in_place and kind.inline_allowed
    return {
        "ETag": f'"{opened.entry.sha256}"',
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition(opened.entry.name, "inline" if in_place else "attachment"),
        "Cache-Control": PUBLIC if opened.is_public else PRIVATE,
        "Content-Security-Policy": PDF_POLICY if in_place and kind is FileKind.PDF else SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def disposition(name: str, way: str) -> str:
    """RFC 6266: a plain name for old programs, and the true one in RFC 5987's coding."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in name)
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def table_download(content: bytes, name: str) -> Response:
    """A table that the portal made, .csv or .xlsx: only ever a download, and of its reader's sight alone."""
    media_type = "text/csv; charset=utf-8" if name.endswith(".csv") else FileKind.XLSX.media_type
    return Response(content, media_type=media_type, headers=download_headers(name))


def download_headers(name: str) -> dict[str, str]:
    """Of what nobody else may see, keep or open in place."""
    return {
        "Content-Disposition": disposition(name, "attachment"),
        "Cache-Control": PRIVATE,
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
    }


def _is_known(headers: Headers, digest: str) -> bool:
    """Whether the browser has these very bytes already (If-None-Match)."""
    tags = [tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")]
    return f'"{digest}"' in tags or "*" in tags


def _wanted(headers: Headers, digest: str, size: int) -> tuple[int, int, int]:
    """Start, length and status: one range of bytes where one was asked for, else all of them.

    Several ranges, ranges in another form, and those of a file that has changed since give the whole file,
    as RFC 9110 allows.
    """
    whole = (0, size, 200)
    match = _RANGE.fullmatch(headers.get("range", "").replace(" ", ""))
    if match is None or not any(match.groups()):
        return whole
    if headers.get("if-range", f'"{digest}"') != f'"{digest}"':
        return whole
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if first and last and int(last) < start:
        return whole
    if start >= size or (not first and int(last) == 0):
        return 0, 0, 416
    return start, end - start + 1, 206


def _bytes(
    request: Request,
    here: Services,
    digest: str,
    wanted: tuple[int, int, int],
    kind: FileKind,
    headers: dict[str, str],
) -> Response:
    """The answer with its bytes in pieces; to HEAD, the same without them."""
    start, length, status = wanted
    # Compressed on the way, a file would lose its length; the middleware leaves alone what names its coding.
    headers = {**headers, "Content-Length": str(length), "Content-Encoding": "identity"}
    if request.method == "HEAD":
        return Response(status_code=status, media_type=kind.media_type, headers=headers)
    try:
        pieces = here.files.read_range(digest, start, length)
    except NotStored as error:
        raise _missing(digest) from error
    return StreamingResponse(pieces, status_code=status, media_type=kind.media_type, headers=headers)


def _size(here: Services, digest: str) -> int:
    try:
        return here.files.size(digest)
    except NotStored as error:
        raise _missing(digest) from error


def _missing(digest: str) -> Unavailable:
    log.error("a stored file is missing: %s", digest)
    return Unavailable(NOT_STORED)


def _count(here: Services, resource_id: UUID) -> None:
    """One more download, in a transaction of its own: when it fails, only the count is poorer."""
    try:
        with here.database.writing() as session:
            count_download(session, resource_id)
    except (SQLAlchemyError, Unavailable) as error:
        log.warning("a download was not counted: %s", error)
