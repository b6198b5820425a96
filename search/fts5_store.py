"""Writing into the embedded index: the schema, and how groups are put in place of others.

The full-text table keeps no text of its own. The texts stand beside it, compressed by group,
because SQLite before 3.43 can take an entry out of such a table only when told its exact
tokens. So nothing dead stays behind, an unchanged page costs nothing when its record
changes, and the whole file stays smaller than the text that it finds.
"""

import json
import secrets
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from search.documents import Document, digest_of
from search.errors import IndexingFailed
from search.words import PIPELINE, single_clusters, tokenise

# Raise this with every change of the tables: an index of another layout is made anew.
LAYOUT = 3
LONGEST_WORD = 24
SHORTEST_WORD = 3

_SCHEMA = """
create table meta (name text primary key, value text not null) without rowid;
create table term (id integer primary key, field text not null, value text not null, unique (field, value));
create table choice (id integer primary key, terms text not null unique);
create table choice_term (term int, choice int, primary key (term, choice)) without rowid;
create table access_set (id integer primary key, tokens text not null unique);
create table access_token (token text, access_set int, primary key (token, access_set)) without rowid;
create table grp (id integer primary key autoincrement, name text not null unique, documents int not null, digest text not null, changed int not null, reach int not null default 0{columns});
create index grp_changed on grp (changed);
create table reach (id integer primary key, access_sets text not null unique);
create table reach_access (access_set int, reach int, primary key (access_set, reach)) without rowid;
create table source (grp integer primary key, texts blob not null);
create table document (id integer primary key autoincrement, grp int not null, access int not null, name text not null);
create index document_of_group on document (grp, access);
create table word (word text primary key, documents int not null) without rowid;
create virtual table fts using fts5 (title, extra, body, content='', detail=full, tokenize='ascii');
create virtual table single using fts5 (clusters, content='', detail=none, columnsize=0, tokenize='ascii');
"""
_TABLES = (
    "fts",
    "single",
    "reach_access",
    "reach",
    "word",
    "document",
    "source",
    "grp",
    "access_token",
    "access_set",
    "choice_term",
    "choice",
    "term",
    "meta",
)
# A larger write buffer than the default of one megabyte makes bulk loads half as long again faster.
_WRITE_BUFFER_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns an index was made with: facets hold interned sets of terms, sorts hold numbers."""

    facets: tuple[str, ...]
    sorts: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in (*self.facets, *self.sorts):
            if not name.isidentifier():
                raise ValueError(f"{name!r} cannot be a field of the index")

    @property
    def columns(self) -> tuple[str, ...]:
        return (*(f"sort_{name}" for name in self.sorts), *(f"facet_{name}" for name in self.facets))

    @property
    def version(self) -> str:
        """What must be equal for an index to be usable: the pipeline and the columns."""
        return f"{LAYOUT}/{PIPELINE}/{','.join(self.columns)}"


@dataclass(frozen=True, slots=True)
class Entry:
    """The tokens of one document, column by column, as the full-text table takes them."""

    title: str
    extra: str
    body: str
    clusters: str
    words: frozenset[str]


@dataclass(slots=True)
class Change:
    """What has to happen to one group, prepared before the write lock is taken."""

    name: str
    known_digest: str | None
    digest: str
    documents: Sequence[Document]
    source: bytes
    taken_out: list[tuple[str, Entry]] = field(default_factory=list)
    put_in: list[tuple[Document, Entry]] = field(default_factory=list)
    kept: list[Document] = field(default_factory=list)


def create_schema(connection: sqlite3.Connection, fields: Fields) -> None:
    """Make every table anew inside the caller's transaction; whatever was known is forgotten."""
    for table in _TABLES:
        connection.execute(f"drop table if exists {table}")
    columns = "".join(f", {column} int" for column in fields.columns)
    for statement in _SCHEMA.format(columns=columns).strip().split(";\n"):
        connection.execute(statement.removesuffix(";"))
    connection.execute("insert into fts (fts, rank) values ('hashsize', ?)", (_WRITE_BUFFER_BYTES,))
    connection.executemany(
        "insert into meta values (?, ?)",
        [
            ("version", fields.version),
            ("needs_rebuild", "1"),
            ("epoch", secrets.token_hex(8)),
            ("generation", "0"),
        ],
    )


