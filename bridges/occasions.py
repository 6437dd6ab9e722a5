"""The words that letters, pages and posts in Slack share: what it is, when and where, the last day, and why it waits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Protocol
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from bridges.mail.headers import one_line
from bridges.texts import LANGUAGES, Texts, When
from storage.words import Attendance, EventStatus, Intent, Kind

#: A last day that is this near presses.
NEAR_DAYS = 7

_MEETING_SERVICES = {"teams.": "Teams", "zoom.": "Zoom", "meet.google.": "Google Meet", "webex.": "Webex"}


class Meeting(When, Protocol):
    """An event, as `storage.models.Event` and what letters are made from have it."""

    @property
    def timezone(self) -> str: ...
    @property
    def mode(self) -> Attendance | None: ...
    @property
    def place(self) -> str: ...
    @property
    def online_url(self) -> str: ...
    @property
    def registration_url(self) -> str: ...
    @property
    def registration_email(self) -> str: ...
    @property
    def registration_deadline(self) -> str: ...
    @property
    def status(self) -> EventStatus: ...


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day to sign up."""

    words: str = ""  # "" when there is none
    near: bool = False  # it presses
    passed: bool = False


def kind_word(kind: Kind | None, t: Texts) -> str:
    """What sort of thing it is."""
    words = {
        Kind.INVITATION: t.t("Invitation"),
        Kind.NEWSLETTER: t.t("Newsletter"),
        Kind.TIP: t.t("Tip"),
        Kind.QUESTION: t.t("Question"),
    }
    return words[kind] if kind else t.t("Post")


def kicker(kind: str, of: str) -> str:
    """What stands above a title: "INBJUDAN · Vreta Kluster"."""
    return " · ".join(filter(None, (kind.upper(), one_line(of))))


def held_words(reason: str, t: Texts) -> str:
    """Why a post waits, to an editor; a reason without words of its own is shown as it is kept."""
    words = {
        "unknown_sender": t.t("The address is not known here."),
        "unknown_user": t.t("This person in Slack is not a member yet."),
        "guest": t.t("This person is a guest in Slack, or belongs to another workspace."),
        "untrusted": t.t("The receiving server could not vouch that the mail comes from this address."),
        "first_share": t.t("It is the first thing that this person shares."),
        "too_many": t.t("This person has shared much in the last hour."),
        "too_big": t.t("The mail is larger than the limit."),
        "left": t.t("This person has left the network."),
        "suspended": t.t("Mail to this address comes back."),
        "many_senders": t.t("The mail names several senders."),
        "no_sender": t.t("The mail names no sender."),
        "same_event": t.t("It may tell of an event that is there already."),
        "not_their_event": t.t("It changes an event that somebody else has shared."),
        "not_found": t.t("The thread that it answers is not known here."),
        "counter_proposal": t.t("A calendar proposes another time."),
    }
    return words.get(reason, reason.replace("_", " "))


def status_word(status: EventStatus, t: Texts) -> str:
    """Whether the event stands as it was said: "Inställt", "Flyttat"; "" when it does."""
    words = {EventStatus.CANCELLED: t.t("Cancelled"), EventStatus.MOVED: t.t("Moved")}
    return words.get(status, "")


def flag(intent: Intent, meeting: Meeting | None, t: Texts) -> str:
    """What a reader must know before anything else; "" when it is simply new."""
    if meeting and (word := status_word(meeting.status, t)):
        return word
    words = {
        Intent.UPDATE: t.t("Changed"),
        Intent.CANCELLATION: t.t("Cancelled"),
        Intent.REMINDER: t.t("Reminder"),
        Intent.SAVE_THE_DATE: t.t("Save the date"),
        Intent.RECORDING: t.t("Watch afterwards"),
    }
    return words.get(intent, "")


def says_itself(title: str, word: str) -> bool:
    """Whether a title begins with the word already, in any language of ours: "Inställt: Fältvandring", as people write."""
    begins = title.casefold().lstrip(" [(*!")
    alike = next((words for words in _alike() if word.casefold() in words), {word.casefold()})
    return any(begins.startswith(one) for one in alike)


@cache
def _alike() -> list[set[str]]:
    """The words that stand before a title, each in every language."""
    keys = ("Cancelled", "Moved", "Changed", "Reminder", "Save the date", "Watch afterwards")
    return [{Texts(lang).t(key).casefold() for lang in LANGUAGES} for key in keys]


