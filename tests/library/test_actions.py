"""What may happen to a resource, and what may not, against a real database."""

import io

import pytest
from sqlmodel import select

from portal.accounts.models import Role
from portal.core.audit import AuditEvent, events_of
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.queue import Job
from portal.library import actions, file_actions
from portal.library.inputs import DescribeInput, FileInput, HandOverInput, ShareInput, WithdrawInput
from portal.library.models import (
    FileEntry,
    NamedReader,
    Reading,
    Resource,
    ResourceState,
    ResourceUse,
    Version,
    VersionPlace,
    VersionText,
)
from portal.library.queries import find_by_reference, newest_version
from portal.library.vocabularies import FileRole, Licence, Visibility, WithdrawalReason
from portal.places.actions import load_own_gazetteer
from portal.places.queries import find_place
from tests.factories import TEXT
from uploads.kinds import FileKind
from uploads.problems import Problem
from uploads.reading import PageText as ReadPage
from uploads.reading import Properties, ReadingStatus
from uploads.reading import Reading as ReadResult


@pytest.fixture
def organisation(make):
    return make.organisation("Village Light")


@pytest.fixture
def editor(make, organisation):
    return make.member(organisation, Role.EDITOR, name="Noy")


@pytest.fixture
def draft(make, services, editor, organisation):
    return make.draft(services.files, editor, organisation)


@pytest.fixture
def published(make, services, editor, organisation):
    return make.resource(services.files, editor, organisation)


@pytest.fixture
def describe(session, make, editor):
    def save(resource, by=None, **values):
        version = newest_version(session, resource)
        data = DescribeInput(**{"revision": version.revision, "title_en": "Safe migration", **values})
        return actions.describe(session, make.viewer(by or editor), resource, version, data)

    return save


def version_of(session, resource):
    return newest_version(session, resource)


class TestSharing:
    def test_numbers_are_given_once_and_in_order(self, make, services, editor, organisation):
        first, second = (make.draft(services.files, editor, organisation) for _ in range(2))
        assert second.number == first.number + 1

    def test_the_same_bytes_are_read_once(self, session, make, services, editor, organisation):
        for _ in range(2):
            make.draft(services.files, editor, organisation)
        jobs = [job for job in session.exec(select(Job)) if job.kind == "read_file"]
        assert len(jobs) == 1

    def test_a_group_must_be_ones_own(self, session, make, services, editor, organisation):
        foreign = make.group("Somebody's group", make.organisation())
        data = ShareInput(organisation=organisation.id, visibility=Visibility.GROUP, group=foreign.id)
        received = [make.received(services.files, "guide.txt", TEXT)]
        with pytest.raises(Invalid) as caught:
            actions.share(session, make.viewer(editor), data, received)
        assert caught.value.field == "group"

    def test_a_viewer_of_the_organisation_may_not_share(self, make, services, organisation):
        viewer = make.member(organisation, Role.VIEWER)
        with pytest.raises(Forbidden):
            make.draft(services.files, viewer, organisation)

    def test_what_happened_stands_in_the_audit_trail(self, session, draft, editor):
        assert [event.action for event in events_of(session, draft.id)] == ["add_files", "share"]
        assert session.exec(select(AuditEvent.actor_name)).first() == editor.name


