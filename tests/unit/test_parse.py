"""What a mail says is read right, however it was written."""

import base64
import quopri
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from bot.reading import files_of
from bridges.mail.parse import Mailbox, parse

SWEDISH = """Välkommen till fältvandring på Norrby gård!

Vi ses onsdag 26 augusti kl. 13.00–15.30 och tittar på mellangrödor – ärt, råg & vall.
\u2022 Gräv en grop
\u2022 Ät en bulle
”Ta stövlar”, säger Åsa Öberg.
"""


def letter(body: bytes, *headers: str) -> bytes:
    lines = ["From: Anna <anna@example.se>", "To: kluster@lista.example.se", "Subject: Hej", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_swedish_text_is_whole_however_it_travelled(encoding, charset):
    data = SWEDISH.encode(charset)
    body = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)(data)
    mail = parse(letter(body, f"Content-Type: text/plain; charset={charset}", f"Content-Transfer-Encoding: {encoding}"))
    assert mail.plain == SWEDISH


@pytest.mark.parametrize("said", ["iso-8859-1", "utf-8", "us-ascii", "x-unknown", "rot13", "punycode", ""])
def test_a_wrong_or_missing_charset_does_not_spoil_windows_text(said):
    mail = parse(letter(SWEDISH.encode("cp1252"), f'Content-Type: text/plain; charset="{said}"'))
    assert mail.plain == SWEDISH


@pytest.mark.parametrize("said", ["utf-8", "us-ascii", "x-unknown", "iso-8859-1", "windows-1252", "iso-8859-15"])
def test_utf_8_is_recognised_whatever_is_said(said):
    assert parse(letter(SWEDISH.encode(), f"Content-Type: text/plain; charset={said}")).plain == SWEDISH


def test_a_footer_in_another_charset_does_not_spoil_the_text_above_it():
    mail = parse(letter(SWEDISH.encode() + "Hälsa på nätverket".encode("cp1252")))
    assert mail.plain == SWEDISH + "Hälsa på nätverket"


def test_a_letter_cut_off_in_the_middle_keeps_what_came():
    mail = parse(letter("Vi ses på torsdag i Umeå, ta med stövl".encode()[:-1] + b"\xc3"))
    assert mail.plain is not None
    assert mail.plain.startswith("Vi ses på torsdag i Umeå, ta med stöv")


