"""Passwords: hashed with Argon2id, compared at one cost whether or not the account exists."""

import unicodedata
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

# The least that OWASP's cheat sheet names for Argon2id: 19 MiB. Forty requests at once then need less
# than 800 MB; with the library's own 64 MiB they would take a small server down.
_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))


def hash_password(password: str) -> str:
    return _HASHER.hash(_normal(password))


def check_password(password: str, stored_hash: str) -> tuple[bool, str | None]:
    """Whether it is right, and a new hash to store where the old one was made at another cost.

    An empty hash (no such account, or one without a password) is never right and takes as long.
    """
    try:
        is_right, better_hash = _HASHER.verify_and_update(_normal(password), stored_hash or _hash_of_nobody())
    except UnknownHashError:
        return False, None
    return (is_right, better_hash) if stored_hash else (False, None)


def _normal(password: str) -> str:
    # The same letters can be typed as one character or as two, depending on the keyboard.
    return unicodedata.normalize("NFKC", password)


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash("the password of nobody")