def known_version(connection: sqlite3.Connection) -> str | None:
    """The version an index was made with, or None for an empty file."""
    if not connection.execute("select 1 from sqlite_master where name = 'meta'").fetchone():
        return None
    row = connection.execute("select value from meta where name = 'version'").fetchone()
    return row[0] if row else None


def prepare(connection: sqlite3.Connection, group: str, documents: Sequence[Document]) -> Change | None:
    """Compare a group with what is known of it and make the tokens that differ.

    None means that nothing differs. This is the expensive part and needs no lock.
    """
    ids = {document.id for document in documents}
    if len(ids) != len(documents) or any(document.group != group for document in documents):
        raise IndexingFailed(f"The documents of group {group!r} are not its own or not different")
    row = connection.execute(
        "select digest, texts from grp left join source on source.grp = grp.id where name = ?", (group,)
    ).fetchone()
    known_digest, known_source = row or (None, None)
    known_texts = _texts_of(known_source) if known_source else {}
    digest = digest_of(documents)
    if known_digest == digest or (row is None and not documents):
        return None
    change = Change(group, known_digest, digest, documents, _source(documents))
    for document in documents:
        known = known_texts.pop(document.id, None)
        if known == _texts(document):
            change.kept.append(document)
            continue
        if known is not None:
            change.taken_out.append((document.id, _entry(*known)))
        change.put_in.append((document, _entry(*_texts(document))))
    change.taken_out.extend((name, _entry(*texts)) for name, texts in known_texts.items())
    return change


def apply(connection: sqlite3.Connection, changes: Iterable[Change], fields: Fields) -> None:
    """Carry out prepared changes inside the caller's write transaction.

    A group that another process changed since it was prepared is prepared again.
    """
    words: Counter[str] = Counter()
    # Readers keep what groups carry in memory and look here for what is newer than that.
    connection.execute("update meta set value = value + 1 where name = 'generation'")
    for prepared in changes:
        change: Change | None = prepared
        row = connection.execute("select digest from grp where name = ?", (prepared.name,)).fetchone()
        if (row[0] if row else None) != prepared.known_digest:
            change = prepare(connection, prepared.name, prepared.documents)
        if change is not None:
            _apply_one(connection, change, fields, words)
    _count_words(connection, words)


def _apply_one(connection: sqlite3.Connection, change: Change, fields: Fields, words: Counter[str]) -> None:
    group_id = _write_group(connection, change, fields)
    known_ids = dict(
        connection.execute("select name, id from document where grp = ?", (group_id,)).fetchall()
    )
    for name, entry in change.taken_out:
        document_id = known_ids[name]
        connection.execute(
            "insert into fts (fts, rowid, title, extra, body) values ('delete', ?, ?, ?, ?)",
            (document_id, entry.title, entry.extra, entry.body),
        )
        connection.execute(
            "insert into single (single, rowid, clusters) values ('delete', ?, ?)",
            (document_id, entry.clusters),
        )
        connection.execute("delete from document where id = ?", (document_id,))
        words.subtract(entry.words)
    for document in change.kept:
        connection.execute(
            "update document set access = ? where id = ?",
            (_access_set(connection, document.access), known_ids[document.id]),
        )
    for document, entry in change.put_in:
        document_id = connection.execute(
            "insert into document (grp, access, name) values (?, ?, ?)",
            (group_id, _access_set(connection, document.access), document.id),
        ).lastrowid
        connection.execute(
            "insert into fts (rowid, title, extra, body) values (?, ?, ?, ?)",
            (document_id, entry.title, entry.extra, entry.body),
        )
        connection.execute(
            "insert into single (rowid, clusters) values (?, ?)", (document_id, entry.clusters)
        )
        words.update(entry.words)
    reach = _reach(connection, group_id) if change.documents else 0
    connection.execute("update grp set reach = ? where id = ?", (reach, group_id))
    if not change.documents:
        # The row stays, without documents, so that readers learn that the group is gone.
        connection.execute("delete from source where grp = ?", (group_id,))