class TestDescribing:
    def test_only_what_changed_is_noted(self, session, published, describe):
        describe(
            published,
            title_en="Another title",
            resource_type="manual_or_guideline",
            licence="CC-BY-4.0",
        )
        assert events_of(session, published.id)[0].details == {"fields": ["title_en"]}

    def test_saving_nothing_new_changes_nothing(self, session, draft, describe):
        before = version_of(session, draft).revision
        describe(draft, title_en="")
        assert version_of(session, draft).revision == before

    def test_an_older_form_is_refused(self, session, make, draft, describe, editor):
        describe(draft, title_en="First")
        with pytest.raises(Conflict):
            describe(draft, revision=1, title_en="Second")

    def test_a_title_emptied_in_every_language_cannot_stay_published(self, published, describe):
        with pytest.raises(Invalid) as caught:
            describe(published, title_en="", resource_type="sop", licence="CC-BY-4.0")
        assert caught.value.field == "title_en"

    def test_a_language_emptied_disappears(self, session, draft, describe):
        describe(draft, title_lo="ຄູ່ມື")
        describe(draft, title_lo="")
        session.flush()
        version = version_of(session, draft)
        assert session.get(VersionText, (version.id, "lo")) is None

    def test_a_place_is_added_by_any_of_its_names_and_removed_by_unticking(
        self, session, draft, describe, services
    ):
        load_own_gazetteer(session, version_of(session, draft).created_at.date())
        describe(draft, add_place="ບໍ່ແກ້ວ", add_relation="origin")
        bokeo = find_place(session, "LA05")
        place = session.exec(select(VersionPlace)).one()
        assert (place.place_id, place.relation) == (bokeo.id, "origin")
        describe(draft, places=[])
        session.flush()
        assert session.exec(select(VersionPlace)).all() == []

    def test_an_ambiguous_place_is_refused_beside_its_field(self, session, draft, describe):
        load_own_gazetteer(session, version_of(session, draft).created_at.date())
        with pytest.raises(Invalid) as caught:
            describe(draft, add_place="Vientiane")
        assert caught.value.field == "add_place"

    def test_files_are_never_shown_more_widely_than_their_record(self, draft, describe):
        describe(draft, visibility="organisation", files_visibility="public")
        assert draft.files_visibility == Visibility.ORGANISATION

    def test_named_readers_must_have_an_account(self, session, make, draft, describe):
        reader = make.user()
        describe(draft, visibility="named", files_visibility="named", named_readers=reader.email.upper())
        session.flush()
        assert [row.user_id for row in session.exec(select(NamedReader))] == [reader.id]
        with pytest.raises(Invalid) as caught:
            describe(draft, visibility="named", named_readers="nobody@example.org")
        assert caught.value.field == "named_readers"

    def test_somebody_of_another_organisation_may_not_describe(self, make, draft, describe):
        stranger = make.member(make.organisation())
        with pytest.raises(Forbidden):
            describe(draft, by=stranger)


class TestProposals:
    READ = ReadResult(
        status=ReadingStatus.READ,
        page_count=1,
        pages=[ReadPage(1, "Training manual for border police\n\nHow officers recognise a victim.")],
        properties=Properties(date="2020-05-01", author="Kham"),
        languages=["en"],
    )

    @pytest.fixture
    def read(self, session, draft):
        entry = session.exec(select(FileEntry).where(FileEntry.resource_id == draft.id)).one()
        file_actions.record_reading(session, entry.sha256, self.READ, "")
        return version_of(session, draft)

    def test_empty_fields_are_filled_and_marked(self, session, read):
        assert read.resource_type == "manual_or_guideline"
        assert read.issued == "2020-05-01"
        assert {"resource_type", "issued", "title_en", "licence"} <= set(read.proposed)
        assert session.get(VersionText, (read.id, "en")).title == "Training manual for border police"

    def test_what_a_person_wrote_is_never_replaced(self, session, draft, describe, read):
        describe(draft, title_en="My own title", shown_proposals=read.proposed)
        entry = session.exec(select(FileEntry).where(FileEntry.resource_id == draft.id)).one()
        file_actions.record_reading(session, entry.sha256, self.READ, "")
        assert session.get(VersionText, (read.id, "en")).title == "My own title"

    def test_a_form_opened_before_the_reading_does_not_empty_its_proposals(
        self, session, draft, describe, read
    ):
        describe(draft, title_en="Typed early", shown_proposals=[])
        assert read.issued == "2020-05-01"
        assert read.resource_type == "manual_or_guideline"

    def test_a_proposal_that_was_shown_can_be_emptied(self, session, draft, describe, read):
        describe(draft, title_en="Kept", issued="", shown_proposals=read.proposed)
        assert read.issued == ""

    def test_reading_twice_gives_the_same_rows(self, session, draft, read):
        entry = session.exec(select(FileEntry).where(FileEntry.resource_id == draft.id)).one()
        file_actions.record_reading(session, entry.sha256, self.READ, "")
        assert session.get(Reading, entry.sha256).page_count == 1

    def test_a_file_that_cannot_be_read_is_kept_with_its_problem(self, session, draft):
        entry = session.exec(select(FileEntry).where(FileEntry.resource_id == draft.id)).one()
        result = ReadResult(status=ReadingStatus.UNREADABLE, problem=Problem.ENCRYPTED)
        file_actions.record_reading(session, entry.sha256, result, "")
        assert session.get(Reading, entry.sha256).problem == "encrypted"

    def test_a_reading_nobody_waits_for_any_more_is_forgotten(self, session):
        file_actions.record_reading(session, "0" * 64, self.READ, "")
        assert session.get(Reading, "0" * 64) is None


