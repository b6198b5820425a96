"""What both engines promise, tested on both with the same words."""

from dataclasses import replace
from typing import Any

import pytest

from search.documents import Document, Match, SearchQuery, SearchResult, digest_of
from search.engine import SearchEngine
from tests.search.conftest import OpenEngine
from tests.search.library import EVERYBODY, FACETS, INSIDERS, LIBRARY, facets, fill, kit, record


def groups_of(result: SearchResult) -> list[str]:
    return [hit.group for hit in result.hits]


def found(engine: SearchEngine, text: str, **more: Any) -> set[str]:
    return set(groups_of(engine.search(SearchQuery(text, **{"access": INSIDERS, **more}))))


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("water", "d1"),
        ("WATER sekong", "d1"),
        ("ສິດ", "d2"),
        ("ຂອງມະນຸດ", "d2"),
        ("ນໍ້າ", "d2"),
        ("ນ ້ຳ", "d2"),
        ("ບ້ານຫລວງ", "d2"),
        ("ບ້ານ ຫຼວງ", "d2"),
        ("UNDP ສິດ", "d2"),
        ("໒໐໒໔", "d2"),
        ("สิทธิมนุษย", "d3"),
        ("อิสระ", "d3"),
        ("สิทธิ\nมนุษยชน", "d3"),
        ("សិទ្ធិ", "d4"),
        ("លស្តីពី", "d4"),
        ("ស្ដី", "d4"),
        ("အခွင့်အရေး", "d5"),
        ("တိုင်း", "d5"),
        ("人权", "d6"),
        ("权宣", "d6"),
        ("权", "d6"),
        ("第3条", "d6"),
        ("dien bien", "d7"),
        ("Điện", "d7"),
        ("binh dang", "d7"),
        ("hippopotamus", "d8"),
        ("ສິດທິເດັກ", "d8"),
        ("ເດັກ", "d8"),
    ],
)
def test_a_query_is_found_in_every_script_and_spelling(shelf: SearchEngine, text: str, group: str) -> None:
    result = shelf.search(SearchQuery(text, access=INSIDERS))
    assert group in groups_of(result)
    assert result.match is Match.EXACT


@pytest.mark.parametrize(
    "text", ["ที่ทิ", "UNDP hippopotamus", "ໂຮງໝໍແຂວງ", "权人宣", "wate", '"" -- ()', "*", "NOTHING", "AND OR"]
)
def test_what_stands_nowhere_is_not_found(shelf: SearchEngine, text: str) -> None:
    result = shelf.search(SearchQuery(text, access=INSIDERS, relax=False))
    assert (result.hits, result.total, result.match) == ((), 0, Match.NONE)


@pytest.mark.parametrize(
    ("text", "group", "match"),
    [
        ("watre", "d1", Match.FUZZY),
        ("hipopotamus", "d8", Match.FUZZY),
        ("hippopotmaus", "d8", Match.FUZZY),
        ("vilages basin", "d1", Match.FUZZY),
        ("ມະນຸດ ປະກາດສາກົນ", "d2", Match.SPLIT),
        ("ປະກາດສາກົນມະນຸດ", "d2", Match.LOOSE),
        ("ປະກາດສາກນກ່ຽວກັບ", "d2", Match.LOOSE),
        ("มนุษย์ทั้งเกิดมา", "d3", Match.LOOSE),
    ],
)
def test_a_mistake_is_forgiven_and_reported(shelf: SearchEngine, text: str, group: str, match: Match) -> None:
    result = shelf.search(SearchQuery(text, access=INSIDERS))
    assert groups_of(result) == [group]
    assert result.match is match
    assert result.hits[0].documents == (f"{group}-record",)


def test_mistakes_are_not_forgiven_when_nobody_asked_for_it(shelf: SearchEngine) -> None:
    assert found(shelf, "hipopotamus", relax=False) == set()


@pytest.mark.parametrize(
    ("text", "group"), [("hippo", "d8"), ("clean wat", "d1"), ("ຂອງມະນຸ", "d2"), ("世界人", "d6")]
)
def test_an_unfinished_word_is_found_as_you_type(shelf: SearchEngine, text: str, group: str) -> None:
    assert group in found(shelf, text, as_you_type=True)


