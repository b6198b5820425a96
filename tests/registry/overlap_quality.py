"""`make overlap-quality`: how well the three queues agree with the labelled pairs.

A pair is told when it is in queue O (strong or moderate), D or C. Precision: of the pairs told, those that the
labels put into that queue and, for O, that band. Recall: of the pairs labelled so, those told alike.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from portal.registry.clashes import compare_events
from portal.registry.duplicates import compare_projects, find_same_work
from portal.registry.overlaps import compare
from portal.registry.rows import LineRow, ProjectRow
from tests.registry.labelled import TODAY, LabelledPair, labelled_pairs

TOLD = frozenset({("O", "strong"), ("O", "moderate"), ("D", ""), ("C", "")})


def found_for(pair: LabelledPair) -> tuple[str, str]:
    """The queue and band that the register gives a pair; `none` when it is not told."""
    first, second = pair.rows
    if pair.kind == "project":
        return ("D", "") if compare_projects(first, second) else ("none", "")
    if pair.kind == "event":
        return ("C", "") if compare_events(first, second, TODAY) else ("none", "")
    overlap = compare(first, second, TODAY)
    if overlap is not None:
        return str(overlap.queue), overlap.band if overlap.queue == "O" else ""
    return _from_above(first, second)


def _from_above(first: LineRow, second: LineRow) -> tuple[str, str]:
    """Two records that hold nothing but these lines: only a chain between them can make one a second of the other."""
    projects = [_record_of(first), _record_of(second)]
    found = find_same_work(projects, {first.project_id: [first], second.project_id: [second]})
    return ("D", "") if any(found) else ("none", "")


def _record_of(line: LineRow) -> ProjectRow:
    return ProjectRow(
        id=line.project_id,
        reference=line.reference,
        family_id=line.family_id,
        organisation_id=line.organisation_id,
        titles=(),
        partners={},
        identifiers=frozenset(),
        starts_on=None,
        ends_on=None,
        spots=frozenset(),
        interventions=frozenset(),
        budgets={},
        yearly_budgets={},
        parent_ids=frozenset(),
        status=line.status,
        confirmed_on=line.confirmed_on,
        reach=line.reach,
        access=line.access,
    )


@dataclass(frozen=True)
class Quality:
    """How many pairs of each queue are told, labelled, and in both."""

    told: Counter[str]
    labelled: Counter[str]
    right: Counter[str]

    @property
    def precision(self) -> float:
        return self.right.total() / self.told.total()

    @property
    def recall(self) -> float:
        return self.right.total() / self.labelled.total()


def measure() -> Quality:
    """What `make overlap-quality` prints and `test_labelled.py` holds."""
    quality = Quality(Counter(), Counter(), Counter())
    for pair in labelled_pairs():
        found, label = found_for(pair), (pair.queue, pair.band)
        quality.told[found[0]] += found in TOLD
        quality.labelled[label[0]] += label in TOLD
        quality.right[label[0]] += label in TOLD and found == label
    return quality


def disagreements() -> Iterator[tuple[LabelledPair, tuple[str, str]]]:
    for pair in labelled_pairs():
        found = found_for(pair)
        if found != (pair.queue, pair.band):
            yield pair, found


def main() -> None:
    for pair, found in disagreements():
        label = " ".join(filter(None, (pair.queue, pair.band)))
        print(f"pair {pair.number}: labelled {label}, found {' '.join(filter(None, found))}: {pair.why}")
    quality = measure()
    for queue in ("O", "D", "C"):
        told, labelled, right = (counts[queue] for counts in (quality.told, quality.labelled, quality.right))
        print(f"queue {queue}: {told} told, {labelled} labelled, {right} in both")
    print(f"overlap-quality: precision={quality.precision:.2f} recall={quality.recall:.2f}")


if __name__ == "__main__":
    main()
