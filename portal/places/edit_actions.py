"""What coordinators and administrators do to places: checked, carried out, and told to the audit trail."""

from sqlmodel import Session

from portal.core import audit
from portal.core.errors import N_, Conflict, Forbidden, Unauthenticated, require
from portal.places.actions import add_spellings, rename_place, split_district
from portal.places.inputs import PlaceNamesInput, SplitInput, spellings_in
from portal.places.models import Place
from portal.places.policy import PlaceEditor, may_edit_places
from portal.places.queries import official_names


def require_editor(viewer: PlaceEditor) -> None:
    require(viewer.is_signed_in, Unauthenticated(N_("Sign in first.")))
    require(may_edit_places(viewer), Forbidden(N_("Only coordinators and administrators change places.")))


def change_names(session: Session, viewer: PlaceEditor, place: Place, wanted: PlaceNamesInput) -> bool:
    """Rename a place in English and Lao and add spellings; return whether anything changed."""
    require_editor(viewer)
    before = official_names(session, [place.id]).get(place.id, {})
    seen = {"en": wanted.shown_en, "lo": wanted.shown_lo}
    require(
        all(before.get(language, "") == name for language, name in seen.items()),
        Conflict(N_("Somebody else has renamed this place in the meantime. Look at it again.")),
    )
    changed = {language: name for language, name in wanted.names.items() if before.get(language) != name}
    for language, name in changed.items():
        rename_place(session, place, language, name, wanted.on)
    added = add_spellings(session, place, spellings_in(wanted.spellings))
    if not changed and not added:
        return False
    audit.record(
        session,
        viewer.actor,
        "place.names-changed",
        ("place", place.id),
        before={language: before.get(language, "") for language in changed},
        after=changed,
        on=wanted.on.isoformat(),
        spellings_added=added,
    )
    return True


def split(session: Session, viewer: PlaceEditor, place: Place, wanted: SplitInput) -> list[Place]:
    """Split a district into those of the form; return them."""
    require_editor(viewer)
    opened = split_district(session, place, wanted.successors, wanted.on)
    audit.record(
        session,
        viewer.actor,
        "place.split",
        ("place", place.id),
        into=[successor.name_en for successor in wanted.successors],
        on=wanted.on.isoformat(),
    )
    return opened