# -- headers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b"=?utf-8?q?Tr=C3=A4ff_i_Ume=C3=A5?=", "Träff i Umeå"),
        (b"=?utf-8?B?VHLDpGZm?= =?utf-8?B?IGkgVW1lw6U=?=", "Träff i Umeå"),
        (b"=?utf-8?q?Tr=C3?= =?utf-8?q?=A4ff?=", "Träff"),  # split in mid-letter
        (b"SV:=?iso-8859-1?q?Tr=E4ff?=", "SV:Träff"),  # glued
        (b'"=?utf-8?q?Tr=C3=A4ff?="', '"Träff"'),  # in quotes
        (b"=?utf-8*sv?q?Tr=C3=A4ff?=", "Träff"),  # RFC 2231 language
        (b"=?x-okand?q?Tr=C3=A4ff?=", "Träff"),
        (b"=?utf-8?b?VHLDpGZ?=", "Träf"),  # a letter short
        ("Träff i Umeå".encode(), "Träff i Umeå"),
        ("Träff i Umeå".encode("cp1252"), "Träff i Umeå"),
        (b"Tr\r\n aff\r\n\tnu", "Tr aff nu"),
        (b"Hej\rBcc: alla@example.se", "Hej Bcc: alla@example.se"),
        (b"=?utf-8?q?Hej=0D=0ABcc=3A_alla=40example=2Ese?=", "Hej Bcc: alla@example.se"),
        (b"Hej\x00 d\x07u", "Hej du"),
        (b"=?utf-8?q?", "=?utf-8?q?"),
        (b"=?utf-8?q?Kommer_du??= =?utf-8?q?_Bo?=", "Kommer du? Bo"),  # a sign that should have been encoded
        (b"=?utf-8?q?Tr=C3=A4ff i Ume=C3=A5?=", "Träff i Umeå"),  # spaces, likewise
        (b"=?utf-8?B?VHLDpGZmIGkgVW1l", "Träff i Ume"),  # cut off on the way
        (b"=?utf-8?q?Tr=C3 =?utf-8?q?Tr=C3=A4ff?=", "=?utf-8?q?Tr=C3 Träff"),
        (b"=?iso-8859-1?q?Tr=C3=A4ff?=", "Träff"),  # UTF-8 that says Latin-1
        (b"=?utf-8?q?Tr=E4ff?=", "Träff"),  # and the other way round
        (b"=?iso-8859-1?b?VHLkZmY=?= i =?windows-1252?q?Ume=E5?=", "Träff i Umeå"),
    ],
)
def test_a_subject_is_one_clean_line(written, meant):
    assert parse(b"From: a@example.se\r\nSubject: " + written + b"\r\n\r\nHej").subject == meant


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("Anna <Anna@Example.SE>", [("Anna", "anna@example.se")]),
        ('"Svensson, Anna" <a@x.se>, b@x.se', [("Svensson, Anna", "a@x.se"), ("", "b@x.se")]),
        ("=?utf-8?Q?Svensson=2C_=C3=85sa?= <a@x.se>", [("Svensson, Åsa", "a@x.se")]),
        ("=?utf-8?Q?Svensson, =C3=85sa?= <a@x.se>", [("Svensson, Åsa", "a@x.se")]),
        ("a@x.se (Anna i Umeå)", [("Anna i Umeå", "a@x.se")]),
        ("Gruppen: a@x.se, Bo <b@x.se>;", [("", "a@x.se"), ("Bo", "b@x.se")]),
        ("undisclosed-recipients:;", []),
        ("Anna a@x.se", [("Anna", "a@x.se")]),
        ("=?utf-8?q?chef=40bank=2Ese?= <skurk@x.se>", [("chef@bank.se", "skurk@x.se")]),
        ('"chef@bank.se" <skurk@x.se>', [("chef@bank.se", "skurk@x.se")]),
        ("=?utf-8?q?a=40x=2Ese?=", [("", "a@x.se")]),
        ("=?utf-8?Q?=C3=85sa_Ek_=3Casa=40x=2Ese=3E?=", [("Åsa Ek", "asa@x.se")]),
        ("=?utf-8?Q?a=40x=2Ese=2C_Bo_=3Cb=40x=2Ese=3E?=", [("", "a@x.se"), ("Bo", "b@x.se")]),
        ("<a@x.se", [("", "a@x.se")]),
        ("a @ x . se", [("", "a@x.se")]),
        ('"två ord"@x.se', []),
        ("inte en adress", []),
        (",,;<>()", []),
    ],
)
def test_people_and_their_addresses(written, people):
    assert parse(f"From: {written}\nSubject: x\n\nHej".encode()).senders == tuple(
        Mailbox(name, address) for name, address in people
    )


def test_ten_senders_are_all_seen_and_said_to_be_many():
    mail = parse(b"".join(b"From: p%d@example.se\n" % number for number in range(10)) + b"\nHej")
    assert [person.address for person in mail.senders] == [f"p{number}@example.se" for number in range(10)]
    assert mail.sender == Mailbox("", "p0@example.se")
    assert "many_senders" in mail.warnings


