"""Our own signed links, wherever somebody quotes or forwards them: what they let their owner do does not go along."""

import pytest

from bot.powers import Powers

POWERS = Powers("https://brygga.example.se", "kluster@lista.example.se")
TOKEN = "abcdefghijklmnopqrstuvwxyz234567"


@pytest.mark.parametrize(
    "page", [f"vote/12/{TOKEN}", f"preview/{TOKEN}", f"unsubscribe/{TOKEN}", f"desk/{TOKEN}", f"when/{TOKEN}"]
)
def test_a_page_that_acts_or_is_for_one_reader_becomes_the_front_page(page):
    text = f"Se <https://brygga.example.se/{page}> och brygga.example.se/{page}"
    assert POWERS.taken_from(text) == "Se <https://brygga.example.se> och https://brygga.example.se"


@pytest.mark.parametrize("word", ["desk", "when", "undo"])
def test_an_address_that_acts_becomes_the_lists_own(word):
    assert POWERS.taken_from(f"Till kluster+{word}-{TOKEN}@lista.example.se") == "Till kluster@lista.example.se"


@pytest.mark.parametrize("page", ["i/12", "d/2026-W48", "a/3/fil.pdf"])
def test_a_page_to_read_stays_without_its_key(page):
    link = f"https://brygga.example.se/{page}"
    assert POWERS.taken_from(f"Se {link}?k={TOKEN} nu") == f"Se {link} nu"


def test_also_when_another_has_wrapped_it():
    wrapped = (
        f"https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbrygga.example.se%2Fvote%2F12%2F{TOKEN}"
    )
    assert POWERS.taken_from(wrapped) == "https://brygga.example.se"
