"""A small library in seven languages, for tests of engines."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from search.documents import Document
from search.engine import SearchEngine

FACETS = ("language", "kind", "province", "tags")
SORTS = ("newest", "used")
EVERYBODY = frozenset({"public"})
INSIDERS = frozenset({"public", "members", "org:5"})


def record(group: str, title: str, body: str = "", **more: Any) -> Document:
    return Document(id=f"{group}-record", group=group, title=title, body=body, **more)


def facets(language: str, kind: str, province: str, *tags: str) -> Mapping[str, Sequence[str]]:
    return {"language": [language], "kind": [kind], "province": [province], "tags": tags}


LIBRARY = [
    record(
        "d1",
        "Water supply in Sekong",
        "Clean water for villages near the Nam Theun basin. UNDP programme.",
        facets=facets("en", "report", "Sekong", "water", "health"),
        sort={"newest": 100, "used": 5},
    ),
    record(
        "d2",
        "ລາຍງານການພັດທະນາ",
        "ປະກາດສາກົນກ່ຽວກັບສິດຂອງມະນຸດ UNDP 2024 ນ້ຳສະອາດ ໃນບ້ານຫຼວງ",
        facets=facets("lo", "report", "ວຽງຈັນ", "water"),
        sort={"newest": 200, "used": 9},
    ),
    record(
        "d3",
        "ปฏิญญาสากลว่าด้วยสิทธิมนุษยชน",
        "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน ที่",
        facets=facets("th", "law", "Sekong"),
        sort={"newest": 300, "used": 1},
    ),
    record(
        "d4",
        "សេចក្តីប្រកាសជាសកលស្តីពីសិទ្ធិមនុស្ស",
        "មនុស្សទាំងអស់ កើតមកមានសេរីភាព",
        facets=facets("km", "law", "Attapeu"),
        access=frozenset({"org:5"}),
        sort={"newest": 400, "used": 0},
    ),
    record(
        "d5",
        "အပြည်ပြည်ဆိုင်ရာ လူ့အခွင့်အရေး ကြေညာစာတမ်း",
        "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့်",
        facets=facets("my", "law", "Attapeu"),
        sort={"newest": 500, "used": 2},
    ),
    record(
        "d6",
        "世界人权宣言",
        "人人生而自由,在尊严和权利上一律平等 第3条",
        facets=facets("zh", "law", "Sekong"),
        sort={"newest": 600, "used": 3},
    ),
    record(
        "d7",
        "Tuyên ngôn Quốc tế Nhân quyền",
        "Điện Biên: mọi người sinh ra đều được tự do và bình đẳng",
        facets=facets("vi", "law", "Điện Biên"),
        access=frozenset({"members"}),
        sort={"newest": 700, "used": 4},
    ),
    record(
        "d8",
        "Long report",
        "filler words here " * 500 + " hippopotamus ສິດທິເດັກ",
        facets=facets("en", "report", "Sekong", "health"),
        sort={"newest": 800, "used": 6},
    ),
]


def fill(engine: SearchEngine, documents: Iterable[Document]) -> None:
    by_group: dict[str, list[Document]] = {}
    for document in documents:
        by_group.setdefault(document.group, []).append(document)
    engine.wait(engine.replace(by_group))


def kit(*bodies: str, access: Sequence[frozenset[str]] = (), group: str = "kit") -> list[Document]:
    """A resource with one document for each page."""
    return [
        Document(
            id=f"{group}-{number}",
            group=group,
            title="Training kit",
            body=body,
            access=access[number] if access else EVERYBODY,
            facets=facets("en", "kit", "Sekong", "training"),
            sort={"newest": 900},
        )
        for number, body in enumerate(bodies)
    ]
