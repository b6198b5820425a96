"""The language as the first part of every page's address: `PREFIX` for each router of pages.

An address without one leads to the visitor's own: the one last read here, then the browser's, then English.
"""

from babel import negotiate_locale
from fastapi import Request
from starlette.convertors import Convertor, register_url_convertor

from portal.templating import DEFAULT_LANGUAGE, LANGUAGES

LANGUAGE_COOKIE = "sala_language"


class _LanguageConvertor(Convertor[str]):
    regex = "|".join(LANGUAGES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("lang", _LanguageConvertor())
PREFIX = "/{language:lang}"


def language_of(path: str) -> str | None:
    """The language an address names; None when it names none."""
    first = path.split("/")[1] if path.startswith("/") else ""
    return first if first in LANGUAGES else None


def preferred_language(request: Request) -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    accepted = [
        part.split(";")[0].strip().replace("-", "_")
        for part in request.headers.get("accept-language", "").split(",")[:10]
    ]
    return negotiate_locale([a for a in accepted if a], list(LANGUAGES)) or DEFAULT_LANGUAGE
