"""What the index holds of both domains: the documents of resources and of projects, by the ids they share."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlmodel import Session

from portal.library import searchable as library
from portal.library.queries import published_ids
from portal.registry import searchable as register
from portal.templating import LANGUAGES, translate
from search.documents import Document


def searchable_ids(session: Session) -> list[UUID]:
    """Everything published, whoever may see it: for the index, `sala reindex` and `sala check`."""
    return [*published_ids(session), *register.published_project_ids(session)]


def load_documents(session: Session, groups: Sequence[str]) -> dict[str, Sequence[Document]]:
    """The documents of these records (ids as hex); none for what is not published, so that it is removed."""
    resources = library.load_documents(session, groups)
    unknown = [group for group, documents in resources.items() if not documents]
    projects = register.load_project_documents(session, unknown, _spoken) if unknown else {}
    return {**resources, **projects}


def _spoken(label: str) -> Iterator[str]:
    """A label in every language of the pages, so that it is found in each."""
    yield from dict.fromkeys(translate(language, label) for language in LANGUAGES)
