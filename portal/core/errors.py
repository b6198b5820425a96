"""The six ways a request can fail, each with its HTTP status and a sentence the visitor can act on.

Messages are marked with `N_` where they are raised and translated where they are shown.
"""


class SalaError(Exception):
    """A refusal with a translatable message; `field` names the form field that caused it, if one did."""

    status = 500

    def __init__(self, message: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.values = values


class Invalid(SalaError):
    """Several things may be wrong at once; `others` are told together with this one."""

    status = 422
    others: "tuple[Invalid, ...]" = ()


def refuse_all(errors: "list[Invalid]") -> None:
    """Raise all of these together, if there are any."""
    if errors:
        errors[0].others = tuple(errors[1:])
        raise errors[0]


class Unauthenticated(SalaError):
    status = 401


class Forbidden(SalaError):
    status = 403


class NotFound(SalaError):
    status = 404


class Conflict(SalaError):
    status = 409


class Unavailable(SalaError):
    status = 503


def require(condition: object, error: SalaError) -> None:
    """Raise the error unless the condition holds."""
    if not condition:
        raise error


def N_(message: str) -> str:  # noqa: N802 - the name gettext's extractors look for
    """Mark a message for translation without translating it here."""
    return message
