"""Passwords, tokens, origins: no database."""

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from portal.accounts.origins import Origin, address_key, network_key
from portal.accounts.passwords import check_password, hash_password
from portal.accounts.tokens import new_token, token_hash

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1"


def test_a_password_is_recognised_and_another_is_not():
    stored = hash_password("a long sentence")
    assert check_password("a long sentence", stored) == (True, None)
    assert check_password("another sentence", stored) == (False, None)


def test_the_same_letters_typed_on_another_keyboard_are_the_same_password():
    assert check_password("cafe\u0301 au lait", hash_password("caf\u00e9 au lait"))[0]


@pytest.mark.parametrize("stored", ["", "not a hash"])
def test_without_a_stored_password_none_is_right(stored):
    assert check_password("the password of nobody", stored) == (False, None)


def test_a_hash_made_at_another_cost_is_renewed():
    older = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash("a long sentence")
    is_right, renewed = check_password("a long sentence", older)
    assert is_right
    assert renewed is not None
    assert check_password("a long sentence", renewed) == (True, None)


def test_tokens_differ_and_are_stored_as_hashes_only():
    first, second = new_token(), new_token()
    assert first != second
    assert len(token_hash(first)) == 64
    assert first not in token_hash(first)
    assert token_hash("\ud800") != token_hash("?")


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_household_with_many_addresses_is_one_network(client, network):
    assert Origin(client).network == network


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (FIREFOX, "Firefox, Windows"),
        (CHROME, "Chrome, Android"),
        (SAFARI, "Safari, iPhone"),
        ("curl/8", ""),
        ("<script>" * 500, ""),
    ],
)
def test_a_device_is_told_in_a_few_words(user_agent, device):
    assert Origin(user_agent=user_agent).device == device


def test_tries_are_counted_by_address_and_network():
    here, there = Origin("203.0.113.9"), Origin("203.0.113.10")
    assert address_key("a@example.org", here) != address_key("a@example.org", there)
    assert address_key("a@example.org", here) != address_key("b@example.org", here)
    assert network_key(here) != network_key(there)
