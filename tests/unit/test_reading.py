"""What a mail means: its kind, its title, its text and its event, by the first reading."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from zoneinfo import ZoneInfo

import pytest

from bot.reading import read
from bridges.mail.parse import parse
from bridges.markdown import to_plain
from storage.words import Attendance, Audience, EventStatus, Intent, Kind

ZONE = "Europe/Stockholm"


def mail(text="Hej", subject="Hej", *headers, html=None, charset="utf-8"):
    message = EmailMessage(policy=SMTP.clone(max_line_length=998))
    message["From"] = "Anna <anna@example.se>"
    message["Subject"] = subject
    for header in headers:
        name, _, value = header.partition(": ")
        message[name] = value
    if text is not None:
        message.set_content(text, charset=charset)
        if html is not None:
            message.add_alternative(html, subtype="html")
    elif html is not None:
        message.set_content(html, subtype="html")
    return parse(message.as_bytes())


def reading(*args, tag=None, topics=(), answer=None, **kwargs):
    return read(mail(*args, **kwargs), tag, ZONE, topics, answer=answer)


DOCUMENT = """Landsbygdsnätverket
Åsa Öberg från Vreta Kluster kommer tala på Landet lär #55.

Lunchwebbinarium den 19 oktober klockan 12-12.45

De gröna klustren är regionala, företagsnära resurser för utveckling av de gröna näringarna.

Anmäl dig!

Här kan du anmäla dig (öppnas i en ny flik): https://example.se/anmäl?a=1&b=2_3

– Uppdraget är att nätverka, säger Åsa Öberg, de ”fotosyntesbaserade branscherna”.

Klustret är

  \u2022 en nod och arbetar som en resurs för institut, science parks, etc. och
  \u2022 en neutral mötesplats för nya idéer, * ej stjärnor_här *

1. Först detta
- Sedan en enda rad med streck

> Inget citat utan en pil <b>ej fet</b>

