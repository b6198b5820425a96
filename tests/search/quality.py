"""How well both engines find, by language, on the declaration of human rights.

Run by `make search-quality` as `python -m tests.search.quality`. Every article is a document
for recall and precision; every language as a whole is a document for the first hit.
"""

import csv
import json
import random
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from search.documents import Document, Match, SearchQuery
from search.engine import SearchEngine, open_engine
from search.words import clusters, fold_word, glued_pieces, normalise
from tests.search.shared_declaration import first_hits
from tests.servers import MEILISEARCH_REMEDY, running_meilisearch

DATA = Path(__file__).parents[3] / "shared" / "data" / "documents" / "declaration"
FILES = {
    "en": "eng",
    "lo": "lao",
    "th": "tha",
    "km": "khm",
    "vi": "vie",
    "my": "mya",
    "zh": "cmn_hans",
}
FIELDS: dict[str, tuple[str, ...]] = {"facet_fields": ("language", "resource_type"), "sort_fields": ()}
SPACED = ("en", "vi")
ABSENT_QUERIES = 200
MISTYPED_QUERIES = 60
BOOK_PAGES = 1000
NEEDLE_PAGE = 900
NEEDLES = {
    "en": "the quick heron of Khammouane",
    "lo": "ນົກຍາງຢູ່ກາງທົ່ງນາ",
    "th": "นกกระยางกลางทุ่งนา",
    "km": "សត្វក្រៀលនៅវាលស្រែ",
    "vi": "con cò bay lả trên đồng",
    "my": "ဗျိုင်းငှက်သည်လယ်ကွင်း",
    "zh": "白鹭飞过稻田",
}


@dataclass(slots=True)
class Measured:
    """What one engine did in one language: how often right, of how many."""

    right: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def note(self, measure: str, right: bool | int, asked: int = 1) -> None:
        self.right[measure] += int(right)
        self.asked[measure] += asked

    def share(self, measure: str) -> float:
        return self.right[measure] / self.asked[measure] if self.asked[measure] else 1.0


def articles(language: str) -> list[tuple[str, str]]:
    """Number and text of each article in one language; the known answers leave the preamble out."""
    content = json.loads((DATA / f"udhr_{FILES[language]}.json").read_text())
    return [(str(article["n"]), article["text"]) for article in content["articles"]]


def fill(engine: SearchEngine) -> dict[str, list[tuple[str, str]]]:
    """Each article as a group of its own, each language as one, and a book of a thousand pages."""
    texts = {language: articles(language) for language in FILES}
    groups: dict[str, list[Document]] = {}
    for language, parts in texts.items():
        for number, text in parts:
            name = f"{language}-{number}"
            groups[name] = [document(name, name, text, language, "article")]
        name = f"whole-{language}"
        groups[name] = [document(f"{name}-{number}", name, text, language, "whole") for number, text in parts]
    pages = [text for parts in texts.values() for _, text in parts]
    book = [
        document(f"book-{page}", "book", pages[page % len(pages)], "en", "book")
        for page in range(1, BOOK_PAGES + 1)
    ]
    needles = " ".join(NEEDLES.values())
    book[NEEDLE_PAGE - 1] = document(f"book-{NEEDLE_PAGE}", "book", needles, "en", "book")
    groups["book"] = book
    engine.clear()
    engine.wait(engine.replace(groups), 600)
    return texts


def document(name: str, group: str, text: str, language: str, kind: str) -> Document:
    return Document(
        id=name, group=group, title="", body=text, facets={"language": [language], "resource_type": [kind]}
    )


