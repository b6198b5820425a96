"""The lists that describe a record rather than its work: kinds, status, roles, links, units, visibility."""

from enum import StrEnum

from portal.core.errors import N_


class RecordKind(StrEnum):
    PROJECT = "project"
    PROGRAMME = "programme"
    COMPONENT = "component"
    EVENT = "event"
    TECHNICAL_ASSISTANCE = "technical_assistance"


RECORD_KIND_LABELS = {
    RecordKind.PROJECT: N_("Project"),
    RecordKind.PROGRAMME: N_("Programme"),
    RecordKind.COMPONENT: N_("Component of a project"),
    RecordKind.EVENT: N_("Single event"),
    RecordKind.TECHNICAL_ASSISTANCE: N_("Technical assistance"),
}


class Status(StrEnum):
    """What the organisation says of its work; `freshness.effective_status` says what may be believed today."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    FINALISING = "finalising"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"


STATUS_LABELS = {
    Status.PLANNED: N_("Planned"),
    Status.ONGOING: N_("Ongoing"),
    Status.FINALISING: N_("Finalising"),
    Status.COMPLETED: N_("Completed"),
    Status.CANCELLED: N_("Cancelled"),
    Status.SUSPENDED: N_("Suspended"),
}
# IATI 2.03 codelist ActivityStatus.
STATUS_IATI_CODES = {
    Status.PLANNED: "1",
    Status.ONGOING: "2",
    Status.FINALISING: "3",
    Status.COMPLETED: "4",
    Status.CANCELLED: "5",
    Status.SUSPENDED: "6",
}


class EffectiveStatus(StrEnum):
    """What dates and declaration together say today. Past its end, work is not silently called completed."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"
    # It should have begun by its dates, and nobody said that it has.
    START_UNCONFIRMED = "start_unconfirmed"
    # Its end has passed, and nobody said what became of it.
    ENDED_UNCONFIRMED = "ended_unconfirmed"


EFFECTIVE_STATUS_LABELS = {
    EffectiveStatus.PLANNED: N_("Planned"),
    EffectiveStatus.ONGOING: N_("Ongoing"),
    EffectiveStatus.COMPLETED: N_("Completed"),
    EffectiveStatus.CANCELLED: N_("Cancelled"),
    EffectiveStatus.SUSPENDED: N_("Suspended"),
    EffectiveStatus.START_UNCONFIRMED: N_("Should have started, not confirmed"),
    EffectiveStatus.ENDED_UNCONFIRMED: N_("Past its end, not confirmed"),
}


class Work(StrEnum):
    """What goes on in a place, in three words; of several lines the first of these counts."""

    ONGOING = "ongoing"
    PLANNED = "planned"
    OVER = "over"


WORK_LABELS = {
    Work.ONGOING: N_("Going on"),
    Work.PLANNED: N_("Planned"),
    Work.OVER: N_("Ended, cancelled or suspended"),
}


def work_of(status: EffectiveStatus) -> Work:
    if status in (EffectiveStatus.PLANNED, EffectiveStatus.START_UNCONFIRMED):
        return Work.PLANNED
    return Work.ONGOING if status == EffectiveStatus.ONGOING else Work.OVER


class PartnerRole(StrEnum):
    """The first four are IATI 2.03 OrganisationRole 1 to 4; the others are this register's own."""

    FUNDING = "funding"
    ACCOUNTABLE = "accountable"
    EXTENDING = "extending"
    IMPLEMENTING = "implementing"
    TECHNICAL = "technical"
    GOVERNMENT_COUNTERPART = "government_counterpart"


PARTNER_ROLE_LABELS = {
    PartnerRole.FUNDING: N_("Funding"),
    PartnerRole.ACCOUNTABLE: N_("Accountable"),
    PartnerRole.EXTENDING: N_("Extending: passes funds on and supervises"),
    PartnerRole.IMPLEMENTING: N_("Implementing: does the work"),
    PartnerRole.TECHNICAL: N_("Technical partner"),
    PartnerRole.GOVERNMENT_COUNTERPART: N_("Government counterpart"),
}
PARTNER_ROLE_IATI_CODES = {
    PartnerRole.FUNDING: "1",
    PartnerRole.ACCOUNTABLE: "2",
    PartnerRole.EXTENDING: "3",
    PartnerRole.IMPLEMENTING: "4",
}
# Roles that stand above whoever does the work: the same work seen from above is not an overlap.
UPSTREAM_ROLES = frozenset({PartnerRole.FUNDING, PartnerRole.ACCOUNTABLE, PartnerRole.EXTENDING})


