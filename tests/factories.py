"""Sets scenes: people, organisations and resources with sensible values where a test does not care."""

import io
from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.accounts.models import (
    Group,
    GroupMember,
    Membership,
    Organisation,
    OrganisationType,
    Role,
    Scope,
    User,
)
from portal.accounts.queries import viewer_of_user
from portal.accounts.viewer import Viewer
from portal.core.clock import now, today
from portal.core.ids import next_number
from portal.library import actions
from portal.library.file_actions import ReceivedFile, receive
from portal.library.inputs import DescribeInput, ShareInput
from portal.library.models import Resource, Version
from portal.library.queries import newest_version
from portal.library.vocabularies import Licence, ResourceType, Visibility
from portal.registry import actions as project_actions
from portal.registry import line_actions, partner_actions
from portal.registry.inputs import PartnerInput, ProjectInput
from portal.registry.line_inputs import LineInput
from portal.registry.models import Project
from portal.registry.terms import PartnerRole, Reach, Status
from uploads.storage import FileStore

_numbers = count(1)
TEXT = b"Safe migration\n\nHow to prepare a journey that ends well, told for young people in villages.\n"


class Factory:
    """Everything it makes is valid and flushed; keyword arguments change single values."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def user(self, name: str = "", **values: Any) -> User:
        number = next(_numbers)
        user = User(
            name=name or f"Person {number}",
            email=values.pop("email", f"person{number}@example.org"),
            email_confirmed_at=now(),
            **values,
        )
        return self._added(user)

    def organisation(self, name: str = "", *, is_verified: bool = True, **values: Any) -> Organisation:
        number = next_number(self.session, "organisation")
        organisation = Organisation(
            number=number,
            name=name or f"Organisation {number}",
            organisation_type=values.pop("organisation_type", OrganisationType.NATIONAL_NGO),
            scope=values.pop("scope", Scope.NATIONAL),
            verified_at=now() if is_verified else None,
            **values,
        )
        return self._added(organisation)

    def member(self, organisation: Organisation, role: Role = Role.EDITOR, **values: Any) -> User:
        user = self.user(**values)
        self._added(Membership(user_id=user.id, organisation_id=organisation.id, role=role))
        return user

    def group(self, name: str, *organisations: Organisation) -> Group:
        group = self._added(Group(name=name))
        for organisation in organisations:
            self._added(GroupMember(group_id=group.id, organisation_id=organisation.id))
        return group

    def viewer(self, user: User | None) -> Viewer:
        """The person as a request would see them now."""
        self.session.flush()
        return viewer_of_user(self.session, user) if user else Viewer()

    def draft(
        self,
        store: FileStore,
        by: User,
        organisation: Organisation,
        *,
        files: Sequence[tuple[str, bytes]] = (("safe-migration.txt", TEXT),),
        visibility: Visibility = Visibility.PUBLIC,
        group: UUID | None = None,
    ) -> Resource:
        received = [self.received(store, name, content) for name, content in files]
        data = ShareInput(organisation=organisation.id, visibility=visibility, group=group)
        return actions.share(self.session, self.viewer(by), data, received)

    def resource(
        self,
        store: FileStore,
        by: User,
        organisation: Organisation,
        *,
        title: str = "Safe migration",
        files: Sequence[tuple[str, bytes]] = (("safe-migration.txt", TEXT),),
        visibility: Visibility = Visibility.PUBLIC,
        files_visibility: Visibility | None = None,
        group: UUID | None = None,
        **described: Any,
    ) -> Resource:
        """A published resource."""
        resource = self.draft(store, by, organisation, files=files, visibility=visibility, group=group)
        viewer = self.viewer(by)
        version = newest_version(self.session, resource)
        data = DescribeInput(
            **{
                "revision": version.revision,
                "resource_type": ResourceType.MANUAL,
                "licence": Licence.CC_BY,
                "title_en": title,
                "visibility": visibility,
                "files_visibility": files_visibility or visibility,
                "group": group,
                **described,
            }
        )
        actions.describe(self.session, viewer, resource, version, data)
        actions.publish(self.session, viewer, resource, version)
        self.session.flush()
        return resource

    def new_version(self, by: User, resource: Resource, note: str = "Corrected") -> Version:
        """A second version, published."""
        viewer = self.viewer(by)
        version = actions.start_version(self.session, viewer, resource)
        version.change_note = note
        actions.publish(self.session, viewer, resource, version)
        self.session.flush()
        return version

    def draft_project(
        self,
        organisation: Organisation,
        by: Viewer | None = None,
        *,
        title: str = "Safe roads",
        reach: Reach = Reach.PUBLIC,
        group: UUID | None = None,
        status: Status = Status.ONGOING,
        partners: Sequence[tuple[Organisation, PartnerRole]] = (),
        **line: Any,
    ) -> Project:
        """A draft with one line; more keyword arguments are of `LineInput`. Needs the gazetteer."""
        viewer = by or self.viewer(self.member(organisation))
        data = ProjectInput(
            organisation=organisation.id, title_en=title, reach=reach, group=group, status=status
        )
        project = project_actions.create_project(self.session, viewer, data)
        for partner, role in partners:
            named = PartnerInput(organisation=partner.id, role=role)
            partner_actions.save_partner(self.session, viewer, project, named)
        line_actions.save_line(self.session, viewer, project, line_input(organisation, **line))
        return project

    def project(self, organisation: Organisation, by: Viewer | None = None, **values: Any) -> Project:
        """A published project with one line."""
        viewer = by or self.viewer(self.member(organisation))
        project = self.draft_project(organisation, viewer, **values)
        project_actions.publish_project(self.session, viewer, project)
        self.session.flush()
        return project

    def received(self, store: FileStore, name: str, content: bytes) -> ReceivedFile:
        return receive(store, name, io.BytesIO(content), 2**30)

    def _added(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row


def line_input(organisation: Organisation, **values: Any) -> LineInput:
    """A complete line: border police are trained in Houayxay, for a year of which two months are left."""
    complete: dict[str, Any] = {
        "implementer": organisation.id,
        "policy_area": "prosecution",
        "intervention": "PSC-TRN",
        "target_groups": ["police_border"],
        "places": ["LA0501"],
        "starts_on": today() - timedelta(days=300),
        "ends_on": today() + timedelta(days=65),
    }
    return LineInput(**{**complete, **values})