def known_answers() -> Iterator[tuple[str, str, set[str]]]:
    """Language, query, and the articles in which it stands."""
    with (DATA / "known_answers.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            language = row["lang"].removesuffix("-Hans")
            if language in FILES:
                yield language, row["query"], set(row["articles_containing_nfc_casefold"].split(";"))


def groups_found(engine: SearchEngine, text: str, language: str, kind: str, **more: Any) -> list[str]:
    filters = {"language": [language], "resource_type": [kind]}
    result = engine.search(SearchQuery(text, filters=filters, limit=50, **more))
    return [hit.group for hit in result.hits]


def first_group(engine: SearchEngine, text: str) -> str:
    result = engine.search(SearchQuery(text, filters={"resource_type": ["whole"]}, limit=1))
    return result.hits[0].group if result.hits else ""


def spelling(text: str, language: str) -> str:
    """The form in which a text contains a query whatever the spelling of either."""
    return (
        " ".join(fold_word(word) for word in normalise(text).split())
        if language in SPACED
        else normalise(text)
    )


def pieces(text: str, language: str) -> list[str]:
    """What words are made of: syllables where there are spaces, else clusters."""
    normal = normalise(text)
    if language == "en":
        return re.findall(r"[^aeiouy\W\d]*[aeiouy]+(?:[^aeiouy\W\d]+(?![aeiouy]))?", normal)
    if language == "vi":
        return re.findall(r"[^\W\d]+", normal)
    return [cluster for run in runs(text) for cluster in run]


def runs(text: str) -> list[list[str]]:
    """The unspaced runs of a text, cut into clusters."""
    return [
        clusters(unspaced) if unspaced else list(ideographic)
        for glued in glued_pieces(normalise(text))
        for unspaced, ideographic, word in glued
        if not word
    ]


def made_up(language: str, text: str, count: int) -> list[str]:
    """Queries that look like the language and stand nowhere in the text."""
    chance = random.Random(f"absent {language}")
    known = spelling(text, language)
    known_words = set(re.findall(r"[^\W\d]+", known))
    sounds = pieces(text, language)
    queries: list[str] = []
    while len(queries) < count:
        query = _made_up_query(language, sounds, chance)
        folded = spelling(query, language)
        absent = not known_words & set(folded.split()) if language in SPACED else folded not in known
        if absent and query not in queries:
            queries.append(query)
    return queries


def _made_up_query(language: str, sounds: Sequence[str], chance: random.Random) -> str:
    if language == "en":
        return " ".join(
            "".join(chance.choices(sounds, k=chance.randint(2, 4))) for _ in range(chance.randint(1, 3))
        )
    if language == "vi":
        # The beginning of one syllable and the rest of another make a third that might exist.
        halves = [re.match(r"([^aeiouyăâêôơưà-ỹ]*)(.*)", sound) for sound in chance.choices(sounds, k=6)]
        made = [
            head[1] + tail[2] for head, tail in zip(halves[::2], halves[1::2], strict=True) if head and tail
        ]
        return " ".join(made[: chance.randint(1, 3)])
    return "".join(chance.choices(sounds, k=chance.randint(3, 10)))


def mistyped(language: str, text: str, count: int) -> list[tuple[str, str]]:
    """Real words or phrases, and the same with one mistake."""
    chance = random.Random(f"mistyped {language}")
    if language in SPACED:
        long = sorted(
            {word for word in re.findall(r"[^\W\d]+", normalise(text)) if len(fold_word(word)) >= 6}
        )
        return [(word, _with_mistake(fold_word(word), chance)) for word in chance.choices(long, k=count)]
    made = []
    for run in chance.choices([run for run in runs(text) if len(run) >= 8], k=count):
        start = chance.randrange(len(run) - 7)
        phrase = run[start : start + 8]
        wrong = chance.randint(2, 5)
        made.append(("".join(phrase), "".join(phrase[:wrong] + phrase[wrong + 1 :])))
    return made


def _with_mistake(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    kind = chance.choice(("leave out", "swap", "replace"))
    if kind == "leave out":
        return word[:place] + word[place + 1 :]
    if kind == "swap":
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + chance.choice("aeiounrst") + word[place + 1 :]


def begun(query: str, language: str) -> str:
    """Two thirds of a query, as somebody has typed it so far; cut between clusters."""
    units = list(query) if language in SPACED else pieces(query, language)
    return "".join(units[: -(-len(units) * 2 // 3)])


def needle_query(language: str) -> str:
    """Words from the needle; in unspaced scripts from the middle of the run."""
    if language in SPACED:
        return " ".join(NEEDLES[language].split()[1:])
    return "".join(pieces(NEEDLES[language], language)[1:-1])


def measure(engine: SearchEngine, texts: Mapping[str, list[tuple[str, str]]]) -> dict[str, Measured]:
    measured = {language: Measured() for language in texts}
    for language, query, expected in known_answers():
        found = {
            group.removeprefix(f"{language}-") for group in groups_found(engine, query, language, "article")
        }
        measured[language].note("recall", len(found & expected), len(expected))
        measured[language].note("precision", len(found & expected), len(found) or 1)
        measured[language].note("first hit", first_group(engine, query) == f"whole-{language}")
        typing = groups_found(engine, begun(query, language), language, "article", as_you_type=True)
        measured[language].note(
            "prefix", expected <= {group.removeprefix(f"{language}-") for group in typing}
        )
    for language, parts in texts.items():
        everything = "\n".join(text for _, text in parts)
        for query in made_up(language, everything, ABSENT_QUERIES):
            nothing = engine.search(SearchQuery(query, limit=1)).match is Match.NONE
            measured[language].note("absent", nothing)
        for right, wrong in mistyped(language, everything, MISTYPED_QUERIES):
            expected = set(groups_found(engine, right, language, "article", relax=False))
            measured[language].note(
                "mistyped", bool(expected & set(groups_found(engine, wrong, language, "article")))
            )
        hits = engine.search(SearchQuery(needle_query(language), limit=1)).hits
        needle = [(hit.group, hit.documents[0]) for hit in hits] == [("book", f"book-{NEEDLE_PAGE}")]
        measured[language].note("needle", needle)
    return measured


def measure_shared(
    measured: Mapping[str, Measured],
    texts: Mapping[str, list[tuple[str, str]]],
    folder: Path,
    search_url: str,
    search_key: str,
) -> None:
    """The first hit again, but through the whole portal: shared as PDF and DOCX, read, indexed, asked."""
    whole = {
        language: (FILES[language], "\n\n".join(text for _, text in parts))
        for language, parts in texts.items()
    }
    questions = [(language, query) for language, query, _ in known_answers()]
    answers = first_hits(folder, whole, questions, search_url=search_url, search_key=search_key)
    for language, right in answers.items():
        measured[language].note("shared", sum(right), len(right))


MEASURES = ("recall", "precision", "first hit", "shared", "absent", "prefix", "mistyped", "needle")


def main() -> int:
    console = Console(width=120)
    if not DATA.is_dir():
        console.print(f"The declaration is not at {DATA}, so there is nothing to measure.")
        return 1
    table = Table(title="Finding, by engine and language")
    for column in ("engine", "language", *MEASURES):
        table.add_column(column, justify="left" if column in ("engine", "language") else "right")
    recall = precision = 1.0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running_meilisearch())
        engines: dict[str, SearchEngine] = {"fts5": open_engine(path=folder / "search.db", **FIELDS)}
        if server is None:
            console.print(f"Meilisearch is not measured. To have it: {MEILISEARCH_REMEDY}")
        else:
            url, key = server
            engines["meilisearch"] = open_engine(
                path=folder / "none", url=url, key=key, index="quality", **FIELDS
            )
        for name, engine in engines.items():
            engine.ensure_ready()
            texts = fill(engine)
            measured = measure(engine, texts)
            measure_shared(
                measured, texts, folder / name, *(server or ("", "")) if name != "fts5" else ("", "")
            )
            for language, numbers in measured.items():
                table.add_row(name, language, *(f"{numbers.share(measure):.2f}" for measure in MEASURES))
                recall = min(
                    recall, numbers.share("recall"), numbers.share("first hit"), numbers.share("shared")
                )
                precision = min(precision, numbers.share("precision"), numbers.share("absent"))
            engine.close()
    console.print(table)
    console.print(f"search-quality: recall_min={recall:.2f} precision_min={precision:.2f}")
    console.print(f"TARGET: recall_min={recall:.3f} precision_min={precision:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
