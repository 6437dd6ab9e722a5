"""Tokens: for one purpose, in any case of letters, until their day, and impossible to guess."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.tokens import Purpose, Tokens

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
TOKENS = Tokens("hemlig nyckel")


@given(st.sampled_from(Purpose), st.lists(st.integers(0, 2**62), max_size=3))
def test_what_was_signed_is_read_however_it_was_written(purpose: Purpose, numbers: list[int]):
    token = TOKENS.sign(purpose, *numbers)
    assert TOKENS.read(purpose, token, NOW) == tuple(numbers)
    assert TOKENS.read(purpose, token.upper(), NOW) == tuple(numbers)
    assert token == token.lower()


@given(st.sampled_from(Purpose), st.sampled_from(Purpose), st.integers(0, 10_000))
def test_a_token_is_worthless_for_another_purpose(one: Purpose, other: Purpose, number: int):
    token = TOKENS.sign(one, number)
    assert (TOKENS.read(other, token, NOW) is not None) == (one is other)
    assert Tokens("en annan nyckel").read(one, token, NOW) is None


@given(st.text(max_size=60))
def test_anything_else_is_no_token(text: str):
    for purpose in Purpose:
        assert TOKENS.read(purpose, text, NOW) is None
    assert not TOKENS.is_own_message_id(text)


@given(st.integers(0, 10**6), st.data())
def test_one_changed_letter_breaks_it(number: int, data: st.DataObject):
    token = TOKENS.sign(Purpose.LEAVE, number)
    at = data.draw(st.integers(0, len(token) - 2))  # the last letter may hold unused bits
    letter = data.draw(st.sampled_from(sorted(set("abcdefghijklmnopqrstuvwxyz234567") - {token[at]})))
    assert TOKENS.read(Purpose.LEAVE, token[:at] + letter + token[at + 1 :], NOW) is None


@pytest.mark.parametrize("days", [1, 7, 30])
def test_a_token_ends_after_its_last_day_and_not_before(days: int):
    until = NOW + timedelta(days=days)
    token = TOKENS.sign(Purpose.DESK, 3, 12, until=until)
    assert TOKENS.read(Purpose.DESK, token, until) == (3, 12)
    assert TOKENS.read(Purpose.DESK, token, until + timedelta(days=1, seconds=1)) is None


def test_a_token_fits_in_a_local_part():
    """64 octets (RFC 5321 §4.5.3.1.1), with the list's own name and the word before it."""
    token = TOKENS.sign(Purpose.BOUNCE, 10**9, 10**6, until=NOW)
    assert len(f"gronakluster-natverket+bounce-{token}") <= 64


def test_message_ids_are_ours_and_never_the_same_twice():
    ids = {TOKENS.new_message_id("lista.example.se") for _ in range(500)}
    assert len(ids) == 500
    for message_id in ids:
        assert len(message_id) < 60
        assert message_id.startswith("<")
        assert message_id.endswith("@lista.example.se>")
        assert TOKENS.is_own_message_id(message_id)
        assert TOKENS.is_own_message_id(message_id.replace("lista.example.se", "annan.example.org"))
        assert not Tokens("en annan nyckel").is_own_message_id(message_id)