class TestPublishing:
    def test_it_is_counted_from_the_first_day(self, session, published):
        actions.count_download(session, published.id)
        actions.count_download(session, published.id)
        session.expire_all()
        assert session.get(ResourceUse, published.id).downloads == 2
        assert actions.changed_uses(session) == [published.id]
        assert actions.changed_uses(session) == []

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"title_en": ""}, "title_en"),
            ({"resource_type": ""}, "resource_type"),
            ({"licence": "unknown"}, "licence"),
        ],
    )
    def test_what_is_missing_is_named(self, session, make, draft, describe, editor, values, field):
        described = {"resource_type": "sop", "licence": "CC-BY-4.0", "shown_proposals": ["licence"], **values}
        version = describe(draft, **described)
        with pytest.raises(Invalid) as caught:
            actions.publish(session, make.viewer(editor), draft, version)
        assert caught.value.field == field

    def test_an_item_without_files_is_not_published(self, session, make, draft, describe, editor):
        version = describe(draft, resource_type="sop", licence="CC-BY-4.0")
        entry = session.exec(select(FileEntry).where(FileEntry.version_id == version.id)).one()
        file_actions.remove_file(session, make.viewer(editor), draft, version, entry.id)
        with pytest.raises(Invalid) as caught:
            actions.publish(session, make.viewer(editor), draft, version)
        assert caught.value.field == "files"

    def test_files_shared_inside_need_no_licence(self, session, make, draft, describe, editor):
        version = describe(draft, resource_type="sop", visibility="members", files_visibility="members")
        version.licence = Licence.UNKNOWN
        actions.publish(session, make.viewer(editor), draft, version)
        assert draft.is_published


class TestVersions:
    def test_a_new_version_starts_as_a_copy(self, session, make, published, editor):
        first = version_of(session, published)
        second = actions.start_version(session, make.viewer(editor), published)
        assert (second.number, second.licence, second.change_note) == (2, first.licence, "")
        assert session.get(VersionText, (second.id, "en")).title == "Safe migration"
        names = select(FileEntry.name).where(FileEntry.version_id == second.id)
        assert session.exec(names).all() == ["safe-migration.txt"]

    def test_starting_again_gives_the_one_that_was_started(self, session, make, published, editor):
        started = actions.start_version(session, make.viewer(editor), published)
        assert actions.start_version(session, make.viewer(editor), published).id == started.id

    def test_the_address_shows_the_old_one_until_the_new_one_is_published(
        self, session, make, published, editor
    ):
        first = published.current_version_id
        actions.start_version(session, make.viewer(editor), published)
        assert published.current_version_id == first
        make.new_version(editor, published)
        assert published.current_version_id != first

    def test_files_of_a_published_version_stay(self, session, make, services, published, editor):
        version = version_of(session, published)
        received = [make.received(services.files, "more.txt", TEXT)]
        with pytest.raises(Conflict):
            file_actions.add_files(session, make.viewer(editor), published, version, received)

    def test_discarding_a_new_version_leaves_the_published_one(self, session, make, published, editor):
        version = actions.start_version(session, make.viewer(editor), published)
        actions.discard_draft(session, make.viewer(editor), published, version)
        assert published.is_published
        assert version_of(session, published).number == 1

    def test_what_is_published_is_not_discarded(self, session, make, published, editor):
        with pytest.raises(Conflict):
            actions.discard_draft(session, make.viewer(editor), published, version_of(session, published))

    def test_a_discarded_draft_is_nobodys_any_more(self, session, make, draft, editor):
        actions.discard_draft(session, make.viewer(editor), draft, version_of(session, draft))
        assert draft.state == ResourceState.DISCARDED