def _write_group(connection: sqlite3.Connection, change: Change, fields: Fields) -> int:
    first = change.documents[0] if change.documents else None
    values: list[int | None] = []
    if first is not None:
        values.extend(first.sort.get(name) for name in fields.sorts)
        values.extend(_choice(connection, name, first.facets.get(name, ())) for name in fields.facets)
    else:
        values.extend(None for _ in fields.columns)
    columns = ("name", "documents", "digest", "changed", *fields.columns)
    updates = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    # Only column names stand in this text, and Fields has checked that they are identifiers.
    connection.execute(
        f"insert into grp ({', '.join(columns)})"  # noqa: S608
        f" values (?, ?, ?, (select cast(value as integer) from meta where name = 'generation'){', ?' * len(values)})"
        f" on conflict (name) do update set {updates}",
        (change.name, len(change.documents), change.digest, *values),
    )
    group_id: int = connection.execute("select id from grp where name = ?", (change.name,)).fetchone()[0]
    connection.execute("insert or replace into source values (?, ?)", (group_id, change.source))
    return group_id


def _choice(connection: sqlite3.Connection, name: str, values: Sequence[str]) -> int | None:
    """The number of a set of values of one field; sets repeat, so counting them is cheap."""
    terms = sorted({_term(connection, name, value) for value in values})
    if not terms:
        return None
    key = " ".join(map(str, terms))
    row = connection.execute("select id from choice where terms = ?", (key,)).fetchone()
    if row:
        return int(row[0])
    number = connection.execute("insert into choice (terms) values (?)", (key,)).lastrowid
    connection.executemany("insert into choice_term values (?, ?)", [(term, number) for term in terms])
    return number


def _term(connection: sqlite3.Connection, name: str, value: str) -> int:
    key = (name, value)
    row = connection.execute("select id from term where field = ? and value = ?", key).fetchone()
    if row:
        return int(row[0])
    return connection.execute("insert into term (field, value) values (?, ?)", key).lastrowid or 0


def _access_set(connection: sqlite3.Connection, tokens: frozenset[str]) -> int:
    key = json.dumps(sorted(tokens))
    row = connection.execute("select id from access_set where tokens = ?", (key,)).fetchone()
    if row:
        return int(row[0])
    number = connection.execute("insert into access_set (tokens) values (?)", (key,)).lastrowid or 0
    connection.executemany("insert into access_token values (?, ?)", [(token, number) for token in tokens])
    return number


def _reach(connection: sqlite3.Connection, group_id: int) -> int:
    """The number of a set of access sets, so that a list without words need not look at pages."""
    access_sets = [
        row[0]
        for row in connection.execute(
            "select distinct access from document where grp = ? order by 1", (group_id,)
        )
    ]
    key = " ".join(map(str, access_sets))
    row = connection.execute("select id from reach where access_sets = ?", (key,)).fetchone()
    if row:
        return int(row[0])
    number = connection.execute("insert into reach (access_sets) values (?)", (key,)).lastrowid or 0
    connection.executemany(
        "insert into reach_access values (?, ?)", [(access_set, number) for access_set in access_sets]
    )
    return number


def _count_words(connection: sqlite3.Connection, words: Counter[str]) -> None:
    connection.executemany(
        "insert into word values (?, ?) on conflict (word) do update set documents = documents + excluded.documents",
        sorted((word, count) for word, count in words.items() if count),
    )
    connection.executemany(
        "delete from word where word = ? and documents <= 0",
        sorted((word,) for word, count in words.items() if count < 0),
    )


def _texts(document: Document) -> tuple[str, str, str]:
    return document.title, document.extra, document.body


def _entry(title: str, extra: str, body: str) -> Entry:
    tokens = [tokenise(text) for text in (title, extra, body)]
    words = frozenset(
        word
        for word in set().union(*(found.words for found in tokens))
        if SHORTEST_WORD <= len(word) <= LONGEST_WORD and word.isascii() and word.isalpha()
    )
    everything = [token for found in tokens for token in found.stream]
    clusters = single_clusters(everything, set().union(*(found.words for found in tokens)))
    title_stream, extra_stream, body_stream = (" ".join(found.stream) for found in tokens)
    return Entry(title_stream, extra_stream, body_stream, " ".join(clusters), words)


def _source(documents: Sequence[Document]) -> bytes:
    texts = {document.id: _texts(document) for document in documents}
    return zlib.compress(json.dumps(texts, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _texts_of(source: bytes) -> dict[str, tuple[str, str, str]]:
    texts: Mapping[str, Sequence[str]] = json.loads(zlib.decompress(source).decode("utf-8", "surrogatepass"))
    return {name: (title, extra, body) for name, (title, extra, body) in texts.items()}
