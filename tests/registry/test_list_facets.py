"""The list of projects narrows and counts as somebody would who reads every line."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.core.ids import new_id
from portal.registry.list_facets import FACETS, sift, tell
from portal.registry.rows import LineRow, Spot
from portal.registry.terms import DateBasis, Reach, Status
from portal.registry.vocabularies import Intervention, TargetGroup

TODAY = date(2026, 11, 25)
PROJECTS = [new_id() for _ in range(4)]
ORGANISATIONS = [new_id() for _ in range(2)]
SPOTS = [Spot(), Spot(new_id()), Spot(new_id(), new_id())]
TOKENS = ("public", "members")
INTERVENTIONS = (Intervention.PSC_TRN, Intervention.PRE_AWR, None)
GROUPS = (TargetGroup.POLICE, TargetGroup.WOMEN)


@st.composite
def line_rows(draw):
    intervention = draw(st.sampled_from(INTERVENTIONS))
    area = intervention.policy_area.value if intervention else "policy"
    project_id = draw(st.sampled_from(PROJECTS))
    return LineRow(
        id=new_id(),
        reference="LA-0001-01",
        project_id=project_id,
        family_id=project_id,
        organisation_id=draw(st.sampled_from(ORGANISATIONS)),
        implementer_id=draw(st.sampled_from(ORGANISATIONS)),
        upstream_ids=frozenset(),
        funder_ids=frozenset(),
        policy_area=area,
        policy_areas=frozenset({area}),
        intervention=intervention,
        modality="",
        target_groups=draw(st.frozensets(st.sampled_from(GROUPS))),
        forms=frozenset(),
        spots=tuple(draw(st.lists(st.sampled_from(SPOTS), max_size=2, unique=True))),
        abroad=frozenset(),
        starts_on=draw(st.sampled_from([None, date(2025, 3, 1), date(2026, 3, 1)])),
        ends_on=draw(st.sampled_from([None, date(2027, 3, 1)])),
        date_basis=DateBasis.PLANNED,
        status=draw(st.sampled_from([Status.PLANNED, Status.ONGOING])),
        confirmed_on=draw(st.sampled_from([None, date(2026, 10, 1)])),
        reach=Reach.PUBLIC,
        access=frozenset({draw(st.sampled_from(TOKENS))}),
    )


def grouped(rows):
    lines = {}
    for row in rows:
        lines.setdefault(row.project_id, []).append(row)
    return lines


def values_of(told, row):
    found = next(line for project in told.values() for line in project.lines if line.row is row)
    return dict(zip(FACETS, found.values, strict=True))


def read_by_hand(told, rows, access, chosen):
    """Projects that fit, and by facet and value the projects that fit everything else."""
    seen = [(row, values_of(told, row)) for row in rows if row.access & access]

    def fits(said, names):
        return all(said[name] & set(chosen[name]) for name in names if chosen.get(name))

    fitting = {row.project_id for row, said in seen if fits(said, FACETS)}
    counts = {}
    for facet in FACETS:
        others = [name for name in FACETS if name != facet]
        pairs = {(row.project_id, value) for row, said in seen if fits(said, others) for value in said[facet]}
        counts[facet] = {value: sum(pair[1] == value for pair in pairs) for _, value in pairs}
    return fitting, counts


def some_choice(facet):
    values = {
        "policy_area": ["policy", "prosecution"],
        "intervention": ["PSC-TRN", "PRE-AWR"],
        "status": ["planned", "ongoing", "start_unconfirmed"],
        "year": ["2025", "2026"],
        "target_group": ["police", "women"],
        "organisation": [key.hex for key in ORGANISATIONS],
        "province": [spot.province.hex for spot in SPOTS if spot.province],
        "district": [spot.district.hex for spot in SPOTS if spot.district],
    }[facet]
    return st.lists(st.sampled_from(values), max_size=2, unique=True)


choices = st.fixed_dictionaries({}, optional={facet: some_choice(facet) for facet in FACETS})


@given(
    rows=st.lists(line_rows(), max_size=10), chosen=choices, access=st.sampled_from([{"public"}, set(TOKENS)])
)
def test_a_list_counts_what_somebody_counts_by_hand(rows, chosen, access):
    told = tell(grouped(rows), TODAY, {})
    sifted = sift(told, PROJECTS, frozenset(access), chosen)
    fitting, counts = read_by_hand(told, rows, access, chosen)
    is_asked = any(chosen.values())
    assert set(sifted.fitting) == (fitting if is_asked else set(PROJECTS))
    assert dict(sifted.counts) == counts


@given(rows=st.lists(line_rows(), max_size=8))
def test_lines_that_did_not_change_are_not_told_again(rows):
    lines = grouped(rows)
    told = tell(lines, TODAY, {})
    changed = next(iter(lines), None)
    later = {key: list(value) if key == changed else value for key, value in lines.items()}
    again = tell(later, TODAY, told)
    assert all(again[key] is told[key] for key in lines if key != changed)
