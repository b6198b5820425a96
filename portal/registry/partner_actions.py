"""Who stands in which role of a project, and what these organisations answer to being named."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.page_queries import editors_of
from portal.accounts.queries import organisation_names
from portal.accounts.viewer import Viewer
from portal.core.clock import now
from portal.core.errors import N_, Forbidden, Invalid, refuse_all, require
from portal.core.mail import post
from portal.registry.changes import changed, note_change, require_edit
from portal.registry.checks import NO_SUCH_ORGANISATION, faults_of_partners
from portal.registry.inputs import PartnerInput
from portal.registry.models import Project, ProjectPartner
from portal.registry.policy import may_answer_for
from portal.registry.queries import partners_of, titles_of
from portal.registry.row_queries import portions
from portal.registry.terms import PartnerRole, Reach, Stance

# An organisation named in a role of a project.
NamedRole = tuple[Project, UUID, PartnerRole]
_FIELDS = ("organisation_id", "role", "is_lead", "amount", "currency", "share_percent", "their_reference")
# What a partner answered about; when it changes, the answer no longer holds.
_ANSWERED_FIELDS = ("organisation_id", "role", "amount", "currency", "share_percent")


def set_partners(
    session: Session, viewer: Viewer, project: Project, partners: Sequence[PartnerInput]
) -> None:
    """Make these the partners, whoever was before. One that stays as it was keeps its answer."""
    require_edit(viewer, project)
    refuse_all(faults_of_partners(partners))
    stored = {(row.organisation_id, row.role): row for row in partners_of(session, project.id)}
    wanted = {(data.organisation, data.role) for data in partners}
    for key, row in stored.items():
        if key not in wanted:
            _remove(session, viewer, project, row)
    for data in partners:
        _save(session, viewer, project, data, stored.get((data.organisation, data.role)))


def save_partner(
    session: Session,
    viewer: Viewer,
    project: Project,
    data: PartnerInput,
    partner: ProjectPartner | None = None,
) -> ProjectPartner:
    """Add a partner, or change one. A changed role or amount has to be answered anew."""
    require_edit(viewer, project)
    others = [row for row in partners_of(session, project.id) if partner is None or row.id != partner.id]
    refuse_all(faults_of_partners([data, *(_as_input(row) for row in others)]))
    return _save(session, viewer, project, data, partner)


def remove_partner(session: Session, viewer: Viewer, project: Project, partner: ProjectPartner) -> None:
    require_edit(viewer, project)
    _remove(session, viewer, project, partner)
    session.flush()


def answer_partner(
    session: Session, viewer: Viewer, partner: ProjectPartner, stance: Stance, note: str = ""
) -> None:
    """Confirm or dispute, for the partner, what the project says of it. Disputing needs a word of why."""
    require(
        may_answer_for(viewer, partner.organisation_id),
        Forbidden(N_("Only editors of the organisation that is named answer this.")),
    )
    require(
        stance != Stance.DISPUTED or note,
        Invalid(N_("Say in a sentence what is wrong, so that it can be put right."), field="note"),
    )
    project = session.get_one(Project, partner.project_id)
    if (partner.stance, partner.stance_note) == (stance, note):
        return
    partner.stance, partner.stance_note = stance, note
    partner.stance_at, partner.stance_by_id = now(), viewer.user_id
    changed(
        session,
        viewer,
        project,
        "answer_partner",
        partner=_name(session, partner.organisation_id),
        role=partner.role,
        stance=stance,
    )
    if stance == Stance.DISPUTED:
        _tell_editors(session, project, project.organisation_id, partner, "project_disputed", note=note)


def ensure_partners(session: Session, viewer: Viewer, wanted: Collection[NamedRole]) -> None:
    """Name these organisations in these roles wherever they are not yet; nothing else is known of them.

    A few statements, however many projects are concerned.
    """
    missing = _not_named(session, wanted)
    names = organisation_names(session, {organisation_id for _, organisation_id, _ in missing})
    partners = []
    for project, organisation_id, role in missing:
        require(organisation_id in names, Invalid(NO_SUCH_ORGANISATION, field="organisation"))
        partner = ProjectPartner(project_id=project.id, organisation_id=organisation_id, role=role)
        _reset_stance(viewer, project, partner)
        partners.append(partner)
    session.add_all(partners)
    session.flush()
    for (project, _, _), partner in zip(missing, partners, strict=True):
        _note_new(session, viewer, project, partner, names[partner.organisation_id])
    session.flush()


def _not_named(session: Session, wanted: Collection[NamedRole]) -> list[NamedRole]:
    named = {
        row
        for portion in portions({project.id for project, _, _ in wanted})
        for row in session.exec(
            select(ProjectPartner.project_id, ProjectPartner.organisation_id, ProjectPartner.role).where(
                col(ProjectPartner.project_id).in_(portion)
            )
        )
    }
    by_key = {(project.id, organisation, role): project for project, organisation, role in wanted}
    return [
        (project, organisation, role)
        for (project_id, organisation, role), project in by_key.items()
        if (project_id, organisation, role) not in named
    ]


def tell_named_partners(session: Session, project: Project) -> None:
    """Ask every partner who has not answered; called when the project is published."""
    if project.reach == Reach.ORGANISATION:
        return
    for partner in partners_of(session, project.id):
        if partner.stance == Stance.UNCONFIRMED:
            _tell_editors(session, project, partner.organisation_id, partner, "project_partner_named")


def _save(
    session: Session,
    viewer: Viewer,
    project: Project,
    data: PartnerInput,
    partner: ProjectPartner | None,
) -> ProjectPartner:
    name = _name(session, data.organisation)
    require(name, Invalid(NO_SUCH_ORGANISATION, field="organisation"))
    is_new = partner is None
    partner = partner or ProjectPartner(
        project_id=project.id, organisation_id=data.organisation, role=data.role
    )
    values = {**data.model_dump(exclude={"organisation"}), "organisation_id": data.organisation}
    changes = [name for name in _FIELDS if getattr(partner, name) != values[name]]
    if not changes and not is_new:
        return partner
    for name in changes:
        setattr(partner, name, values[name])
    if is_new or set(changes) & set(_ANSWERED_FIELDS):
        _reset_stance(viewer, project, partner)
    session.add(partner)
    session.flush()
    if is_new:
        _note_new(session, viewer, project, partner, name)
    else:
        note_change(session, viewer, project, "change_partner", partner=name, role=partner.role)
    session.flush()
    return partner


def _note_new(session: Session, viewer: Viewer, project: Project, partner: ProjectPartner, name: str) -> None:
    """Tell the audit trail, and the partner itself when the others can see that it is named."""
    note_change(session, viewer, project, "add_partner", partner=name, role=partner.role)
    if project.is_published and project.reach != Reach.ORGANISATION:
        _tell_if_open(session, project, partner)


def _reset_stance(viewer: Viewer, project: Project, partner: ProjectPartner) -> None:
    """The owner speaks for itself; everybody else has to be asked."""
    is_own = partner.organisation_id == project.organisation_id
    partner.stance = Stance.CONFIRMED if is_own else Stance.UNCONFIRMED
    partner.stance_at = now() if is_own else None
    partner.stance_by_id = viewer.user_id if is_own else None
    partner.stance_note = ""


def _remove(session: Session, viewer: Viewer, project: Project, partner: ProjectPartner) -> None:
    name, role = _name(session, partner.organisation_id), partner.role
    session.delete(partner)
    session.flush()
    changed(session, viewer, project, "remove_partner", partner=name, role=role)


def _tell_if_open(session: Session, project: Project, partner: ProjectPartner) -> None:
    if partner.stance == Stance.UNCONFIRMED:
        _tell_editors(session, project, partner.organisation_id, partner, "project_partner_named")


def _tell_editors(
    session: Session,
    project: Project,
    organisation_id: UUID,
    partner: ProjectPartner,
    template: str,
    note: str = "",
) -> None:
    for person in editors_of(session, organisation_id):
        post(
            session,
            person.email,
            template,
            person.language,
            title=titles_of(session, [project.id], person.language).get(project.id, ""),
            reference=project.reference,
            owner=_name(session, project.organisation_id),
            partner=_name(session, partner.organisation_id),
            role=str(partner.role),
            note=note,
        )


def _as_input(row: ProjectPartner) -> PartnerInput:
    return PartnerInput(organisation=row.organisation_id, **row.model_dump(include=set(_FIELDS)))


def _name(session: Session, organisation_id: UUID) -> str:
    return organisation_names(session, [organisation_id]).get(organisation_id, "")
