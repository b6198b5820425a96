"""What every form, command and import reads in the same way: a line, a text, a choice that may be left open."""

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator

from portal.core.text import clean_line, clean_text


def cleaned_line(value: object) -> object:
    return clean_line(value) if isinstance(value, str) else value


def cleaned_text(value: object) -> object:
    return clean_text(value) if isinstance(value, str) else value


def empty_is_none(value: object) -> object:
    """A choice that nobody made comes from a form as an empty text."""
    return None if isinstance(value, str) and not value.strip() else value


Line = Annotated[str, BeforeValidator(cleaned_line)]
Text = Annotated[str, BeforeValidator(cleaned_text)]
OptionalId = Annotated[UUID | None, BeforeValidator(empty_is_none)]