def test_no_sender_and_no_date_is_still_mail():
    mail = parse(b"Subject: Hej\n\nText")
    assert (mail.sender, mail.date, mail.message_id, mail.plain) == (None, None, None, "Text")
    assert {"no_sender", "no_date", "no_message_id"} <= set(mail.warnings)
    assert mail.unreadable is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mon, 12 Oct 2026 10:00:00 +0200", datetime(2026, 10, 12, 10, tzinfo=timezone(timedelta(hours=2)))),
        ("12 Oct 2026 10:00 -0000", datetime(2026, 10, 12, 10, tzinfo=UTC)),
        ("Mon, 12 Oct 2026 10:00:00", datetime(2026, 10, 12, 10, tzinfo=UTC)),
        ("Mon, 32 Oct 2026 10:00:00 +0200", None),
        ("Mon, 12 Oct 9026 10:00:00 +0200", None),
        ("Mon, 12 Oct 2026 10:00:00 +9999", None),
        ("i går", None),
        ("mån, 12 okt 2026 10:00", None),
        ("1" * 5000, None),
    ],
)
def test_a_date_has_a_zone_or_is_none(written, meant):
    mail = parse(f"From: a@x.se\nDate: {written}\n\nHej".encode())
    assert mail.date == meant
    assert ("bad_date" in mail.warnings) is (meant is None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mon, 12 Oct 2026 10:00:00 CEST", "2026-10-12T10:00:00+02:00"),
        ("Mon, 12 Oct 2026 10:00:00 CET (vintertid)", "2026-10-12T10:00:00+01:00"),
        ("2026-10-12T10:00:00+02:00", "2026-10-12T10:00:00+02:00"),
    ],
)
def test_dates_of_programs_that_know_no_rules(written, meant):
    assert parse(f"From: a@x.se\nDate: {written}\n\nHej".encode()).date == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    "written", ["Date: igår\n", "", "Date: Thu, 1 Jan 1970 00:00:00 +0000\n", "Date: 1 Mar 2031 10:00\n"]
)
def test_where_the_senders_clock_is_wrong_the_receiving_servers_counts(written):
    received = "Received: from a by b\n with SMTP; Mon, 12 Oct 2026 10:00:01 +0200\nReceived: by a; 1 Jan 2020 10:00\n"
    mail = parse(f"{received}From: a@x.se\n{written}\nHej".encode())
    assert mail.date == datetime(2026, 10, 12, 10, 0, 1, tzinfo=timezone(timedelta(hours=2)))
    assert ("bad_date" if written else "no_date") in mail.warnings


def test_ids_have_brackets_and_survive_folding():
    mail = parse(
        b"From: a@x.se\nMessage-ID: abc@x.se\nIn-Reply-To: Your message of Monday <one@x.se>\n"
        b"References: <one@x.se>\n <two@x.se><three@\n x.se>  =?us-ascii?q?=3Cfour=40x=2Ese=3E?= <one@x.se>\n\nHej"
    )
    assert mail.message_id == "<abc@x.se>"
    assert mail.in_reply_to == ("<one@x.se>",)
    assert mail.references == ("<one@x.se>", "<two@x.se>", "<three@x.se>", "<four@x.se>")
    assert parse(b"From: a@x.se\nMessage-ID: <>\n\nHej").message_id is None


def test_whom_it_was_delivered_to_surest_first():
    mail = parse(
        b"To: Kluster <kluster@x.se>, anna@x.se\nCc: bo@x.se\nX-Original-To: KLUSTER+Tips@x.se\n"
        b"Delivered-To: post@x.se\nFrom: a@x.se\n\nHej"
    )
    assert mail.delivered_to == ("post@x.se", "kluster+tips@x.se", "kluster@x.se", "anna@x.se", "bo@x.se")


def test_headers_are_found_in_any_case_topmost_first():
    mail = parse(b"Received: by c\nreceived: by b\nRECEIVED: by a\nFrom: a@x.se\n\nHej")
    assert mail.header_all("Received") == ("by c", "by b", "by a")
    assert mail.header("received") == "by c"
    assert mail.header("x-none") is None


def test_rubbish_among_the_headers_does_not_hide_the_others():
    mail = parse(b"Received: x\n\xff\xfe rubbish\nFrom: a@x.se\nSubject: Hej\nText without an empty line\n\nmore")
    assert mail.sender == Mailbox("", "a@x.se")
    assert mail.plain == "Text without an empty line\n\nmore"
    assert "broken_headers" in mail.warnings


def test_an_mbox_line_a_byte_order_mark_and_old_line_ends_are_no_hindrance():
    for raw in (
        b"From anna Mon Oct 12 10:00:00 2026\nFrom: a@x.se\n\nHej",
        b"\xef\xbb\xbfFrom: a@x.se\n\nHej",
        b"\r\n\r\nFrom: a@x.se\r\n\r\nHej",
        b"From: a@x.se\r\rHej",
        b"From: a@x.se\r\r\n\r\r\nHej",
        "From: a@x.se\n\nHej".encode("utf-16"),
    ):
        mail = parse(raw)
        assert (mail.sender, mail.plain) == (Mailbox("", "a@x.se"), "Hej")


# -- parts -----------------------------------------------------------------------------------------------------------


