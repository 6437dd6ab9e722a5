"""What a mail says is read right, however it was written."""

import base64
import quopri
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP

import pytest

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


@pytest.mark.parametrize("said", ["utf-8", "us-ascii", "x-unknown"])
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
        ("1" * 5000, None),
    ],
)
def test_a_date_has_a_zone_or_is_none(written, meant):
    mail = parse(f"From: a@x.se\nDate: {written}\n\nHej".encode())
    assert mail.date == meant
    assert ("bad_date" in mail.warnings) is (meant is None)


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


def test_two_files_of_one_name_are_told_apart():
    part = b"--b\nContent-Type: image/png; name=bild.png\n\nPNG\n"
    mail = parse(letter(b"--b\n\nHej\n" + part * 3 + b"--b--", "Content-Type: multipart/mixed; boundary=b"))
    assert [file.name for file in mail.attachments] == ["bild.png", "bild (2).png", "bild (3).png"]


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
