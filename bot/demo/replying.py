"""How mail programs in Swedish answer: where to, under which subject, with which quote, and from a calendar."""

from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from bot.demo.cast import Character
from bridges.mail.calendar_in import CalendarEvent
from bridges.texts import Texts

#: What a calendar says of an answer (RFC 5545 §3.2.12), and what stands before the subject.
ANSWERS = {"yes": ("ACCEPTED", "Accepterat"), "maybe": ("TENTATIVE", "Preliminärt"), "no": ("DECLINED", "Avböjt")}


def where_to(mail: EmailMessage) -> str:
    """Reply-To, else From (RFC 5322 §3.6.2)."""
    return str(mail["Reply-To"] or mail["From"] or "")


def subject_of_answer(mail: EmailMessage) -> str:
    """With one "Sv:" in front, however often it was answered."""
    subject = " ".join(str(mail["Subject"] or "").split())
    return subject if subject.lower().startswith(("sv:", "re:")) else f"Sv: {subject}"


def headers_of_answer(mail: EmailMessage) -> dict[str, str]:
    """What ties it to the mail (RFC 5322 §3.6.4)."""
    about = " ".join(str(mail["Message-ID"] or "").split())
    if not about:
        return {}
    before = " ".join(str(mail["References"] or mail["In-Reply-To"] or "").split())
    return {"In-Reply-To": about, "References": f"{before} {about}".strip()}


def quoted(text: str, mail: EmailMessage, original: str, when: datetime) -> str:
    """The answer with the mail under it, as Gmail quotes in Swedish. `when`: in the reader's own zone."""
    name, address = parseaddr(str(mail["From"] or ""))
    day = Texts("sv").day(when.date(), date(when.year - 1, 1, 1))
    head = f"Den {day} kl {when:%H:%M} skrev {name or address} <{address}>:"
    quote = "\n".join(f"> {line}" if line else ">" for line in original.rstrip().split("\n"))
    return f"{text.rstrip()}\n\n{head}\n\n{quote}\n"


def calendar_answer(event: CalendarEvent, person: Character, answer: str, now: datetime) -> tuple[str, str, str]:
    """Subject, text and calendar of an iTIP REPLY (RFC 5546 §3.2.3). Raises KeyError for an answer there is not."""
    from icalendar import Calendar, Event, vCalAddress, vText  # noqa: PLC0415  late: 50 ms and 10 MB

    state, word = ANSWERS[answer]
    entry = Event()
    entry.add("uid", event.uid)
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("summary", event.title)
    entry.add("dtstart", _in_utc(event.start, event.timezone))
    entry.add("organizer", vCalAddress(f"mailto:{event.organiser_email}"))
    attendee = vCalAddress(f"mailto:{person.email}")
    attendee.params["PARTSTAT"] = vText(state)
    attendee.params["CN"] = vText(person.name)
    entry.add("attendee", attendee)
    calendar = Calendar()
    calendar.add("prodid", "-//Brygga//Demo//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "REPLY")
    calendar.add_component(entry)
    said = {"yes": "har tackat ja", "maybe": "kommer kanske", "no": "har tackat nej"}[answer]
    return f"{word}: {event.title}", f"{person.name} {said}.\n", calendar.to_ical().decode()


def _in_utc(start: date | datetime, zone: str) -> date | datetime:
    return start.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if isinstance(start, datetime) else start
