"""The declaration of human rights shared in seven languages, each as PDF and DOCX, and searched as visitors do.

Where `quality` measures the engines on clean text, this goes the whole way: files are read, pages are indexed,
and the known answers are asked of the search page's own query.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from portal.accounts.viewer import Viewer
from portal.app import close_services, open_services
from portal.core.asked import Asked
from portal.core.migrations import upgrade
from portal.core.settings import Settings
from portal.finding import find_resources
from portal.jobs.worker import work_off
from portal.request import Services
from portal.sample.files.documents import Document
from portal.sample.files.docx import write_docx
from tests.factories import Factory

OFFICE = Path(__file__).parents[3] / "shared" / "data" / "documents" / "office"


def share_declaration(services: Services, texts: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Share one resource a language from its file key and its text; answer with the reference of each."""
    references = {}
    with services.database.writing() as session:
        make = Factory(session)
        organisation = make.organisation("Readers of declarations")
        editor = make.member(organisation)
        for language, (key, text) in texts.items():
            files = [
                (f"udhr_{key}.pdf", (OFFICE / f"udhr_{key}.pdf").read_bytes()),
                _docx(language, key, text),
            ]
            resource = make.resource(
                services.files, editor, organisation, title=f"Declaration {language}", files=files
            )
            references[language] = resource.reference
    work_off(services)
    return references


def first_hits(
    folder: Path,
    texts: Mapping[str, tuple[str, str]],
    questions: Iterable[tuple[str, str]],
    *,
    search_url: str = "",
    search_key: str = "",
) -> dict[str, list[bool]]:
    """By language: whether each question's first hit was the declaration in that language."""
    settings = Settings(
        data_dir=folder, search_url=search_url, search_key=search_key, search_index="declaration"
    )
    services = open_services(settings)
    upgrade(services.database)
    services.search.clear()
    references = share_declaration(services, texts)
    answers: dict[str, list[bool]] = {language: [] for language in texts}
    with services.database.reading() as session:
        for language, words in questions:
            found = find_resources(session, services.search, Viewer(), Asked(words=words), "en")
            first = found.results[0].card.resource.reference if found.results else ""
            answers[language].append(first == references[language])
    close_services(services)
    return answers


def _docx(language: str, key: str, text: str) -> tuple[str, bytes]:
    given = OFFICE / f"udhr_{key}.docx"
    if given.exists():
        return given.name, given.read_bytes()
    return given.name, write_docx(Document(title=key, author="", language=language, pages=(text,)))
