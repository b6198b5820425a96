"""Reads the XML inside office files as a stream of events, within limits and without any DTD."""

from __future__ import annotations

from typing import Protocol
from xml.parsers import expat

from uploads.archives import Archive
from uploads.problems import Problem, Unreadable
from uploads.reading import TextLimits

# Both the usual namespaces and those of "strict" Office files, under the prefixes of their standards.
_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
    "http://schemas.openxmlformats.org/presentationml/2006/main": "p",
    "http://purl.oclc.org/ooxml/presentationml/main": "p",
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "x",
    "http://purl.oclc.org/ooxml/spreadsheetml/main": "x",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0": "draw",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
    "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0": "fo",
    "urn:oasis:names:tc:opendocument:xmlns:meta:1.0": "meta",
    "http://www.idpf.org/2007/opf": "opf",
    "urn:oasis:names:tc:opendocument:xmlns:container": "container",
    "http://www.w3.org/XML/1998/namespace": "xml",
}


class Listener(Protocol):
    """What a reader does with the events; names look like `w:p`, whatever prefix the file uses."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """The element ends."""

    def text(self, piece: str) -> None:
        """Characters, not necessarily all of a text node at once."""


def listen(archive: Archive, member: str, listener: Listener, limits: TextLimits) -> None:
    """Parse one member and tell the listener. Raises Unreadable: broken, unsafe, too large."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    names = _Names()
    depth = characters = 0

    def start(raw_name: str, raw_attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.xml_depth:
            raise Unreadable(Problem.TOO_LARGE, "elements are nested too deeply")
        listener.start(names[raw_name], {names[key]: value for key, value in raw_attributes.items()})

    def end(raw_name: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(names[raw_name])

    def text(piece: str) -> None:
        nonlocal characters
        characters += len(piece)
        if characters > limits.characters:
            raise Unreadable(Problem.TOO_LARGE, "too many characters")
        listener.text(piece)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_declaration
    try:
        for piece in archive.pieces(member):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unreadable(Problem.BROKEN, f"{member}: {error}") from error


class _Names(dict[str, str]):
    """`namespace local` to `prefix:local`, worked out once for every name."""

    def __missing__(self, raw_name: str) -> str:
        namespace, _, local = raw_name.rpartition(" ")
        prefix = _PREFIXES.get(namespace)
        self[raw_name] = name = f"{prefix}:{local}" if prefix else local
        return name


def _refuse_declaration(*_declaration: object) -> None:
    # No office program writes these; entity bombs and requests for other files do.
    raise Unreadable(Problem.UNSAFE, "it declares a document type or entities")


class SkippingListener:
    """A Listener to build on, which passes over whole branches of no interest."""

    skipped: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._skip_depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skip_depth or name in self.skipped:
            self._skip_depth += 1
        else:
            self.entered(name, attributes)

    def end(self, name: str) -> None:
        if self._skip_depth:
            self._skip_depth -= 1
        else:
            self.left(name)

    def text(self, piece: str) -> None:
        if not self._skip_depth:
            self.said(piece)

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins outside skipped branches."""

    def left(self, name: str) -> None:
        """An element ends outside skipped branches."""

    def said(self, piece: str) -> None:
        """Characters outside skipped branches."""


class FieldListener(SkippingListener):
    """Keeps the text of the first element of each wanted name: for metadata."""

    def __init__(self, wanted: frozenset[str]) -> None:
        super().__init__()
        self._wanted = wanted
        self._open: str | None = None
        self.fields: dict[str, str] = {}

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._wanted and name not in self.fields:
            self._open = name
            self.fields[name] = ""

    def left(self, name: str) -> None:
        if name == self._open:
            self._open = None

    def said(self, piece: str) -> None:
        if self._open is not None:
            self.fields[self._open] += piece


def resolve(base_member: str, target: str) -> str:
    """The member that a relative or absolute target means, seen from another member."""
    if target.startswith("/"):
        parts: list[str] = []
    else:
        parts = base_member.split("/")[:-1]
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


class _Relationships(SkippingListener):
    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "rel:Relationship" and attributes.get("TargetMode") != "External":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


def relationships(archive: Archive, member: str, limits: TextLimits) -> dict[str, str]:
    """Which members an Office member refers to, by id; references to outside are left out."""
    folder, _, file_name = member.rpartition("/")
    relations = f"{folder}/_rels/{file_name}.rels".removeprefix("/")
    if relations not in archive.names:
        return {}
    listener = _Relationships()
    listen(archive, relations, listener, limits)
    return {key: resolve(member, target) for key, target in listener.targets.items()}