class Stance(StrEnum):
    """What a partner says of being named."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


STANCE_LABELS = {
    Stance.UNCONFIRMED: N_("Not confirmed by this organisation"),
    Stance.CONFIRMED: N_("Confirmed by this organisation"),
    Stance.DISPUTED: N_("Disputed by this organisation"),
}


class LinkKind(StrEnum):
    """What the other record is to this one. IATI 2.03 RelatedActivityType 1 to 5, and two of our own."""

    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    CO_FUNDED = "co_funded"
    # Another organisation's report of the same work.
    THIRD_PARTY = "third_party"
    FOLLOWS = "follows"
    FOLLOWED_BY = "followed_by"


LINK_KIND_LABELS = {
    LinkKind.PARENT: N_("It is the parent of this one"),
    LinkKind.CHILD: N_("It is a part of this one"),
    LinkKind.SIBLING: N_("It is a sister component"),
    LinkKind.CO_FUNDED: N_("It is paid for together"),
    LinkKind.THIRD_PARTY: N_("It is another organisation's report of the same work"),
    LinkKind.FOLLOWS: N_("It came before this one"),
    LinkKind.FOLLOWED_BY: N_("It comes after this one"),
}
LINK_KIND_IATI_CODES = {
    LinkKind.PARENT: "1",
    LinkKind.CHILD: "2",
    LinkKind.SIBLING: "3",
    LinkKind.CO_FUNDED: "4",
    LinkKind.THIRD_PARTY: "5",
}
LINK_INVERSES = {
    LinkKind.PARENT: LinkKind.CHILD,
    LinkKind.CHILD: LinkKind.PARENT,
    LinkKind.SIBLING: LinkKind.SIBLING,
    LinkKind.CO_FUNDED: LinkKind.CO_FUNDED,
    LinkKind.THIRD_PARTY: LinkKind.THIRD_PARTY,
    LinkKind.FOLLOWS: LinkKind.FOLLOWED_BY,
    LinkKind.FOLLOWED_BY: LinkKind.FOLLOWS,
}
# Records joined by these are one family, and are counted as one.
FAMILY_LINKS = frozenset({LinkKind.PARENT, LinkKind.CHILD, LinkKind.SIBLING, LinkKind.THIRD_PARTY})


class LinePlaceRole(StrEnum):
    """Where the work is done, or where the people it is about go to and come from."""

    ACTIVITY = "activity"
    DESTINATION = "destination"
    CORRIDOR = "corridor"


LINE_PLACE_ROLE_LABELS = {
    LinePlaceRole.ACTIVITY: N_("Where the work is done"),
    LinePlaceRole.DESTINATION: N_("Where people migrate to"),
    LinePlaceRole.CORRIDOR: N_("On the way"),
}


class PeopleUnit(StrEnum):
    PEOPLE = "people"
    HOUSEHOLDS = "households"
    SESSIONS = "sessions"
    CASES = "cases"
    NO_DATA = "no_data"


PEOPLE_UNIT_LABELS = {
    PeopleUnit.PEOPLE: N_("People"),
    PeopleUnit.HOUSEHOLDS: N_("Households"),
    PeopleUnit.SESSIONS: N_("Sessions"),
    PeopleUnit.CASES: N_("Cases"),
    PeopleUnit.NO_DATA: N_("No data on people"),
}


class DateBasis(StrEnum):
    PLANNED = "planned"
    ACTUAL = "actual"


DATE_BASIS_LABELS = {DateBasis.PLANNED: N_("Planned dates"), DateBasis.ACTUAL: N_("Actual dates")}


class EventKind(StrEnum):
    TRAINING = "training"
    CAMPAIGN = "campaign"
    WORKSHOP = "workshop"


EVENT_KIND_LABELS = {
    EventKind.TRAINING: N_("Training"),
    EventKind.CAMPAIGN: N_("Campaign"),
    EventKind.WORKSHOP: N_("Workshop"),
}


class BudgetBand(StrEnum):
    """The size of a budget whose amount stays between the partners; in United States dollars."""

    UNDER_50_000 = "under_50000"
    UNDER_250_000 = "under_250000"
    UNDER_1_000_000 = "under_1000000"
    OVER_1_000_000 = "over_1000000"


BUDGET_BAND_LABELS = {
    BudgetBand.UNDER_50_000: N_("Under 50,000 US dollars"),
    BudgetBand.UNDER_250_000: N_("50,000 to 250,000 US dollars"),
    BudgetBand.UNDER_1_000_000: N_("250,000 to 1 million US dollars"),
    BudgetBand.OVER_1_000_000: N_("More than 1 million US dollars"),
}


class BudgetStatus(StrEnum):
    """IATI 2.03 BudgetStatus."""

    INDICATIVE = "1"
    COMMITTED = "2"


BUDGET_STATUS_LABELS = {BudgetStatus.INDICATIVE: N_("Indicative"), BudgetStatus.COMMITTED: N_("Committed")}


class ResultKind(StrEnum):
    """IATI 2.03 ResultType."""

    OUTPUT = "1"
    OUTCOME = "2"
    IMPACT = "3"
    OTHER = "9"


RESULT_KIND_LABELS = {
    ResultKind.OUTPUT: N_("Output: what was done"),
    ResultKind.OUTCOME: N_("Outcome: what changed for people"),
    ResultKind.IMPACT: N_("Impact: what changed in the long run"),
    ResultKind.OTHER: N_("Other"),
}


class Reach(StrEnum):
    """Who may see a record or a line of it; narrowest last (`registry.md` 3.13)."""

    PUBLIC = "public"
    MEMBERS = "members"
    GROUP = "group"
    COORDINATORS = "coordinators"
    ORGANISATION = "organisation"

    @property
    def width(self) -> int:
        """Larger means fewer people: a line may not be shown more widely than its project."""
        return _REACH_ORDER[self]


_REACH_ORDER = {reach: place for place, reach in enumerate(Reach)}
REACH_LABELS = {
    Reach.PUBLIC: N_("Everyone: it is public"),
    Reach.MEMBERS: N_("Members: people of verified organisations"),
    Reach.GROUP: N_("A coordination group"),
    Reach.COORDINATORS: N_("Our organisation, its partners here, and the coordinators"),
    Reach.ORGANISATION: N_("Only our organisation"),
}
