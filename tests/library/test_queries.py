"""Reading the library: what lists and single things show to whom."""

import pytest
from sqlmodel import select

from portal.accounts.viewer import Viewer
from portal.core.errors import NotFound
from portal.library import file_queries, list_queries, queries
from portal.library.actions import start_version
from portal.library.models import FileEntry, ResourceState
from portal.library.vocabularies import Visibility
from tests.access_scene import VIEWERS, build_access_scene


@pytest.fixture
def scene(make, services):
    return build_access_scene(make, services.files)


@pytest.fixture
def village(make):
    """An organisation with an editor."""
    organisation = make.organisation("Village Light")
    return organisation, make.member(organisation)


def test_sql_and_policy_agree_for_everybody(session, make, scene):
    by_id = {guarded.resource_id: guarded.reference for guarded in scene.resources}
    by_file = {guarded.file_id: guarded.reference for guarded in scene.resources}
    for name in VIEWERS:
        viewer = make.viewer(scene.people[name])
        records, files = scene.opened(session, viewer)
        assert {row.reference for row in session.exec(queries.visible_resources(viewer))} == records, name
        cards = list_queries.resource_cards(session, viewer, list(by_id), "en")
        assert {by_id[key] for key in cards} == records, name
        opened = {file_id for card in cards.values() for file_id in card.open_files}
        assert {by_file[file_id] for file_id in opened} == files, name
        assert list_queries.count_published(session, viewer)[0] == len(records), name
        assert {
            card.resource.reference for card in list_queries.newest_cards(session, viewer, "en", 50)
        } == records


@pytest.mark.parametrize(
    "reference", ["", "1", "R-0", "R-9999", "R--1", "R-99999999999999999999", "x", "R-0001'; --", "R-٣"]
)
def test_references_that_name_nothing_are_not_found(session, reference):
    with pytest.raises(NotFound):
        queries.get_resource(session, Viewer(), reference)


@pytest.mark.parametrize("reference", ["R-0001", "r-1", "R1", "R-000001"])
def test_a_reference_may_be_written_in_short(session, make, services, village, reference):
    make.resource(services.files, village[1], village[0])
    assert queries.get_resource(session, Viewer(), reference).reference == "R-0001"


def test_a_draft_is_found_by_its_editors_only(session, make, services, village):
    organisation, editor = village
    draft = make.draft(services.files, editor, organisation)
    assert queries.get_draft(session, make.viewer(editor), draft.reference)[0] is draft
    for stranger in (Viewer(), make.viewer(make.user(is_administrator=True))):
        with pytest.raises(NotFound):
            queries.get_draft(session, stranger, draft.reference)
        with pytest.raises(NotFound):
            queries.get_resource(session, stranger, draft.reference)


def test_older_versions_stay_readable_and_unpublished_ones_are_not(session, make, services, village):
    organisation, editor = village
    resource = make.resource(services.files, editor, organisation)
    make.new_version(editor, resource)
    make.session.flush()
    assert [version.number for version in queries.published_versions(session, resource)] == [2, 1]


def test_a_file_of_an_unpublished_version_opens_for_editors_only(session, make, services, village):
    organisation, editor = village
    draft = make.draft(services.files, editor, organisation)
    entry = session.exec(select(FileEntry).where(FileEntry.resource_id == draft.id)).one()
    assert file_queries.get_file(session, make.viewer(editor), entry.id)[1] is entry
    with pytest.raises(NotFound):
        file_queries.get_file(session, Viewer(), entry.id)


def test_pages_of_older_versions_are_not_shown_as_results(session, make, services, village):
    organisation, editor = village
    resource = make.resource(services.files, editor, organisation)
    old = session.exec(select(FileEntry).where(FileEntry.resource_id == resource.id)).one()
    make.new_version(editor, resource)
    cards = list_queries.resource_cards(session, Viewer(), [resource.id], "en")
    assert old.id not in cards[resource.id].open_files


@pytest.mark.parametrize(("language", "title"), [("lo", "ຄູ່ມື"), ("en", "Manual"), ("th", "Manual")])
def test_a_title_is_chosen_by_the_readers_language(session, make, services, village, language, title):
    organisation, editor = village
    resource = make.resource(services.files, editor, organisation, title="Manual", title_lo="ຄູ່ມື")
    card = list_queries.resource_cards(session, Viewer(), [resource.id], language)[resource.id]
    assert card.title == title


def test_without_english_the_first_title_is_taken(session, make, services, village):
    organisation, editor = village
    resource = make.resource(services.files, editor, organisation, title="", title_lo="ຄູ່ມື")
    assert queries.title_of(session, resource, "th") == "ຄູ່ມື"


def test_an_organisations_list_leaves_out_what_is_not_shared(session, make, services, village):
    organisation, editor = village
    shown = make.resource(services.files, editor, organisation)
    make.resource(services.files, editor, organisation, visibility=Visibility.ORGANISATION)
    make.draft(services.files, editor, organisation)
    gone = make.resource(services.files, editor, organisation)
    gone.state = ResourceState.WITHDRAWN
    session.flush()
    page = list_queries.browse_resources_of(session, Viewer(), organisation.id, "en")
    assert [card.resource.reference for card in page.rows] == [shown.reference]
    assert page.total == 1
    assert list_queries.browse_resources_of(session, make.viewer(editor), organisation.id, "en").total == 2


def test_drafts_and_new_versions_wait_for_their_editors(session, make, services, village):
    organisation, editor = village
    draft = make.draft(services.files, editor, organisation)
    published = make.resource(services.files, editor, organisation)
    start_version(session, make.viewer(editor), published)
    session.flush()
    waiting = list_queries.browse_drafts(session, make.viewer(editor), "en")
    assert {resource.reference for resource, _ in waiting} == {draft.reference, published.reference}
    assert list_queries.browse_drafts(session, make.viewer(make.user()), "en") == []
    assert list_queries.browse_drafts(session, Viewer(), "en") == []


def test_asking_for_nothing_costs_nothing(session):
    assert list_queries.resource_cards(session, Viewer(), [], "en") == {}
    assert file_queries.page_texts(session, []) == {}
