"""Every router of the pages, in the order in which addresses are tried."""

from fastapi import APIRouter

from portal.web import (
    accounts,
    admin,
    components,
    editing,
    files,
    home,
    library,
    negotiation,
    organisations,
    people,
    places,
    presence,
    search,
    share,
    statics,
)

ROUTERS: tuple[APIRouter, ...] = (
    statics.router,
    home.router,
    accounts.router,
    admin.router,
    components.router,
    organisations.router,
    people.router,
    places.router,
    presence.router,
    editing.router,
    share.router,
    search.router,
    library.router,
    files.router,
    # Last: it answers every address without a language.
    negotiation.router,
)
