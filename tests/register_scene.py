"""A register of open work, and hidden work of every kind that can be laid over it.

Whoever may not see the hidden work must read, count, find and download the same before and after.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from portal.accounts.models import Organisation, Role, User
from portal.core.clock import today
from portal.registry import actions, line_actions, link_actions, partner_actions
from portal.registry.design_actions import keep_question
from portal.registry.design_inputs import KeepInput
from portal.registry.inputs import PartnerInput
from portal.registry.line_inputs import EventInput
from portal.registry.models import Project, ProjectPartner
from portal.registry.queries import partners_of
from portal.registry.terms import LinkKind, PartnerRole, Reach, Stance
from tests.factories import Factory, line_input

# Stands in every title and text of hidden work, and nowhere else.
MARKER = "Quokkaville"
HIDDEN_AMOUNT = 48151623
BEGINS, ENDS = today() - timedelta(days=100), today() + timedelta(days=200)
DAYS = {"starts_on": BEGINS.isoformat(), "ends_on": ENDS.isoformat()}
SAME_REFERENCE = "GRANT-7"


@dataclass
class RegisterScene:
    """The organisations, projects and people that tests name; all work in it at first is open to everybody."""

    organisations: dict[str, Organisation]
    projects: dict[str, Project]
    people: dict[str, User | None]
    group_id: Any


def build_register_scene(make: Factory) -> RegisterScene:
    names = ("owner", "quiet", "partner", "disputer", "friend", "other")
    organisations = {name: make.organisation(f"The {name} foundation") for name in names}
    owner, quiet, other = organisations["owner"], organisations["quiet"], organisations["other"]
    group = make.group("Working group", owner, quiet, organisations["friend"])
    unverified = make.organisation("The new foundation", is_verified=False)
    people = {
        "public": None,
        "nobody's": make.user(),
        "unverified": make.member(unverified, Role.ADMIN),
        "owner": make.member(owner, Role.ADMIN),
        "quiet": make.member(quiet, Role.ADMIN),
        **{name: make.member(organisations[name], Role.ADMIN) for name in names[2:]},
        "donor": make.user(is_donor=True),
        "coordinator": make.user(is_coordinator=True),
        "administrator": make.user(is_administrator=True),
    }
    scene = RegisterScene(organisations, {}, people, group.id)
    partner, disputer = organisations["partner"], organisations["disputer"]
    roles = [(partner, PartnerRole.FUNDING), (disputer, PartnerRole.IMPLEMENTING)]
    open_work = make.project(
        owner, _of(make, scene, "owner"), title="Safe roads", group=group.id, partners=roles, **DAYS
    )
    same = make.project(
        other,
        _of(make, scene, "other"),
        title="Safe roads",
        partners=[(partner, PartnerRole.FUNDING)],
        **DAYS,
    )
    friends = make.project(
        organisations["friend"], _of(make, scene, "friend"), title="Shelter", places=["LA0601"],
        intervention="PRO-SHL", policy_area="protection", target_groups=["survivors"], **DAYS,
    )  # fmt: skip
    draft = make.draft_project(
        other, _of(make, scene, "other"), title="Planned here", places=["LA0502"], **DAYS
    )
    scene.projects = {"open": open_work, "same": same, "friend's": friends, "draft": draft}
    _dispute(make, scene, open_work)
    for name, project in (("owner", open_work), ("other", same)):
        _is_granted(make, scene, name, project)
        line_actions.save_event(make.session, _of(make, scene, name), project, _event("Days of training"))
    keep_question(
        make.session, _of(make, scene, "other"), KeepInput(name="Kept", reach=Reach.PUBLIC, places=["LA05"])
    )
    return scene


def hide(make: Factory, scene: RegisterScene, reach: Reach) -> None:
    """Lay work of one reach over the scene: whole projects, and parts of an open one."""
    owner, quiet = _of(make, scene, "owner"), _of(make, scene, "quiet")
    organisations, session = scene.organisations, make.session
    group = scene.group_id if reach == Reach.GROUP else None
    roles = [
        (organisations["partner"], PartnerRole.FUNDING),
        (organisations["disputer"], PartnerRole.IMPLEMENTING),
    ]
    ours = make.project(
        organisations["owner"], owner, title=f"Safe roads {MARKER}", reach=reach, group=group, partners=roles,
        description=MARKER, **DAYS,
    )  # fmt: skip
    theirs = make.project(
        organisations["quiet"], quiet, title=f"{MARKER} house", reach=reach, group=group,
        partners=[(organisations["quiet"], PartnerRole.FUNDING)], places=["LA1301", "LA05"],
        intervention="PRO-SHL", policy_area="protection", target_groups=["survivors"],
        planned_total=HIDDEN_AMOUNT, **DAYS,
    )  # fmt: skip
    theirs.total_budget, theirs.currency = HIDDEN_AMOUNT, "USD"
    twin = make.project(
        organisations["quiet"], quiet, title="Safe roads", reach=reach, group=group, description=MARKER,
        partners=[(organisations["partner"], PartnerRole.FUNDING)], **DAYS,
    )  # fmt: skip
    _is_granted(make, scene, "quiet", twin)
    _add_parts(make, scene, scene.projects["open"], reach)
    if reach == Reach.GROUP:
        # A coordinator is not of the group: what is for coordinators in its projects is not for that one.
        line_actions.save_line(session, owner, ours, line_input(
            organisations["owner"], places=["LA1401"], reach=Reach.COORDINATORS, description=MARKER, **DAYS,
        ))  # fmt: skip
    line_actions.save_line(session, owner, ours, line_input(
        organisations["disputer"], places=["LA1501"], description=MARKER, **DAYS
    ))  # fmt: skip
    _dispute(make, scene, ours)
    link_actions.link_projects(session, owner, ours, scene.projects["open"], LinkKind.PARENT)
    link_actions.link_projects(session, quiet, theirs, scene.projects["same"], LinkKind.THIRD_PARTY)


def hide_from_all(make: Factory, scene: RegisterScene) -> None:
    """What only its owner works on: drafts, what was removed, discarded or withdrawn, kept questions."""
    owner, session, organisation = _of(make, scene, "owner"), make.session, scene.organisations["owner"]
    draft = make.draft_project(organisation, owner, title=f"Draft {MARKER}", **DAYS)
    link_actions.link_projects(session, owner, draft, scene.projects["same"], LinkKind.THIRD_PARTY)
    discarded = make.draft_project(organisation, owner, title=f"Discarded {MARKER}", **DAYS)
    actions.discard_project(session, owner, discarded)
    withdrawn = make.project(
        organisation, owner, title=f"Withdrawn {MARKER}", reach=Reach.ORGANISATION, **DAYS
    )
    actions.withdraw_project(session, owner, withdrawn, MARKER)
    open_work = scene.projects["open"]
    begun = {"places": ["LA1601"], "description": MARKER, "target_groups": []}
    line_actions.save_line(session, owner, open_work, line_input(organisation, **begun))
    kept = KeepInput(name=MARKER, kept_for=organisation.id, reach=Reach.ORGANISATION, places=["LA05"])
    keep_question(session, owner, kept)
    mine = KeepInput(name=f"{MARKER} of mine", reach=Reach.ORGANISATION, places=["LA05"])
    keep_question(session, owner, mine)


def _add_parts(make: Factory, scene: RegisterScene, project: Project, reach: Reach) -> None:
    """Lines and an event that are shown to fewer than their project is."""
    owner, session, organisations = _of(make, scene, "owner"), make.session, scene.organisations
    for number, doer in enumerate((organisations["owner"], organisations["quiet"]), start=1):
        places = ["LA0501"] if number == 2 else ["LA1701", "LA0502"]
        line_actions.save_line(session, owner, project, line_input(
            doer, places=places, reach=reach, description=MARKER, planned_total=HIDDEN_AMOUNT, **DAYS,
        ))  # fmt: skip
    line_actions.save_line(session, owner, project, line_input(
        organisations["owner"], places=["LA1101"], reach=reach, intervention="PRO-PSY",
        policy_area="protection", target_groups=["survivors"], description=MARKER, **DAYS,
    ))  # fmt: skip
    event = _event(f"Days of {MARKER}", reach=reach)
    line_actions.save_event(session, owner, project, event)


def _is_granted(make: Factory, scene: RegisterScene, name: str, project: Project) -> None:
    """The funder's own reference of the work: two records that bear it may be one."""
    row = next(
        row
        for row in partners_of(make.session, project.id)
        if row.organisation_id == scene.organisations["partner"].id
    )
    data = PartnerInput(
        organisation=row.organisation_id, role=PartnerRole.FUNDING, their_reference=SAME_REFERENCE
    )
    partner_actions.save_partner(make.session, _of(make, scene, name), project, data, row)


def _dispute(make: Factory, scene: RegisterScene, project: Project) -> None:
    disputer = scene.organisations["disputer"].id
    rows: list[ProjectPartner] = [
        row for row in partners_of(make.session, project.id) if row.organisation_id == disputer
    ]
    for row in rows:
        partner_actions.answer_partner(
            make.session, _of(make, scene, "disputer"), row, Stance.DISPUTED, "Not us"
        )


def _event(title: str, **values: Any) -> EventInput:
    first = today() + timedelta(days=30)
    return EventInput(**{
        "kind": "training", "title": title, "intervention": "PSC-TRN", "target_groups": ["police_border"],
        "places": ["LA0501"], "starts_on": first.isoformat(), **values,
    })  # fmt: skip


def _of(make: Factory, scene: RegisterScene, name: str) -> Any:
    return make.viewer(scene.people[name])