def headline(word: str, title: str) -> str:
    """A title with what must be known before it, said once: "Inställt: Fältvandring"."""
    return f"{word}: {title}" if word and not says_itself(title, word) else title


def where(meeting: Meeting, t: Texts) -> str:
    """The place, and that it is online: "Norrby gård", "Digitalt via Teams"."""
    place = one_line(meeting.place)
    if meeting.mode not in (Attendance.ONLINE, Attendance.HYBRID) and (place or not meeting.online_url):
        return place
    host = _host(meeting.online_url)
    service = next((name for part, name in _MEETING_SERVICES.items() if part in host), "")
    online = t.t("online via {service}", service=service) if service else t.t("online")
    return t.t("{place}, and {online}", place=place, online=online) if place else online[:1].upper() + online[1:]


def when_and_where(meeting: Meeting, today: date, t: Texts) -> str:
    """Such as "ons 26 aug kl. 13.00–15.30 · Norrby gård"."""
    return " · ".join(filter(None, (t.when(meeting, today), where(meeting, t))))


def last_day(meeting: Meeting, today: date, t: Texts, *, signing_up: bool = True) -> LastDay:
    """The last day in words, with how far away it is when it is near. `signing_up`: else for whatever it is about."""
    if meeting.status is EventStatus.CANCELLED:
        return LastDay()
    try:
        moment = datetime.fromisoformat(meeting.registration_deadline)
    except ValueError:  # none, or nothing that we understand
        return LastDay()
    if moment.tzinfo:
        moment = moment.astimezone(ZoneInfo(meeting.timezone))
    day = t.day(moment.date(), today)
    if "T" in meeting.registration_deadline:
        day = f"{day} {t.clock(moment.time())}"
    left = (moment.date() - today).days
    if left < 0:
        was = (
            t.t("The last day to sign up was {day}.", day=day)
            if signing_up
            else t.t("The last day was {day}.", day=day)
        )
        return LastDay(was, passed=True)
    words = t.t("Last day to sign up: {day}", day=day) if signing_up else t.t("The last day is {day}", day=day)
    if left > NEAR_DAYS:
        return LastDay(words)
    return LastDay(f"{words} ({t.in_days(left)})", near=True)


def how_it_fares(t: Texts, *, coming: int = 0, clusters: int = 0, answers: int = 0, votes: int = 0) -> str:
    """Such as "12 kommer från 5 kluster · 3 svar i tråden"; "" when nobody has done anything."""
    said = []
    if votes:
        said.append(t.plural("{n} vote", "{n} votes", votes))
    if coming:
        people = t.plural("{n} is coming", "{n} are coming", coming)
        from_ = t.plural("{people} from {n} cluster", "{people} from {n} clusters", clusters, people=people)
        said.append(from_ if clusters else people)
    if answers:
        said.append(t.plural("{n} answer in the thread", "{n} answers in the thread", answers))
    return " · ".join(said)


def is_past(meeting: Meeting, today: date) -> bool:
    """Whether its last day is over; of a week only the Monday is known, and it lasts until Sunday."""
    last = datetime.fromisoformat(meeting.end or meeting.start).date()
    return last + timedelta(days=6 if meeting.precision == "week" else 0) < today


def moment(at: datetime, timezone: str, today: date, t: Texts) -> str:
    """Such as "kl. 09.12"; with the day when it was another."""
    local = at.astimezone(ZoneInfo(timezone))
    clock = t.clock(local.time())
    return clock if local.date() == today else f"{t.day(local.date(), today)} {clock}"


def sign_up_url(meeting: Meeting) -> str:
    """Where one signs up: a page, else an address to mail; "" when neither is given."""
    if is_web(meeting.registration_url):
        return meeting.registration_url
    return mail_url(meeting.registration_email) if meeting.registration_email else ""


def mail_url(address: str) -> str:
    """What opens the reader's mail program with a letter to that address."""
    return f"mailto:{quote(one_line(address), safe='@+')}"


def is_web(url: str) -> bool:
    """Whether it is a link that is safe to press; what mail calls a link may be anything."""
    return url.lower().startswith(("https://", "http://")) and not set(' <>"\n\r') & set(url)


def _host(url: str) -> str:
    """The name of the machine a link leads to, in small letters; "" when it names none."""
    try:
        return urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
