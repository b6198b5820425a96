"""Who may change the gazetteer. Everyone may read it."""

from typing import Protocol
from uuid import UUID


class PlaceEditor(Protocol):
    """What the policy must know of a viewer; accounts stand above places, so their Viewer is not imported."""

    @property
    def is_administrator(self) -> bool: ...

    @property
    def is_coordinator(self) -> bool: ...

    @property
    def is_signed_in(self) -> bool: ...

    @property
    def actor(self) -> tuple[UUID | None, str]: ...


def may_edit_places(viewer: PlaceEditor) -> bool:
    return viewer.is_administrator or viewer.is_coordinator
