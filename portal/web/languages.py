"""The language as the first part of every page's address: `PREFIX` for each router of pages."""

from starlette.convertors import Convertor, register_url_convertor

from portal.templating import LANGUAGES


class _LanguageConvertor(Convertor[str]):
    regex = "|".join(LANGUAGES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("lang", _LanguageConvertor())
PREFIX = "/{language:lang}"