class TestHandingOver:
    def test_a_viewer_cannot_take_a_draft(self, session, make, draft, editor, organisation):
        colleague = make.member(organisation, Role.VIEWER)
        with pytest.raises(Invalid):
            actions.hand_over(
                session,
                make.viewer(editor),
                draft,
                version_of(session, draft),
                HandOverInput(colleague=colleague.id),
            )

    def test_a_published_version_is_not_handed_over(self, session, make, published, editor, organisation):
        colleague = make.member(organisation)
        with pytest.raises(Conflict):
            actions.hand_over(
                session,
                make.viewer(editor),
                published,
                version_of(session, published),
                HandOverInput(colleague=colleague.id),
            )


class TestWithdrawing:
    def withdraw(self, session, viewer, resource, **values):
        data = WithdrawInput(**{"reason": WithdrawalReason.REPLACED, **values})
        return actions.withdraw(session, viewer, resource, data)

    def test_a_contributor_may_not(self, session, make, published, organisation):
        contributor = make.member(organisation, Role.CONTRIBUTOR)
        with pytest.raises(Forbidden):
            self.withdraw(session, make.viewer(contributor), published)

    @pytest.mark.parametrize("successor", ["R-9999", "nonsense", "R-0001"])
    def test_a_successor_must_be_another_published_resource(
        self, session, make, published, editor, successor
    ):
        with pytest.raises(Invalid) as caught:
            self.withdraw(session, make.viewer(editor), published, successor=successor)
        assert caught.value.field == "successor"
        assert published.is_published

    def test_twice_is_once(self, session, make, published, editor):
        self.withdraw(session, make.viewer(editor), published)
        moment = published.withdrawn_at
        self.withdraw(session, make.viewer(editor), published)
        assert published.withdrawn_at == moment


class TestFiles:
    def test_a_role_and_a_language_are_kept(self, session, make, draft, editor):
        version = version_of(session, draft)
        entry = session.exec(select(FileEntry).where(FileEntry.version_id == version.id)).one()
        changed = file_actions.change_file(
            session,
            make.viewer(editor),
            draft,
            version,
            entry.id,
            FileInput(role=FileRole.SLIDES, language="lo"),
        )
        assert (changed.role, changed.language) == ("slides", "lo")

    def test_a_file_of_another_item_is_not_reached(
        self, session, make, services, editor, organisation, draft
    ):
        other = make.draft(services.files, editor, organisation, files=[("other.txt", b"Other words here")])
        entry = session.exec(select(FileEntry).where(FileEntry.resource_id == other.id)).one()
        with pytest.raises(NotFound):
            file_actions.remove_file(
                session, make.viewer(editor), draft, version_of(session, draft), entry.id
            )

    def test_more_than_an_item_holds_is_refused(self, session, make, draft, editor):
        received = [
            file_actions.ReceivedFile(f"{n}.txt", f"{n:064x}", 1, FileKind.TXT)
            for n in range(file_actions.MAXIMUM_FILES)
        ]
        with pytest.raises(Invalid):
            file_actions.add_files(session, make.viewer(editor), draft, version_of(session, draft), received)

    @pytest.mark.parametrize(
        ("name", "content", "sentence"),
        [
            ("empty.pdf", b"", file_actions.EMPTY_FILE),
            ("report.pdf.exe", b"MZ\x90\x00" + b"\0" * 100, file_actions.DANGEROUS_FILE),
            ("page.pdf", b"<html><script>1</script></html>", file_actions.WRONG_EXTENSION),
        ],
    )
    def test_what_is_not_taken_says_why(self, make, services, name, content, sentence):
        with pytest.raises(Invalid) as caught:
            make.received(services.files, name, content)
        assert caught.value.message == sentence

    def test_a_file_over_the_limit_leaves_nothing_behind(self, services):
        with pytest.raises(Invalid) as caught:
            file_actions.receive(services.files, "big.txt", io.BytesIO(b"x" * 2000), 1000)
        assert caught.value.message == file_actions.FILE_TOO_LARGE
        assert list(services.files.listing()) == []


def test_references_are_read_with_and_without_zeros(session, published):
    assert find_by_reference(session, "R-1") is find_by_reference(session, "r0001")
    assert find_by_reference(session, "R-99999999999999") is None
    assert isinstance(session.get(Resource, published.id), Resource)
    assert session.exec(select(Version)).first() is not None
