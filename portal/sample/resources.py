"""What the sample library hands to whoever fills a portal with it: resources, their versions and their files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from portal.sample.files.documents import Document
from portal.sample.files.writing import format_of, write_document


@dataclass(frozen=True)
class SampleFile:
    """A file that does not exist yet: its text, and the name whose ending says what it will become."""

    name: str
    role: str
    language: str
    pages: tuple[str, ...]

    @property
    def format(self) -> str:
        """The ending of the name, such as `pdf`."""
        return format_of(self.name)


@dataclass(frozen=True)
class SampleVersion:
    """A later version of a resource; `number` starts at 2 and the note says what changed."""

    number: int
    change_note: str
    files: tuple[SampleFile, ...]


@dataclass(frozen=True)
class SampleResource:
    """One resource with everything a person would type while sharing it.

    `titles` and `summaries` go from language to text; the words of the lists are those of the library's vocabularies.
    `state` is `draft`, `published` or `withdrawn`; a withdrawn resource says why, by the vocabulary's reason and in
    a note, and may name the key of the one that takes its place.
    """

    key: str
    organisation: str
    shared_by: str
    resource_type: str
    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    languages: tuple[str, ...]
    published_on: date
    authors: tuple[str, ...]
    policy_areas: tuple[str, ...]
    sectors: tuple[str, ...]
    audiences: tuple[str, ...]
    places: tuple[str, ...]
    licence: str
    visibility: str
    files: tuple[SampleFile, ...]
    state: str = "published"
    withdrawal_reason: str = ""
    withdrawal_note: str = ""
    successor: str | None = None
    later_versions: tuple[SampleVersion, ...] = ()

    def title_in(self, language: str) -> str:
        """The title in that language, or else the first one given."""
        return self.titles.get(language) or next(iter(self.titles.values()))


def file_bytes(resource: SampleResource, file: SampleFile, font_directory: Path) -> bytes:
    """The real file; `font_directory` keeps the fonts of PDF files between calls and may be empty at first."""
    document = Document(
        title=resource.title_in(file.language),
        author="; ".join(resource.authors),
        language=file.language,
        pages=file.pages,
    )
    return write_document(file.name, document, font_directory)