def test_text_html_pictures_files_and_calendars_are_told_apart():
    message = EmailMessage(policy=SMTP.clone(max_line_length=998))
    message["From"] = "a@x.se"
    message.set_content("Hej i text")
    message.add_alternative("<p>Hej i <b>HTML</b> <img src='cid:logo'></p>", subtype="html")
    message.get_payload()[1].add_related(b"PNG", "image", "png", cid="<logo>", filename="logga.png")
    message.add_attachment("Källa;år\n".encode(), maintype="text", subtype="csv", filename="åäö lista.csv")
    message.add_attachment(b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", maintype="text", subtype="calendar", filename="m.ics")
    mail = parse(message.as_bytes())
    assert (mail.plain or "").strip() == "Hej i text"
    assert "<b>HTML</b>" in (mail.html or "")
    assert [(file.name, file.inline) for file in mail.attachments] == [
        ("logga.png", True),
        ("åäö lista.csv", False),
        ("m.ics", False),
    ]
    assert mail.attachments[1].content == "Källa;år\n".encode()
    assert mail.calendars == (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n",)


def test_the_calendar_of_an_outlook_invitation_is_no_file():
    mail = parse(
        letter(
            b"--b\r\nContent-Type: text/plain\r\n\r\nHej\r\n"
            b"--b\r\nContent-Type: text/calendar; charset=iso-8859-1; method=REQUEST\r\n\r\nSUMMARY:Tr\xe4ff\r\n--b--",
            "Content-Type: multipart/alternative; boundary=b",
        )
    )
    assert mail.plain == "Hej"
    assert mail.calendars == ("SUMMARY:Träff".encode(),)
    assert mail.attachments == ()


def test_a_forwarded_mail_is_a_file_and_its_text_is_not_ours():
    message = EmailMessage()
    message["From"] = "a@x.se"
    message.set_content("Se bifogat")
    inner = EmailMessage()
    inner["Subject"] = "Träff: 12/10"
    inner.set_content("Det inre")
    message.add_attachment(inner)
    mail = parse(message.as_bytes())
    assert (mail.plain or "").strip() == "Se bifogat"
    assert [(file.name, file.content_type) for file in mail.attachments] == [("Träff_ 12_10.eml", "message/rfc822")]
    assert parse(mail.attachments[0].content).subject == "Träff: 12/10"


def test_text_in_several_parts_is_read_as_one_in_every_form_that_holds_it_all():
    parts = (
        b"--b\nContent-Type: text/plain\n\nFirst <1>\n--b\nContent-Type: application/pdf; name=a.pdf\n\nPDF\n"
        b"--b\nContent-Type: text/plain\n\nSecond\n--b--\n"
    )
    mail = parse(letter(parts, "Content-Type: multipart/mixed; boundary=b"))
    assert mail.plain == "First <1>\n\nSecond"
    mail = parse(
        letter(parts.replace(b"plain\n\nSecond", b"html\n\n<p>Second</p>"), "Content-Type: multipart/mixed; boundary=b")
    )
    assert mail.plain is None  # it would lack the second part
    assert mail.html == "<p>First &lt;1&gt;</p>\n<p>Second</p>"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename*=utf-8''r%C3%A5g%20och%20vall.pdf", "råg och vall.pdf"),
        ("attachment; filename*0*=utf-8''r%C3%A5; filename*1=\"g.pdf\"", "råg.pdf"),
        ('attachment; filename="=?utf-8?q?r=C3=A5g?=.pdf"', "råg.pdf"),
        ("attachment; filename=min fil.pdf", "min fil.pdf"),
        ('attachment; filename="råg.pdf"', "råg.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\Users\\\\a\\\\b.doc"', "b.doc"),
        ('attachment; filename=".."', "bilaga.pdf"),
        ('attachment; filename="a\tb\x01c.pdf"', "a bc.pdf"),
        ('attachment; filename="faktura\u202efdp.exe"', "faktura_fdp.exe"),
        ("attachment", "bilaga.pdf"),
        ("attachment; filename=\"utf-8''r%C3%A5g.pdf\"", "råg.pdf"),
        ('attachment; filename*0="=?utf-8?q?r=C3"; filename*1="=A5g?=.pdf"', "råg.pdf"),
        ("attachment; filename*=r%C3%A5g.pdf", "råg.pdf"),
        ("attachment; filename*=iso-8859-1'sv'r%E5g.pdf", "råg.pdf"),
        ('attachment; filename="100%25 vall.pdf"', "100%25 vall.pdf"),
        ('attachment; filename="con.pdf"', "_con.pdf"),
        ('attachment; filename="r\u200bg.pdf"', "r_g.pdf"),
        (f'attachment; filename="{"牛" * 100}.pdf"', "牛" * 78 + ".pdf"),
        (f'attachment; filename="{"å" * 300}.pdf"', "å" * 116 + ".pdf"),
    ],
)
def test_a_file_name_is_readable_and_harms_nobody(header, name):
    mail = parse(
        letter(
            f"--b\nContent-Type: application/pdf\nContent-Disposition: {header}\n\nPDF\n--b--".encode(),
            "Content-Type: multipart/mixed; boundary=b",
        )
    )
    assert [file.name for file in mail.attachments] == [name]


def test_a_content_type_that_lacks_its_semicolon_is_read():
    for said in ("text/html charset=utf-8", "text / html; charset=utf-8", "TEXT/HTML (rik text); charset=utf-8"):
        assert parse(letter("<p>Träff</p>".encode(), f"Content-Type: {said}")).html == "<p>Träff</p>"


def test_quoted_text_that_does_not_say_so_is_read_and_signs_of_equality_stay():
    assert (
        parse(letter(b"V=C3=A4lkommen till tr=C3=A4ff p=\r\n=C3=A5 Norrby")).plain == "Välkommen till träff på Norrby"
    )
    assert parse(letter(b"se https://x.se/?a=C3&b=A4 =E5r")).plain == "se https://x.se/?a=C3&b=A4 =E5r"


def test_base64_that_other_programs_have_mended_is_read():
    whole = base64.b64encode(b"abcdefg").decode()
    for body in (
        f"{whole[:4]}\r\n!{whole[4:]}\r\n",
        whole.rstrip("="),
        "YWI=\r\nY2RlZmc=\r\n",
        f"{whole}\r\n___\r\nSidfot",
    ):
        mail = parse(letter(body.encode(), "Content-Type: application/pdf", "Content-Transfer-Encoding: base64"))
        assert mail.attachments[0].content == b"abcdefg"


def test_text_that_is_named_or_said_to_be_a_file_and_nothing_else_is_there_is_text():
    assert parse(letter(b"Hej", "Content-Type: text/plain", "Content-Disposition: attachment")).plain == "Hej"
    assert parse(letter(b"Hej", 'Content-Disposition: inline; filename="mejl.txt"')).plain == "Hej"
    named = parse(letter(b"Hej", 'Content-Disposition: attachment; filename="lista.txt"'))
    assert (named.plain, [file.name for file in named.attachments]) == (None, ["lista.txt"])


def test_pictures_that_stand_in_the_html_do_not_crowd_out_the_text_below_them():
    picture = '<img src="data:image/png;base64,' + "iVBORw0KGgo" * 200_000 + '">'
    html = parse(letter(f"<p>Hej</p>{picture}<p>Vi ses</p>".encode(), "Content-Type: text/html")).html
    assert html == '<p>Hej</p><img src=""><p>Vi ses</p>'
    long = parse(letter(b"<p>Hej</p>\n" * 200_000, "Content-Type: text/html"))
    assert len(long.html or "") < 1_000_001
    assert "long_text" in long.warnings


def test_html_that_says_it_is_plain_and_enriched_text_are_read():
    assert parse(letter(b"<!DOCTYPE html><p>Hej</p>", "Content-Type: text/plain")).html == "<!DOCTYPE html><p>Hej</p>"
    assert parse(letter(b"<bold>Hej</bold> <<du>", "Content-Type: text/enriched")).plain == "Hej <du>"


def test_a_file_that_an_old_program_wrote_into_the_text_is_a_file():
    body = b"Hej\r\n\r\nbegin 644 lista.csv\r\n#86)C\r\n`\r\nend\r\n\r\nbegin 2026 with a walk\r\nend\r\n"
    mail = parse(letter(body))
    assert mail.plain == "Hej\n\n\n\nbegin 2026 with a walk\nend\n"
    assert [(file.name, file.content) for file in mail.attachments] == [("lista.csv", b"abc")]


CALENDAR = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Tr\xc3\xa4ff\r\nEND:VEVENT\r\nEND:VCALENDAR"


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Type: text/calendar",
        "Content-Type: application/octet-stream; name=invite.ics",
        "Content-Type: application/octet-stream; name=utan",
        "Content-Type: text/plain",
        "Content-Type: text/plain; name=invite.ics\r\nContent-Disposition: attachment; filename=invite.ics",
        "Content-Type: application/ics; name=invite.ics",
        "Content-Type: text/x-vcalendar; name=invite.vcs",
    ],
)
@pytest.mark.parametrize("encoding", ["8bit", "base64"])
def test_a_calendar_is_found_whatever_it_is_called(headers, encoding):
    body = base64.encodebytes(CALENDAR) if encoding == "base64" else CALENDAR
    part = f"--b\r\n{headers}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body
    mail = parse(letter(b"--b\r\n\r\nHej\r\n" + part + b"\r\n--b--", "Content-Type: multipart/mixed; boundary=b"))
    assert [data.strip() for data in mail.calendars] == [CALENDAR]
    assert mail.plain == "Hej"