@pytest.mark.parametrize(
    "text", ['" OR * NEAR( -x', "title:water", 'water" OR "', "-water", "{title}: x", "^water", "NOT"]
)
def test_no_character_is_read_as_a_command(shelf: SearchEngine, text: str) -> None:
    assert found(shelf, text, relax=False) <= {"d1"}


def test_words_may_stand_anywhere_in_a_document(shelf: SearchEngine) -> None:
    assert found(shelf, "basin sekong") == {"d1"}


@pytest.mark.parametrize(
    ("access", "groups"),
    [
        ({"public"}, {"d1", "d2", "d3", "d5", "d6", "d8"}),
        ({"org:5"}, {"d4"}),
        ({"members", "org:5"}, {"d4", "d7"}),
        (set(), set()),
        ({'x"] OR access = "public'}, set()),
        ({"org:50"}, set()),
    ],
)
def test_only_what_the_tokens_open_is_listed(shelf: SearchEngine, access: set[str], groups: set[str]) -> None:
    result = shelf.search(SearchQuery("", access=frozenset(access), facets=("kind",)))
    assert set(groups_of(result)) == groups
    assert result.total == len(groups)
    assert sum(result.facets["kind"].values()) == len(groups)


def test_facets_count_every_value_of_every_visible_group(shelf: SearchEngine) -> None:
    result = shelf.search(SearchQuery("", access=INSIDERS, facets=FACETS))
    assert result.total == 8
    assert result.facets == {
        "language": {"en": 2, "km": 1, "lo": 1, "my": 1, "th": 1, "vi": 1, "zh": 1},
        "kind": {"law": 5, "report": 3},
        "province": {"Sekong": 4, "Attapeu": 2, "ວຽງຈັນ": 1, "Điện Biên": 1},
        "tags": {"health": 2, "water": 2},
    }
    assert list(result.facets["kind"]) == ["law", "report"]


def test_a_facet_keeps_its_other_choices_while_it_filters(shelf: SearchEngine) -> None:
    filters = {"kind": ["law"], "province": ["Sekong", "Attapeu"]}
    result = shelf.search(SearchQuery("", access=INSIDERS, filters=filters, facets=FACETS))
    assert result.total == 4
    assert result.facets["kind"] == {"law": 4, "report": 2}
    assert result.facets["province"] == {"Sekong": 2, "Attapeu": 2, "Điện Biên": 1}
    assert result.facets["language"] == {"km": 1, "my": 1, "th": 1, "zh": 1}


@pytest.mark.parametrize(
    ("filters", "groups"),
    [
        ({"tags": ["health"]}, {"d1", "d8"}),
        ({"tags": ["health", "water"]}, {"d1", "d2", "d8"}),
        ({"tags": ["health"], "language": ["lo"]}, set()),
        ({"province": ["Điện Biên"]}, {"d7"}),
        ({"kind": []}, {f"d{number}" for number in range(1, 9)}),
        ({"kind": ['law" OR kind = "report']}, set()),
    ],
)
def test_filters_are_or_inside_and_and_between(
    shelf: SearchEngine, filters: dict[str, list[str]], groups: set[str]
) -> None:
    assert found(shelf, "", filters=filters) == groups


def test_filters_that_leave_nothing_keep_the_counts_of_their_facet(shelf: SearchEngine) -> None:
    result = shelf.search(
        SearchQuery("water", access=INSIDERS, filters={"language": ["zh"]}, facets=("language",))
    )
    assert (result.hits, result.total, result.match) == ((), 0, Match.NONE)
    assert result.facets["language"] == {"en": 1}


def test_filters_do_not_make_a_query_more_forgiving(library: SearchEngine) -> None:
    fill(library, [record("d9", "Waster", facets=facets("zh", "law", "Sekong"))])
    assert found(library, "water", filters={"language": ["zh"], "kind": ["law"]}) == set()


@pytest.mark.parametrize(
    ("sort", "offset", "groups"),
    [
        ("newest:desc", 0, ["d8", "d7", "d6"]),
        ("newest:asc", 3, ["d4", "d5", "d6"]),
        ("newest:asc", 2, ["d3", "d4", "d5"]),
        ("used:desc", 0, ["d2", "d8", "d1"]),
        ("used:desc", 6, ["d3", "d4"]),
    ],
)
def test_hits_are_sorted_and_cut_into_pages(
    shelf: SearchEngine, sort: str, offset: int, groups: list[str]
) -> None:
    result = shelf.search(SearchQuery("", access=INSIDERS, sort=sort, offset=offset, limit=3))
    assert groups_of(result) == groups
    assert result.total == 8


