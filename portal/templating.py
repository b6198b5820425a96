"""Templates and translations: one Jinja2 environment a language, for pages and for mails.

Catalogues are read from their .po files at start, so no compiled file can be older than its source.
"""

import gettext
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime, format_timedelta
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from portal.core.clock import LOCAL_ZONE, now
from portal.core.text import shorten
from portal.labels import LABELS
from portal.library.wording import problem_sentence, unit_name

TEMPLATES = Path(__file__).parent.parent / "templates"
CATALOGUES = Path(__file__).parent / "locale"
# The languages the pages speak, each by its own name. One is listed when at least 90 % is translated.
LANGUAGES: Mapping[str, str] = {"en": "English", "lo": "ລາວ"}
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class RenderedMail:
    subject: str
    text: str


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of one language; English texts are their own translation."""
    catalogue = CATALOGUES / language / "LC_MESSAGES" / "sala.po"
    if not catalogue.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with catalogue.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(language: str, message: str, values: Mapping[str, object] | None = None) -> str:
    """A message marked with `N_`, in the reader's language, with its values filled in."""
    text = translations(language).gettext(message) if message else ""
    return text % values if values else text


@cache
def environment(language: str) -> Environment:
    """Undefined names are errors; HTML is escaped in .html, plain in .txt."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.policies["ext.i18n.trimmed"] = True
    made.filters.update(_filters(language))
    made.globals.update(
        language=language,
        languages=LANGUAGES,
        default_language=DEFAULT_LANGUAGE,
        label=lambda name, value: translate(language, LABELS[name].get(value, str(value))),
        labels=lambda name: [(str(value), translate(language, text)) for value, text in LABELS[name].items()],
        problem_sentence=problem_sentence,
        unit_name=lambda unit, number: translate(language, unit_name(unit), {"number": number}),
    )
    return made


def render_mail(template: str, language: str, values: Mapping[str, Any]) -> RenderedMail:
    """A mail from `templates/emails/{template}.txt`: its first line is the subject, then an empty line."""
    chosen = language if language in LANGUAGES else DEFAULT_LANGUAGE
    rendered = environment(chosen).get_template(f"emails/{template}.txt").render(values)
    first, _, text = rendered.partition("\n")
    return RenderedMail(subject=first.removeprefix("Subject:").strip(), text=text.strip() + "\n")


def _filters(language: str) -> dict[str, Any]:
    def number(value: float) -> str:
        return format_decimal(value, locale=language)

    def day(value: date | datetime | None) -> str:
        if value is None:
            return ""
        local = value.astimezone(LOCAL_ZONE) if isinstance(value, datetime) else value
        return format_date(local, "medium", locale=language)

    def moment(value: datetime | None) -> str:
        if value is None:
            return ""
        return format_datetime(value, "medium", tzinfo=LOCAL_ZONE, locale=language)

    def ago(value: datetime) -> str:
        return format_timedelta(value - now(), add_direction=True, locale=language)

    def issued(value: str) -> str:
        """A date known to the year, the month or the day, as precisely as it is known."""
        parts = [int(part) for part in value.split("-")] if value else []
        if len(parts) == 3:
            return format_date(date(*parts), "medium", locale=language)
        if len(parts) == 2:
            return format_date(date(parts[0], parts[1], 1), "MMMM y", locale=language)
        return value

    def size(value: int) -> str:
        if value < 1000:
            return f"{number(value)} B"
        if value < 1_000_000:
            return f"{number(round(value / 1000))} kB"
        return f"{format_decimal(round(value / 1_000_000, 1), locale=language)} MB"

    def listed(values: Iterable[str]) -> str:
        return format_list(list(values), locale=language)

    def translated(message: str) -> str:
        return translate(language, str(message))

    def iso_day(value: str) -> str:
        """A day that was kept as text, as 2026-11-25."""
        return day(date.fromisoformat(value))

    def named_group(value: str) -> str:
        """An audience within a sentence: "border police", and still "LGBTI people"."""
        text = translate(language, LABELS["target_group"].get(value, value))
        return text[:1].lower() + text[1:] if text[1:2].islower() else text

    return {
        "number": number,
        "day": day,
        "iso_day": iso_day,
        "named_group": named_group,
        "moment": moment,
        "ago": ago,
        "issued": issued,
        "size": size,
        "listed": listed,
        "translated": translated,
        "shorten": shorten,
    }
