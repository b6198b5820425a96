"""Reads the sample resources from the text files under `texts/`.

A resource is one text file: `key: value` lines, then its files, so that a person can read and improve it without
knowing the code. The pages of a file may take in paragraphs that several resources share:

    title.en: Safe migration
    type: manual_or_guideline
    ...
    === file safe-migration.pdf | main | en
    # First page
    Text of the first page.
    --- page
    + documents-to-carry
    === version 2 | Adds a chapter on recruitment by telephone.
    === file ...

A line `+ name` stands for the paragraph of that name in `paragraphs.txt` of the same language.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from portal.sample.resources import SampleFile, SampleResource, SampleVersion

_PARAGRAPHS = "paragraphs.txt"


class SampleTextError(ValueError):
    """A sample text file is not written as it should be; says which and why."""


@cache
def sample_resources() -> tuple[SampleResource, ...]:
    """Every sample resource, in the order of languages and file names."""
    return tuple(read_resource(path) for path in _resource_files())


@cache
def paragraphs(language: str) -> dict[str, str]:
    """The shared paragraphs of a language, by name."""
    text = (texts() / language / _PARAGRAPHS).read_text(encoding="utf-8")
    parts = re.split(r"^== +(\S+)\s*$", text, flags=re.MULTILINE)[1:]
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


def texts() -> Traversable:
    """The folder of all texts; those with shared paragraphs belong to a language, the others stand apart."""
    return files("portal.sample") / "texts"


def _resource_files() -> Iterator[Traversable]:
    for folder in sorted(texts().iterdir(), key=lambda entry: entry.name):
        if (folder / _PARAGRAPHS).is_file():
            inside = sorted(folder.iterdir(), key=lambda entry: entry.name)
            yield from (path for path in inside if path.name.endswith(".txt") and path.name != _PARAGRAPHS)


def read_resource(path: Traversable) -> SampleResource:
    """The resource of one text file; raises `SampleTextError` with the file's name and what is wrong in it."""
    head, *sections = re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    fields = _fields(head, path.name)
    reason, _, note = fields.pop("withdrawn", "").partition("|")
    try:
        first, later = _files_and_versions(sections)
        resource = SampleResource(
            key=path.name.removesuffix(".txt"),
            organisation=fields.pop("organisation"),
            shared_by=fields.pop("shared_by"),
            resource_type=fields.pop("type"),
            titles=_by_language(fields, "title"),
            summaries=_by_language(fields, "summary"),
            languages=tuple(dict.fromkeys(file.language for file in first)),
            published_on=date.fromisoformat(fields.pop("published")),
            authors=_listed(fields.pop("authors"), ";"),
            policy_areas=_listed(fields.pop("policy")),
            sectors=_listed(fields.pop("sectors")),
            audiences=_listed(fields.pop("audiences")),
            places=_listed(fields.pop("places", "")),
            licence=fields.pop("licence"),
            visibility=fields.pop("visibility", "public"),
            files=first,
            state=fields.pop("state", "published"),
            withdrawal_reason=reason.strip(),
            withdrawal_note=note.strip(),
            successor=fields.pop("successor", None),
            later_versions=later,
        )
    except KeyError as missing:
        raise SampleTextError(f"{path.name}: {missing} is missing.") from missing
    _refuse_unknown(fields, path.name)
    return resource


def _fields(head: str, name: str) -> dict[str, str]:
    lines = [line for line in head.splitlines() if line.strip()]
    if unreadable := [line for line in lines if ": " not in line]:
        raise SampleTextError(f"{name}: {unreadable[0]!r} is not written as 'key: value'.")
    pairs = (line.split(": ", 1) for line in lines)
    return {key.strip(): value.strip() for key, value in pairs}


def _refuse_unknown(fields: dict[str, str], name: str) -> None:
    """A misspelt key would silently lose what it says, so it stops the reading."""
    unknown = [key for key in fields if not key.startswith(("title.", "summary."))]
    if unknown:
        raise SampleTextError(f"{name}: nobody reads {unknown[0]!r}.")


def _by_language(fields: dict[str, str], name: str) -> dict[str, str]:
    return {key.split(".")[1]: value for key, value in fields.items() if key.startswith(f"{name}.")}


def _listed(value: str, separator: str = ",") -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(separator) if part.strip())


def _files_and_versions(sections: list[str]) -> tuple[tuple[SampleFile, ...], tuple[SampleVersion, ...]]:
    """The files of the first version, and the later versions with theirs, in the order they stand."""
    groups: list[tuple[str, list[SampleFile]]] = [("", [])]
    for section in sections:
        line, _, body = section.partition("\n")
        kind, _, rest = line.partition(" ")
        if kind == "version":
            groups.append((rest.split("|", 1)[1].strip(), []))
        else:
            groups[-1][1].append(_file(rest, body))
    later = (
        SampleVersion(number, note, tuple(listed))
        for number, (note, listed) in enumerate(groups[1:], start=2)
    )
    return tuple(groups[0][1]), tuple(later)


def _file(line: str, body: str) -> SampleFile:
    name, role, language = (part.strip() for part in line.split("|"))
    pages = re.split(r"^--- page\s*$", body, flags=re.MULTILINE)
    return SampleFile(name, role, language, tuple(_filled(page, language) for page in pages))


def _filled(page: str, language: str) -> str:
    """The page with its shared paragraphs put in."""

    def paragraph(match: re.Match[str]) -> str:
        return "\n" + paragraphs(language)[match[1]] + "\n"

    return re.sub(r"^\+ (\S+)\s*$", paragraph, page, flags=re.MULTILINE).strip()
