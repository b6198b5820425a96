"""The home page, help and about: what this is, what is new, where to start."""

from fastapi import APIRouter
from fastapi.responses import Response

from portal.request import DbSession
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen

router = APIRouter(prefix=PREFIX)


@router.get("/")
def home(screen: CurrentScreen, session: DbSession) -> Response:
    return screen.show("home.html")


@router.get("/about")
def about(screen: CurrentScreen) -> Response:
    return screen.show("about.html")


@router.get("/help")
def help_page(screen: CurrentScreen) -> Response:
    return screen.show("help.html")
