"""Writes the sample register through the same actions that people use; what is there already is left alone.

Only the age of confirmations is set by hand: nobody can say "still correct" half a year ago.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from sqlmodel import Session, select

from portal.accounts.models import Group, Organisation
from portal.accounts.queries import viewer_of_user
from portal.accounts.viewer import Viewer
from portal.core.clock import now, today
from portal.library.vocabularies import PolicyArea
from portal.registry import actions, link_actions, partner_actions
from portal.registry.attestation_actions import say_nobody_works, say_nothing_is_done
from portal.registry.coverage_inputs import ExpectationInput, NilReturnInput, NobodyInput
from portal.registry.expectation_actions import add_expectation
from portal.registry.inputs import BudgetInput, IndicatorInput, PartnerInput, ProjectInput
from portal.registry.line_actions import save_event, save_line
from portal.registry.line_inputs import EventInput, LineInput
from portal.registry.models import Project, ProjectText
from portal.registry.queries import lines_of, partners_of
from portal.registry.statistics import load_statistics
from portal.registry.terms import EventKind, LinkKind, PartnerRole, ResultKind, Stance, Status
from portal.registry.vocabularies import Intervention
from portal.request import Services
from portal.sample.register.centre import CENTRE
from portal.sample.register.national_figures import national_figures
from portal.sample.register.north import NORTH
from portal.sample.register.shapes import SampleEvent, SampleLine, SampleProject
from portal.sample.register.south import SOUTH
from portal.sample.seed_people import GROUP, admin_of, coordinator_of, seed_people

PROJECTS = (*NORTH, *CENTRE, *SOUTH)
DISPUTE = "We were asked and said no: our villages are others."
PLAN = "National Plan of Action (sample)"
# Where committees say that nobody works: on one of the 4P, or on any.
NOBODY = (
    ("LA1804", None, "District committee (sample)"),
    ("LA18", PolicyArea.PROSECUTION, "Provincial committee (sample)"),
)
# Where coordinators expect something, and of which of the 4P.
PRIORITIES = (
    ("LA0501", PolicyArea.PROSECUTION, None),
    ("LA0501", PolicyArea.PROTECTION, None),
    ("LA1301", PolicyArea.PROTECTION, None),
    ("LA0801", PolicyArea.PREVENTION, None),
    ("LA0201", PolicyArea.PREVENTION, None),
    ("LA1801", PolicyArea.PROTECTION, None),
    # A committee said that nobody works there: this one is missing.
    ("LA1804", PolicyArea.PROTECTION, None),
    ("LA1701", None, Intervention.PRO_IDN),
    ("LA0701", None, Intervention.PRO_LEG),
)


def seed_register(services: Services, only: Collection[str] | None = None) -> dict[str, str]:
    """Write what is missing of the sample register, or `only` these projects; return their references by key."""
    references = {}
    chosen = [sample for sample in PROJECTS if only is None or sample.key in only]
    for sample in chosen:
        with services.database.writing() as session:
            organisations = seed_people(session)
            project = _find(session, sample) or _write(session, sample, organisations)
            references[sample.key] = project.reference
    with services.database.writing() as session:
        organisations = seed_people(session)
        _answer(session, chosen, organisations)
        _say_what_is_not_there(session, organisations)
    return references


def _find(session: Session, sample: SampleProject) -> Project | None:
    statement = select(Project).join(ProjectText, ProjectText.project_id == Project.id)  # type: ignore[arg-type]
    return session.exec(statement.where(ProjectText.title == sample.title_en)).first()


def _write(session: Session, sample: SampleProject, organisations: Mapping[str, Organisation]) -> Project:
    owner = organisations[sample.organisation]
    viewer = viewer_of_user(session, admin_of(session, owner))
    project = actions.create_project(session, viewer, _project_input(session, sample, owner))
    for role, key, _ in sample.partners:
        partner = PartnerInput(organisation=organisations[key].id, role=PartnerRole(role))
        partner_actions.save_partner(session, viewer, project, partner)
    for line in sample.lines:
        for data in _line_inputs(sample, line, organisations):
            save_line(session, viewer, project, data)
    _add_money_and_results(session, viewer, sample, project)
    for event in sample.events:
        save_event(session, viewer, project, _event_input(event))
    for kind, other in sample.links:
        parent = _find(session, next(found for found in PROJECTS if found.key == other))
        if parent is not None:
            link = link_actions.link_projects(session, viewer, project, parent, LinkKind(kind))
            link_actions.agree_link(session, coordinator_of(session), link)
    if not sample.is_draft:
        actions.publish_project(session, viewer, project)
    _age(session, sample, project)
    return project


def _project_input(session: Session, sample: SampleProject, owner: Organisation) -> ProjectInput:
    start, end = sample.days
    status = Status(sample.status) if sample.status else (Status.ONGOING if start <= 0 else Status.PLANNED)
    group = session.exec(select(Group).where(Group.name == GROUP)).first()
    return ProjectInput(
        organisation=owner.id,
        title_en=sample.title_en,
        title_lo=sample.title_lo,
        summary_en=sample.summary_en,
        kind=sample.kind,
        status=status,
        planned_start=_day(start),
        actual_start=_day(start) if start <= 0 else None,
        planned_end=_day(end),
        reach=sample.reach,
        group=group.id if group and sample.reach == "group" else None,
        currency="USD" if sample.budget else "",
        total_budget=sum(sample.budget) or None,
    )


def _line_inputs(
    sample: SampleProject, line: SampleLine, organisations: Mapping[str, Organisation]
) -> list[LineInput]:
    start, end = line.days or sample.days
    intervention = Intervention(line.what)
    implementer = organisations[line.implementer or sample.organisation]
    if sample.organisation == "lantern-foundation":
        # A funder writes down whom it pays.
        implementer = organisations[sample.partners[0][1]]
    places = line.places.split()
    return [
        LineInput(
            implementer=implementer.id,
            policy_area=intervention.policy_area,
            intervention=intervention,
            modality=line.modality or None,
            target_groups=line.whom.split(),
            forms=line.forms.split(),
            places=chosen,
            destinations=line.destinations.split(),
            corridor=line.corridor.split(),
            starts_on=_day(start),
            ends_on=_day(end),
            date_basis="actual" if start <= 0 else "planned",
            status=line.status or None,
            unit=line.unit,
            planned_total=line.planned,
            planned_women=line.women if line.unit == "people" else None,
            reached_total=line.reached,
            reach=line.reach or None,
        )
        for chosen in ([places] if line.is_together else [[place] for place in places])
    ]


def _add_money_and_results(session: Session, viewer: Viewer, sample: SampleProject, project: Project) -> None:
    first_year = (_day(sample.days[0]) or today()).year
    budgets = [
        BudgetInput(year=first_year + place, currency="USD", amount=amount)
        for place, amount in enumerate(sample.budget)
    ]
    if budgets:
        actions.save_budgets(session, viewer, project, budgets)
    for kind, titles in ((ResultKind.OUTCOME, sample.outcomes), (ResultKind.OUTPUT, sample.outputs)):
        for title in titles:
            actions.save_indicator(session, viewer, project, IndicatorInput(kind=kind, title=title))


def _event_input(event: SampleEvent) -> EventInput:
    return EventInput(
        kind=EventKind(event.kind),
        title=event.title,
        intervention=event.what,
        target_groups=event.whom.split(),
        places=event.places.split(),
        starts_on=_day(event.days[0]),
        ends_on=_day(event.days[1]),
    )


def _age(session: Session, sample: SampleProject, project: Project) -> None:
    """Confirmations as old as the sample wants them."""
    moment = now() - timedelta(days=sample.confirmed) if sample.confirmed is not None else None
    project.confirmed_at = moment
    for line in lines_of(session, project.id):
        line.confirmed_at = moment
    session.flush()


def _answer(
    session: Session, samples: Sequence[SampleProject], organisations: Mapping[str, Organisation]
) -> None:
    """Partners confirm or dispute what projects say of them."""
    for sample in samples:
        project = _find(session, sample)
        answers = {(organisations[key].id, role): stance for role, key, stance in sample.partners if stance}
        for partner in partners_of(session, project.id) if project and answers else ():
            stance = answers.get((partner.organisation_id, str(partner.role)))
            if stance is None or partner.stance != Stance.UNCONFIRMED:
                continue
            organisation = session.get_one(Organisation, partner.organisation_id)
            viewer = viewer_of_user(session, admin_of(session, organisation))
            note = DISPUTE if stance == Stance.DISPUTED else ""
            partner_actions.answer_partner(session, viewer, partner, Stance(stance), note)


def _say_what_is_not_there(session: Session, organisations: Mapping[str, Organisation]) -> None:
    """Nil returns, what coordinators expect, and the official figures."""
    company = organisations["kindly-stitched"]
    nothing = NilReturnInput(organisation=company.id, places=["LA02", "LA15", "LA17"])
    say_nothing_is_done(session, viewer_of_user(session, admin_of(session, company)), nothing, "en")
    coordinator = coordinator_of(session)
    for place, area, committee in NOBODY:
        said = NobodyInput(place=place, policy_area=area, said_by=committee, said_on=_day(-40))
        say_nobody_works(session, coordinator, said, "en")
    for place, area, intervention in PRIORITIES:
        expected = ExpectationInput(place=place, policy_area=area, intervention=intervention, source=PLAN)
        add_expectation(session, coordinator, expected, "en")
    load_statistics(session, national_figures())


def _day(offset: int | None) -> date | None:
    return today() + timedelta(days=offset) if offset is not None else None
