"""Every router of the pages, in the order in which addresses are tried."""

from fastapi import APIRouter

from portal.web import home, negotiation, places, share, statics

ROUTERS: tuple[APIRouter, ...] = (
    statics.router,
    home.router,
    places.router,
    share.router,
    # Last: it answers every address without a language.
    negotiation.router,
)
