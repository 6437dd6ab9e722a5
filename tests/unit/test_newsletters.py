"""A newsletter is relayed as people read it: whole, in order, and with nothing that watches, names or acts for its first reader."""

import re
import time
from datetime import UTC, datetime

import pytest

from bot.explain import Circumstances, Seen, explain
from bot.reading import Reading, read
from bridges.mail.compose import compose
from bridges.mail.copies import Copy, Slot
from bridges.mail.letter import Author, ItemLetter, ListHouse
from bridges.mail.parse import parse
from bridges.markdown import to_plain
from bridges.slack.drawing.cards import item_card
from bridges.slack.drawing.message import ItemView
from bridges.texts import Texts
from bridges.tokens import Purpose, Tokens
from storage.ids import ItemId
from storage.words import Kind
from tests.fixtures.newsletters import LETTERS, READER, Letter, forms

each_letter = pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.tool)
NOW = datetime(2026, 10, 6, 7, 0, tzinfo=UTC)


def reading(raw: bytes) -> Reading:
    return read(parse(raw), None, "Europe/Stockholm", answer=False)


def explained(raw: bytes) -> dict[str, object]:
    return explain("brev.eml", raw, Circumstances(), Seen())


@each_letter
def test_it_is_known_as_one_from_its_tool_and_forwarded(letter: Letter):
    assert reading(letter.mail()).kind is Kind.NEWSLETTER
    assert reading(letter.forwarded()).kind is Kind.NEWSLETTER


@each_letter
@pytest.mark.parametrize("forwarded", [False, True], ids=["sent", "forwarded"])
def test_it_says_all_that_it_said_in_order_and_nothing_of_what_was_hidden(letter: Letter, forwarded: bool):
    said = explained(letter.forwarded() if forwarded else letter.mail(to=READER))
    for form in (str(said["text"]), str(said["html"])):
        places = [form.find(words) for words in letter.says]
        assert -1 not in places, [words for words in letter.says if words not in form]
        assert places == sorted(places)
        assert [words for words in letter.gone if words.casefold() in form.casefold()] == []


@each_letter
@pytest.mark.parametrize("forwarded", [False, True], ids=["sent", "forwarded"])
def test_nothing_that_leaves_names_its_reader_or_ends_the_subscription(letter: Letter, forwarded: bool):
    raw = letter.forwarded() if forwarded else letter.mail(to=READER)
    said, found = explained(raw), reading(raw)
    leaves = [str(said["text"]), str(said["html"]), str(said["links"]), str(said["tips"]), str(said["events"])]
    leaves += [_letter(found).decode(), str(_card(found))]
    for out in (re.sub(r"https://lista\.example\.se/[^\s\"<>]+", "", each) for each in leaves):  # ours may stand
        assert [form for form in forms(READER) if form in out] == []
        for way in (
            "unsub",
            "optout",
            "avregistrera",
            "avsluta pren",
            "campaign-archive",
            "/profile",
            "track/open",
            "safelinks",
        ):
            assert way not in out.casefold()
        assert "&e=" not in out


@each_letter
def test_its_tips_are_found(letter: Letter):
    found = reading(letter.mail()).tips
    assert tuple((tip.title, tip.url, tip.deadline) for tip in found) == letter.tips


@each_letter
def test_its_events_are_found(letter: Letter):
    assert tuple(event.start for event in reading(letter.mail()).further) == letter.events


def test_a_table_of_data_stays_one():
    from tests.fixtures.newsletters import APSIS

    assert "Tall | 450" in to_plain(reading(APSIS.mail()).text)


def test_a_large_letter_is_read_in_half_a_second():
    from tests.fixtures.newsletters import MAILCHIMP

    body = MAILCHIMP.html.partition("<center>")[2].partition("</center>")[0]
    html = f"<html><body>{body * (300_000 // len(body))}</body></html>"
    raw = Letter("", "Nyhetsbrev", html, {}, (), (), (), ()).mail()
    mail = parse(raw)
    began = time.process_time()
    assert read(mail, None, "Europe/Stockholm", answer=False).kind is Kind.NEWSLETTER
    assert time.process_time() - began < 8  # a guard against what never ends


def _letter(found: Reading) -> bytes:
    house = ListHouse(
        name="Kluster",
        address="kluster@lista.example.se",
        public_url="https://lista.example.se",
        timezone="Europe/Stockholm",
    )
    tokens = Tokens("hemlig nyckel")
    letter = ItemLetter(
        language="sv",
        created_at=NOW,
        now=NOW,
        message_id=tokens.new_message_id("lista.example.se"),
        thread=tokens.sign(Purpose.THREAD, 12),
        item_id=ItemId(12),
        kind=found.kind,
        title=found.title,
        text=found.text,
        author=Author(name="Bo Ek", email="bo@annan.example.se", cluster="Agro"),
    )
    shared = compose(letter, house)
    slots = {slot: tokens.sign(Purpose.LEAVE, 7) for slot in Slot if slot is not Slot.TO}
    raw = shared.dress(Copy("eva@tuna.se", "Eva", slots))
    mail = parse(raw)
    return f"{mail.plain}\n{mail.html}".encode()


def _card(found: Reading) -> object:
    view = ItemView(
        item_id=ItemId(12),
        kind=found.kind,
        title=found.title,
        text=found.text,
        author="Bo Ek",
        cluster="Agro",
        by_mail=True,
        url="https://lista.example.se/i/12",
        today=NOW.date(),
    )
    return item_card(view, Texts("sv"))
