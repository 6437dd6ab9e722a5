"""What Outlook packs into winmail.dat is opened: text, files and the meeting."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.explain import Circumstances, Seen, explain
from bridges.mail.calendar_in import first_event
from bridges.mail.parse import Mail, parse
from bridges.mail.rtf import decompressed, words_of
from bridges.mail.tnef import unpack
from tests.fixtures.winmail import APPOINTMENT, MEETING, properties, winmail

PROPERTIES, FILE_PROPERTIES, FILE_DATA, TITLE, CODE_PAGE = 0x9003, 0x9005, 0x800F, 0x8010, 0x9007
INVITATION = {
    0x001A: "IPM.Schedule.Meeting.Request",
    0x0037: "Fältvandring; mellangrödor",
    0x1000: "Välkommen!\r\nTa stövlar.",
    0x0042: "Åsa Ek",
    0x5D02: "asa@vreta.example.se",
    (APPOINTMENT, 0x820D): datetime(2026, 8, 26, 11, tzinfo=UTC),
    (APPOINTMENT, 0x820E): datetime(2026, 8, 26, 13, 30, tzinfo=UTC),
    (APPOINTMENT, 0x8208): "Norrby gård, Tuna",
    (APPOINTMENT, 0x8201): 2,
    (MEETING, 0x0023): bytes.fromhex("040000008200E00074C5B7101A82E008") + bytes(24),
}
PDF = {TITLE: b"PROGRA~1.PDF\0", FILE_DATA: b"%PDF", FILE_PROPERTIES: properties({0x3707: "Program för dagen.pdf"})}


PACKED_HTML = (
    rb"{\rtf1\ansicpg1252\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Hej p\'e5 {\*\htmltag84 <b>}er"
    rb"\htmlrtf\par}\htmlrtf0{\*\htmltag72 </b></p>}}"
)


def mail_with(packed: bytes, text: str | None = None) -> Mail:
    return parse(raw_mail(packed, text))


def raw_mail(packed: bytes, text: str | None = None) -> bytes:
    body = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n" if text is not None else ""
    head = 'Content-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\n\n'
    return (
        "From: asa@vreta.example.se\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
        f"{body}--b\n{head}{base64.encodebytes(packed).decode()}\n--b--\n"
    ).encode()


def test_text_and_files_with_their_long_names_come_out_and_the_parcel_is_gone():
    picture = {FILE_DATA: b"PNG", FILE_PROPERTIES: properties({0x3707: "logga.png", 0x370E: "image/png", 0x3712: "1"})}
    mail = mail_with(winmail({PROPERTIES: properties({0x1000: "Hej på er"})}, PDF, picture))
    assert mail.plain == "Hej på er"
    assert [(file.name, file.content_type, file.content, file.inline) for file in mail.attachments] == [
        ("Program för dagen.pdf", "application/octet-stream", b"%PDF", False),
        ("logga.png", "image/png", b"PNG", True),
    ]
    assert not {"winmail", "encrypted"} & set(mail.warnings)


def test_letters_of_old_are_read_by_the_code_page_it_names():
    packed = winmail(
        {CODE_PAGE: (1252).to_bytes(4, "little") + bytes(4), 0x800C: "Träff i Umeå\0skräp".encode("cp1252")},
        {TITLE: "råg.doc\0".encode("cp1252"), FILE_DATA: b"x"},
    )
    mail = mail_with(packed)
    assert (mail.plain, [file.name for file in mail.attachments]) == ("Träff i Umeå", ["råg.doc"])


def test_the_text_around_the_parcel_is_read_once_and_its_html_beside_it():
    packed = winmail({PROPERTIES: properties({0x1000: "Hej", 0x3FDE: 65001, 0x1013: "<p>Hej på er</p>".encode()})})
    mail = mail_with(packed, "Hej på er")
    assert (mail.plain, mail.html) == ("Hej på er", "<p>Hej på er</p>")


def test_a_meeting_is_read_like_every_calendar():
    mail = mail_with(winmail({PROPERTIES: properties(INVITATION)}))
    (data,) = mail.calendars
    event = first_event(data, "Europe/Stockholm")
    assert (event.title, event.place) == ("Fältvandring; mellangrödor", "Norrby gård, Tuna")
    assert (event.start.isoformat(), event.end.isoformat()) == ("2026-08-26T13:00:00", "2026-08-26T15:30:00")
    assert (event.organiser, event.organiser_email) == ("Åsa Ek", "asa@vreta.example.se")
    assert (event.method, event.sequence, event.uid[:32]) == ("REQUEST", 2, "040000008200E00074C5B7101A82E008")
    assert event.description == "Välkommen!\nTa stövlar."


def test_a_meeting_of_whole_days_that_is_off_and_has_another_programs_id():
    values = INVITATION | {
        0x001A: "IPM.Schedule.Meeting.Canceled",
        (APPOINTMENT, 0x820D): datetime(2026, 8, 25, 22, tzinfo=UTC),
        (APPOINTMENT, 0x820E): datetime(2026, 8, 27, 22, tzinfo=UTC),
        (APPOINTMENT, 0x8215): True,
        (MEETING, 0x0023): bytes(40) + b"vCal-Uid\x01\0\0\0" + b"42@vreta.example.se\0",
    }
    event = first_event(mail_with(winmail({PROPERTIES: properties(values)})).calendars[0], "Europe/Stockholm")
    assert (event.all_day, str(event.start), str(event.end)) == (True, "2026-08-26", "2026-08-27")
    assert (event.cancelled, event.uid) == (True, "42@vreta.example.se")


def test_a_mail_in_a_parcel_may_hold_the_meeting():
    inner = winmail({PROPERTIES: properties(INVITATION)})
    mail = mail_with(
        winmail({PROPERTIES: properties({0x1000: "Se bifogat"})}, {TITLE: b"Inbjudan\0", FILE_DATA: inner})
    )
    assert first_event(mail.calendars[0], "Europe/Stockholm").title == "Fältvandring; mellangrödor"
    assert [(file.name, file.content_type) for file in mail.attachments] == [("Inbjudan", "application/ms-tnef")]


def test_a_parcel_that_breaks_off_is_kept_and_said_and_gives_what_came():
    packed = winmail({PROPERTIES: properties({0x1000: "Hej"})}, PDF, {FILE_DATA: b"x" * 500, TITLE: b"stor.doc\0"})
    mail = mail_with(packed[:-300])
    assert "winmail" in mail.warnings
    assert [file.name for file in mail.attachments][0::2] == ["Program för dagen.pdf", "winmail.dat"]
    assert mail.plain == "Hej"
    said = explain("x", raw_mail(b"no parcel at all"), Circumstances(), Seen())
    assert "winmail" in said["warnings"]
    assert [file["name"] for file in said["attachments"]] == ["winmail.dat"]


def test_rubbish_behind_the_end_is_not_missed():
    mail = mail_with(winmail({PROPERTIES: properties({0x1000: "Hej"})}, PDF) + b"KKAKd1cPbojJF5m5wmN+3BJw")
    assert [file.name for file in mail.attachments] == ["Program för dagen.pdf"]
    assert "winmail" not in mail.warnings


@pytest.mark.parametrize(
    ("rtf", "text", "is_html"),
    [
        (
            rb"{\rtf1\ansi\ansicpg1252{\fonttbl\f0 Arial;}V\'e4lkommen\par till \b tr\u228?ff\b0.}",
            "Välkommen\ntill träff.",
            False,
        ),
        (rb"{\rtf1\ansi\uc2\u8211\'96\'96 nu {\*\generator x;}\{\\\}\~h}", "– nu {\\}\u00a0h", False),
        (PACKED_HTML, "<p>Hej på <b>er</b></p>", True),
        (b"", "", False),
        (b"{" * 5_000 + b"Hej" + b"}" * 6_000, "Hej", False),
    ],
)
def test_rich_text_is_read(rtf, text, is_html):
    assert words_of(rtf) == (text, is_html)


def test_rich_text_is_decompressed():
    """The example of MS-OXRTFCP §4.1, and text that was only wrapped."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c0900206277 05b06c647d0a800fa0"
    )
    assert decompressed(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompressed(bytes(8) + b"MELA" + bytes(4) + b"{\\rtf1 Hej}") == b"{\\rtf1 Hej}"
    assert decompressed(b"rubbish") == b""
    mail = mail_with(winmail({PROPERTIES: properties({0x1009: packed})}))
    assert (mail.plain, mail.html) == ("hello world", None)


@given(st.data())
def test_any_bytes_are_unpacked(data):
    whole = winmail({PROPERTIES: properties(INVITATION)}, PDF)
    raw = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 4)) if raw else 0):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    packed = unpack(bytes(raw))
    assert len(packed.files) <= 2_000
    words_of(decompressed(bytes(raw)))


def test_a_parcel_of_nothing_but_numbers_takes_no_time():
    many = winmail({}, *[{TITLE: b"a\0"}] * 30_000)
    assert not unpack(many).whole
    values = properties({0x1000: "Hej"})
    endless = b"\xff\xff\xff\x7f" + values[4:] * 200_000
    assert unpack(winmail({PROPERTIES: endless})).plain == "Hej"
    assert len(decompressed(bytes(4) + b"\xff" * 4 + b"LZFu" + bytes(4) + b"\xff\x00\x0f" * 2_000_000)) <= 1_000_000
