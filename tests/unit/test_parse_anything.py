"""Any bytes give a mail, in bounded time: what is no mail says so, and what a mail program writes is read back."""

import os
import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.reading import files_of, read
from bridges.mail.calendar_in import CalendarUnreadable, first_event
from bridges.mail.mime import MAX_PARTS
from bridges.mail.parse import Mail, parse
from tests.fixtures.require import FULL

#: Bytes of the large mails; seconds that reading one may take on a slow and busy machine.
LARGE, PATIENCE = (50_000_000, 60) if FULL else (2_000_000, 10)

_NAMES = st.sampled_from(
    [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "References",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "MIME-Version",
        "X-Rubbish",
        "Reply-To",
    ]
)
_VALUES = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(
        b"""multipart/mixed; boundary=b
multipart/alternative; boundary=b
message/rfc822
text/html
text/calendar
text/plain; charset=utf-16
text/plain; format=flowed
base64
quoted-printable
x-uuencode
attachment; filename*0*=x'y'%ff
=?utf-8?q?=C3?=
Mon, 99 Foo 20 1:1:1 +99999
<<>>
"
(((
a@b""".split(b"\n")
    ),
)
_LINES = st.one_of(
    st.tuples(_NAMES, _VALUES).map(lambda pair: pair[0].encode() + b": " + pair[1]),
    st.sampled_from(
        [b"", b"--b", b"--b--", b" fold", b"> quote", b"BEGIN:VCALENDAR", b"BEGIN:VEVENT", b"DTSTART:2026"]
    ),
    st.binary(max_size=40),
)
_CALENDAR_LINES = st.one_of(
    st.sampled_from(
        b"""BEGIN:VCALENDAR
METHOD:CANCEL
BEGIN:VEVENT
BEGIN:VEVENT
END:VEVENT
END:VEVENT
BEGIN:VALARM
END:VALARM
DTSTART:20260826T130000Z
DTSTART;VALUE=DATE:20260826
DTSTART;TZID=/a/b:20260826T130000
DTEND:20260826
DTEND;TZID=X:20260826T1
DTEND;TZID=W. Europe Standard Time:20260826T140000
DURATION:P9999999W
ORGANIZER:x
SEQUENCE:-9
URL:http://[
LOCATION;X=
RRULE:FREQ=SECONDLY""".split(b"\n")
    ),
    st.binary(max_size=30),
)
rubbish = st.one_of(st.binary(max_size=300), st.lists(_LINES, max_size=30).map(b"\r\n".join))


@given(rubbish)
@example(b"")
@example(b"Content-Type: multipart/mixed; boundary=b\n\n--b")
@example(b"Content-Type: text/calendar\n\nBEGIN:VEVENT\nDTSTART:99999999\nEND:VEVENT")
def test_any_bytes_give_a_mail_and_a_reading_that_every_database_takes(raw):
    mail = parse(raw)
    assert isinstance(mail, Mail)
    assert mail.size == len(raw)
    reading = read(mail, None, "Europe/Stockholm")
    assert reading.title
    texts = [mail.subject, mail.plain or "", mail.html or "", reading.title, reading.text, reading.trimmed]
    texts += [
        *map(str, mail.headers),
        *(person.name for person in mail.senders),
        *(file.name for file in mail.attachments),
    ]
    for text in texts:
        text.encode()  # no half characters
        assert "\x00" not in text  # PostgreSQL refuses it
    assert all("\n" not in value for _, value in mail.headers)
    assert mail.date is None or mail.date.utcoffset() is not None
    assert all("/" not in file.name and file.name for file in mail.attachments)


@given(st.one_of(st.binary(max_size=200), st.lists(_CALENDAR_LINES, max_size=15).map(b"\r\n".join)))
def test_any_calendar_is_an_event_or_a_typed_error(data):
    try:
        event = first_event(data, "Europe/Stockholm")
    except CalendarUnreadable:
        return
    assert event.end is None or event.end >= event.start


@pytest.mark.parametrize("raw", [b"", b"\r\n \r\n", b"\n" * 1000])
def test_nothing_is_empty(raw):
    assert parse(raw).unreadable == "empty"


@pytest.mark.parametrize(
    "raw", [os.urandom(5000).replace(b":", b"."), b"\x00" * 5000, b"Hej, bara text", b"%PDF-1.7\nx"]
)
def test_what_is_no_mail_says_so(raw):
    mail = parse(raw)
    assert mail.unreadable == "not_mail"
    assert (mail.plain, mail.senders, mail.subject) == (None, (), "")


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)
phrases = st.lists(words, min_size=1, max_size=12).map(" ".join)
tidy = SMTP.clone(max_line_length=998)  # longer folding loses spaces in the standard library


