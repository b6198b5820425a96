"""Secrets for sessions and mailed links: only their hash is ever stored."""

import secrets
from hashlib import sha256


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """The key under which a token is stored; a stolen database opens no session."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
