"""Taking in the files of a form before the transaction begins.

Large files take seconds to check and store. Done inside a writing transaction, they would keep everybody else
from saving; so a route names `Upload` before its session. Bytes whose transaction then fails are found and
removed by `sala check`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from portal.accounts.queries import viewer_of_token
from portal.core.errors import N_, Invalid, Unauthenticated, require
from portal.library.file_actions import ReceivedFile, Refused, receive_all
from portal.request import SESSION_COOKIE, Installation
from portal.web.forms import Posted, files_of

SIGN_IN_FIRST = Unauthenticated(N_("Sign in to share something."))


@dataclass(frozen=True)
class UploadedFiles:
    """What could be taken and what could not, and the marked sentence why nothing was tried."""

    received: Sequence[ReceivedFile]
    refused: Sequence[Refused]
    limit: int
    is_over_limit: bool = False

    def require_some_file(self) -> None:
        """Refuse the form when it brought no file that can be taken."""
        require(
            not self.is_over_limit,
            Invalid(N_("Choose at most %(count)s files at once."), field="files", count=self.limit),
        )
        if not self.received:
            reason = self.refused[0].reason if self.refused else N_("Choose at least one file.")
            raise Invalid(reason, field="files")


def take_files(request: Request, posted: Posted, portal: Installation) -> UploadedFiles:
    """Store the files of somebody who is signed in; whether they may share is for the action to say."""
    with portal.database.reading() as session:
        viewer = viewer_of_token(session, request.cookies.get(SESSION_COOKIE, ""))
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    files = [(file.filename or "", file.file) for file in files_of(posted, "files")]
    limit = portal.settings.maximum_files
    if len(files) > limit:
        return UploadedFiles((), (), limit, is_over_limit=True)
    received, refused = receive_all(portal.files, files, portal.settings.maximum_upload_bytes)
    return UploadedFiles(received, refused, limit)


Upload = Annotated[UploadedFiles, Depends(take_files)]