@given(
    phrases,
    phrases,
    st.lists(phrases, max_size=8).map("\n".join),
    st.lists(st.tuples(phrases, st.binary(max_size=50)), max_size=3),
)
def test_what_a_mail_program_writes_is_read_back(subject, name, text, files):
    message = EmailMessage(policy=tidy)
    message["Subject"] = subject
    message["To"] = "kluster@lista.example.se"
    message.set_content(text)
    message.add_alternative(f"<p>{name}</p>", subtype="html")
    for number, (title, content) in enumerate(files):
        message.add_attachment(
            content, maintype="application", subtype="pdf", filename=f"{number}.pdf", params={"x": title}
        )
    mail = parse(message.as_bytes())
    assert mail.subject.split() == subject.split()
    assert (mail.plain or "").strip() == text.strip()
    assert (mail.html or "").strip() == f"<p>{name}</p>"
    assert [(file.name, file.content) for file in mail.attachments] == [
        (f"{number}.pdf", content) for number, (_, content) in enumerate(files)
    ]


HEAD = b"From: a@example.se\nTo: kluster@example.se\nSubject: Hej\n"
MULTI = HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n"


def filled(piece: bytes, size: int = LARGE) -> bytes:
    return piece * (size // len(piece))


def nested(depth: int) -> bytes:
    opened = [b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)]
    closed = [b"\n--b%d--" % n for n in reversed(range(depth))]
    return HEAD + b"".join(opened) + "\nLängst in".encode() + b"".join(closed)


LARGE_MAILS = {
    "text": lambda: HEAD + b"\n" + filled("Hej på er, här är en rad till.\n".encode()),
    "mixed charsets": lambda: HEAD + b"\n" + filled("på ".encode() + b"\xe5 "),
    "one line": lambda: HEAD + b"\n" + filled(b"a"),
    "flowed": lambda: HEAD + b"Content-Type: text/plain; format=flowed\n\n" + filled(b"Hej alla \n"),
    "html": lambda: HEAD + b"Content-Type: text/html\n\n" + filled(b"<div></b><table><tr><td><p>Hej"),
    "open tags": lambda: HEAD + b"Content-Type: text/html\n\n" + filled(b"<style <script <title "),
    "quotes": lambda: HEAD + b"In-Reply-To: <a@b>\n\n" + filled(b"Den 12 maj 2026 kl. 10.12 skrev du\n> hej\n"),
    "empty lines": lambda: HEAD + b"In-Reply-To: <a@b>\n\n" + filled(b" \n"),
    "closings": lambda: HEAD + b"In-Reply-To: <a@b>\n\n" + filled("Från: a\nMvh\n/Anna\n".encode()),
    "parts": lambda: MULTI + filled(b"--x\n\nhej\n"),
    "almost parts": lambda: MULTI + filled(b"--x" + b" " * 200 + b"y\n"),
    "headers": lambda: HEAD + filled(b"X: y\n"),
    "folded header": lambda: HEAD + b"X: " + filled(b"a\n "),
    "long header": lambda: HEAD + b"X: " + filled(b"a") + b"\n\nHej",
    "recipients": lambda: b"From: " + filled(b"a@b.se, ") + b"\n\nHej",
    "brackets": lambda: b"From: " + filled(b'<(",') + b"\nReferences: " + filled(b"<<a@b ") + b"\n\nHej",
    "encoded words": lambda: HEAD + b"Subject: " + filled(b"=?utf-8?q?a?= ") + b"\n\nHej",
    "parameters": lambda: HEAD + b"Content-Type: text/plain; " + filled(b'a*1*=%41;b="') + b"\n\nHej",
    "random": lambda: HEAD + b"\n" + os.urandom(LARGE),
    "punycode": lambda: HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + filled(b"abc-"),
    "base64": lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + filled(b"SGVq=\n"),
    "calendar": lambda: HEAD + b"Content-Type: text/calendar\n\nBEGIN:VEVENT\n" + filled(b"DTSTART:2\nBEGIN:VALARM\n"),
    "nested 5000 deep": lambda: nested(5000),
}


@pytest.mark.parametrize("name", LARGE_MAILS)
def test_large_and_hostile_mail_is_read_in_bounded_time(name):
    raw = LARGE_MAILS[name]()
    start = time.monotonic()
    mail = parse(raw)
    reading = read(mail, None, "Europe/Stockholm")
    assert time.monotonic() - start < PATIENCE
    assert mail.unreadable is None
    assert len(reading.text) < 2_000_000


def test_text_200_levels_down_is_found():
    assert (parse(nested(200)).plain or "").strip() == "Längst in"


def test_deeper_than_anybody_writes_is_kept_as_a_file():
    mail = parse(nested(400))
    assert "too_deep" in mail.warnings
    assert "Längst in".encode() in mail.attachments[0].content


def test_ten_thousand_parts_are_all_there_and_more_are_said_to_be_too_many():
    part = b"--x\nContent-Type: application/pdf\n\nPDF\n"
    mail = parse(MULTI + part * 10_000 + b"--x--")
    assert len(mail.attachments) == 10_000
    assert len({file.name for file in files_of(mail)}) == 10_000
    assert "too_many_parts" in parse(MULTI + part * (MAX_PARTS + 10)).warnings
