"""What the machine proposes about a new resource from its files, for a person to confirm or change.

Pure: readings in, proposals out. A proposal never overwrites what a person wrote.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from portal.core.text import clean_line, fold, shorten
from portal.library.vocabularies import ContentLanguage, PolicyArea, ResourceType

MAXIMUM_PLACES = 5
SUMMARY_LENGTH = 400
# A kit is several files that belong together.
KIT_SIZE = 3


@dataclass(frozen=True)
class ReadFile:
    """What is known of one file of the resource: its proposed title, its languages and its first text."""

    name: str
    title: str
    languages: Sequence[str]
    issued: str
    authors: Sequence[str]
    opening: str


@dataclass(frozen=True)
class Proposal:
    """Values for empty fields; what could not be guessed stays empty."""

    titles: Mapping[str, str] = field(default_factory=dict)
    summaries: Mapping[str, str] = field(default_factory=dict)
    languages: Sequence[str] = ()
    issued: str = ""
    authors: Sequence[str] = ()
    resource_type: ResourceType = ResourceType.OTHER
    policy_areas: Sequence[PolicyArea] = ()
    places: Sequence[UUID] = ()


# Words by which titles name what they are, in the languages of the region; the first type that fits wins,
# so that "training manual" is a manual and "evaluation of a training" an evaluation.
TYPE_WORDS: tuple[tuple[ResourceType, tuple[str, ...]], ...] = (
    (
        ResourceType.EVALUATION,
        ("evaluation", "ການປະເມີນຜົນ", "ประเมินผล", "ការវាយតម្លៃ", "đánh giá", "အကဲဖြတ်", "评估"),
    ),
    (
        ResourceType.LESSONS_LEARNED,
        ("lessons learned", "lessons from", "ບົດຮຽນ", "บทเรียน", "មេរៀន", "bài học", "经验教训"),
    ),
    (ResourceType.NEEDS_ASSESSMENT, ("needs assessment", "ຄວາມຕ້ອງການ", "nhu cầu", "需求")),
    (ResourceType.SITUATION_ANALYSIS, ("situation", "ສະພາບການ", "สถานการณ์", "ស្ថានភាព", "tình hình", "形势")),
    (ResourceType.SOP, ("standard operating", "sop", "ຂັ້ນຕອນມາດຕະຖານ", "quy trình")),
    (ResourceType.FACILITATOR_GUIDE, ("facilitator", "trainer's guide", "ຄູ່ມືຄູຝຶກ", "คู่มือวิทยากร")),
    (ResourceType.PARTICIPANT_MATERIAL, ("participant", "handout", "ຜູ້ເຂົ້າຮ່ວມ")),
    (ResourceType.TRAINING_MODULE, ("module", "ໂມດູນ", "โมดูล", "mô-đun")),
    (
        ResourceType.MANUAL,
        (
            "manual",
            "guideline",
            "guide",
            "handbook",
            "ຄູ່ມື",
            "คู่มือ",
            "សៀវភៅណែនាំ",
            "sổ tay",
            "လက်စွဲ",
            "手册",
            "指南",
        ),
    ),
    (
        ResourceType.STRATEGY,
        ("strategy", "action plan", "ຍຸດທະສາດ", "ยุทธศาสตร์", "យុទ្ធសាស្ត្រ", "chiến lược", "战略"),
    ),
    (ResourceType.AGREEMENT, ("memorandum", "agreement", "ບົດບັນທຶກ", "บันทึกความเข้าใจ", "thỏa thuận", "备忘录")),
    (
        ResourceType.POLICY_OR_LAW,
        ("law", "decree", "policy", "ກົດໝາຍ", "ດຳລັດ", "กฎหมาย", "ច្បាប់", "luật", "ဥပဒေ", "法"),
    ),
    (ResourceType.TOOL_OR_TEMPLATE, ("template", "checklist", "form", "ແບບຟອມ", "แบบฟอร์ม", "mẫu", "模板")),
    (ResourceType.AWARENESS_MATERIAL, ("poster", "leaflet", "campaign", "ໂປສເຕີ", "แผ่นพับ", "tờ rơi", "海报")),
    (
        ResourceType.RESEARCH_STUDY,
        ("research", "study", "survey", "ການຄົ້ນຄວ້າ", "วิจัย", "ការស្រាវជ្រាវ", "nghiên cứu", "သုတေသန", "研究"),
    ),
    (ResourceType.REVIEW, ("review", "after action", "ທົບທວນ", "ทบทวน", "rà soát")),
    (ResourceType.TRAINING_KIT, ("training kit", "toolkit", "ຊຸດຝຶກອົບຮົມ", "ชุดฝึกอบรม")),
    (ResourceType.PRESENTATION, ("presentation", "slides", "ບົດນຳສະເໜີ")),
)

POLICY_AREA_WORDS: Mapping[PolicyArea, tuple[str, ...]] = {
    PolicyArea.POLICY: (
        "policy",
        "legislation",
        "action plan",
        "coordination",
        "ນະໂຍບາຍ",
        "ກົດໝາຍ",
        "นโยบาย",
        "គោលនយោបាយ",
        "chính sách",
        "မူဝါဒ",
        "政策",
    ),
    PolicyArea.PREVENTION: (
        "prevention",
        "awareness",
        "safe migration",
        "ປ້ອງກັນ",
        "ສະກັດກັ້ນ",
        "ป้องกัน",
        "ការពារ",
        "phòng ngừa",
        "ကာကွယ်",
        "预防",
    ),
    PolicyArea.PROTECTION: (
        "protection",
        "victim",
        "shelter",
        "referral",
        "reintegration",
        "ປົກປ້ອງ",
        "ຜູ້ຖືກເຄາະຮ້າຍ",
        "คุ้มครอง",
        "ผู้เสียหาย",
        "ជនរងគ្រោះ",
        "bảo vệ",
        "nạn nhân",
        "受害者",
        "保护",
    ),
    PolicyArea.PROSECUTION: (
        "prosecution",
        "investigation",
        "police",
        "court",
        "ດຳເນີນຄະດີ",
        "ຕຳຫຼວດ",
        "ดำเนินคดี",
        "ตำรวจ",
        "នគរបាល",
        "truy tố",
        "cảnh sát",
        "ရဲ",
        "起诉",
        "警察",
    ),
}
_YEAR_IN_NAME = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")


def propose(files: Sequence[ReadFile], places: Mapping[UUID, Sequence[str]]) -> Proposal:
    """What the files suggest; `places` gives the spellings of every place that may be proposed."""
    if not files:
        return Proposal()
    opening = fold(" ".join(f"{file.title} {file.opening}" for file in files))
    languages = _languages(files)
    return Proposal(
        titles=_titles(files),
        summaries=_summaries(files),
        languages=languages,
        issued=next((file.issued for file in files if file.issued), "") or _year_of_name(files),
        authors=list(dict.fromkeys(author for file in files for author in file.authors))[:10],
        resource_type=_resource_type(files),
        policy_areas=_policy_areas(opening),
        places=_places(opening, places),
    )


def _titles(files: Iterable[ReadFile]) -> dict[str, str]:
    """One title a language: that of the first file written in it."""
    titles: dict[str, str] = {}
    for file in files:
        language = file.languages[0] if file.languages else ContentLanguage.ENGLISH
        if file.title:
            titles.setdefault(language, shorten(clean_line(file.title), 300))
    return titles


def _summaries(files: Iterable[ReadFile]) -> dict[str, str]:
    """The first paragraph that reads like running text, in each language."""
    summaries: dict[str, str] = {}
    for file in files:
        language = file.languages[0] if file.languages else ContentLanguage.ENGLISH
        paragraphs = [clean_line(part) for part in re.split(r"\n\s*\n|\n", file.opening)]
        running = next((part for part in paragraphs if len(part) > 80 and part != file.title), "")
        if running:
            summaries.setdefault(language, shorten(running, SUMMARY_LENGTH))
    return summaries


def _languages(files: Iterable[ReadFile]) -> list[str]:
    return list(dict.fromkeys(language for file in files for language in file.languages))


def _year_of_name(files: Iterable[ReadFile]) -> str:
    years = [match[1] for file in files if (match := _YEAR_IN_NAME.search(file.name))]
    return years[0] if years else ""


def _resource_type(files: Sequence[ReadFile]) -> ResourceType:
    named = fold(" ".join(f"{file.title} {file.name}" for file in files))
    if len(files) >= KIT_SIZE:
        return ResourceType.TRAINING_KIT
    for resource_type, words in TYPE_WORDS:
        if any(_contains(named, word) for word in words):
            return resource_type
    return ResourceType.OTHER


def _policy_areas(opening: str) -> list[PolicyArea]:
    """The areas whose words are not rare beside those of the leading one."""
    counts = Counter(
        {area: sum(opening.count(fold(word)) for word in words) for area, words in POLICY_AREA_WORDS.items()}
    )
    most = max(counts.values())
    if not most:
        return []
    return [area for area in PolicyArea if counts[area] * 3 >= most]


def _places(opening: str, places: Mapping[UUID, Sequence[str]]) -> list[UUID]:
    found = {
        place_id: sum(opening.count(fold(name)) for name in names if _contains(opening, name))
        for place_id, names in places.items()
    }
    named = sorted((place_id for place_id, count in found.items() if count), key=lambda key: -found[key])
    return named[:MAXIMUM_PLACES]


def _contains(text: str, word: str) -> bool:
    """Whether a word stands in a folded text; in spaced scripts as a whole word, elsewhere anywhere in a run."""
    key = fold(word)
    if not key:
        return False
    if key.isascii():
        return re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text) is not None
    return key in text