Mvh Åsa
"""


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_a_document_mailed_as_it_stands_comes_through_whole(charset):
    found = reading(DOCUMENT, "Lunchwebbinarium för alla i Skåne", charset=charset)
    wanted = [" ".join(line.split()) for line in DOCUMENT.split("\n") if line.strip()]
    shown = [" ".join(line.split()) for line in to_plain(found.text, width=10_000).split("\n") if line.strip()]
    assert shown == wanted
    assert (found.title, found.kind, found.language, found.trimmed) == (
        "Lunchwebbinarium för alla i Skåne",
        Kind.INVITATION,
        "sv",
        "",
    )


@pytest.mark.parametrize(
    ("text", "subject", "headers", "tag", "kind"),
    [
        ("Hej", "Hej", [], "inbjudan", Kind.INVITATION),
        ("Välkommen till träff", "Inbjudan", [], "nyhetsbrev", Kind.NEWSLETTER),
        ("Välkommen till träff", "Inbjudan", [], "Tips", Kind.TIP),
        ("Välkommen till träff", "Inbjudan", [], "fraga", Kind.QUESTION),
        ("Allt möjligt", "Hej", ["List-Unsubscribe: <mailto:x@x.se>", "Precedence: bulk"], None, Kind.NEWSLETTER),
        ("Välkommen till träff", "Hej", ["List-Unsubscribe: <mailto:x@x.se>"], None, Kind.INVITATION),
        ("Läs allt i vårt nyhetsbrev", "Höstens nyhetsbrev", [], None, Kind.NEWSLETTER),
        ("Hej alla", "Inbjudan till fältvandring", [], None, Kind.INVITATION),
        ("Hej alla", "VB: Webbinarium om vätgas", [], None, Kind.INVITATION),
        ("Vi undrar en sak.", "Efterlysning: partner till ansökan", [], None, Kind.QUESTION),
        ("Vi undrar en sak.", "Har någon erfarenhet av biokol?", [], None, Kind.QUESTION),
        ("Läs detta.", "Tips om en rapport", [], None, Kind.TIP),
        ("Anmäl dig senast fredag.", "Höstens program", [], None, Kind.INVITATION),
        ("Ny rapport: https://example.se/r", "Spannmål", [], None, Kind.TIP),
        ("You are invited to a webinar.", "Autumn", [], None, Kind.INVITATION),
        ("Hej", "Hej", [], None, Kind.TIP),
    ],
)
def test_the_kind_by_the_first_rule_that_tells(text, subject, headers, tag, kind):
    assert reading(text, subject, *headers, tag=tag).kind is kind


@pytest.mark.parametrize(
    ("subject", "intent"),
    [
        ("Inbjudan till träff", Intent.NEW),
        ("INSTÄLLT: träff", Intent.CANCELLATION),
        ("Flyttad: träff", Intent.UPDATE),
        ("Påminnelse: träff", Intent.REMINDER),
        ("Save the date: träff", Intent.SAVE_THE_DATE),
        ("Inspelningen från träffen", Intent.RECORDING),
        ("Inställning till vätgas", Intent.NEW),
    ],
)
def test_what_a_mail_wants_by_its_subject(subject, intent):
    assert reading("Hej", subject).intent is intent


def test_a_title_is_the_subject_without_prefixes_else_the_first_line_and_never_empty():
    assert reading("Hej", "VB: Sv: Träff i Umeå").title == "Träff i Umeå"
    assert reading("\n\n# Träff i *Umeå*_2 #\nmer", "").title == "# Träff i *Umeå*_2 #"
    assert reading("", "VB:").title == "(utan rubrik)"
    assert reading(None, "", html="<h1>Träff i <b>Umeå</b></h1><p>mer</p>").title == "Träff i Umeå"
    assert reading(None, "", html="<p><br></p><p><a href='https://x.se'>Träff</a></p>").title == "Träff <https://x.se>"
    assert len(reading("Hej", "a" * 900).title) == 300


ANSWER = "Vi kommer!\n\nMvh Anna\n\nDen 12 okt. 2026 kl 10:12 skrev Nils <n@example.se>:\n> Välkommen"


@pytest.mark.parametrize("header", ["In-Reply-To: <x@example.se>", "References: <x@example.se>"])
def test_an_answer_is_only_what_the_person_wrote(header):
    found = reading(ANSWER, "Träff", header)
    assert found.text == "Vi kommer!"
    assert "Mvh Anna" in found.trimmed
    assert "> Välkommen" in found.trimmed


def test_a_forward_a_first_post_and_a_kind_by_address_are_whole():
    for found in (
        reading(ANSWER, "VB: Träff", "In-Reply-To: <x@example.se>"),
        reading(ANSWER, "Träff"),
        reading(ANSWER, "SV: Träff", tag="inbjudan"),
        reading(ANSWER, "SV: Träff", answer=False),
    ):
        assert "Mvh Anna" in found.text
        assert "Välkommen" in found.text
        assert found.trimmed == ""


def test_an_answer_that_is_html_alone_loses_its_history_too():
    outlook = '<p>Vi kommer <b>gärna</b></p><div id="divRplyFwdMsg"><b>Från:</b> Nils</div><p>Välkommen</p>'
    found = reading(None, "SV: Träff", html=outlook)
    assert found.text == "Vi kommer **gärna**"
    assert "Välkommen" in found.trimmed
    gmail = (
        '<div>Vi kommer</div><div class="gmail_quote"><div class="gmail_attr">Den mån 12 okt. 2026 kl 10:12 skrev Nils '
        '&lt;<a href="mailto:n@example.se">n@example.se</a>&gt;:<br></div><blockquote>Välkommen</blockquote></div>'
    )
    found = reading(None, "SV: Träff", html=gmail)
    assert found.text == "Vi kommer"
    assert "Välkommen" in found.trimmed


def test_html_is_read_for_its_links_unless_the_plain_form_says_more():
    html = "<p>Anmäl dig till träffen <a href='https://example.se/a'>här</a></p>"
    assert "](https://example.se/a)" in reading("Anmäl dig till träffen här", html=html).text
    assert (
        "trettio platser"
        in reading("Bara trettio platser kvar, skynda sakta hem", html="<p>Öppna i webbläsare</p>").text
    )


def test_html_that_would_choke_a_converter_still_gives_its_words():
    found = reading(None, html="<div>" * 3000 + "Välkommen till Umeå" + "</div>" * 3000)
    assert found.text == "Välkommen till Umeå"
    assert "odd_html" in found.warnings


@pytest.mark.parametrize(
    ("line", "audience"),
    [
        ("Till: kluster", Audience.CLUSTERS),
        ("till: Områden.", Audience.AREAS),
        ("To: areas", Audience.AREAS),
        ("Till: alla", Audience.ALL),
    ],
)
def test_a_first_line_says_whom_it_is_for_and_is_taken_away(line, audience):
    found = reading(f"\n{line}\n\nHej på er")
    assert (found.audience, found.text) == (audience, "Hej på er")
    found = reading(None, html=f"<p>{line}</p><p>Hej på er</p>")
    assert (found.audience, found.text) == (audience, "Hej på er")


def test_other_lines_to_somebody_are_text():
    for text in ("Till: Umeå\nHej", "Hej\nTill: kluster", "Till kluster och områden"):
        found = reading(text)
        assert found.audience is Audience.ALL
        assert "Till" in found.text


def test_language_by_its_small_words():
    assert reading("Hej, vi ses på torsdag och det blir kaffe").language == "sv"
    assert reading("We will meet on Thursday and there is coffee for all of you", "Meeting").language == "en"
    assert reading("42", "AI").language == "sv"


def test_topics_of_the_network_are_found_in_compounds_too():
    found = reading(
        "Om kapitalförsörjningen i Norrland", "Krisberedskap", topics=("krisberedskap", "kapitalförsörjning", "vall")
    )
    assert found.topics == ("krisberedskap", "kapitalförsörjning")


CALENDAR = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VEVENT
UID:abc@example.se
SEQUENCE:3
SUMMARY:Fältvandring
DTSTART;TZID=Europe/Stockholm:20260826T130000
DTEND;TZID=Europe/Stockholm:20260826T153000
LOCATION:Norrby gård
DESCRIPTION:Ta stövlar.
ORGANIZER;CN=Nils Berg:mailto:nils@example.se
URL:https://example.se/anmalan
END:VEVENT
END:VCALENDAR
"""


