"""A person who shares a kit of three files, as a browser would post it."""

from fastapi.testclient import TestClient
from sqlmodel import select

from portal.accounts.models import Organisation, User
from portal.accounts.origins import Origin
from portal.accounts.session_actions import open_user_session
from portal.app import create_app
from portal.core.database import Database
from portal.core.settings import Settings
from portal.request import SESSION_COOKIE

FILES = [("files", (f"part-{number}.txt", f"Part {number} of the kit.\n".encode())) for number in (1, 2, 3)]
# Made by whoever prepares the folder, before anything is killed.
TOKEN_FILE = "token"


def prepare_sign_in(database: Database, settings: Settings) -> None:
    """Sign the only person in and leave the token in the data folder."""
    with database.writing() as session:
        user = session.exec(select(User)).one()
        token = open_user_session(session, user, Origin(), 14)
    (settings.data_dir / TOKEN_FILE).write_text(token)


def form_of(settings: Settings, database: Database) -> tuple[dict[str, str], dict[str, str]]:
    """The fields and headers of the post."""
    with database.reading() as session:
        organisation = session.exec(select(Organisation)).one()
    token = (settings.data_dir / TOKEN_FILE).read_text()
    headers = {"Cookie": f"{SESSION_COOKIE}={token}", "Sec-Fetch-Site": "same-origin"}
    return {"organisation": str(organisation.id), "visibility": "public"}, headers


def share_three_files(settings: Settings) -> None:
    """Post the kit to a portal in this very process."""
    app = create_app(settings)
    fields, headers = form_of(settings, app.state.services.database)
    with TestClient(app, follow_redirects=False) as client:
        answer = client.post("/en/share", data=fields, files=FILES, headers=headers)
    if answer.status_code != 303:
        raise RuntimeError(f"Sharing answered {answer.status_code}.")
