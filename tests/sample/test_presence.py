"""The sample register shows every state a place can be in, and its pages tell of it."""

import re

import pytest

from portal.core.clock import today
from portal.library.vocabularies import PolicyArea
from portal.places.queries import provinces
from portal.registry.attestation_queries import attestation_lines, expectation_lines
from portal.registry.coverage_models import AttestationKind
from portal.registry.finding_queries import (
    count_open_findings,
)
from portal.registry.gap_queries import gaps_page
from portal.registry.gap_terms import GapKind
from portal.registry.presence import CellState
from portal.registry.presence_filter import PresenceFilter
from portal.registry.presence_queries import read_presence
from portal.registry.scoring import Queue
from portal.registry.statistics import SERIES, read_series
from portal.sample.seed_register import PLAN


def test_an_organisation_does_nothing_in_places_and_a_committee_says_that_nobody_does(session, coordinator):
    said = attestation_lines(session, coordinator, "en", today())
    kinds = {line.attestation.kind for line in said}
    assert kinds == {AttestationKind.NIL_RETURN, AttestationKind.NOBODY}
    nobody = [line.attestation for line in said if line.attestation.kind == AttestationKind.NOBODY]
    assert {attestation.policy_area for attestation in nobody} == {None, PolicyArea.PROSECUTION}
    assert [line for line in said if line.has_lapsed] == []


def test_the_matrix_of_provinces_has_a_cell_in_every_state(session, coordinator):
    presence = read_presence(session, coordinator, PresenceFilter(), today())
    states = {presence.cell(row.id, area).state for row in provinces(session) for area in PolicyArea}
    assert states == set(CellState)


@pytest.mark.parametrize(
    ("district", "state"),
    [
        ("LA0501", CellState.COVERED),
        ("LA0404", CellState.COVERED),
        ("LA0902", CellState.ENDING_SOON),
        ("LA0105", CellState.PLANNED),
        ("LA1804", CellState.NONE),
        ("LA0207", CellState.UNKNOWN),
    ],
)
def test_a_district_shows_what_is_known_of_it(session, coordinator, place, district, state):
    found = place(district)
    asked = PresenceFilter(provinces=frozenset({found.parent_id}))
    assert read_presence(session, coordinator, asked, today()).place(found.id).state == state


def test_gaps_are_found_by_what_is_expected_by_time_by_chain_and_by_silence(session, coordinator):
    reports = {report.kind: report for report in gaps_page(session, coordinator, "en", today()).reports}
    assert len(expectation_lines(session, "en")) == 9
    presence = reports[GapKind.PRESENCE]
    assert presence.met > 0
    assert presence.gaps
    for kind in (GapKind.TIME, GapKind.CHAIN):
        assert reports[kind].met > 0
        assert reports[kind].gaps
    assert reports[GapKind.REPORTING].looked_at == 18 * len(PolicyArea)


def test_every_series_of_figures_has_its_source(session):
    found = read_series(session, "en")
    assert {series.key for series in found} == {
        "returned_from_thailand",
        "official_returnees",
        "investigations",
        "prosecutions",
        "convictions",
    }
    assert {series.key for series in found} <= set(SERIES)
    assert [source for series in found for source in series.sources if not source.source] == []


def test_the_front_page_gives_a_coordinator_the_register_at_a_glance(
    coordinators_browser, session, coordinator
):
    page = coordinators_browser.get("/en/").text
    figures = dict(re.findall(r'href="/en/overlaps\?queue=(\w+)">[^<]*</a></dt><dd>(\d+)</dd>', page))
    counts = count_open_findings(session, coordinator)
    assert figures == {str(queue): str(count) for queue, count in counts.items() if count}
    assert set(figures) == {Queue.OVERLAP, Queue.SAME_WORK, Queue.CLASH}
    total = read_presence(session, coordinator, PresenceFilter(), today()).total
    assert f"<dd>{total.families}</dd>" in page


def test_the_page_of_presence_draws_a_cell_in_every_state(coordinators_browser):
    page = coordinators_browser.get("/en/presence").text
    assert set(re.findall(r'class="cell k\d (\w+)"', page)) == set(CellState)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/en/nil-returns", "District committee (sample)"),
        ("/en/gaps", PLAN),
        ("/en/gaps/expectations", PLAN),
        ("/en/statistics", "UN-ACT, official returns from Thailand"),
        ("/en/overlaps?queue=O&band=possible", "Training of judges and prosecutors"),
    ],
)
def test_the_pages_tell_what_the_sample_says(coordinators_browser, address, words):
    answer = coordinators_browser.get(address)
    assert answer.status_code == 200
    assert words in answer.text
