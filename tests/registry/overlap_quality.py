"""`make overlap-quality`: how well the three queues agree with the labelled pairs.

A pair is told when it is in queue O (strong or moderate), D or C. Precision: of the pairs told, those that the
labels put into that queue and, for O, that band. Recall: of the pairs labelled so, those told alike.
"""

from collections import Counter
from collections.abc import Iterator

from portal.registry.clashes import compare_events
from portal.registry.duplicates import compare_projects
from portal.registry.overlap_score import shared_window, shares_place
from portal.registry.overlaps import compare, is_vertical_chain
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


def _from_above(first, second) -> tuple[str, str]:
    is_chain = (
        first.family_id != second.family_id
        and "organisation" not in (first.reach, second.reach)
        and is_vertical_chain(first, second)
        and shares_place(first, second)
        and shared_window(first, second) is not None
    )
    return ("D", "") if is_chain else ("none", "")


def disagreements() -> Iterator[tuple[LabelledPair, tuple[str, str]]]:
    for pair in labelled_pairs():
        found = found_for(pair)
        if found != (pair.queue, pair.band):
            yield pair, found


def main() -> None:
    told, wanted, right = Counter[str](), Counter[str](), Counter[str]()
    for pair in labelled_pairs():
        found, label = found_for(pair), (pair.queue, pair.band)
        told[found[0]] += found in TOLD
        wanted[label[0]] += label in TOLD
        right[label[0]] += label in TOLD and found == label
    for pair, found in disagreements():
        label = " ".join(filter(None, (pair.queue, pair.band)))
        print(f"pair {pair.number}: labelled {label}, found {' '.join(filter(None, found))}: {pair.why}")
    for queue in ("O", "D", "C"):
        print(f"queue {queue}: {told[queue]} told, {wanted[queue]} labelled, {right[queue]} in both")
    everything = sum(right.values())
    precision, recall = everything / sum(told.values()), everything / sum(wanted.values())
    print(f"overlap-quality: precision={precision:.2f} recall={recall:.2f}")


if __name__ == "__main__":
    main()