def test_no_hits_but_counts_when_none_are_asked_for(shelf: SearchEngine) -> None:
    result = shelf.search(SearchQuery("water", access=INSIDERS, limit=0, facets=("language",)))
    assert (result.hits, result.total) == ((), 1)
    assert result.facets["language"] == {"en": 1}


@pytest.mark.parametrize(
    "query",
    [
        SearchQuery(sort="title:desc"),
        SearchQuery(sort="newest"),
        SearchQuery(filters={"nothing": ["x"]}),
        SearchQuery(facets=("nothing",)),
    ],
)
def test_a_field_that_does_not_exist_is_a_mistake_of_the_program(
    shelf: SearchEngine, query: SearchQuery
) -> None:
    with pytest.raises(ValueError, match="not"):
        shelf.search(query)


def test_excluded_groups_are_neither_shown_nor_counted(shelf: SearchEngine) -> None:
    query = SearchQuery("undp", access=INSIDERS, facets=("language",))
    assert set(groups_of(shelf.search(query))) == {"d1", "d2"}
    result = shelf.search(replace(query, excluded_groups=frozenset({"d1", "gone"})))
    assert groups_of(result) == ["d2"]
    assert (result.total, result.facets["language"]) == (1, {"lo": 1})


def test_pages_of_a_resource_are_one_hit_with_its_best_pages(library: SearchEngine) -> None:
    pages = [
        "about shelters",
        "nothing",
        "shelter shelter shelters",
        "shelter",
        "shelter and more words",
        "shelter",
    ]
    fill(library, kit(*pages))
    result = library.search(SearchQuery("shelter", facets=("kind",)))
    assert (result.total, result.facets["kind"]) == (1, {"kit": 1})
    assert len(result.hits) == 1
    assert len(result.hits[0].documents) == 3
    assert set(result.hits[0].documents) <= {"kit-2", "kit-3", "kit-4", "kit-5"}


def test_words_of_the_title_make_a_better_hit_than_words_of_a_page(library: SearchEngine) -> None:
    fill(
        library,
        [record("t1", "Something else", "about elephants and more"), record("t2", "Elephants", "a page")],
    )
    assert groups_of(library.search(SearchQuery("elephants"))) == ["t2", "t1"]


@pytest.mark.parametrize("sort", [None, "newest:desc"])
def test_pages_that_say_it_come_before_pages_that_only_carry_the_title(
    library: SearchEngine, sort: str | None
) -> None:
    pages = [
        replace(page, title="", extra="Shelters") for page in kit("a", "b", "c", "the shelters here", "d")
    ]
    fill(library, pages)
    documents = library.search(SearchQuery("shelters", sort=sort)).hits[0].documents
    assert len(documents) == 3
    assert "kit-3" in documents


def test_a_page_needs_its_own_token(library: SearchEngine) -> None:
    fill(library, kit("open introduction", "secret interview", access=[EVERYBODY, frozenset({"org:5"})]))
    secret = SearchQuery("interview", facets=("kind",))
    hidden = library.search(secret)
    assert (hidden.total, hidden.hits, hidden.facets["kind"]) == (0, (), {})
    shown = library.search(replace(secret, access=INSIDERS))
    assert (shown.total, shown.hits[0].documents, shown.facets["kind"]) == (1, ("kit-1",), {"kit": 1})
    listed = library.search(SearchQuery("training"))
    assert [(hit.group, hit.documents) for hit in listed.hits] == [("kit", ("kit-0",))]


def test_a_resource_is_listed_by_a_document_that_may_be_seen(library: SearchEngine) -> None:
    fill(library, kit("first", "second", access=[frozenset({"org:9"}), EVERYBODY]))
    hit = next(hit for hit in library.search(SearchQuery("")).hits if hit.group == "kit")
    assert hit.documents == ("kit-1",)


def test_words_on_different_pages_do_not_make_a_page(library: SearchEngine) -> None:
    fill(library, kit("alpha", "omega"))
    assert found(library, "alpha omega") == set()


