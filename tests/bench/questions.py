"""What the benchmark asks: words cut out of the library's own pages, so that they are as rare or common as theirs."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlmodel import Session, col, func, select

from portal.library.models import FileEntry, PageText, Resource
from portal.library.vocabularies import PolicyArea, ResourceType
from search.words import clusters

_RUN = re.compile(r"[^\s.,;:!?()]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u4e00-\u9fff]")


@dataclass(frozen=True)
class Questions:
    """Addresses of one visitor's session, by what is measured."""

    search: Sequence[str]
    typing: Sequence[str]
    resources: Sequence[str]


def make_questions(session: Session, count: int, seed: int = 7) -> Questions:
    """Phrases of one to three words or of one run, half of them narrowed by one or two facets."""
    chance = random.Random(seed)
    pages = session.exec(
        select(PageText.text).order_by(PageText.sha256, col(PageText.number)).limit(20_000)
    ).all()
    phrases = [
        phrase
        for page in chance.sample(pages, min(len(pages), count * 2))
        if (phrase := _phrase(page, chance))
    ]
    numbers = session.exec(
        select(Resource.number).where(Resource.state == "published", Resource.visibility == "public")
    ).all()
    return Questions(
        search=[
            f"/en/search?{urlencode(_narrowed(phrase, chance), doseq=True)}" for phrase in phrases[:count]
        ],
        typing=[
            f"/en/search/suggest?{urlencode({'q': _unfinished(phrase)})}"
            for phrase in phrases[count : 2 * count]
        ]
        or [f"/en/search/suggest?{urlencode({'q': _unfinished(phrase)})}" for phrase in phrases[:count]],
        resources=[f"/en/library/R-{chance.choice(numbers):04d}" for _ in range(count)],
    )


def text_bytes(session: Session) -> int:
    """The size of all page texts in UTF-8, once for every file that carries them."""
    pages = select(PageText.text).join(FileEntry, col(FileEntry.sha256) == col(PageText.sha256))
    return sum(len(text.encode()) for text in session.exec(pages))


def page_count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(PageText)).one()


def _phrase(page: str, chance: random.Random) -> str:
    runs = _RUN.findall(page)
    if not runs:
        return ""
    start = chance.randrange(len(runs))
    if _UNSPACED.search(runs[start]):
        # People type whole clusters: a letter with all its signs.
        units = clusters(runs[start])
        length = chance.randint(2, 7)
        first = chance.randrange(max(1, len(units) - length))
        return "".join(units[first : first + length])
    return " ".join(runs[start : start + chance.randint(1, 3)])


def _unfinished(phrase: str) -> str:
    return phrase[: max(2, len(phrase) * 2 // 3)]


def _narrowed(phrase: str, chance: random.Random) -> dict[str, object]:
    asked: dict[str, object] = {"q": phrase}
    for _ in range(chance.choice((0, 0, 1, 2))):
        name, values = chance.choice(
            (
                ("policy_area", list(PolicyArea)),
                ("resource_type", list(ResourceType)),
                ("year", range(2015, 2026)),
            )
        )
        asked[name] = str(chance.choice(list(values)))
    return asked
