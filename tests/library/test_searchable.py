"""Which documents a resource becomes in the search index, and when they are made anew."""

from datetime import date

import pytest
from sqlmodel import select

from portal.accounts.models import OrganisationName
from portal.indexing import FACET_FIELDS, SORT_FIELDS
from portal.library.file_actions import record_reading
from portal.library.models import FileEntry, ResourceState
from portal.library.searchable import load_documents, page_document_id, page_of_document
from portal.library.vocabularies import Visibility
from portal.places.actions import load_own_gazetteer
from portal.places.queries import all_spellings, find_place
from search.outbox import clear_marks, due_marks, hidden_groups
from uploads.reading import PageText, Reading, ReadingStatus


@pytest.fixture
def village(make):
    organisation = make.organisation("Village Light", acronym="VL", native_name="ແສງບ້ານ")
    return organisation, make.member(organisation)


@pytest.fixture
def publish(session, make, services, village):
    """Publishes a resource whose only file has these pages."""

    def publish(*pages, **described):
        resource = make.resource(services.files, village[1], village[0], **described)
        for entry in session.exec(select(FileEntry).where(FileEntry.resource_id == resource.id)).all():
            numbered = [PageText(number, text) for number, text in enumerate(pages, start=1)]
            result = Reading(status=ReadingStatus.READ, page_count=len(pages), pages=numbered)
            record_reading(session, entry.sha256, result, "")
        return resource

    return publish


def documents_of(session, resource):
    return load_documents(session, [resource.id.hex])[resource.id.hex]


def marked(session):
    return {mark.group_id for mark in due_marks(session)}


def test_a_resource_is_one_document_and_one_for_each_page(session, publish):
    resource = publish("first", "second", title="Safe migration", summary_en="For villages.")
    record, first, second = documents_of(session, resource)
    assert record.id == record.group == first.group == resource.id.hex
    assert (record.title, record.body) == ("Safe migration", "For villages.")
    assert (first.body, second.body) == ("first", "second")
    assert [page_of_document(document.id)[1] for document in (first, second)] == [1, 2]
    assert page_of_document(record.id) is None


def test_the_id_of_a_page_leads_back_to_it(session, publish):
    publish("x")
    entry = session.exec(select(FileEntry)).first()
    assert page_of_document(page_document_id(entry.id, 12)) == (entry.id, 12)


def test_names_in_every_language_are_found(session, publish, village):
    session.add(OrganisationName(organisation_id=village[0].id, text="Lumière", key="lumiere"))
    session.flush()
    resource = publish(
        "page", title="Manual", title_lo="ຄູ່ມື", summary_lo="ສະຫຼຸບ", authors="Ms Noy", languages=["lo"]
    )
    record, page = documents_of(session, resource)
    assert "ຄູ່ມື" in record.title
    assert "ສະຫຼຸບ" in record.body
    for text in ("Village Light", "VL", "ແສງບ້ານ", "Lumière", "Ms Noy", "R-0001", "Manual or guideline"):
        assert text in record.extra
        assert text in page.extra
    assert "ຄູ່ມື" in page.extra


def test_a_place_is_found_by_any_spelling_and_counts_for_its_province(session, publish):
    load_own_gazetteer(session, date(2026, 1, 1))
    district, province = find_place(session, "Xaysetha, Attapeu"), find_place(session, "Attapeu")
    resource = publish("page", places=[f"about:{district.id}"])
    record, page = documents_of(session, resource)
    assert record.facets["province"] == [province.id.hex]
    spellings = all_spellings(session, [district.id])[district.id]
    assert len(spellings) > 2
    assert all(spelling in record.extra for spelling in spellings)
    assert "Xaysetha" in page.extra


def test_facets_and_orders_are_those_the_engine_knows(session, publish, village):
    resource = publish(
        "page",
        policy_areas=["policy"],
        languages=["lo", "en"],
        sectors=["health"],
        audiences=["youth"],
        issued="2019-05",
    )
    record, page = documents_of(session, resource)
    assert set(record.facets) == set(FACET_FIELDS)
    assert set(record.sort) == set(SORT_FIELDS)
    assert record.facets == page.facets
    assert record.facets["year"] == ["2019"]
    assert record.facets["organisation"] == [village[0].id.hex]
    assert record.facets["file_kind"] == ["text"]
    assert record.facets["language"] == ["lo", "en"]


def test_pages_carry_the_access_of_the_files(session, publish, village):
    resource = publish("page", files_visibility=Visibility.ORGANISATION)
    record, page = documents_of(session, resource)
    assert record.access == {"public"}
    assert page.access == {f"org:{village[0].id.hex}"}


def test_named_readers_of_the_files_may_find_the_record(session, make, publish, village):
    person = make.user()
    resource = publish(
        "page",
        visibility=Visibility.ORGANISATION,
        files_visibility=Visibility.NAMED,
        named_readers=person.email,
    )
    record, page = documents_of(session, resource)
    assert f"user:{person.id.hex}" in record.access
    assert page.access == {f"editors:{village[0].id.hex}", f"user:{person.id.hex}"}


@pytest.mark.parametrize("state", [ResourceState.DRAFT, ResourceState.WITHDRAWN, ResourceState.DISCARDED])
def test_what_is_not_published_has_no_documents(session, publish, state):
    resource = publish("page")
    resource.state = state
    session.flush()
    assert list(documents_of(session, resource)) == []


def test_a_resource_nobody_knows_has_no_documents(session):
    assert load_documents(session, ["0" * 32]) == {"0" * 32: ()}


def test_only_the_newest_published_version_is_searched(session, make, publish, village):
    resource = publish("page", title="Manual")
    version = make.new_version(village[1], resource)
    _, page = documents_of(session, resource)
    entry = session.exec(select(FileEntry).where(FileEntry.version_id == version.id)).one()
    assert page.id == page_document_id(entry.id, 1)


def test_changes_mark_a_resource_stale_and_changes_of_access_hide_it(session, publish):
    resource = publish("page")
    session.flush()
    clear_marks(session, due_marks(session))
    resource.visibility = Visibility.ORGANISATION
    session.flush()
    assert marked(session) == {resource.id.hex}
    assert hidden_groups(session) == {resource.id.hex}


def test_a_new_name_of_its_organisation_makes_a_resource_stale(session, publish, village):
    resource = publish("page")
    session.flush()
    clear_marks(session, due_marks(session))
    village[0].name = "Village Lantern"
    session.flush()
    assert marked(session) == {resource.id.hex}
    assert hidden_groups(session) == frozenset()