def test_a_needle_on_page_900_is_found_with_its_page(library: SearchEngine) -> None:
    pages = [f"page number {number} of a long book" for number in range(1000)]
    pages[899] = "here is the thaumaturge ຜູ້ປະເສີດ"
    fill(library, kit(*pages, group="book"))
    for text in ("thaumaturge", "ປະເສີດ", "thaumaturgee"):
        result = library.search(SearchQuery(text))
        assert [(hit.group, hit.documents) for hit in result.hits] == [("book", ("book-899",))]
    assert library.search(SearchQuery("long book")).total == 1


def test_replacing_forgets_what_was_known_of_the_group(library: SearchEngine) -> None:
    fill(library, [replace(LIBRARY[0], title="Roads in Sekong", body="asphalt")])
    assert found(library, "water", relax=False) == set()
    assert found(library, "asphalt") == {"d1"}


def test_pages_that_are_gone_are_not_found(library: SearchEngine) -> None:
    fill(library, kit("alpha", "beta", "gamma"))
    fill(library, kit("alpha"))
    assert found(library, "beta", relax=False) == set()
    assert dict(library.groups())["kit"] == digest_of(kit("alpha"))


def test_an_empty_sequence_removes_the_group(library: SearchEngine) -> None:
    library.wait(library.replace({"d2": [], "never known": []}))
    assert found(library, "ມະນຸດ", relax=False) == set()
    assert library.search(SearchQuery("", access=INSIDERS)).total == 7
    assert "d2" not in dict(library.groups())


def test_a_change_of_access_alone_is_taken_over(library: SearchEngine) -> None:
    fill(library, [replace(LIBRARY[0], access=frozenset({"org:77"}))])
    assert found(library, "water") == set()
    assert "d1" not in found(library, "")
    assert found(library, "water", access=frozenset({"org:77"})) == {"d1"}


def test_a_change_of_facets_and_sorting_alone_is_taken_over(library: SearchEngine) -> None:
    moved = replace(LIBRARY[0], facets=facets("en", "map", "Attapeu"), sort={"newest": 1000})
    fill(library, [moved])
    result = library.search(SearchQuery("water", facets=("kind", "tags")))
    assert result.facets == {"kind": {"map": 1}, "tags": {}}
    assert groups_of(library.search(SearchQuery("", sort="newest:desc", limit=1))) == ["d1"]


