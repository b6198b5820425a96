"""Reads HTML pages and EPUB books. Scripts are not run and nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import BinaryIO
from urllib.parse import unquote

from uploads.archives import Archive, open_archive
from uploads.extraction.cutting import marked_or_even, numbered
from uploads.extraction.markup import FieldListener, SkippingListener, listen, resolve
from uploads.extraction.office_properties import day
from uploads.extraction.plain import decode
from uploads.problems import Problem, Unreadable
from uploads.reading import OpenedDocument, Properties, TextLimits, Unit

_MAX_BYTES = 40 * 1024 * 1024
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_CHARSET = re.compile(
    rb"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})|<\?xml[^>]{0,80}encoding=[\"']([\w.-]{1,40})", re.I
)
_BLANK_LINES = re.compile(r"(?<![ \t\r\f\v])[ \t\r\f\v]*\n\s*")
_SPACES = re.compile(r"[ \t\r\f\v\n]+")

_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg", "math", "iframe", "object"})
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tr",
        "table",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "nav",
        "aside",
        "blockquote",
        "dt",
        "dd",
        "pre",
        "figure",
        "figcaption",
        "form",
        "fieldset",
        "address",
        "hr",
        "br",
        "title",
        "body",
    ]
)


def read_html(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """Sections of about a page."""
    content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise Unreadable(Problem.TOO_LARGE, "too much text")
    page = _parse(content, limits)
    unit, texts = marked_or_even(page.visible_text())
    return OpenedDocument(unit, numbered(texts, limits), page.properties(), len(texts))


def read_epub(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """One section for every chapter file, in reading order."""
    archive = open_archive(stream)
    if _CONTAINER not in archive.names:
        raise Unreadable(Problem.NOT_WHAT_IT_SAYS, "there is no book inside")
    container = _Container()
    listen(archive, _CONTAINER, container, limits)
    package = _Package(container.package)
    listen(archive, container.package, package, limits)
    chapters = [member for member in package.chapters() if member in archive.names]
    if not chapters:
        raise Unreadable(Problem.BROKEN, "the book has no chapters")
    if _ENCRYPTION in archive.names and _is_locked(archive, chapters):
        raise Unreadable(Problem.ENCRYPTED, "its chapters are encrypted")
    texts = _chapter_texts(archive, chapters, limits)
    return OpenedDocument(
        Unit.SECTION,
        numbered(texts, limits),
        _book_properties(archive, container.package, limits),
        len(chapters),
    )


class _Page(HTMLParser):
    def __init__(self, limits: TextLimits) -> None:
        super().__init__(convert_charrefs=True)
        self._limits = limits
        self._characters = 0
        self._pieces: list[str] = []
        self._title: list[str] = []
        self._unseen_depth = 0
        self._preformatted_depth = 0
        self._inside_title = False
        self._said: dict[str, str] = {}
        self._language: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            # A forgotten end tag in the head must not hide the whole page.
            self._unseen_depth = 0
            self._inside_title = False
        elif tag in _UNSEEN:
            self._unseen_depth += 1
        elif tag == "title" and not self._unseen_depth:
            self._inside_title = True
        elif tag == "meta":
            self._note(dict(attrs))
        elif tag == "html":
            said = dict(attrs)
            self._language = said.get("lang") or said.get("xml:lang")
        elif tag == "pre":
            self._preformatted_depth += 1
        self._begin_block(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen_depth:
            self._unseen_depth -= 1
        elif tag == "title":
            self._inside_title = False
        elif tag == "pre" and self._preformatted_depth:
            self._preformatted_depth -= 1
        self._begin_block(tag)

    def handle_data(self, data: str) -> None:
        self._characters += len(data)
        if self._characters > self._limits.characters:
            raise Unreadable(Problem.TOO_LARGE, "too many characters")
        if self._inside_title:
            self._title.append(data)
        elif not self._unseen_depth:
            self._pieces.append(data if self._preformatted_depth else _SPACES.sub(" ", data))

    def visible_text(self) -> str:
        """What a browser would show, a line for every block."""
        return _BLANK_LINES.sub("\n", "".join(self._pieces)).strip()

    def properties(self) -> Properties:
        """What the head says."""
        date = next(
            (self._said[key] for key in ("dcterms.modified", "dc.date", "date") if key in self._said), ""
        )
        return Properties(
            title=_SPACES.sub(" ", "".join(self._title)).strip() or None,
            author=self._said.get("author"),
            date=day(date),
            language=self._language,
        )

    def _begin_block(self, tag: str) -> None:
        if tag in _BLOCKS and not self._unseen_depth:
            self._pieces.append("\n")
        elif tag in ("td", "th"):
            self._pieces.append("\t")

    def _note(self, attributes: dict[str, str | None]) -> None:
        name, content = attributes.get("name"), attributes.get("content")
        if name and content:
            self._said.setdefault(name.lower(), content.strip())


class _Container(SkippingListener):
    package = ""

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "container:rootfile" and not self.package:
            self.package = attributes.get("full-path", "")


class _Package(SkippingListener):
    def __init__(self, member: str) -> None:
        super().__init__()
        self._member = member
        self._members: dict[str, str] = {}
        self._order: list[str] = []

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "opf:item":
            target = unquote(attributes.get("href", ""))
            self._members[attributes.get("id", "")] = resolve(self._member, target)
        elif name == "opf:itemref":
            self._order.append(attributes.get("idref", ""))

    def chapters(self) -> list[str]:
        """The members in reading order."""
        return [self._members[key] for key in self._order if key in self._members]


def _parse(content: bytes, limits: TextLimits) -> _Page:
    page = _Page(limits)
    page.feed(_decode_html(content))
    page.close()
    return page


def _decode_html(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        said = _CHARSET.search(content[:4096])
        try:
            return content.decode((said.group(1) or said.group(2)).decode() if said else "", "replace")
        except LookupError:
            return decode(content)


def _chapter_texts(archive: Archive, chapters: list[str], limits: TextLimits) -> Iterator[str]:
    for member in chapters:
        yield _parse(archive.read(member), limits).visible_text()


def _is_locked(archive: Archive, chapters: list[str]) -> bool:
    # Many books encrypt nothing but their fonts, which does not concern us.
    encrypted = archive.read(_ENCRYPTION).decode("utf-8", "replace")
    return any(f'URI="{member}"' in encrypted for member in chapters)


def _book_properties(archive: Archive, package: str, limits: TextLimits) -> Properties:
    fields = FieldListener(frozenset({"dc:title", "dc:creator", "dc:date", "dc:language"}))
    listen(archive, package, fields, limits)
    found = {name: value.strip() for name, value in fields.fields.items()}
    return Properties(
        title=found.get("dc:title") or None,
        author=found.get("dc:creator") or None,
        date=day(found.get("dc:date", "")),
        language=found.get("dc:language") or None,
    )
