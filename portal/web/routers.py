"""Every router of the pages, in the order in which addresses are tried."""

from fastapi import APIRouter

from portal.web import (
    accounts,
    admin,
    components,
    editing,
    files,
    freshness,
    gaps,
    home,
    library,
    negotiation,
    nil_returns,
    organisations,
    overlaps,
    people,
    places,
    presence,
    project_editing,
    project_editing_lines,
    project_editing_parts,
    projects,
    search,
    share,
    statics,
    statistics,
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
    freshness.router,
    gaps.router,
    nil_returns.router,
    statistics.router,
    editing.router,
    # Before what is read of a project: "new" is no reference.
    project_editing.router,
    project_editing_lines.router,
    project_editing_parts.router,
    projects.router,
    overlaps.router,
    share.router,
    search.router,
    library.router,
    files.router,
    # Last: it answers every address without a language.
    negotiation.router,
)
