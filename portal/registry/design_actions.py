"""Keeping a question, reading it again, and making it the draft of a project."""

import re
from collections.abc import Sequence

from sqlmodel import Session, col, or_, select

from portal.accounts.models import Role
from portal.accounts.viewer import Viewer
from portal.core.audit import record
from portal.core.errors import N_, Forbidden, Invalid, NotFound, Unauthenticated, refuse_all, require
from portal.core.ids import next_number
from portal.registry.actions import create_project
from portal.registry.checks import faults_of_question
from portal.registry.design_inputs import DraftInput, KeepInput
from portal.registry.design_models import DesignQuestion
from portal.registry.inputs import ProjectInput
from portal.registry.line_actions import save_line
from portal.registry.line_inputs import LineInput
from portal.registry.models import Project
from portal.registry.queries import find_seen_project
from portal.registry.terms import Reach, Status

_REFERENCE = re.compile(r"D-0*([0-9]{1,9})", re.IGNORECASE)
_NAMING = {"name", "kept_for", "reach"}


def keep_question(session: Session, viewer: Viewer, data: KeepInput) -> DesignQuestion:
    require(viewer.is_signed_in, Unauthenticated(N_("Sign in first.")))
    require(
        data.kept_for is None or viewer.has_role(data.kept_for, Role.VIEWER),
        Forbidden(N_("You do not belong to this organisation.")),
    )
    project = find_seen_project(session, viewer, data.project)
    # What its author may not see must not be named to those who may.
    data = data.model_copy(update={"project": project.reference if project else ""})
    kept = DesignQuestion(
        number=next_number(session, "design_question"),
        name=data.name,
        question=data.model_dump(mode="json", exclude=_NAMING),
        organisation_id=data.kept_for,
        reach=data.reach,
        created_by_id=viewer.user_id,
    )
    session.add(kept)
    session.flush()
    record(
        session,
        viewer.actor,
        "keep",
        ("design_question", kept.id),
        organisation_id=kept.organisation_id,
        reference=kept.reference,
        reach=kept.reach,
    )
    return kept


def get_question(session: Session, viewer: Viewer, reference: str) -> DesignQuestion:
    match = _REFERENCE.fullmatch(reference)
    statement = select(DesignQuestion).where(DesignQuestion.number == int(match[1]) if match else False)
    kept = session.exec(statement).first() if match else None
    if kept is None or not may_read(viewer, kept):
        raise NotFound(N_("There is no question at this address, or it is not shared with you."))
    return kept


def own_questions(session: Session, viewer: Viewer, limit: int = 50) -> Sequence[DesignQuestion]:
    """What the viewer or their organisations kept, newest first."""
    if not viewer.is_signed_in:
        return []
    mine = or_(
        col(DesignQuestion.created_by_id) == viewer.user_id,
        col(DesignQuestion.organisation_id).in_(viewer.roles),
    )
    newest = col(DesignQuestion.number).desc()
    return session.exec(select(DesignQuestion).where(mine).order_by(newest).limit(limit)).all()


def may_read(viewer: Viewer, kept: DesignQuestion) -> bool:
    if kept.reach == Reach.PUBLIC or (kept.reach == Reach.MEMBERS and viewer.is_member):
        return True
    is_author = viewer.user_id is not None and viewer.user_id == kept.created_by_id
    return is_author or viewer.has_role(kept.organisation_id, Role.VIEWER)


def draft_from_question(session: Session, viewer: Viewer, data: DraftInput) -> Project:
    """A draft with the one line that the question describes; what it lacks is refused at its field."""
    require(data.organisation, Invalid(N_("Say whose record it is."), field="organisation"))
    area = data.policy_area or (data.intervention.policy_area if data.intervention else None)
    require(area, Invalid(N_("Choose one of the list."), field="policy_area"))
    require(data.places, Invalid(N_("Choose at least one."), field="places"))
    refuse_all(faults_of_question(data))
    project = create_project(
        session,
        viewer,
        ProjectInput(
            organisation=data.organisation,
            title_en=data.title,
            status=Status.PLANNED,
            planned_start=data.starts_on,
            planned_end=data.ends_on,
        ),
    )
    line = data.model_dump(exclude={"title", "organisation", "policy_area", "project"})
    save_line(session, viewer, project, LineInput(implementer=data.organisation, policy_area=area, **line))
    return project
