"""Every router of the pages, in the order in which addresses are tried."""

from fastapi import APIRouter

from portal.web import accounts, home, negotiation, organisations, people, places, share, statics

ROUTERS: tuple[APIRouter, ...] = (
    statics.router,
    home.router,
    accounts.router,
    organisations.router,
    people.router,
    places.router,
    share.router,
    # Last: it answers every address without a language.
    negotiation.router,
)
