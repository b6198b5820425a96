"""What may come in about people and organisations: forms, commands and the sample library share it.

Text is kept as it was typed, only cleaned of control characters; where it is shown, it is shown as text.
"""

import re
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, field_validator
from pydantic_core.core_schema import ValidationInfo

from portal.accounts.models import OrganisationType, Role, Scope
from portal.core.errors import N_
from portal.core.inputs import cleaned_line, cleaned_text
from portal.core.text import LONGEST_TYPED, clean_line, fold

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
MOST_OTHER_NAMES = 20
_BARE_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+(/.*)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})?")


def _cleaned_address(value: Any) -> Any:
    """A mail address in the one spelling under which it is stored and compared."""
    if not isinstance(value, str):
        return value
    typed = clean_line(value)
    if not typed:
        return ""
    if len(typed) > 254:
        raise ValueError(N_("A mail address has at most 254 characters."))
    try:
        # Letters outside ASCII before the @ are refused: many mail servers on the way cannot carry them.
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(N_("Enter a mail address such as name@example.org.")) from error
    return (found.ascii_email or found.normalized).lower()


def _cleaned_website(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    typed = clean_line(value)
    if not typed:
        return ""
    if _BARE_DOMAIN.fullmatch(typed):
        typed = f"https://{typed}"
    try:
        address = urlsplit(typed)
        is_ours = address.scheme in ("http", "https") and bool(address.hostname)
        is_plain = "@" not in address.netloc and " " not in typed and (address.port or 1) > 0
    except ValueError:
        is_ours = is_plain = False
    if not (is_ours and is_plain):
        raise ValueError(N_("A website starts with http:// or https://, as in https://example.org."))
    return typed


def _checked_language(value: Any) -> Any:
    if isinstance(value, str) and not _LANGUAGE.fullmatch(value):
        raise ValueError(N_("Choose one of the list."))
    return value


def _named(value: str) -> str:
    if not fold(value):
        raise ValueError(N_("A name needs at least one letter."))
    return value


def _checked_password(value: str, info: ValidationInfo) -> str:
    if len(value) < SHORTEST_PASSWORD:
        raise ValueError(N_("A password has at least 10 characters. A short sentence is easy to keep."))
    if len(value) > LONGEST_PASSWORD:
        raise ValueError(N_("A password has at most 200 characters."))
    if value.strip().lower() == info.data.get("email"):
        raise ValueError(N_("The password must not be the mail address."))
    return value


def _cleaned_names(value: Any) -> Any:
    """Names typed one per line, each spelling once, in the order typed."""
    if not isinstance(value, str):
        return value
    names = [clean_line(line) for line in value[:LONGEST_TYPED].splitlines()]
    kept = list({fold(name): name for name in reversed(names) if fold(name)}.values())[::-1]
    if any(len(name) > 200 for name in kept):
        raise ValueError(N_("Each name may have at most 200 characters. Write one name on each line."))
    if len(kept) > MOST_OTHER_NAMES:
        raise ValueError(N_("These are too many names: at most 20."))
    return "\n".join(kept)


# The limits stand first, so that they belong to the text and are told as its length.
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    BeforeValidator(cleaned_line),
]
EmailAddress = Annotated[str, StringConstraints(min_length=1), BeforeValidator(_cleaned_address)]
OptionalEmailAddress = Annotated[str, BeforeValidator(_cleaned_address)]
Language = Annotated[str, BeforeValidator(_checked_language)]
# Longer than any password may be: what is typed wrongly is compared, and a flood of text is not.
TypedPassword = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Message = Annotated[str, StringConstraints(max_length=1000), BeforeValidator(cleaned_text)]
# One name on each line: `.splitlines()` gives them.
Names = Annotated[str, BeforeValidator(_cleaned_names)]


class SignUpInput(BaseModel):
    name: Name
    email: EmailAddress
    password: str
    language: Language = "en"

    _password = field_validator("password")(_checked_password)


class SignInInput(BaseModel):
    email: EmailAddress
    password: TypedPassword


class ForgottenInput(BaseModel):
    email: EmailAddress


class PasswordInput(BaseModel):
    """The password of who is signed in, asked again before something that cannot be undone."""

    password: TypedPassword


class NewPasswordInput(BaseModel):
    password: str

    _password = field_validator("password")(_checked_password)


class ChangePasswordInput(BaseModel):
    current_password: TypedPassword
    password: str

    _password = field_validator("password")(_checked_password)


class ChangeAddressInput(BaseModel):
    email: EmailAddress
    current_password: TypedPassword


class ProfileInput(BaseModel):
    name: Name
    language: Language = "en"


class OrganisationInput(BaseModel):
    """An organisation as its people describe it; `revision` is the one they started from."""

    name: Name
    acronym: Annotated[str, StringConstraints(max_length=30), BeforeValidator(cleaned_line)] = ""
    native_name: Annotated[str, StringConstraints(max_length=200), BeforeValidator(cleaned_line)] = ""
    other_names: Names = ""
    former_names: Names = ""
    organisation_type: OrganisationType
    scope: Scope = Scope.UNKNOWN
    parent: Annotated[str, StringConstraints(max_length=250), BeforeValidator(cleaned_line)] = ""
    contact_email: OptionalEmailAddress = ""
    website: Annotated[str, StringConstraints(max_length=300), BeforeValidator(_cleaned_website)] = ""
    about: Annotated[str, StringConstraints(max_length=4000), BeforeValidator(cleaned_text)] = ""
    revision: int = 0

    _name = field_validator("name")(_named)


class InvitationInput(BaseModel):
    email: EmailAddress
    role: Role = Role.CONTRIBUTOR


class NewcomerInput(BaseModel):
    """The account an invited person makes; the address is the one the invitation was sent to."""

    name: Name
    password: str
    language: Language = "en"

    _password = field_validator("password")(_checked_password)


class JoinRequestInput(BaseModel):
    message: Message = ""


class RoleInput(BaseModel):
    role: Role


class PortalRolesInput(BaseModel):
    is_coordinator: bool = False
    is_donor: bool = False
    is_administrator: bool = False


class GroupInput(BaseModel):
    name: Name
    organisations: list[UUID] = Field(default_factory=list)

    _name = field_validator("name")(_named)
