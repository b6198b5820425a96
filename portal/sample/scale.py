"""A large made-up library for measurements: the sample texts cut up and mixed, reproducible from a seed.

Mixing whole sentences would make every phrase occur in thousands of pages, which no real library does. Words of
spaced languages therefore follow each other as they do in the texts, two at a time; runs of unspaced scripts are
joined from the beginning of one and the end of another; and invented names give the long tail of rare words.
"""

import random
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import TypeVar

from portal.sample.loading import paragraphs, sample_resources
from portal.sample.organisations import PEOPLE
from portal.sample.resources import SampleFile, SampleResource

_Value = TypeVar("_Value")

LANGUAGE_SHARES = {"lo": 40, "en": 25, "th": 10, "vi": 8, "km": 7, "my": 5, "zh": 5}

# About 300 English words a page, and in the other scripts the length that says as much.
_CHARACTERS_A_PAGE = {"lo": 1500, "en": 1750, "th": 1400, "vi": 1400, "km": 1600, "my": 1800, "zh": 550}
_SPACED = frozenset({"en", "vi"})

_SYLLABLES = {
    language: syllables.split()
    for language, syllables in {
        "en": "ban nam pak xieng phon kham dong vang nong hua tha sop mai noy keo sa la vi ta lo",
        "vi": "bản nậm phú long hòa thạnh mường khe suối sơn lộc tân bình đông xuân",
        "lo": "ບ້ານ ນ້ຳ ປາກ ຊຽງ ໂພນ ຄຳ ດົງ ວັງ ໜອງ ຫົວ ທ່າ ສົບ ໃໝ່ ນ້ອຍ ແກ້ວ ສະ ລາ",
        "th": "บ้าน น้ำ ปาก เชียง โพน คำ ดง วัง หนอง หัว ท่า ใหม่ น้อย แก้ว",
        "km": "ភូមិ ព្រែក កំពង់ ស្ទឹង បឹង ភ្នំ ដូន ព្រៃ គោក ក្រាំង",
        "my": "ရွာ ကုန်း ချောင်း တောင် ကွင်း မြို့ ညောင် ပင် သာ စု",
        "zh": "河 山 村 寨 南 北 勐 龙 坝 田 溪 坪 岭 桥",
    }.items()
}
_BETWEEN = {"zh": "，", "lo": " ", "th": " ", "km": " ", "my": "၊ "}
_FULL_STOP = {"en": ".", "vi": ".", "lo": ".", "th": " ", "km": "។", "my": "။", "zh": "。"}

_TYPES = sorted({resource.resource_type for resource in sample_resources()})
_SECTORS = sorted({sector for resource in sample_resources() for sector in resource.sectors})
_AUDIENCES = sorted({audience for resource in sample_resources() for audience in resource.audiences})
_LICENCES = sorted({resource.licence for resource in sample_resources()})
_POLICY_AREAS = ("policy", "prevention", "protection", "prosecution")
_COUNTRIES = ("TH", "VN", "KH", "MM", "CN")
_DISTRICTS = (9, 7, 5, 7, 5, 12, 10, 11, 7, 10, 7, 10, 15, 8, 4, 10, 5, 5)
_SHARERS = [
    (membership.organisation, person.key)
    for person in PEOPLE
    for membership in person.memberships
    if membership.role != "viewer"
]


def scaled_resources(count: int, seed: int) -> Iterator[SampleResource]:
    """That many made-up resources; the n-th one depends on the seed alone, not on how many are asked for."""
    for number in range(1, count + 1):
        yield _resource(number, random.Random(f"{seed}:{number}"))  # noqa: S311 - made up, not secret


def tiny_bytes(file: SampleFile) -> bytes:
    """A small text file that stands for this one where only the pages matter; different for every file."""
    return f"{file.name}\n{file.pages[0][:200]}\n".encode()


def _resource(number: int, chance: random.Random) -> SampleResource:
    language = chance.choices(list(LANGUAGE_SHARES), weights=list(LANGUAGE_SHARES.values()))[0]
    pages = tuple(_page(language, chance) for _ in range(chance.randint(1, 9)))
    organisation, person = chance.choice(_SHARERS)
    key = f"scaled-{number:06d}"
    return SampleResource(
        key=key,
        organisation=organisation,
        shared_by=person,
        resource_type=chance.choice(_TYPES),
        titles={language: _title(language, number, chance)},
        summaries={language: pages[0][:300]},
        languages=(language,),
        published_on=date(2015, 1, 1) + timedelta(days=int(4100 * chance.random() ** 0.6)),
        authors=(f"Working group {number % 180 + 1}",),
        policy_areas=_some(chance, _POLICY_AREAS, 2),
        sectors=_some(chance, _SECTORS, 3),
        audiences=_some(chance, _AUDIENCES, 3),
        places=_places(chance),
        licence=chance.choice(_LICENCES),
        visibility=chance.choices(("public", "members", "organisation"), weights=(90, 8, 2))[0],
        files=(SampleFile(f"{key}.txt", "main", language, pages),),
    )


def _some(chance: random.Random, values: tuple[str, ...] | list[str], most: int) -> tuple[str, ...]:
    """One to `most` different values; the first ones of a list come up more often, as they do in life."""
    picked = (values[int(len(values) * chance.random() ** 1.6)] for _ in range(chance.randint(1, most)))
    return tuple(dict.fromkeys(picked))


