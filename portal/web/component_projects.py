"""Invented projects and lines for the page of interface pieces, with names as long as names get."""

from datetime import date
from uuid import UUID

from portal.accounts.models import Organisation, OrganisationType
from portal.library.vocabularies import PolicyArea
from portal.places.models import Level
from portal.registry.list_queries import ProjectCard
from portal.registry.models import ActivityLine, LineState
from portal.registry.page_queries import LineDetail, NamedPlace
from portal.registry.rows import ProjectRow
from portal.registry.terms import EffectiveStatus, LinePlaceRole, Reach, Status
from portal.registry.vocabularies import Intervention, Modality

LONG_LAO = "ໂຄງການປ້ອງກັນແລະຕ້ານການຄ້າມະນຸດໃນແຂວງຊາຍແດນ" * 3
SOMETHING = UUID(int=1)


def project_card() -> ProjectCard:
    row = ProjectRow(
        id=SOMETHING,
        reference="LA-0042",
        family_id=SOMETHING,
        organisation_id=SOMETHING,
        titles=(LONG_LAO,),
        partners={},
        identifiers=frozenset(),
        starts_on=date(2026, 1, 1),
        ends_on=None,
        spots=frozenset(),
        interventions=frozenset(),
        budgets={},
        yearly_budgets={},
        parent_ids=frozenset(),
        status=Status.ONGOING,
        confirmed_on=None,
        reach=Reach.COORDINATORS,
        access=frozenset(),
    )
    return ProjectCard(
        row=row,
        title=LONG_LAO,
        organisation="Village Light",
        policy_areas=list(PolicyArea),
        interventions=list(Intervention)[:5],
        places=["Huoixai", LONG_LAO],
        further_places=12,
        line_count=1204,
        starts_on=row.starts_on,
        ends_on=date(2027, 12, 31),
        statuses=[EffectiveStatus.ONGOING, EffectiveStatus.ENDED_UNCONFIRMED],
    )


def line_details() -> list[LineDetail]:
    """A line that says everything, and a draft that says next to nothing."""
    full = ActivityLine(
        project_id=SOMETHING,
        number=1,
        reference="LA-0042-01",
        state=LineState.PUBLISHED,
        implementer_id=SOMETHING,
        policy_area=PolicyArea.PROSECUTION,
        other_policy_areas=["prevention"],
        intervention=Intervention.PSC_TRN,
        modality=Modality.TRAINING,
        target_groups=["police_border", "village_authorities"],
        forms=["forced_labour"],
        description=LONG_LAO,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        planned_total=120_000,
        planned_women=60_000,
    )
    draft = ActivityLine(
        project_id=SOMETHING,
        number=2,
        reference="LA-0042-02",
        implementer_id=SOMETHING,
        policy_area=PolicyArea.PROTECTION,
    )
    organisation = Organisation(
        number=1, name="Village Light", organisation_type=OrganisationType.NATIONAL_NGO
    )
    places = [
        NamedPlace(SOMETHING, "Bokeo", Level.PROVINCE, LinePlaceRole.ACTIVITY),
        NamedPlace(SOMETHING, LONG_LAO, Level.DISTRICT, LinePlaceRole.ACTIVITY, 40),
        NamedPlace(SOMETHING, "Thailand", Level.COUNTRY, LinePlaceRole.DESTINATION),
    ]
    return [
        LineDetail(full, organisation, places, EffectiveStatus.ONGOING, Reach.PUBLIC, []),
        LineDetail(draft, None, [], EffectiveStatus.PLANNED, Reach.ORGANISATION, []),
    ]
