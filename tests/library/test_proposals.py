"""What the machine proposes from files, without a database."""

from uuid import uuid4

import pytest

from portal.library.proposals import ReadFile, propose
from portal.library.vocabularies import PolicyArea, ResourceType

BOKEO, ATTAPEU = uuid4(), uuid4()
PLACES = {BOKEO: ["Bokeo", "ບໍ່ແກ້ວ"], ATTAPEU: ["Attapeu", "ອັດຕະປື"]}


def read(title="", *, name="file.pdf", languages=("en",), issued="", authors=(), opening=""):
    return ReadFile(name, title, languages, issued, authors, opening)


def test_without_files_nothing_is_proposed():
    assert propose([], PLACES).titles == {}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Evaluation of the training for border police", ResourceType.EVALUATION),
        ("Training manual for border police", ResourceType.MANUAL),
        ("ຄູ່ມືການຊ່ວຍເຫຼືອຜູ້ຖືກເຄາະຮ້າຍ", ResourceType.MANUAL),
        ("Standard operating procedures for referral", ResourceType.SOP),
        ("Luật phòng, chống mua bán người", ResourceType.POLICY_OR_LAW),
        ("受害者识别手册", ResourceType.MANUAL),
        ("A picture of a boat", ResourceType.OTHER),
    ],
)
def test_a_title_names_its_type(title, expected):
    assert propose([read(title)], {}).resource_type == expected


def test_several_files_together_are_a_kit():
    files = [read("Guide"), read("Handout"), read("Slides")]
    assert propose(files, {}).resource_type == ResourceType.TRAINING_KIT


def test_each_language_gets_the_title_of_its_first_file():
    files = [read("Guide"), read("ຄູ່ມື", languages=("lo",)), read("Annex")]
    assert propose(files, {}).titles == {"en": "Guide", "lo": "ຄູ່ມື"}


def test_languages_and_authors_are_collected_once():
    files = [
        read("A", languages=("en", "lo"), authors=("Noy",)),
        read("B", languages=("lo",), authors=("Noy", "Kham")),
    ]
    proposal = propose(files, {})
    assert proposal.languages == ["en", "lo"]
    assert proposal.authors == ["Noy", "Kham"]


def test_the_year_comes_from_the_document_or_its_name():
    assert propose([read("A", issued="2019-05")], {}).issued == "2019-05"
    assert propose([read("A", name="report_2021_final.pdf")], {}).issued == "2021"
    assert propose([read("A", name="report 20215.pdf")], {}).issued == ""


def test_places_are_found_by_their_names_in_any_script():
    opening = "Work in Bokeo and again Bokeo. ໂຄງການໃນແຂວງອັດຕະປື"
    assert propose([read("A", opening=opening)], PLACES).places == [BOKEO, ATTAPEU]


def test_a_place_name_inside_another_word_is_no_place():
    assert propose([read("A", opening="The Bokeoans of old")], PLACES).places == []


def test_the_area_whose_words_prevail_is_proposed():
    opening = "Shelter and referral of every victim. The victim chooses the shelter. Protection first."
    assert propose([read("A", opening=opening)], {}).policy_areas == [PolicyArea.PROTECTION]


def test_the_summary_is_the_first_running_paragraph():
    opening = (
        "A TITLE\n\n"
        + "This guide explains in plain words how a journey for work is prepared so that it ends well."
    )
    assert propose([read("A TITLE", opening=opening)], {}).summaries["en"].startswith("This guide explains")
