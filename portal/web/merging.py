"""Two people in one form: what each of them changed, told apart by fingerprints of what the form opened with.

A field that only the other changed takes the other's value; one that only this person changed keeps theirs; where
both changed it differently, the person decides, with both values before them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

LENGTH = 12


@dataclass(frozen=True)
class Merged:
    """The values to go on with, and the fields that both changed with what is stored in them now."""

    values: Mapping[str, Any]
    conflicts: Mapping[str, Any]


def fingerprints(values: Mapping[str, Any]) -> str:
    """What a form opened with, small enough to travel in a hidden field."""
    return json.dumps({name: _fingerprint(value) for name, value in values.items()}, separators=(",", ":"))


def merge(opened: str, typed: Mapping[str, Any], stored: Mapping[str, Any]) -> Merged:
    """Three ways: opened, typed and stored. Fingerprints that cannot be read count every field as changed."""
    began = _read(opened)
    values: dict[str, Any] = {}
    conflicts: dict[str, Any] = {}
    for name, value in typed.items():
        if name not in stored or _fingerprint(value) == _fingerprint(stored[name]):
            values[name] = value
        elif began.get(name) == _fingerprint(value):
            values[name] = stored[name]
        else:
            values[name] = value
            if began.get(name) != _fingerprint(stored[name]):
                conflicts[name] = stored[name]
    return Merged(values, conflicts)


def _read(opened: str) -> Mapping[str, str]:
    try:
        read = json.loads(opened)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _fingerprint(value: Any) -> str:
    # An order of ticks means nothing, and a browser ends lines in its own way.
    parts = sorted(map(str, value)) if isinstance(value, (list, tuple)) else [str(value or "")]
    text = "\x00".join(part.replace("\r\n", "\n").strip() for part in parts)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]
