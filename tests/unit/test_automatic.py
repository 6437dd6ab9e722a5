"""People and machines told apart: no machine is answered, and no person's mail is dropped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.mail.automatic import answerable, auto_reply, calendar_reply
from bridges.mail.parse import Mail, parse


def mail(*headers: str, body: str = "Jag är åter den 3 mars.") -> Mail:
    lines = list(headers)
    for name, value in (
        ("From", "Anna <anna@vreta.se>"),
        ("Subject", "Fältvandring"),
        ("To", "kluster@lista.example.se"),
    ):
        if not any(line.lower().startswith(f"{name.lower()}:") for line in lines):
            lines.append(f"{name}: {value}")
    return parse("\r\n".join([*lines, "", body]).encode())


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (["Auto-Submitted: auto-replied"], "auto_submitted"),
        (["Auto-Submitted: auto-replied; owner-email=a@b.se"], "auto_submitted"),
        (["auto-submitted: Auto-Generated (rejected)"], "auto_submitted"),
        (["Auto-Submitted: auto-replied", "List-Id: <x.y.se>"], "auto_submitted"),
        (["Auto-Submitted: auto-notified"], "auto_submitted"),
        (["X-Autoreply: yes"], "autoresponder"),
        (["X-Autorespond: Fältvandring"], "autoresponder"),
        (["X-Auto-Response-Suppress: All"], "response_suppressed"),
        (["X-Auto-Response-Suppress: DR, OOF, All"], "response_suppressed"),
        (["X-MS-Exchange-Inbox-Rules-Loop: anna@vreta.se"], "exchange_rule"),
        (["Precedence: auto_reply"], "precedence"),
        (["Precedence: bulk", "In-Reply-To: <a@b>"], "precedence"),
        (["Precedence: junk", "Subject: Out of Office"], "precedence"),
        (["Return-Path: <>"], "null_sender"),
        (["X-AskVersion: 2.5"], "challenge"),
        (["Subject: Automatiskt svar: Inbjudan till fältvandring"], "subject"),
        (["Subject: =?utf-8?q?Fr=C3=A5nvaro=3A?= semester"], "subject"),
        (["Subject: Autosvar: Inbjudan"], "subject"),
        (["Subject: Automatic reply: Invitation"], "subject"),
        (["Subject: Out of Office AutoReply: Invitation"], "subject"),
        (["Subject: Autosvar från Anna Ek: Inbjudan"], "subject"),
    ],
)
def test_machines_are_known(headers, reason):
    assert auto_reply(mail(*headers)) == reason
    assert not answerable(mail(*headers))


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Auto-Submitted: no"],
        ["Auto-Submitted: no (a person)"],
        ["Auto-Submitted: no", "Subject: Automatiskt svar: så skriver du ett bra"],
        ["Precedence: list", "List-Id: <annan.lista.se>"],
        ["Precedence: bulk"],  # an old newsletter tool
        ["X-Auto-Response-Suppress: DR, OOF, AutoReply"],  # asks for silence, as people's servers do
        ["X-MS-Exchange-Inbox-Rules-Loop: anna@vreta.se", "Subject: VB: Inbjudan"],  # a rule that forwards
        ["X-MS-Exchange-Inbox-Rules-Loop: anna@vreta.se", "Resent-From: anna@vreta.se"],  # a rule that redirects
        ["Subject: Frånvarohantering: så gör lantbrukets företag"],
        ["Subject: Frånvaro av regn ger sämre skörd"],
        ["Subject: Automatiskt svarta vinbär"],
        ["Subject: Autosvar på odlarens fråga finns på webben"],
        ["Subject: Out of office hours: a breakfast meeting"],
        ["Subject: Läst: en bra rapport om jordhälsa"],
        ["Subject: Semester: var är alla i juli?"],
        ["Subject: Automatisk bevattning: kurs 3 maj"],
        ["Return-Path: <anna@vreta.se>"],
    ],
)
def test_people_are_never_taken_for_machines(headers):
    assert auto_reply(mail(*headers)) is None


@pytest.mark.parametrize(
    "headers",
    [
        ["List-Id: Nyhetsbrev <nyhet.vreta.se>", "List-Unsubscribe: <https://x.se/u>", "Precedence: bulk"],
        ["List-Unsubscribe: <https://x.se/u>", "Auto-Submitted: auto-generated"],
        ["Feedback-ID: 1:2:mailchimp", "X-Auto-Response-Suppress: All"],
        ["List-Id: <nyhet.vreta.se>", "In-Reply-To: <x@y>", "Precedence: bulk"],
        ["List-Id: <nyhet.vreta.se>", "Subject: Frånvaro: så minskar den"],
    ],
)
def test_newsletters_are_no_auto_replies_but_get_no_answer(headers):
    assert auto_reply(mail(*headers)) is None
    assert not answerable(mail(*headers))


def test_a_person_may_be_answered_and_a_no_reply_address_may_not():
    assert answerable(mail())
    assert answerable(mail("Precedence: list"))
    for local in ("no-reply", "noreply", "donotreply", "MAILER-DAEMON", "postmaster", "svara-inte"):
        assert not answerable(mail(f"From: {local}@vreta.se")), local
    assert answerable(mail("From: noreplyson@vreta.se"))
    assert not answerable(parse(b"Subject: x\r\n\r\nHej"))


def report(kind: str, *parts: str, headers: tuple[str, ...] = ()) -> bytes:
    head = [
        *headers,
        "From: MAILER-DAEMON@mx.se",
        "To: kluster+bounce-abc@lista.example.se",
        "Subject: Kunde inte levereras",
    ]
    head.append(f'Content-Type: multipart/report; report-type={kind}; boundary="b"')
    return "\r\n".join([*head, "", *(f"--b\r\n{part}" for part in parts), "--b--", ""]).encode()


TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\nMeddelandet nådde inte fram."


def test_a_read_receipt_is_an_auto_reply_and_no_bounce():
    raw = report(
        "disposition-notification", TEXT, "Content-Type: message/disposition-notification\r\n\r\nDisposition: x"
    )
    assert auto_reply(parse(raw)) == "read_receipt"
    old = mail("Subject: Läst: Inbjudan", body="Ditt meddelande\r\n  Ämne: Inbjudan\r\nlästes den 3 mars 2026.")
    assert auto_reply(old) == "read_receipt"
    assert auto_reply(mail("Subject: Läst: Inbjudan", "In-Reply-To: <a@b>", body="")) == "read_receipt"


CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:{}\r\nBEGIN:VEVENT\r\nUID:1@x\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@vreta.se\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def test_a_calendars_own_answer_is_a_persons():
    headers = ("Content-Type: text/calendar; method=REPLY; charset=utf-8", "Subject: Accepted: Träff")
    reply = mail(*headers, "Auto-Submitted: auto-generated", body=CALENDAR.format("REPLY"))
    assert calendar_reply(reply)
    assert auto_reply(reply) is None
    assert not calendar_reply(mail(headers[0], body=CALENDAR.format("REQUEST")))


@given(st.binary(max_size=300))
def test_any_bytes_are_told_apart_without_trouble(noise):
    for raw in (
        noise,
        b"From: a@b.se\r\n" + noise,
        report("delivery-status", noise.decode("latin-1")),
    ):
        found = parse(raw)
        auto_reply(found)
        answerable(found)
