"""A whole mail's events: its calendars are right about when, its words tell the rest, and who only mentions a day has none."""

from email.message import EmailMessage

from bot.reading import Reading, read
from bridges.mail.parse import parse
from storage.words import EventStatus, Intent, Kind

STOCKHOLM = "Europe/Stockholm"
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
METHOD:{method}
BEGIN:VEVENT
UID:{uid}@example.se
DTSTART;TZID=Europe/Stockholm:{start}
DTEND;TZID=Europe/Stockholm:{end}
SUMMARY:{title}
END:VEVENT
END:VCALENDAR
"""


def mail(
    subject: str, text: str, *calendars: str, enclosed: EmailMessage | None = None, **headers: str
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Anna Ek <anna@example.se>"
    message["To"] = "kluster@lista.example.se"
    message["Date"] = "Thu, 01 Oct 2026 09:00:00 +0200"
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for calendar in calendars:
        message.add_attachment(calendar.encode(), maintype="text", subtype="calendar", filename="inbjudan.ics")
    if enclosed is not None:
        message.add_attachment(enclosed)
    return message


def calendar(
    title: str = "Temadag",
    day: str = "20261112",
    *,
    uid: str = "1",
    method: str = "PUBLISH",
    hours: tuple[str, str] = ("09", "15"),
) -> str:
    return CALENDAR.format(
        method=method, uid=uid, title=title, start=f"{day}T{hours[0]}0000", end=f"{day}T{hours[1]}0000"
    )


def reading(message: EmailMessage, tag: str | None = None) -> Reading:
    return read(parse(message.as_bytes()), tag, STOCKHOLM)


def test_the_calendar_says_when_and_the_letter_how_to_sign_up():
    found = reading(
        mail(
            "Inbjudan: Temadag",
            "Välkommen till temadag torsdag 12 november kl 10 på Torsta.\nAnmäl dig senast 5 november: https://x.example.se/anmalan",
            calendar(),
        )
    )
    assert found.event is not None
    assert (found.event.start, found.event.end, found.event.uid) == (
        "2026-11-12T09:00",
        "2026-11-12T15:00",
        "1@example.se",
    )
    assert (found.event.place, found.event.registration_deadline) == ("Torsta", "2026-11-05")
    assert found.event.registration_url == "https://x.example.se/anmalan"
    assert found.further == ()


def test_every_calendar_is_an_event_and_the_same_one_twice_is_one():
    found = reading(mail("Inbjudan", "Se bilagor.", calendar(), calendar("Kurs", "20261119", uid="2"), calendar()))
    assert [event.title for event in (found.event, *found.further) if event] == ["Temadag", "Kurs"]


def test_a_calendar_that_answers_or_cannot_be_read_is_no_event():
    found = reading(
        mail("Accepterat: Temadag", "Jag kommer.", calendar(method="REPLY"), "BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    )
    assert found.event is None
    assert {"calendar_answer", "calendar_unreadable"} <= set(found.warnings)


def test_a_calendar_that_calls_off_is_called_off():
    found = reading(mail("Inställt", "Tyvärr.", calendar(method="CANCEL")))
    assert found.event is not None
    assert found.event.status is EventStatus.CANCELLED


def test_an_enclosed_mail_is_read_for_what_it_invites_to():
    inner = mail("Kurs i jord", "Välkommen till en kurs den 18 november kl 9.30–15. Anmäl dig till eva@example.se.")
    found = reading(mail("VB: Kurs i jord", "Något för er?", enclosed=inner))
    assert found.event is not None
    assert (found.event.start, found.event.registration_email) == ("2026-11-18T09:30", "eva@example.se")


def test_an_answer_that_mentions_a_day_has_no_event():
    message = mail(
        "SV: Temadag", "Jag kan inte den 12 november, men gärna den 19 november kl 10.", In_Reply_To="<a@example.se>"
    )
    assert reading(message).event is None


def test_an_answer_that_moves_what_was_invited_to_tells_the_new_day():
    message = mail(
        "SV: Temadag", "Temadagen den 12 november flyttas till den 19 november kl 10.", In_Reply_To="<a@example.se>"
    )
    found = reading(message)
    assert found.event is not None
    assert (found.event.start, found.event.status) == ("2026-11-19T10:00", EventStatus.MOVED)


def test_a_question_or_a_tip_that_mentions_a_day_has_no_event():
    asked = reading(
        mail("Efterlysning", "Vi såg ett stall på mässan den 24 oktober kl 10. Har någon erfarenhet av det?")
    )
    assert (asked.kind, asked.event) == (Kind.QUESTION, None)
    tip = reading(mail("Lästips", "Rapporten släpps den 3 november kl 9: https://x.example.se/rapport"), "tips")
    assert (tip.kind, tip.event) == (Kind.TIP, None)


def test_an_invitation_without_a_day_is_one_all_the_same():
    found = reading(mail("Träff", "Vi ses snart, mer information kommer."), "inbjudan")
    assert (found.kind, found.event, found.warnings) == (Kind.INVITATION, None, ())


def test_a_mail_without_its_date_has_no_day_made_up():
    message = mail("Inbjudan", "Välkommen den 3 november kl 9.")
    del message["Date"]
    assert reading(message).event is None


def test_who_answers_a_reminder_of_its_own_makes_no_answer_of_it():
    text = "Hej igen, glöm inte kvällen torsdag 15 oktober kl 18 på Solgården. Anmäl er senast 12 oktober."
    reminder = mail("Påminnelse: Svampkväll", text, In_Reply_To="<first@example.se>")
    found = reading(reminder)
    assert (found.kind, found.intent) == (Kind.INVITATION, Intent.REMINDER)
    assert found.event is not None
    assert (found.event.start, found.event.registration_deadline) == ("2026-10-15T18:00", "2026-10-12")


def test_who_quotes_somebody_answers_whatever_the_subject_says():
    text = "Jag kommer gärna.\n\nBo Ek skrev:\n> Kvällen är torsdag 15 oktober kl 18 på Solgården."
    assert reading(mail("Påminnelse: Svampkväll", text, In_Reply_To="<first@example.se>")).event is None


def test_a_question_that_leads_to_an_hour_and_a_place_invites():
    text = "Har ni nån granne som odlar? Ta med dem!\n\nDen 15 oktober mellan 17 och 19 ses vi på Solgården i Ås."
    found = reading(mail("Prat om odling", text))
    assert (found.kind, found.event and found.event.start) == (Kind.INVITATION, "2026-10-15T17:00")


def test_an_answer_to_the_mail_is_how_one_signs_up_with_who_wrote_it():
    text = "Torsdag 15 oktober kl 18 på Solgården. Svara på det här mejlet senast en vecka innan."
    found = reading(mail("Svampkväll", text, Reply_To="kansli@example.se")).event
    assert found is not None
    assert (found.registration_email, found.registration_deadline) == ("kansli@example.se", "2026-10-08")
