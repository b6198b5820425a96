"""What fields say of each other, and what a record must have before it is published. Pure: values in, faults out."""

from collections.abc import Iterable, Sequence
from datetime import date

from portal.core.errors import N_, Invalid
from portal.registry.design_inputs import QuestionInput
from portal.registry.inputs import BudgetInput, PartnerInput, ProjectInput
from portal.registry.line_inputs import EventInput, LineInput
from portal.registry.models import ActivityLine
from portal.registry.rows import People
from portal.registry.terms import DateBasis, PartnerRole, PeopleUnit
from portal.registry.vocabularies import TargetGroup

ENDS_BEFORE = N_("It ends on %(end)s, before it starts on %(start)s.")
NO_SUCH_ORGANISATION = N_("There is no such organisation here.")


def faults_of_project(data: ProjectInput, today: date) -> list[Invalid]:
    faults = []
    if not (data.title_en or data.title_lo):
        faults.append(Invalid(N_("Give it a title in at least one language."), field="title_en"))
    for kind in ("planned", "actual"):
        start, end = getattr(data, f"{kind}_start"), getattr(data, f"{kind}_end")
        if start and end and end < start:
            faults.append(Invalid(ENDS_BEFORE, field=f"{kind}_end", start=start, end=end))
    for name in ("actual_start", "actual_end"):
        day = getattr(data, name)
        if day and day > today:
            faults.append(Invalid(N_("This day has not come yet. Give it as the planned date."), field=name))
    if data.total_budget is not None and not data.currency:
        faults.append(Invalid(N_("Say in which currency."), field="currency"))
    return faults


def faults_of_line(data: LineInput) -> list[Invalid]:
    """Everything that contradicts itself in one line, each beside its field; places are judged where they are known."""
    faults = []
    if data.starts_on and data.ends_on and data.ends_on < data.starts_on:
        faults.append(Invalid(ENDS_BEFORE, field="ends_on", start=data.starts_on, end=data.ends_on))
    if TargetGroup.NOT_PEOPLE in data.target_groups and len(set(data.target_groups)) > 1:
        faults.append(
            Invalid(
                N_("It cannot be for somebody and not be work with people directly."), field="target_groups"
            )
        )
    for prefix, people in (("planned", data.planned), ("reached", data.reached)):
        faults.extend(_faults_of_people(prefix, people, data.unit))
    return faults


def _faults_of_people(prefix: str, people: People, unit: PeopleUnit) -> Iterable[Invalid]:
    parts = [part for part in (people.women, people.men, people.girls, people.boys) if part is not None]
    if unit == PeopleUnit.NO_DATA and people.total is not None:
        yield Invalid(
            N_("You said that there is no data on people: leave this empty, or say what is counted."),
            field=f"{prefix}_total",
        )
    elif unit != PeopleUnit.PEOPLE and parts:
        yield Invalid(N_("Only people are counted by sex and age."), field=f"{prefix}_total")
    elif parts and people.total is not None and sum(parts) > people.total:
        yield Invalid(
            N_("The parts make %(sum)s, which is more than the total."),
            field=f"{prefix}_total",
            sum=sum(parts),
        )


def faults_of_event(data: EventInput) -> list[Invalid]:
    faults = []
    if data.starts_on is None:
        faults.append(Invalid(N_("Say on which day it begins."), field="starts_on"))
    elif data.ends_on and data.ends_on < data.starts_on:
        faults.append(Invalid(ENDS_BEFORE, field="ends_on", start=data.starts_on, end=data.ends_on))
    return faults


def faults_of_question(data: QuestionInput) -> list[Invalid]:
    if data.starts_on and data.ends_on and data.ends_on < data.starts_on:
        return [Invalid(ENDS_BEFORE, field="ends_on", start=data.starts_on, end=data.ends_on)]
    return []


def faults_of_partners(partners: Sequence[PartnerInput]) -> list[Invalid]:
    """All partners of one project together: shares of the money add up to at most the whole."""
    faults = []
    pairs = [(partner.organisation, partner.role) for partner in partners]
    if len(set(pairs)) < len(pairs):
        faults.append(Invalid(N_("This organisation has this role already."), field="organisation"))
    if any(partner.amount is not None and not partner.currency for partner in partners):
        faults.append(Invalid(N_("Say in which currency."), field="currency"))
    funding = [partner.share_percent or 0 for partner in partners if partner.role == PartnerRole.FUNDING]
    if sum(funding) > 100:
        faults.append(
            Invalid(
                N_("Together the shares make %(sum)s percent, which is more than the whole."),
                field="share_percent",
                sum=sum(funding),
            )
        )
    return faults


def faults_of_budgets(budgets: Sequence[BudgetInput]) -> list[Invalid]:
    faults = []
    for budget in budgets:
        if budget.year is None:
            faults.append(Invalid(N_("Say for which year."), field="year"))
        if budget.amount is None:
            faults.append(Invalid(N_("Enter the amount."), field="amount"))
        if not budget.currency:
            faults.append(Invalid(N_("Say in which currency."), field="currency"))
    keys = [(budget.year, budget.currency) for budget in budgets]
    if len(set(keys)) < len(keys):
        faults.append(Invalid(N_("A year stands here twice in one currency."), field="year"))
    return faults


def lacks_of_line(line: ActivityLine, has_place: bool) -> list[Invalid]:
    """What a line needs before it can be published (`registry.md` 3.8), each beside its field."""
    demands = (
        (line.intervention, "intervention", N_("Say what is done.")),
        (
            has_place,
            "places",
            N_("Choose districts, or say that it is the whole province or the whole country."),
        ),
        (line.starts_on, "starts_on", N_("Say when it starts.")),
        (line.ends_on or _goes_on(line), "ends_on", N_("Say when it ends or is planned to end.")),
        (line.target_groups, "target_groups", N_("Say for whom it is, or that it is not work with people.")),
    )
    return [Invalid(sentence, field=field) for is_met, field, sentence in demands if not is_met]


def _goes_on(line: ActivityLine) -> bool:
    """Work that has begun may have no end yet; what is only planned has one in its plan."""
    return line.date_basis == DateBasis.ACTUAL and line.starts_on is not None