def test_the_same_calendar_as_alternative_and_as_file_is_one_and_one_pasted_in_the_text_counts():
    part = b"--b\r\nContent-Type: text/calendar; name=a.ics\r\n\r\n" + CALENDAR + b"\r\n"
    assert len(parse(letter(part * 2 + b"--b--", "Content-Type: multipart/mixed; boundary=b")).calendars) == 1
    assert parse(letter(b"Hej\r\n" + CALENDAR)).calendars == (CALENDAR.replace(b"\r", b""),)


def test_the_calendar_of_an_attached_mail_counts_when_the_mail_has_none_and_is_no_report():
    inner = b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\nContent-Type: text/calendar\r\n\r\n" + CALENDAR
    mail = parse(letter(inner + b"\r\n--b--", "Content-Type: multipart/mixed; boundary=b"))
    assert [data.strip() for data in mail.calendars] == [CALENDAR]
    assert [file.name for file in mail.attachments] == ["x.eml"]
    assert parse(letter(inner + b"\r\n--b--", "Content-Type: multipart/report; boundary=b")).calendars == ()


def test_two_files_of_one_name_are_told_apart():
    part = b"--b\nContent-Type: image/png; name=bild.png\n\nPNG\n"
    mail = parse(letter(b"--b\n\nHej\n" + part * 3 + b"--b--", "Content-Type: multipart/mixed; boundary=b"))
    assert [file.name for file in mail.attachments] == ["bild.png"] * 3  # as the sender wrote it
    assert [file.name for file in files_of(mail)] == ["bild.png", "bild (2).png", "bild (3).png"]


