"""What explain answers is what its table says: no disposition and no reason beside it."""

from pathlib import Path

import pytest

from bot.dispositions import DISPOSITIONS
from bot.explain import Circumstances, Seen, explain
from bridges.mail.automatic import SIGNS
from tests.fixtures.bounces import TABLE, written

KNOWN = {(disposition, reason) for disposition, reason, _ in DISPOSITIONS}
#: As they are promised, in their order.
PROMISED = "post reply hold bounce auto_reply command rsvp duplicate loop empty".split()  # noqa: SIM905
LIST = "kluster@lista.example.se"


def said(raw: bytes, seen: Seen | None = None) -> tuple[object, object]:
    answer = explain("x.eml", raw, Circumstances(address=LIST), seen or Seen())
    return answer["disposition"], answer["reason"]


def mail(*headers: str, to: str = LIST, body: str = "Vi ses i Tuna.", sender: str = "Anna <anna@vreta.se>") -> bytes:
    head = [
        f"From: {sender}",
        f"To: {to}",
        "Message-ID: <1@vreta.se>",
        "Date: Mon, 23 Nov 2026 08:00:00 +0100",
        *headers,
    ]
    return "\r\n".join([*head, "Content-Type: text/plain; charset=utf-8", "", body]).encode()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (mail("Subject: Inbjudan"), ("post", "member")),
        (mail("Subject: SV: Inbjudan"), ("reply", "answer")),
        (mail("Subject: SV: Inbjudan", to="kluster+thread-abc@lista.example.se"), ("reply", "thread")),
        (mail("Subject: SV: Inbjudan", to="kluster+bounce-abc@lista.example.se"), ("reply", "answer")),
        (mail("Subject: Inbjudan", to="kluster+bounce-abc@lista.example.se"), ("hold", "not_found")),
        (mail("Subject: Hej", to="kluster+join@lista.example.se"), ("command", "join")),
        (mail("Subject: SV: Inbjudan", body="Kommer"), ("rsvp", "yes")),
        (mail("Subject: SV: Inbjudan", body=""), ("empty", "empty")),
        (mail("Subject: SV: Inbjudan", "X-Loop: kluster@lista.example.se"), ("loop", "own_x_loop")),
        (mail("Subject: Autosvar: Inbjudan"), ("auto_reply", "subject")),
        (mail("Subject: Hej", sender="a@b.se, c@d.se"), ("hold", "many_senders")),
        (b"", ("empty", "empty")),
        (b"\x89PNG", ("empty", "not_mail")),
        (written("MAILER-DAEMON@x.se", "Konstigt", "Vad är detta?"), ("bounce", "bounce")),
        *((raw, ("bounce", "bounce")) for raw, _ in TABLE.values()),
    ],
)
def test_each_kind_of_mail_has_its_disposition_and_its_reason(raw, expected):
    assert said(raw) == expected
    assert expected in KNOWN


def test_the_same_mail_again_says_so():
    seen = Seen()
    said(mail("Subject: Inbjudan"), seen)
    assert said(mail("Subject: Inbjudan"), seen) == ("duplicate", "same_mail")


def test_the_table_holds_what_is_promised_and_each_row_once():
    assert list(dict.fromkeys(disposition for disposition, *_ in DISPOSITIONS)) == PROMISED
    assert len(KNOWN) == len(DISPOSITIONS)
    assert all(meaning for *_, meaning in DISPOSITIONS)
    assert len([row for row in DISPOSITIONS if row[0] == "auto_reply"]) >= len(SIGNS)


@pytest.mark.parametrize(
    "raw", [pytest.param(file, id=file.stem) for file in sorted((Path(__file__).parents[1] / "corpus").rglob("*.eml"))]
)
def test_every_mail_of_the_corpus_is_answered_by_a_row_of_the_table(raw):
    assert said(raw.read_bytes()) in KNOWN
