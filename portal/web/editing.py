"""The editing form: a draft is kept after every field, and two people in it overwrite nothing in silence."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from babel.dates import format_time
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session
from starlette.datastructures import FormData

from portal.accounts.group_queries import groups_of
from portal.accounts.models import Role
from portal.core.clock import LOCAL_ZONE, now
from portal.core.errors import N_, Invalid
from portal.labels import LABELS
from portal.library import actions, file_actions
from portal.library.description import LIST_FIELDS, PLAIN_FIELDS
from portal.library.inputs import DescribeInput, FileInput
from portal.library.queries import VersionView, get_draft, refusals_of, view_version
from portal.library.vocabularies import (
    LANGUAGE_LABELS,
    VISIBILITY_LABELS,
    ContentLanguage,
    Visibility,
)
from portal.places.queries import browse_places, place_names, provinces
from portal.request import CurrentViewer, DbSession
from portal.templating import translate
from portal.web.forms import Form, Posted
from portal.web.languages import PREFIX
from portal.web.merging import fingerprints, merge
from portal.web.screen import CurrentScreen, Screen
from portal.web.uploading import Upload

router = APIRouter(prefix=PREFIX)

CHANGED_MEANWHILE = N_(
    "Somebody else saved this while you were writing. What they changed stands in the form now, and so do your own "
    "words. Please look it over and save again."
)
CHANGED_MEANWHILE_QUIETLY = N_("Somebody else saved this while you were writing. Save to see both.")
SAVED_EXCEPT = N_("Saved, except this: %(problem)s")
ACCESS_FIELDS = ("visibility", "files_visibility", "group", "named_readers")
# Neither part of the description nor what somebody else could have changed.
PASSING_FIELDS = frozenset({"revision", "shown_proposals", "add_place", "add_relation"})
FIELD_NAMES = {
    "resource_type": N_("Type"),
    "issued": N_("Date"),
    "licence": N_("May others reuse it?"),
    "licence_note": N_("More about reuse"),
    "change_note": N_("What changed since the last version?"),
    "authors": N_("Authors"),
    "languages": N_("Languages of the files"),
    "policy_areas": N_("Area of the 4P"),
    "sectors": N_("Sectors"),
    "audiences": N_("For whom"),
    "places": N_("Places"),
    "visibility": N_("Who may see it?"),
    "files_visibility": N_("Who may open the files?"),
    "group": N_("Which group?"),
    "named_readers": N_("Named people"),
    "title": N_("Title"),
    "summary": N_("Summary"),
    "add_place": N_("Add a place"),
    "files": N_("Files"),
}
VALUE_LABELS = {
    "resource_type": "resource_type",
    "licence": "licence",
    "languages": "language",
    "policy_areas": "policy_area",
    "sectors": "sector",
    "audiences": "audience",
    "visibility": "visibility",
    "files_visibility": "visibility",
}


@router.get("/library/{reference}/edit")
def edit(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    resource, version = get_draft(session, viewer, reference)
    view = view_version(session, viewer, resource, version)
    return show_editor(screen, session, view, described(view))


@router.post("/library/{reference}/edit")
def save(
    request: Request,
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    posted: Posted,
) -> Response:
    resource, version = get_draft(session, viewer, reference)
    view = view_version(session, viewer, resource, version)
    form = Form(DescribeInput, posted, **described(view).typed)
    is_late = str(form.typed["revision"]) != str(version.revision)
    if request.headers.get("accept") == "application/json":
        return _say_late(screen) if is_late else _save_quietly(screen, session, view, form, posted)
    if is_late:
        return _show_both(screen, session, view, form, str(posted.get("opened", "")))
    with form.guard(session):
        actions.describe(session, viewer, resource, version, form.value)
        _change_files(session, screen, view, posted)
        return _go_on(screen, session, view, str(posted.get("then", "")))
    return show_editor(screen, session, view, form, 422)


@router.get("/library/{reference}/files-state")
def files_state(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    """The list of files alone, while they are being read."""
    resource, version = get_draft(session, viewer, reference)
    view = view_version(session, viewer, resource, version)
    return screen.show("library/edit/files_state.html", view=view)


@router.post("/library/{reference}/files")
def add_files(
    upload: Upload, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    resource, version = get_draft(session, viewer, reference)
    form = described(view_version(session, viewer, resource, version))
    with form.guard(session):
        upload.require_some_file()
        file_actions.add_files(session, viewer, resource, version, upload.received, upload.refused)
        return screen.go(f"/library/{reference}/edit", notice="saved")
    return show_editor(screen, session, view_version(session, viewer, resource, version), form, 422)


@router.post("/library/{reference}/refusals/dismiss")
def dismiss_refusals(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    resource, version = get_draft(session, viewer, reference)
    file_actions.dismiss_refusals(session, viewer, resource, version)
    return screen.go(f"/library/{reference}/edit")


def described(view: VersionView) -> Form[DescribeInput]:
    """The editing form as it stands for a stored version."""
    resource, version = view.resource, view.version
    initial: dict[str, Any] = {name: getattr(version, name) or "" for name in ("revision", *PLAIN_FIELDS)}
    initial.update({name: list(getattr(version, name)) for name in LIST_FIELDS})
    initial["authors"] = "\n".join(version.authors)
    initial["shown_proposals"] = version.proposed
    initial["visibility"] = resource.visibility
    is_alike = resource.files_visibility == resource.visibility
    initial["files_visibility"] = "" if is_alike else resource.files_visibility
    initial["group"] = str(resource.group_id or "")
    initial["named_readers"] = "\n".join(person.email for person in view.named_readers)
    initial["places"] = [f"{place.relation}:{place.place_id}" for place in view.places]
    for language in LANGUAGE_LABELS:
        initial[f"title_{language}"] = initial[f"summary_{language}"] = ""
    for text in view.texts:
        initial[f"title_{text.language}"], initial[f"summary_{text.language}"] = text.title, text.summary
    return Form(DescribeInput, **initial)


def show_editor(
    screen: Screen,
    session: Session,
    view: VersionView,
    form: Form[DescribeInput],
    status: int = 200,
    conflicts: Mapping[str, Any] | None = None,
) -> Response:
    known = [*provinces(session), *browse_places(session)]
    names = place_names(session, [place.id for place in known], screen.language)
    groups = groups_of(session, screen.viewer)
    return screen.show(
        "library/edit_resource.html",
        status,
        view=view,
        form=form,
        opened=fingerprints(described(view).typed),
        field_names={name: _field_name(name, screen.language) for name in form.errors},
        conflicts=_told(session, conflicts or {}, screen.language),
        refusals=refusals_of(session, view.version),
        chosen_places=_chosen_places(session, form.get("places", []), screen.language),
        place_names=sorted(names.values()),
        groups=[(str(group.id), group.name) for group in groups],
        visibilities=visibilities(screen, bool(groups or view.resource.group_id)),
        is_verified=view.organisation.is_verified,
        may_publish=screen.viewer.has_role(view.resource.organisation_id, Role.EDITOR),
    )


def visibilities(screen: Screen, has_groups: bool) -> list[tuple[str, str]]:
    """The choices of who may see something; sharing with a group is offered to those who belong to one."""
    return [
        (value, translate(screen.language, text))
        for value, text in VISIBILITY_LABELS.items()
        if has_groups or value != Visibility.GROUP
    ]


def _go_on(screen: Screen, session: Session, view: VersionView, then: str) -> Response:
    address = f"/library/{view.resource.reference}"
    if then == "publish":
        actions.publish(session, screen.viewer, view.resource, view.version)
        return screen.go(address, notice="published")
    if then == "preview":
        return screen.go(f"{address}/preview")
    return screen.go(f"{address}/edit", notice="removed" if then.startswith("remove:") else "saved")


def _change_files(session: Session, screen: Screen, view: VersionView, posted: FormData) -> None:
    """Roles and languages of the files stand in the same form, and so does the button that removes one."""
    if view.version.is_published:
        return
    for file in view.files:
        key = file.entry.id
        if posted.get("then") == f"remove:{key}":
            file_actions.remove_file(session, screen.viewer, view.resource, view.version, key)
        elif f"role:{key}" in posted:
            told = Form(
                FileInput,
                FormData({"role": posted[f"role:{key}"], "language": posted.get(f"language:{key}", "")}),
            )
            file_actions.change_file(session, screen.viewer, view.resource, view.version, key, told.value)


def _show_both(
    screen: Screen, session: Session, view: VersionView, form: Form[DescribeInput], opened: str
) -> Response:
    """Put what the other changed into the form, keep what this person changed, and show where both did."""
    stored = described(view).typed
    mine = {name: value for name, value in form.typed.items() if name not in PASSING_FIELDS}
    merged = merge(opened, mine, stored)
    passing = {name: form.typed[name] for name in PASSING_FIELDS if name in form.typed}
    again = Form(DescribeInput, **{**passing, **merged.values, "revision": view.version.revision})
    again.refuse(CHANGED_MEANWHILE)
    return show_editor(screen, session, view, again, 422, merged.conflicts)


def _say_late(screen: Screen) -> Response:
    message = translate(screen.language, CHANGED_MEANWHILE_QUIETLY)
    return JSONResponse({"message": message, "revision": None}, 409)


def _save_quietly(
    screen: Screen, session: Session, view: VersionView, form: Form[DescribeInput], posted: FormData
) -> Response:
    """Keep what can be kept while somebody writes; what cannot is said and waits in its field.

    Access of something published never changes quietly: it takes effect at once, so a person has to save it.
    """
    stored = described(view).typed
    problems = list(form.errors.items())
    typed = {**stored, **{name: value for name, value in form.typed.items() if name not in form.errors}}
    if view.resource.is_published:
        typed.update({name: stored[name] for name in ACCESS_FIELDS})
    while True:
        try:
            with session.begin_nested():
                data = DescribeInput.model_validate(typed)
                actions.describe(session, screen.viewer, view.resource, view.version, data)
            break
        except Invalid as error:
            # One refused field must not keep the others from being saved.
            problems.append((error.field or "", (error.message, error.values)))
            refused = ACCESS_FIELDS if error.field in ACCESS_FIELDS else (error.field or "",)
            typed.update({name: stored.get(name, "") for name in refused})
    _change_files(session, screen, view, posted)
    return _told_quietly(screen, session, view, problems, bool(data.add_place))


def _told_quietly(
    screen: Screen, session: Session, view: VersionView, problems: list[Any], has_new_place: bool
) -> Response:
    said: dict[str, Any] = {"revision": view.version.revision}
    if problems:
        message, values = problems[0][1]
        sentence = translate(screen.language, message, values)
        said["message"] = translate(screen.language, SAVED_EXCEPT, {"problem": sentence})
    else:
        time = format_time(now(), "short", tzinfo=LOCAL_ZONE, locale=screen.language)
        said["message"] = translate(screen.language, N_("Draft saved at %(time)s."), {"time": time})
    session.flush()
    fresh = described(view_version(session, screen.viewer, view.resource, view.version)).typed
    said["opened"] = fingerprints(fresh)
    if has_new_place:
        chosen = _chosen_places(session, fresh["places"], screen.language)
        said["places"] = bytes(screen.show("library/edit/places.html", chosen_places=chosen).body).decode()
    return JSONResponse(said, 422 if problems else 200)


def _chosen_places(session: Session, chosen: list[str], language: str) -> list[tuple[str, str, str]]:
    """Value, name and relation of each chosen place, so that it can be ticked off; what names none is left out."""
    pairs = []
    for value in chosen:
        relation, _, place_id = value.partition(":")
        try:
            pairs.append((value, relation, UUID(place_id)))
        except ValueError:
            continue
    names = place_names(session, [place_id for _, _, place_id in pairs], language)
    relations = LABELS["place_relation"]
    return [
        (value, names[place_id], relation)
        for value, relation, place_id in pairs
        if place_id in names and relation in relations
    ]


def _told(session: Session, conflicts: Mapping[str, Any], language: str) -> list[tuple[str, str, str]]:
    """For each field that both changed: its id, its name, and what is saved in it now, in words."""
    return [
        (name, _field_name(name, language), _in_words(session, name, stored, language))
        for name, stored in conflicts.items()
    ]


def _field_name(name: str, language: str) -> str:
    """What a field is called on the page; titles and summaries with their language."""
    kind, _, text_language = (
        name.partition("_") if name.startswith(("title_", "summary_")) else (name, "", "")
    )
    words = translate(language, FIELD_NAMES.get(kind, kind))
    if not text_language:
        return words
    return f"{words} ({translate(language, LANGUAGE_LABELS[ContentLanguage(text_language)])})"


def _in_words(session: Session, name: str, stored: Any, language: str) -> str:
    if name == "places":
        return ", ".join(place for _, place, _ in _chosen_places(session, stored, language))
    values = stored if isinstance(stored, list) else [stored]
    words = LABELS.get(VALUE_LABELS.get(name, ""), {})
    return ", ".join(translate(language, words.get(value, str(value))) for value in values if value)
