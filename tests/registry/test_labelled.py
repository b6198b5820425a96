"""The labelled pairs are whole, and the three queues agree with nearly all of them."""

import csv
from collections import Counter

from portal.places.actions import OWN_FILES
from portal.places.gazetteer import read_gazetteer
from tests.places.test_place_actions import DATA
from tests.registry.labelled import PAIRS, labelled_pairs
from tests.registry.overlap_quality import measure

QUEUES = {
    "line": {"O", "D", "adjacent", "internal", "none"},
    "project": {"D", "none"},
    "event": {"C", "none"},
}

LEAST = 0.95


def test_the_queues_agree_with_the_labels():
    quality = measure()
    assert quality.precision >= LEAST
    assert quality.recall >= LEAST


def test_there_are_enough_pairs_of_every_kind_and_band():
    pairs = labelled_pairs()
    assert len(pairs) >= 220
    assert Counter(pair.kind for pair in pairs).most_common()[-1][1] >= 30
    assert min(Counter(pair.band for pair in pairs if pair.queue == "O").values()) >= 12


def test_labels_fit_what_is_compared():
    for pair in labelled_pairs():
        assert pair.queue in QUEUES[pair.kind], pair.number
        assert (pair.band in {"strong", "moderate", "possible"}) == (pair.queue == "O"), pair.number
        assert pair.why, pair.number


def test_every_place_is_one_of_the_gazetteer():
    known = {row.code.code for row in read_gazetteer((DATA / OWN_FILES[0]).read_bytes()).rows}
    with PAIRS.open(encoding="utf-8", newline="") as file:
        used = {
            code for row in csv.DictReader(file) for side in "ab" for code in row[f"{side}_where"].split()
        }
    assert used <= known


def test_no_pair_stands_there_twice():
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = [
            tuple(cell for name, cell in row.items() if name not in {"pair", "why"})
            for row in csv.DictReader(file)
        ]
    assert len(rows) == len(set(rows))
