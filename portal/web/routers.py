"""Every router of the pages, in the order in which addresses are tried."""

from fastapi import APIRouter

from portal.web import home, negotiation, statics

ROUTERS: tuple[APIRouter, ...] = (
    statics.router,
    home.router,
    # Last: it answers every address without a language.
    negotiation.router,
)
