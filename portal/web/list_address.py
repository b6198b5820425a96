"""Lists whose address holds the whole question: reading it, and the addresses of the questions next to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import QueryParams

from portal.core.asked import Asked
from portal.core.text import clean_line
from portal.web.page_numbers import read_number
from portal.web.screen import Screen

# An address longer than this was not made by our forms.
MOST_VALUES = 50
LONGEST_VALUE = 100


@dataclass(frozen=True)
class ListKind:
    """Where a list is and what can be asked of it; the first of its orders goes without saying."""

    path: str
    facets: Sequence[str]
    sorts: Sequence[str]
    longest_words: int
    most_pages: int

    def read(self, query: QueryParams) -> Asked:
        """A question out of its address; what cannot be meant is left out, and nothing is refused."""
        filters = {}
        for name in self.facets:
            values = [clean_line(value)[:LONGEST_VALUE] for value in query.getlist(name)[:MOST_VALUES]]
            filters[name] = list(dict.fromkeys(value for value in values if value))
        sort = query.get("sort", "")
        return Asked(
            words=clean_line(query.get("q", ""))[: self.longest_words].strip(),
            filters={name: values for name, values in filters.items() if values},
            sort=sort if sort in self.sorts else self.sorts[0],
            page=min(read_number(query.get("page", "")), self.most_pages),
        )


@dataclass(frozen=True)
class ListAddress:
    """Addresses of questions next to this one: with one thing changed, and back on the first page."""

    screen: Screen
    kind: ListKind
    asked: Asked

    def here(self) -> str:
        return self.of(self.asked)

    def page(self, number: int) -> str:
        return self.of(replace(self.asked, page=number))

    def sorted_by(self, sort: str) -> str:
        return self.of(replace(self.asked, sort=sort, page=1))

    def without(self, facet: str, value: str) -> str:
        kept = [other for other in self.asked.filters.get(facet, ()) if other != value]
        return self.of(replace(self.asked, filters={**self.asked.filters, facet: kept}, page=1))

    def unfiltered(self) -> str:
        return self.of(replace(self.asked, filters={}, page=1))

    def of(self, asked: Asked) -> str:
        values: dict[str, Any] = {"q": asked.words, **asked.filters}
        values["sort"] = asked.sort if asked.sort != self.kind.sorts[0] else ""
        values["page"] = asked.page if asked.page > 1 else ""
        return self.screen.address(self.kind.path, **values)
