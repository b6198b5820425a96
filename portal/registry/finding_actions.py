"""What people do with a finding: take notice, talk, decide, open again. The parties and the coordinators see all of it.

A decision says what was agreed, never who is to blame; and it is remembered, so that the same pair does not come
back next quarter.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.accounts.page_queries import editors_of
from portal.accounts.queries import organisation_names, viewer_of_user
from portal.accounts.viewer import Viewer
from portal.core.audit import record
from portal.core.clock import now
from portal.core.errors import N_, Conflict, Forbidden, Invalid, require
from portal.core.mail import post
from portal.registry.finding_inputs import CommentInput, DecisionInput, FindingMessageInput
from portal.registry.finding_models import (
    OUTCOME_STATES,
    Finding,
    FindingEvent,
    FindingState,
    Outcome,
)
from portal.registry.finding_policy import may_answer_finding, may_review_finding
from portal.registry.finding_queries import FindingView, may_read, published_view
from portal.registry.link_actions import join_as_same_work, link_projects
from portal.registry.models import Project
from portal.registry.policy import may_edit
from portal.registry.scoring import Band, Queue
from portal.registry.snapshot import read_snapshot
from portal.registry.terms import LinkKind

# One mail names so many; whoever has more opens the list.
MOST_IN_A_MAIL = 10


def acknowledge(session: Session, viewer: Viewer, view: FindingView) -> None:
    """Say that one has read it and will talk with the other side."""
    _require_answer(viewer, view)
    finding = view.finding
    require(finding.is_open, Conflict(N_("This is already decided.")))
    if finding.state in (FindingState.DETECTED, FindingState.NOTIFIED):
        _move(session, viewer, view, FindingState.ACKNOWLEDGED)


def take_up(session: Session, viewer: Viewer, view: FindingView) -> None:
    """A coordinator looks at it."""
    require(may_review_finding(viewer, view.finding), Forbidden(N_("Only coordinators take findings up.")))
    require(view.finding.is_open, Conflict(N_("This is already decided.")))
    if view.finding.state != FindingState.UNDER_REVIEW:
        _move(session, viewer, view, FindingState.UNDER_REVIEW)


def decide(session: Session, viewer: Viewer, view: FindingView, data: DecisionInput) -> None:
    """Write down what was agreed. "The same work" also proposes the link that makes one family of both records."""
    _require_answer(viewer, view)
    finding = view.finding
    require(finding.is_open, Conflict(N_("This is already decided.")))
    require(
        data.revision == finding.revision,
        Conflict(N_("Somebody else changed this finding meanwhile. Look at it again, then decide.")),
    )
    state = OUTCOME_STATES[data.outcome]
    require(
        data.note or state == FindingState.RESOLVED,
        Invalid(N_("Say in a sentence why, for whoever asks next year."), field="note"),
    )
    if data.outcome == Outcome.LINKED and not _join(session, viewer, view):
        # The other side has still to agree; when it does, both are one family and the finding is settled.
        _move(session, viewer, view, FindingState.ACKNOWLEDGED, data.note, outcome=str(data.outcome))
        return
    finding.outcome, finding.decision_note = data.outcome, data.note
    finding.decided_at, finding.decided_by_id = now(), viewer.user_id
    finding.decided_by_name = viewer.name
    _move(session, viewer, view, state, data.note, outcome=str(data.outcome))


def reopen(session: Session, viewer: Viewer, view: FindingView) -> None:
    require(may_review_finding(viewer, view.finding), Forbidden(N_("Only coordinators open findings again.")))
    require(not view.finding.is_open, Conflict(N_("This is open already.")))
    view.finding.outcome, view.finding.decided_at, view.finding.decided_by_id = None, None, None
    view.finding.decided_by_name = ""
    _move(session, viewer, view, FindingState.UNDER_REVIEW)


def comment(session: Session, viewer: Viewer, view: FindingView, data: CommentInput) -> None:
    """Everybody who may read the finding reads it, unless a coordinator keeps it among the coordinators.

    What is said while only coordinators read it stays among them, should the parties read the finding one day.
    """
    _require_answer(viewer, view)
    is_kept = viewer.is_coordinator and (data.is_for_coordinators or view.finding.is_restricted)
    session.add(
        FindingEvent(
            finding_id=view.finding.id,
            actor_id=viewer.user_id,
            actor_name=viewer.name,
            kind="comment",
            text=data.comment,
            is_for_coordinators=is_kept,
        )
    )
    _note(session, viewer, view, "comment_finding")


def write_to_other_side(
    session: Session, viewer: Viewer, view: FindingView, data: FindingMessageInput
) -> int:
    """Send a message to the editors of the other side, or of both for a coordinator; return to how many.

    Addresses are not shown to anybody; whoever answers does so on the finding, or to the writer's own address.
    """
    _require_answer(viewer, view)
    others = [key for key in view.parties if key not in viewer.roles] or list(view.parties)
    people = {person.id: person for key in others for person in editors_of(session, key)}
    people.pop(viewer.user_id, None)  # type: ignore[arg-type]
    require(people, Invalid(N_("The other side has nobody here who could read it yet."), field="message"))
    for person in people.values():
        post(
            session,
            person.email,
            "finding_message",
            person.language,
            name=viewer.name,
            sender=viewer.email,
            reference=view.finding.reference,
            text=data.message,
        )
    session.add(
        FindingEvent(
            finding_id=view.finding.id,
            actor_id=viewer.user_id,
            actor_name=viewer.name,
            kind="message",
            text=data.message,
        )
    )
    if view.finding.state in (FindingState.DETECTED, FindingState.NOTIFIED):
        _move(session, viewer, view, FindingState.ACKNOWLEDGED)
    _note(session, viewer, view, "write_about_finding")
    return len(people)


def tell_parties(session: Session, finding_ids: Collection[UUID]) -> int:
    """Tell the editors of both sides what was found, one mail each; return how many mails.

    Nobody is told of a finding they may not read. Possible overlaps, internal and restricted ones are not mailed:
    coordinators talk about the last themselves.
    """
    readers = _Readers(session)
    told: defaultdict[tuple[UUID, UUID], list[Finding]] = defaultdict(list)
    statement = select(Finding).where(
        col(Finding.id).in_(set(finding_ids)),
        col(Finding.state) == FindingState.DETECTED,
        col(Finding.band) != Band.POSSIBLE,
        col(Finding.is_restricted).is_(False),
        col(Finding.queue) != Queue.INTERNAL,
    )
    for finding in session.exec(statement.order_by(col(Finding.score).desc(), col(Finding.number))):
        if (view := published_view(readers.snapshot, finding)) is None:
            continue
        for organisation_id in view.parties:
            for person in readers.of(organisation_id, view):
                told[organisation_id, person.id].append(finding)
        finding.state = FindingState.NOTIFIED
        session.add(FindingEvent(finding_id=finding.id, kind=FindingState.NOTIFIED))
    names = organisation_names(session, {organisation_id for organisation_id, _ in told})
    for (organisation_id, person_id), findings in told.items():
        person = readers.people[person_id]
        post(
            session,
            person.email,
            "findings_new",
            person.language,
            organisation=names[organisation_id],
            count=len(findings),
            references=[finding.reference for finding in findings[:MOST_IN_A_MAIL]],
        )
    return len(told)


class _Readers:
    """The editors of organisations with what they may see; each is asked for once."""

    def __init__(self, session: Session) -> None:
        self.snapshot = read_snapshot(session)
        self.people: dict[UUID, User] = {}
        self._session = session
        self._editors: dict[UUID, list[tuple[User, Viewer]]] = {}

    def of(self, organisation_id: UUID, view: FindingView) -> list[User]:
        """Those of an organisation who may read a finding."""
        if organisation_id not in self._editors:
            editors = editors_of(self._session, organisation_id)
            self.people.update({person.id: person for person in editors})
            self._editors[organisation_id] = [
                (person, viewer_of_user(self._session, person)) for person in editors
            ]
        return [person for person, viewer in self._editors[organisation_id] if may_read(viewer, view)]


def _join(session: Session, viewer: Viewer, view: FindingView) -> bool:
    """Make one family of both projects, or propose it; whether it is agreed already."""
    first = session.get_one(Project, view.finding.first_project_id)
    second = session.get_one(Project, view.finding.second_project_id)
    if viewer.is_coordinator:
        join_as_same_work(session, viewer, first, second)
        return True
    mine, other = (first, second) if may_edit(viewer, first) else (second, first)
    return link_projects(session, viewer, mine, other, LinkKind.THIRD_PARTY).agreed_at is not None


def _require_answer(viewer: Viewer, view: FindingView) -> None:
    require(
        may_answer_finding(viewer, view.finding, view.parties),
        Forbidden(N_("Editors of the two organisations and coordinators answer.")),
    )


def _move(
    session: Session, viewer: Viewer, view: FindingView, state: FindingState, text: str = "", **details: Any
) -> None:
    view.finding.state = state
    view.finding.changed_at = now()
    view.finding.revision += 1
    session.add(
        FindingEvent(
            finding_id=view.finding.id, actor_id=viewer.user_id, actor_name=viewer.name, kind=state, text=text
        )
    )
    _note(session, viewer, view, "move_finding", state=str(state), **details)


def _note(session: Session, viewer: Viewer, view: FindingView, action: str, **details: Any) -> None:
    record(
        session,
        viewer.actor,
        action,
        ("finding", view.finding.id),
        reference=view.finding.reference,
        **details,
    )
    session.flush()
