"""The sample library has what the demonstration promises: of every kind something, and nothing twice."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from portal.library.vocabularies import (
    Audience,
    ContentLanguage,
    FileRole,
    Licence,
    PolicyArea,
    ResourceType,
    Sector,
    Visibility,
    WithdrawalReason,
)
from portal.sample.loading import SampleTextError, read_resource, sample_resources
from portal.sample.organisations import ORGANISATIONS, PEOPLE
from portal.sample.resources import SampleFile, SampleResource

RESOURCES = sample_resources()
ORGANISATION_TYPES = {
    "10",
    "11",
    "15",
    "21",
    "22",
    "23",
    "24",
    "30",
    "40",
    "60",
    "70",
    "71",
    "72",
    "73",
    "80",
    "90",
}
GAZETTEER = Path(__file__).parents[2] / "portal" / "places" / "data"


def all_files(resource: SampleResource) -> list[SampleFile]:
    later = [file for version in resource.later_versions for file in version.files]
    return [*resource.files, *later]


def gazetteer_codes() -> set[str]:
    codes: set[str] = set()
    for name in ("lao.csv", "neighbours.csv"):
        with (GAZETTEER / name).open(encoding="utf-8", newline="") as lines:
            codes.update(cell for row in csv.reader(lines) for cell in row)
    return codes


def test_there_are_organisations_of_every_type() -> None:
    assert len(ORGANISATIONS) >= 14
    assert {organisation.type_code for organisation in ORGANISATIONS} == ORGANISATION_TYPES


def test_one_organisation_waits_to_be_verified_and_one_person_to_join() -> None:
    assert len([organisation for organisation in ORGANISATIONS if not organisation.is_verified]) == 1
    assert len([person for person in PEOPLE if person.asks_to_join]) == 1


def test_every_parent_and_every_membership_names_a_sample_organisation() -> None:
    keys = {organisation.key for organisation in ORGANISATIONS}
    named = {membership.organisation for person in PEOPLE for membership in person.memberships}
    asked = {key for person in PEOPLE for key in person.asks_to_join}
    parents = {organisation.parent for organisation in ORGANISATIONS if organisation.parent}
    assert named | asked | parents <= keys


def test_every_address_ends_in_a_domain_that_cannot_exist() -> None:
    addresses = [organisation.contact for organisation in ORGANISATIONS] + [person.email for person in PEOPLE]
    assert [address for address in addresses if not address.endswith(".example")] == []
    assert len(set(addresses)) == len(addresses)


def test_the_portal_has_one_coordinator_one_donor_and_one_administrator() -> None:
    roles = Counter(person.portal_role for person in PEOPLE if person.portal_role)
    assert roles == {"coordinator": 1, "donor": 1, "administrator": 1}


def test_there_are_resources_of_every_type_in_all_seven_languages() -> None:
    assert len(RESOURCES) >= 60
    assert {resource.resource_type for resource in RESOURCES} == set(ResourceType)
    assert {language for resource in RESOURCES for language in resource.languages} == set(ContentLanguage)


def test_one_training_kit_has_eight_files_with_eight_roles() -> None:
    kit = next(resource for resource in RESOURCES if len(resource.files) == 8)
    assert kit.resource_type == ResourceType.TRAINING_KIT
    assert len({file.role for file in kit.files}) == 8
    assert set(kit.languages) == {"lo", "en"}


def test_no_two_resources_share_a_key_a_title_or_a_first_page() -> None:
    keys = [resource.key for resource in RESOURCES]
    titles = [title for resource in RESOURCES for title in resource.titles.values()]
    first_pages = [resource.files[0].pages[0] for resource in RESOURCES]
    for values in (keys, titles, first_pages):
        assert [value for value, times in Counter(values).items() if times > 1] == []


def test_a_dozen_resources_have_four_pages_or_more() -> None:
    assert len([resource for resource in RESOURCES if len(resource.files[0].pages) >= 4]) >= 12


def test_drafts_a_tombstone_with_its_successor_and_second_versions_are_there() -> None:
    states = Counter(resource.state for resource in RESOURCES)
    withdrawn = next(resource for resource in RESOURCES if resource.state == "withdrawn")
    assert states["draft"] == 2
    assert states["withdrawn"] == 1
    assert withdrawn.withdrawal_reason in set(WithdrawalReason)
    assert withdrawn.withdrawal_note
    assert withdrawn.successor in {resource.key for resource in RESOURCES if resource.state == "published"}
    assert len([resource for resource in RESOURCES if resource.later_versions]) == 3


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.key)
def test_every_resource_uses_the_words_of_the_library(resource: SampleResource) -> None:
    assert resource.resource_type in set(ResourceType)
    assert set(resource.policy_areas) <= set(PolicyArea)
    assert set(resource.sectors) <= set(Sector)
    assert set(resource.audiences) <= set(Audience)
    assert resource.licence in set(Licence)
    assert resource.visibility in set(Visibility)
    assert {file.role for file in all_files(resource)} <= set(FileRole)
    assert set(resource.titles) == set(resource.summaries)
    assert 2015 <= resource.published_on.year <= 2026


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.key)
def test_who_shares_a_resource_may_contribute_to_its_organisation(resource: SampleResource) -> None:
    person = next(person for person in PEOPLE if person.key == resource.shared_by)
    roles = {membership.organisation: membership.role for membership in person.memberships}
    assert roles.get(resource.organisation) in {"contributor", "editor", "admin"}


def test_every_place_is_in_the_gazetteer() -> None:
    wanted = {place for resource in RESOURCES for place in resource.places}
    assert wanted - gazetteer_codes() == set()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("title.en: A\n", "missing"), ("title.en A\n", "key: value")],
    ids=["a field is missing", "a line is not a field"],
)
def test_a_text_file_that_is_not_well_written_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "wrong.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SampleTextError, match=complaint):
        read_resource(path)


def test_a_misspelt_field_is_refused(tmp_path: Path) -> None:
    text = (
        "title.en: A\nsummary.en: B\norganisation: c\nshared_by: d\ntype: other\npublished: 2020-01-01\nauthors: e\n"
        "policy: policy\nsectors: health\naudiences: media\nlicence: unknown\nlicense: unknown\n"
    )
    path = tmp_path / "misspelt.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SampleTextError, match="license"):
        read_resource(path)