def invitation(text="Välkomna", subject="Fältvandring", method="REQUEST", calendar=CALENDAR):
    message = EmailMessage(policy=SMTP)
    message["From"] = "a@example.se"
    message["Subject"] = subject
    message.set_content(text)
    data = calendar.format(method=method).encode() if calendar is CALENDAR else calendar
    message.add_attachment(data, maintype="text", subtype="calendar", filename="invite.ics", params={"method": method})
    message.add_attachment(b"PDF", maintype="application", subtype="pdf", filename="program.pdf")
    return read(parse(message.as_bytes()), None, ZONE)


def test_a_calendar_file_gives_the_event_and_is_not_passed_on_as_a_file():
    found = invitation()
    event = found.event
    assert event is not None
    assert (event.start, event.end, event.timezone) == ("2026-08-26T13:00", "2026-08-26T15:30", ZONE)
    assert datetime.fromisoformat(event.start).replace(tzinfo=ZoneInfo(event.timezone)).hour == 13
    assert (event.place, event.organiser, event.mode) == ("Norrby gård", "Nils Berg", Attendance.ONSITE)
    assert (event.uid, event.sequence, event.registration_url) == ("abc@example.se", 3, "https://example.se/anmalan")
    assert (found.kind, found.intent) == (Kind.INVITATION, Intent.NEW)
    assert [file.name for file in found.files] == ["program.pdf"]


def test_a_calendar_without_a_letter_speaks_for_itself():
    found = invitation(text="", subject="")
    assert (found.title, found.text) == ("Fältvandring", "Ta stövlar.")


def test_a_cancelled_calendar_is_a_cancellation():
    found = invitation(method="CANCEL")
    assert found.event is not None
    assert (found.event.status, found.intent) == (EventStatus.CANCELLED, Intent.CANCELLATION)


def test_an_answer_to_an_invitation_is_no_event():
    found = invitation(method="REPLY")
    assert found.event is None
    assert "calendar_answer" in found.warnings


def test_a_broken_calendar_is_said_and_the_mail_is_read_all_the_same():
    found = invitation(calendar=b"BEGIN:VCALENDAR\nDTSTART:x")
    assert (found.event, found.text) == (None, "Välkomna")
    assert "calendar_unreadable" in found.warnings


def test_reading_needs_none_of_the_heavy_rooms():
    import subprocess
    import sys

    code = "import sys, bot.reading; print([m for m in ('pydantic', 'sqlalchemy', 'icalendar', 'nh3') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
