"""Which of the list's addresses a mail was written to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.mail.addresses import COMMANDS, KINDS, TOKENS, Tag, is_list_address, strip_tag, tag_of, without_tokens
from bridges.mail.parse import parse

LIST = "kluster@lista.example.se"


def tag(*headers: str) -> Tag | None:
    return tag_of(parse("\r\n".join([*headers, "From: a@b.se", "", "Hej"]).encode()), LIST)


@pytest.mark.parametrize("word", sorted(KINDS | COMMANDS))
def test_each_word_is_known(word):
    assert tag(f"To: kluster+{word}@lista.example.se") == Tag(word)


@pytest.mark.parametrize("word", sorted(TOKENS))
def test_each_token_address_is_known(word):
    assert tag(f"To: Kluster <kluster+{word}-abc234@lista.example.se>") == Tag(word, "abc234")


def test_leave_is_a_command_alone_and_our_own_with_a_token():
    assert tag("To: kluster+leave@lista.example.se") == Tag("leave")
    assert tag("To: kluster+leave-abc@lista.example.se") == Tag("leave", "abc")


def test_servers_that_change_the_case_change_nothing():
    assert tag("To: KLUSTER+THREAD-ABC234@Lista.Example.SE") == Tag("thread", "abc234")


@pytest.mark.parametrize(("written", "word"), [("fråga", "fraga"), ("sök", "sok"), ("fra\u030aga", "fraga")])
def test_a_word_may_be_written_as_it_is_spelt(written, word):
    assert tag(f"To: kluster+{written}@lista.example.se") == Tag(word)


@pytest.mark.parametrize(
    "address",
    [
        "kluster@lista.example.se",
        "kluster+okänt@lista.example.se",
        "kluster+@lista.example.se",
        "kluster+thread@lista.example.se",
        "kluster+thread-@lista.example.se",
        "kluster+tips-abc@lista.example.se",
        "kluster+tips@annan.example.se",
        "annan+tips@lista.example.se",
        "kluster+tips@lista.example.se.evil.com",
    ],
)
def test_other_addresses_fix_nothing(address):
    assert tag(f"To: {address}") is None


def test_a_token_wins_over_a_word_and_delivery_over_what_the_headers_say():
    to = "To: kluster+inbjudan@lista.example.se, kluster+thread-abc@lista.example.se"
    assert tag(to) == Tag("thread", "abc")
    assert tag("To: kluster+tips@lista.example.se", "Delivered-To: kluster+fraga@lista.example.se") == Tag("fraga")
    assert tag("To: kluster+undo-aa@lista.example.se", "X-Original-To: kluster+undo-bb@lista.example.se") == Tag(
        "undo", "bb"
    )
    assert tag("To: anna@vreta.se", "Cc: kluster+tips@lista.example.se") == Tag("tips")
    assert tag("To: anna@vreta.se", "Delivered-To: kluster@lista.example.se", to.replace("To:", "Cc:")) == Tag(
        "thread", "abc"
    )


def test_the_list_is_recognised_behind_any_subaddress():
    assert strip_tag("Kluster+desk-abc@Lista.example.se") == LIST
    assert strip_tag("anna@vreta.se") == "anna@vreta.se"
    assert is_list_address("KLUSTER+x+y@lista.example.se", LIST)
    assert not is_list_address("kluster@example.se", LIST)


def test_what_people_forward_lends_nobody_our_tokens():
    text = "Svara till Kluster+desk-ABC234@lista.example.se eller kluster+tips@lista.example.se."
    assert without_tokens(text, LIST) == f"Svara till {LIST} eller kluster+tips@lista.example.se."


@given(st.binary(max_size=200))
def test_any_bytes_have_a_tag_or_none(noise):
    raw = b"To: kluster+" + noise + b"@lista.example.se\r\n\r\nHej"
    found = tag_of(parse(raw), LIST)
    assert found is None or (found.word in KINDS | COMMANDS if found.token is None else found.word in TOKENS)
