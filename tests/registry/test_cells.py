"""Cells hold who is in one place for one audience at one time; they chain nobody to anybody."""

from datetime import date

from portal.registry.cells import find_cells
from portal.registry.rows import People, Spot
from portal.registry.vocabularies import TargetGroup
from tests.registry.overlap_rows import BOKEO, TODAY, TONPHEUNG, district, known, line


def spans(cells):
    return [((cell.key.year, cell.key.quarter), cell.until) for cell in cells]


def test_two_organisations_of_two_families_make_one_cell_of_the_quarters_they_share():
    cells = find_cells([line("a"), line("b", ends_on=date(2026, 9, 30))], TODAY)
    assert spans(cells) == [((2026, 2), (2026, 3))]
    assert len(cells[0].implementer_ids) == 2


def test_a_cell_ends_where_somebody_comes_or_goes():
    rows = [line("a"), line("b"), line("c", starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30))]
    cells = find_cells(rows, TODAY)
    assert spans(cells) == [((2026, 3), (2026, 3)), ((2026, 2), (2026, 2)), ((2026, 4), (2026, 4))]
    assert [len(cell.lines) for cell in cells] == [3, 2, 2]


def test_one_family_or_one_organisation_is_no_gathering():
    family = line("b", family_id=known("a family"))
    organisation = line("b", implementer_id=known("a organisation"))
    assert find_cells([line("a"), family], TODAY) == []
    assert find_cells([line("a"), organisation], TODAY) == []


def test_a_third_in_between_chains_nobody():
    middle = line("b", spots=(district(), district(TONPHEUNG)))
    far = line("c", spots=(district(TONPHEUNG),))
    cells = find_cells([line("a"), middle, far], TODAY)
    assert {frozenset(row.reference for row in cell.lines) for cell in cells} == {
        frozenset({"LA-a-01", "LA-b-01"}),
        frozenset({"LA-b-01", "LA-c-01"}),
    }


def test_people_are_a_range_and_never_a_sum():
    rows = [line("a", planned=People(total=40)), line("b", planned=People(total=60))]
    cell = find_cells(rows, TODAY)[0]
    assert (cell.planned_least, cell.planned_most) == (40, 60)


def test_a_whole_province_is_a_place_of_its_own():
    assert find_cells([line("a"), line("b", spots=(Spot(BOKEO),))], TODAY) == []


def test_an_inner_group_is_no_audience_of_a_cell():
    police = frozenset({TargetGroup.POLICE})
    cells = find_cells([line("a", target_groups=police), line("b", target_groups=police)], TODAY)
    assert {cell.key.group for cell in cells} == {None}


def test_the_quarters_run_over_the_end_of_the_year():
    rows = [line(name, ends_on=date(2027, 12, 31)) for name in "ab"]
    cells = find_cells(rows, date(2026, 11, 25))
    assert spans(cells) == [((2026, 4), (2027, 3))]