@pytest.mark.parametrize(
    "change",
    [
        {"id": "another"},
        {"title": "Water supply"},
        {"body": "Cleaner water"},
        {"extra": "wells"},
        {"access": frozenset({"members"})},
        {"facets": facets("en", "law", "Sekong", "water", "health")},
        {"sort": {"newest": 101, "used": 5}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_differs_between_database_and_index_shows_in_the_digest(
    library: SearchEngine, change: dict[str, Any]
) -> None:
    before = dict(library.groups())
    changed = replace(LIBRARY[0], **change)
    assert before["d1"] == digest_of([LIBRARY[0]]) != digest_of([changed])
    fill(library, [changed])
    assert dict(library.groups()) == {**before, "d1": digest_of([changed])}


def test_the_order_of_pages_and_values_does_not_show_in_the_digest(library: SearchEngine) -> None:
    pages = kit("alpha", "beta", access=[INSIDERS, EVERYBODY])
    pages = [replace(page, facets={"tags": ["water", "health"], "kind": ["kit"]}) for page in pages]
    fill(library, pages)
    turned = [replace(page, facets={"kind": ["kit"], "tags": ["health", "water"]}) for page in pages[::-1]]
    assert dict(library.groups())["kit"] == digest_of(turned)


def test_doing_it_twice_changes_nothing(library: SearchEngine) -> None:
    query = SearchQuery("", access=INSIDERS, facets=FACETS)
    before = library.search(query)
    fill(library, LIBRARY)
    after = library.search(query)
    assert (after.total, after.facets) == (before.total, before.facets)
    assert library.stats().documents == 8


def test_groups_and_stats_tell_what_is_known(library: SearchEngine) -> None:
    fill(library, kit("alpha", "beta"))
    alone = {document.group: digest_of([document]) for document in LIBRARY}
    assert dict(library.groups()) == {**alone, "kit": digest_of(kit("alpha", "beta"))}
    stats = library.stats()
    assert (stats.groups, stats.documents, stats.pending) == (9, 10, 0)
    assert stats.size_bytes > 0


def test_clearing_forgets_everything_and_asks_for_a_rebuild(library: SearchEngine) -> None:
    library.mark_rebuilt()
    assert not library.stats().needs_rebuild
    library.clear()
    assert list(library.groups()) == []
    assert library.search(SearchQuery("water")).total == 0
    assert library.stats().needs_rebuild
    fill(library, LIBRARY)
    assert found(library, "water") == {"d1"}


def test_an_index_is_as_it_was_when_it_is_opened_again(library: SearchEngine, open_again: OpenEngine) -> None:
    library.mark_rebuilt()
    library.close()
    again = open_again()
    again.ensure_ready()
    assert found(again, "water") == {"d1"}
    assert not again.stats().needs_rebuild


def test_another_pipeline_empties_the_index_and_asks_for_a_rebuild(
    library: SearchEngine, open_again: OpenEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.mark_rebuilt()
    library.close()
    for module in ("search.fts5_store", "search.meili"):
        monkeypatch.setattr(f"{module}.PIPELINE", "another")
    again = open_again()
    again.ensure_ready()
    assert list(again.groups()) == []
    assert again.stats().needs_rebuild
    fill(again, LIBRARY)
    again.mark_rebuilt()
    again.ensure_ready()
    assert not again.stats().needs_rebuild
    assert found(again, "water") == {"d1"}


def test_odd_ids_and_texts_are_taken_as_they_are(engine: SearchEngine) -> None:
    text = "nul \x00 and \ud800 and \u202e and 𠀀 and \x1f end"
    odd = Document(id='ລາວ/1 "x"', group="ກຸ່ມ: 'y'", title=text, body=text * 3)
    fill(engine, [odd])
    result = engine.search(SearchQuery("end"))
    assert [(hit.group, hit.documents) for hit in result.hits] == [("ກຸ່ມ: 'y'", ('ລາວ/1 "x"',))]
    assert dict(engine.groups()) == {"ກຸ່ມ: 'y'": digest_of([odd])}
    engine.wait(engine.replace({"ກຸ່ມ: 'y'": []}))
    assert dict(engine.groups()) == {}


@pytest.mark.parametrize(
    "text",
    [
        "x" * 200,
        "ກ" * 200,
        "ສິດຂອງມະນຸດ" * 18,
        "人" * 200,
        "a " * 100,
        "ກ a " * 50,
        "\u0301" * 200,
        "ໍ" * 200,
        "์" * 50,
        "a\u0301" * 100,
        "\ud800",
        "\u200b \u200b",
        "😀" * 50,
        "हिन्दी عربى 日本語のテキスト 한국어",
    ],
)
@pytest.mark.parametrize("as_you_type", [False, True])
def test_any_query_gets_an_answer(shelf: SearchEngine, text: str, as_you_type: bool) -> None:
    result = shelf.search(SearchQuery(text, as_you_type=as_you_type, facets=FACETS))
    assert result.total == len(result.hits)


def test_long_queries_find_the_text_they_were_copied_from(library: SearchEngine) -> None:
    sentence = (
        "Everyone who is charged with an offence has the right to be presumed innocent until proved guilty "
        "according to law in a public trial at which he has had all the guarantees necessary for his defence."
    )
    thai = "ทุกคนมีสิทธิที่จะได้รับการรับรองว่าเป็นบุคคลตามกฎหมายทุกแห่งหน " * 3
    fill(library, [record("en", "Law", sentence), record("th", "กฎหมาย", thai)])
    assert groups_of(library.search(SearchQuery(sentence[:200]))) == ["en"]
    assert groups_of(library.search(SearchQuery(thai[:200]))) == ["th"]


@pytest.mark.parametrize("text", ["日本語のテキ", "한국어", "हिन्दी", "язык", "γλώσσα", "עברית", "བོད་", "ᨲᩫ᩠ᩅ"])
def test_other_scripts_are_found_too(engine: SearchEngine, text: str) -> None:
    fill(
        engine,
        [
            record(
                "other", "x", "これは日本語のテキストです 한국어 हिन्दी Русский язык γλώσσα עברית བོད་ཡིག ᨲᩫ᩠ᩅᨾᩮᩬᩥᨦ"
            )
        ],
    )
    assert found(engine, text) == {"other"}
