"""Our own mail known however it comes back, people's mail never taken for it, and the same mail known again."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.mail.own import content_key, fingerprints, list_id, own_mail, text_of
from bridges.mail.parse import parse
from bridges.tokens import Tokens

LIST = "kluster@lista.example.se"
TOKENS = Tokens("hemlig nyckel")

TEXT = """Välkommen till en fältvandring om mellangrödor på Norrby gård i Tuna onsdag 26 augusti klockan 13.00.
Vi går tillsammans genom odlingarna, talar om sorter och såtid, och dricker kaffe efteråt hos familjen Ek.

Anmäl dig här: https://lista.example.se/i/12?k=abc
Svar går till tråden.
"""
FOOTER = """
--\x20
Du får det här för att du är med i Nätverket. Avsluta: https://lista.example.se/me/abc123
"""


def letter(*, message_id: str | None = None, **changes: str | None) -> bytes:
    """A letter of ours as it leaves us; a change of None takes a header away."""
    headers: dict[str, str | None] = {
        "From": "Anna Ek via Nätverket <kluster@lista.example.se>",
        "To": "eva@vreta.se",
        "Subject": "Fältvandring om mellangrödor",
        "Date": "Mon, 03 Aug 2026 09:00:00 +0200",
        "Message-ID": message_id or TOKENS.new_message_id("lista.example.se"),
        "List-Id": f"Nätverket {list_id(LIST)}",
        "X-Loop": LIST,
    }
    headers |= {name.replace("_", "-"): value for name, value in changes.items() if name != "body"}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
    return (head + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + (changes.get("body") or TEXT + FOOTER)).encode()


def own(raw: bytes) -> str | None:
    return own_mail(parse(raw), TOKENS, LIST)


PERSON = {"From": "Eva <eva@vreta.se>", "Message_ID": "<1@vreta.se>", "List_Id": None, "X_Loop": None}


@dataclass
class Road:
    """A way on which a letter of ours may come back."""

    name: str
    arrives: Callable[[], bytes]
    reason: str


ROADS = [
    Road("as it left", letter, "own_list_id"),
    Road("List-Id in other letters", lambda: letter(List_Id="<KLUSTER.Lista.Example.SE>"), "own_list_id"),
    Road(
        "another list put its own List-Id first",
        lambda: letter(List_Id="<annan.se>\r\nList-Id: " + list_id(LIST)),
        "own_list_id",
    ),
    Road("without List-Id", lambda: letter(List_Id=None), "own_x_loop"),
    Road(
        "with another's X-Loop on top",
        lambda: letter(List_Id=None, X_Loop=f"yes\r\nX-Loop: <{LIST.upper()}>"),
        "own_x_loop",
    ),
    Road("only the Message-ID left", lambda: letter(List_Id=None, X_Loop=None), "own_message_id"),
    Road(
        "Message-ID in capitals",
        lambda: letter(message_id=TOKENS.new_message_id("lista.example.se").upper(), List_Id=None, X_Loop=None),
        "own_message_id",
    ),
    Road("only the From left", lambda: letter(List_Id=None, X_Loop=None, Message_ID="<new@gateway.se>"), "own_sender"),
    Road(
        "From a subaddress of ours",
        lambda: letter(**PERSON | {"From": "kluster+thread-abc@lista.example.se"}),
        "own_sender",
    ),
    Road(
        "through a list that writes its own name in From, and new ids",
        lambda: letter(
            **PERSON
            | {
                "From": "Anna via Annan lista <annan@lista.se>",
                "List_Id": "<annan.lista.se>",
                "Reply_To": "kluster+thread-abc@lista.example.se",
            }
        ),
        "own_reply_to",
    ),
    Road(
        "with only our way out left",
        lambda: letter(
            **PERSON | {"List_Unsubscribe": "<https://x.se/u>, <mailto:Kluster+leave-abc@lista.example.se>"}
        ),
        "own_list_headers",
    ),
    Road(
        "forwarded by a server that keeps the envelope",
        lambda: b"Return-Path: <kluster+bounce-abc@lista.example.se>\r\n" + letter(**PERSON),
        "own_envelope",
    ),
    Road(
        "with the first Message-ID put aside",
        lambda: letter(**PERSON | {"X_Google_Original_Message_ID": OURS}),
        "own_message_id",
    ),
    Road(
        "forwarded by a rule",
        lambda: letter(
            **PERSON
            | {
                "X_MS_Exchange_Inbox_Rules_Loop": "eva@vreta.se",
                "Subject": "VB: Fältvandring",
                "body": "________________________________\r\nFrån: Anna via Nätverket <kluster@lista.example.se>\r\n"
                + TEXT,
            }
        ),
        "own_forwarded",
    ),
    Road(
        "in circles",
        lambda: (
            b"".join(b"Received: from a by b; Mon, 3 Aug 2026 09:00:00 +0200\r\n" for _ in range(26)) + letter(**PERSON)
        ),
        "too_many_hops",
    ),
]


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.name)
def test_our_letter_is_known_on_every_road_back(road):
    assert own(road.arrives()) == road.reason


OURS = TOKENS.new_message_id("lista.example.se")
QUOTED = "Från: Anna via Nätverket <kluster@lista.example.se>\r\nSkickat: den 3 augusti\r\n\r\n" + TEXT + FOOTER
PEOPLE = {
    "quotes our letter": {"In_Reply_To": OURS, "body": "Vi kommer fyra.\r\n\r\n" + QUOTED},
    "forwards our letter by hand": {"References": OURS, "Subject": "VB: Fältvandring", "body": QUOTED},
    "answers to a mail that a rule passed on": {
        "X_MS_Exchange_Inbox_Rules_Loop": "eva@vreta.se",
        "Subject": "VB: Fältvandring",
        "body": "Eva är borta i veckan, men jag tar gärna hennes plats på vandringen.\r\n\r\n" + QUOTED,
    },
    "asks for answers to the list": {"Reply_To": LIST},
    "is on a list that has another address": {"List_Post": "<mailto:annan@lista.se>"},
    "writes": {},
    "answers": {"In_Reply_To": OURS, "References": OURS, "Subject": "SV: Fältvandring om mellangrödor"},
    "forwards": {"References": OURS, "Subject": "VB: Fältvandring om mellangrödor"},
    "answers all": {"In_Reply_To": OURS, "To": f"{LIST}, anna@vreta.se", "Cc": "kluster+thread-abc@lista.example.se"},
    "writes by way of another list": {"List_Id": "<annan.lista.se>", "X_Loop": "annan@lista.se", "Precedence": "list"},
    "writes from a list with a name like ours": {"List_Id": "<xkluster.lista.example.se>"},
    "has our list's name in the phrase only": {"List_Id": "kluster.lista.example.se nyheter <nyheter.annan.se>"},
    "has a Message-ID that looks like ours": {"Message_ID": f"<{'a' * 29}@lista.example.se>"},
    "has a Message-ID signed with another key": {"Message_ID": Tokens("annan").new_message_id("lista.example.se")},
    "lives in our domain": {"From": "Eva <eva@lista.example.se>"},
    "has a loop header of its own server": {"X_Loop": "yes"},
}


@pytest.mark.parametrize("what", PEOPLE)
def test_people_are_never_taken_for_us(what):
    assert own(letter(**PERSON | PEOPLE[what])) is None


def test_a_mail_over_25_servers_is_still_on_its_way():
    assert own(b"Received: from a by b\r\n" * 25 + letter(**PERSON)) is None


def test_without_the_key_the_other_marks_still_tell():
    assert own_mail(parse(letter()), None, LIST) == "own_list_id"
    assert own_mail(parse(letter(List_Id=None, X_Loop=None, From="eva@vreta.se")), None, LIST) is None


# -- the same mail again ------------------------------------------------------------------------------------------


def key(raw: bytes) -> str:
    return fingerprints(parse(raw)).mail_key


def test_the_same_mail_by_another_road_is_the_same():
    first = letter(**PERSON)
    assert key(b"Received: from x by y\r\nDelivered-To: kluster@lista.example.se\r\n" + first) == key(first)
    assert key(first + b"\r\n_______\r\nannan mailing list\r\n") == key(first)
    assert key(letter(**PERSON | {"From": "EVA EK <Eva@Vreta.SE>"})) == key(first)
    assert key(letter(**PERSON | {"Date": "Mon, 03 Aug 2026 07:00:00 +0000"})) == key(first)  # the same instant


def test_a_message_id_used_again_for_another_mail_loses_nothing():
    first = letter(**PERSON)
    assert key(letter(**PERSON | {"From": "anna@vreta.se"})) != key(first)
    assert key(letter(**PERSON | {"Date": "Tue, 04 Aug 2026 09:00:00 +0200"})) != key(first)


def test_without_a_message_id_the_words_tell():
    bare = PERSON | {"Message_ID": None}
    first = letter(**bare)
    assert fingerprints(parse(first)).message_id is None
    assert key(b"Received: from x by y\r\n" + first) == key(first)
    assert key(letter(**bare, body="Något annat")) != key(first)
    assert key(letter(**bare | {"Subject": "Något annat"})) != key(first)
    assert key(letter(**bare | {"Date": "igår"})) == key(letter(**bare | {"Date": "igår"}))
    assert key(letter(**bare | {"Date": "igår"})) != key(letter(**bare | {"Date": "i dag"}))


# -- our words without our headers --------------------------------------------------------------------------------


def words(raw: bytes) -> str | None:
    return fingerprints(parse(raw)).content_key


REWRITTEN = TEXT.replace(
    "https://lista.example.se/i/12?k=abc", "https://eur.safelinks.example/?url=https%3A%2F%2Flista&data=1"
)


@pytest.mark.parametrize(
    "changes",
    [
        {"Subject": "[Annan lista] Fältvandring om mellangrödor"},
        {"Subject": "SV: [EXTERN] VB: fältvandring om  mellangrödor"},
        {"body": TEXT + "\n-- \nAnnan fot, och https://annat.se\n"},
        {"body": TEXT + "\n______________\nannan mailing list annan@lista.se\n"},
        {"body": TEXT.replace("\n", "\r\n")},
        {"body": "\n".join(f"  {line}" for line in TEXT.splitlines())},
        {"body": " ".join(TEXT.split())},
        {"body": REWRITTEN},
        {"body": TEXT.replace("mellangrödor", "*mellangrödor*")},
        {"body": TEXT.upper()},
    ],
)
def test_our_words_are_known_without_our_headers(changes):
    assert words(letter(**PERSON | changes)) == words(letter()) == content_key("Fältvandring om mellangrödor", TEXT)


@pytest.mark.parametrize(
    "changes",
    [
        {"body": TEXT.replace("26 augusti", "27 augusti")},
        {"body": "Jag kommer gärna! Hälsningar Eva\n\n" + "".join(f"> {line}\n" for line in TEXT.splitlines())},
        {"Subject": "Inställt: fältvandring om mellangrödor"},
    ],
)
def test_what_a_person_changed_or_added_is_another_mail(changes):
    assert words(letter(**PERSON | changes)) != words(letter())


def test_the_html_alone_has_the_same_words():
    html = "<html><head><style>p {color: red}</style></head><body>" + "".join(
        f"<p>{line.replace('https://lista.example.se/i/12?k=abc', '')}</p>"
        for line in TEXT.replace("å", "&aring;").splitlines()
    )
    raw = letter(**PERSON, body=html + "</body></html>").replace(b"text/plain", b"text/html")
    assert words(raw) == words(letter())


def test_a_few_words_tell_nothing():
    assert words(letter(**PERSON, body="Tack, vi kommer gärna!")) is None
    assert content_key("", "") is None


@given(st.text(max_size=300), st.text(max_size=50))
def test_any_text_has_a_key_or_none(text, subject):
    assert content_key(subject, text) == content_key(subject, f"  {text}\n")


@given(st.binary(max_size=300))
def test_any_bytes_have_fingerprints(noise):
    for raw in (noise, b"From: a@b.se\r\nMessage-ID: " + noise):
        found = fingerprints(parse(raw))
        assert len(found.mail_key) == 64
        own(raw)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<html><head><title>Nej</title></head><body><p>Hej</p><p>du &amp; jag</p>", "Hej du & jag"),
        ("<STYLE>p { color: red }</STYLE ><p>Hej</p><!-- <p>nej</p> --><script>nej()</script> då", "Hej då"),
        ("<p>3 < 5 och 5 > 3</p>", "3 3"),  # as browsers would not, and as it has been read here
        ("Hej <style>p {}", "Hej p {}"),  # never closed: what follows is kept
        ("Hej <!-- då", "Hej <!-- då"),
        ("Hej <b", "Hej <b"),
    ],
)
def test_html_is_read_as_its_words(markup, words):
    mail = parse(f"From: a@b.se\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{markup}".encode())
    assert " ".join(text_of(mail).split()) == words


@pytest.mark.parametrize("piece", ["<style ", "<!--", "<", "<head>", "</style", "<p>", "&amp", "<script></scrip "])
def test_the_words_of_html_are_found_in_time_that_grows_with_its_length(piece):
    mail = parse(b"From: a@b.se\r\nContent-Type: text/html\r\n\r\n" + piece.encode() * (2_000_000 // len(piece)))
    began = time.process_time()
    text_of(mail)
    assert time.process_time() - began < 5
