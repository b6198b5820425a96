"""Reading forms: typed input or errors beside their fields, and nothing typed is lost.

A route reads like this, and shows its form again when anything was refused:

    form = Form(OrganisationInput, posted)
    with form.guard(session):
        organisation = actions.register_organisation(session, viewer, form.value)
        return screen.go(f"/organisations/{organisation.reference}", notice="registered")
    return screen.show("organisations/register.html", 422, form=form)
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Generic, TypeVar

from fastapi import UploadFile
from pydantic import BaseModel, ValidationError
from sqlmodel import Session
from starlette.datastructures import FormData

from portal.core.database import abandon
from portal.core.errors import N_, Conflict, Invalid
from portal.request import Posted as Posted  # routes find it beside Form

Input = TypeVar("Input", bound=BaseModel)

# pydantic's error types, in words for the person who typed.
SENTENCES = {
    "missing": N_("This is needed."),
    "string_type": N_("This is needed."),
    "string_too_short": N_("This is needed."),
    "too_short": N_("Choose at least one."),
    "string_too_long": N_("This is too long: at most %(max_length)s characters."),
    "too_long": N_("These are too many: at most %(max_length)s."),
    "enum": N_("Choose one of the list."),
    "literal_error": N_("Choose one of the list."),
    "uuid_parsing": N_("Choose one of the list."),
    "int_parsing": N_("Enter a whole number."),
    "bool_parsing": N_("Choose yes or no."),
}


class FormRejected(Exception):
    """The input is not well-formed; the errors are in the form."""


class Form(Generic[Input]):
    """A form as it was typed, what it means, and what is wrong with it."""

    def __init__(self, model: type[Input], posted: FormData | None = None, **initial: Any) -> None:
        self.model = model
        self.errors: dict[str, tuple[str, Mapping[str, object]]] = {}
        self.general: list[tuple[str, Mapping[str, object]]] = []
        self.typed: dict[str, Any] = dict(initial)
        self._value: Input | None = None
        if posted is not None:
            self.typed.update(_typed(model, posted))
            self._read()

    @property
    def value(self) -> Input:
        """The input; raises FormRejected when something is wrong with it."""
        if self._value is None:
            raise FormRejected
        return self._value

    @property
    def has_errors(self) -> bool:
        return bool(self.errors or self.general)

    def get(self, name: str, default: Any = "") -> Any:
        """What was typed into a field, or what it started with."""
        return self.typed.get(name, default)

    def error(self, name: str) -> tuple[str, Mapping[str, object]] | None:
        return self.errors.get(name)

    def refuse(
        self, message: str, field: str | None = None, values: Mapping[str, object] | None = None
    ) -> None:
        if field:
            self.errors.setdefault(field, (message, values or {}))
        else:
            self.general.append((message, values or {}))

    def guard(self, session: Session) -> "_Guard":
        """Turn a refusal inside the block into errors of this form, and keep none of its changes."""
        return _Guard(self, session)

    def _read(self) -> None:
        try:
            self._value = self.model.model_validate(self.typed)
        except ValidationError as error:
            for problem in error.errors():
                field = str(problem["loc"][0]) if problem["loc"] else None
                message, values = _sentence(problem)
                self.refuse(message, field, values)


class _Guard(AbstractContextManager[None]):
    def __init__(self, form: Form[Any], session: Session) -> None:
        self.form = form
        self.session = session

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, FormRejected | Invalid | Conflict):
            return False
        if isinstance(error, Invalid | Conflict):
            for each in (error, *getattr(error, "others", ())):
                self.form.refuse(each.message, each.field, each.values)
        abandon(self.session)
        return True


def files_of(posted: FormData, name: str) -> list[UploadFile]:
    """The files chosen in a field; an empty file field posts one file without a name."""
    return [item for item in posted.getlist(name) if not isinstance(item, str) and item.filename]  # type: ignore[misc]


def _typed(model: type[BaseModel], posted: FormData) -> dict[str, Any]:
    return dict(_fields(model, posted))


def _fields(model: type[BaseModel], posted: FormData) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        values: Sequence[str] = [item for item in posted.getlist(name) if isinstance(item, str)]
        if _is_list(field.annotation):
            yield name, [value for value in values if value]
        elif values:
            yield name, values[-1]
        elif field.annotation is bool:
            # An unticked box sends nothing.
            yield name, False


def _is_list(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) in (list, tuple, set, frozenset)


def _sentence(problem: Any) -> tuple[str, Mapping[str, object]]:
    context = problem.get("ctx") or {}
    if problem["type"] == "value_error":
        # Our own validators raise ValueError with a sentence marked by N_.
        cause = context.get("error")
        return (cause.args[0] if cause is not None and cause.args else N_("This does not look right.")), {}
    kind = problem["type"]
    if kind == "too_long" and isinstance(problem["input"], str):
        kind = "string_too_long"
    sentence = SENTENCES.get(kind)
    return (sentence, context) if sentence else (N_("This does not look right."), {})