def test_flowed_lines_are_whole_again_and_quotes_keep_their_depth():
    body = b"En rad som \r\ng\xc3\xa5r vidare\r\n> citat som \r\n> g\xc3\xa5r vidare\r\n From b\xc3\xb6rjan\r\n-- \r\nAnna\r\n"
    mail = parse(letter(body, "Content-Type: text/plain; charset=utf-8; format=flowed"))
    assert mail.plain == "En rad som går vidare\n> citat som går vidare\nFrom början\n-- \nAnna\n"
    mail = parse(letter(b"Lant \r\nbruk\r\n", "Content-Type: text/plain; format=flowed; delsp=yes"))
    assert mail.plain == "Lantbruk\n"


def test_a_delivery_report_is_known_as_one():
    mail = parse(
        letter(
            b"--b\n\nIt failed\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; x@x.se\n--b--",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        )
    )
    assert mail.report
    assert mail.plain == "It failed"


def test_a_boundary_that_is_not_named_or_named_wrongly_is_found():
    parts = b"--real\nContent-Type: text/plain\n\nHej\n--real\nContent-Type: text/html\n\n<p>Hej</p>\n--real--\n"
    for said in ("multipart/alternative; boundary=other", "multipart/alternative"):
        mail = parse(letter(parts, f"Content-Type: {said}"))
        assert (mail.plain, mail.html) == ("Hej", "<p>Hej</p>")
    assert parse(letter(b"Bara text", "Content-Type: multipart/mixed; boundary=x")).plain == "Bara text"


def test_digests_of_a_file_are_what_other_programs_say():
    mail = parse(letter(b"abc", "Content-Type: application/pdf"))
    file = mail.attachments[0]
    assert file.size == 3
    assert file.md5 == "900150983cd24fb0d6963f7d28e17f72"
    assert file.sha256.startswith("ba7816bf8f01cfea")