def _places(chance: random.Random) -> tuple[str, ...]:
    province = int(18 * chance.random() ** 1.3) + 1
    places = [f"LA{province:02d}"]
    if chance.random() < 0.6:
        places.append(f"LA{province:02d}{chance.randint(1, _DISTRICTS[province - 1]):02d}")
    if chance.random() < 0.3:
        places.append(chance.choice(_COUNTRIES))
    return tuple(places)


def _title(language: str, number: int, chance: random.Random) -> str:
    titles = _texts_of(language).titles
    return f"{chance.choice(titles)} {_name(language, chance)} {2015 + number % 12}"


def _name(language: str, chance: random.Random) -> str:
    """An invented name of two to four syllables; there are some tens of thousands of them in each script."""
    name = "".join(_any(_SYLLABLES[language], chance) for _ in range(chance.randint(2, 4)))
    return name.capitalize() if language in _SPACED else name


def _page(language: str, chance: random.Random) -> str:
    write = _spaced_sentence if language in _SPACED else _unspaced_sentence
    wanted = _CHARACTERS_A_PAGE[language] * chance.uniform(0.8, 1.2)
    sentences: list[str] = []
    length = 0
    while length < wanted:
        sentence = write(language, chance)
        sentences.append(sentence + ("\n\n" if chance.random() < 0.2 else ""))
        length += len(sentence)
    return " ".join(sentences).replace("\n\n ", "\n\n").strip()


def _spaced_sentence(language: str, chance: random.Random) -> str:
    followers = _texts_of(language).followers
    word = _any(followers[""], chance)
    words = [word]
    while word in followers and len(words) < 28:
        word = _any(followers[word], chance)
        words.append(word)
    if chance.random() < 0.3:
        words.insert(chance.randint(1, len(words)), _name(language, chance))
    return " ".join(words).rstrip(",;:.") + _FULL_STOP[language]


def _unspaced_sentence(language: str, chance: random.Random) -> str:
    runs = [_run(language, chance) for _ in range(chance.randint(3, 7))]
    if chance.random() < 0.3:
        runs[chance.randrange(len(runs))] += _name(language, chance)
    return _BETWEEN[language].join(runs) + _FULL_STOP[language]


def _run(language: str, chance: random.Random) -> str:
    """A run of the texts, or the beginning of one with the end of another."""
    texts = _texts_of(language)
    first = texts.any_run(chance)
    if chance.random() < 0.4:
        return first.text
    last = texts.any_run(chance)
    return first.text[: _any(first.cuts, chance)] + last.text[_any(last.cuts, chance) :]


def _any(values: Sequence[_Value], chance: random.Random) -> _Value:
    """What `random.choice` does, at a third of its cost: ten million are drawn for the largest library."""
    return values[int(chance.random() * len(values))]


# Letters that begin a syllable, where a run can be cut without a mark losing its base. A Burmese letter with a killer or a Khmer one under a coeng ends or joins one.
_CUTS = re.compile(
    "(?<!^)(?<![\u17d2\u1039เแโใไເແໂໃໄ])(?:[ก-ฮເແໂໃໄເ-ໄກ-ຮ\u1780-\u17a2\u4e00-\u9fff]|[\u1000-\u1021](?![\u103a\u1039]))"
)


@dataclass(frozen=True)
class _Run:
    """Characters between two spaces, and the places where they may be cut."""

    text: str
    cuts: tuple[int, ...]


@dataclass(frozen=True)
class _Texts:
    """What the sample texts of one language give to the mixing."""

    titles: list[str]
    followers: dict[str, list[str]]
    runs: list[_Run]
    weights: list[float]

    def any_run(self, chance: random.Random) -> _Run:
        """A run, the first ones far more often than the last, as words in any language are."""
        return self.runs[bisect(self.weights, chance.random() * self.weights[-1])]


@cache
def _texts_of(language: str) -> _Texts:
    mine = [resource for resource in sample_resources() if language in resource.titles]
    own_pages = [
        page
        for resource in mine
        for file in resource.files
        if file.language == language
        for page in file.pages
    ]
    text = "\n".join([*paragraphs(language).values(), *dict.fromkeys(own_pages)])
    text = re.sub(r"^[#|-].*$", "", text, flags=re.MULTILINE)
    runs = sorted({run for run in re.split(r"[\s.,;:?!។៖၊။，。；：、？]+", text) if len(run) > 3})
    random.Random(language).shuffle(runs)  # noqa: S311 - the same order every time is the point
    weights = list(accumulate(1 / (rank + 8) ** 0.8 for rank in range(len(runs))))
    cut = [_Run(run, tuple(match.start() for match in _CUTS.finditer(run)) or (len(run),)) for run in runs]
    return _Texts([resource.titles[language] for resource in mine], _followers(text), cut, weights)


def _followers(text: str) -> dict[str, list[str]]:
    """Which words follow each word; the empty word stands for the beginning of a sentence."""
    followers: dict[str, list[str]] = defaultdict(list)
    for sentence in re.split(r"(?<=[.?!])\s+|\n+", text):
        previous = ""
        for word in sentence.split():
            followers[previous].append(word)
            previous = word
    return dict(followers)
