"""What the people of the seeded network have shared and answered: one TOML file a thing, its days counted from today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources.abc import Traversable
from typing import Final
from zoneinfo import ZoneInfo

from bot.demo.seed.days import BadDay, day_of, day_words, time_words
from bot.demo.seed.pdf import pdf_of
from bot.demo.seed.people import SeedTown
from bot.demo.seed.table import BadSeed, Table, filled, read_table
from storage.words import Answer, Attendance, Audience, Kind

ZONE: Final = ZoneInfo("Europe/Stockholm")
#: What the network's topics are, as a settings file would list them.
TOPICS: Final = (
    *("krisberedskap", "självförsörjning", "regler och villkor", "kapitalförsörjning"),
    *("nya affärsmodeller", "kompetensförsörjning", "vatten"),
)
#: How somebody shares, and how somebody answers.
_SHARES, _ANSWERS = ("form", "mail"), ("slack", "mail")
#: The subaddresses that fix the kind.
_TAGS = ("inbjudan", "nyhetsbrev", "tips", "fraga")

#: A file as mail and Slack take it: name, type, bytes.
SeedFile = tuple[str, str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When and where something happens."""

    start: datetime  # aware
    end: datetime  # aware
    mode: Attendance
    place: str
    online: str
    sign_up: str
    last_day: date | None
    calendar: bool  # goes along as a calendar file
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody says in the thread, and by which road."""

    by: str
    road: str  # "slack" or "mail"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One thing that somebody shares, with all that the others do with it."""

    where: str  # its file
    by: str
    road: str  # "form" or "mail"
    tag: str  # of the address it is mailed to
    kind: Kind | None  # None: the mail tells
    title: str
    text: str
    html: str
    topics: tuple[str, ...]
    audience: Audience
    held: bool  # waits at the desk
    occasion: Occasion | None
    files: tuple[SeedFile, ...]
    headers: dict[str, str]
    replies: tuple[Reply, ...]
    signed_up: tuple[tuple[Answer, str], ...]
    votes: tuple[str, ...]


def read_story(folder: Traversable, town: SeedTown, today: date) -> tuple[Shared, ...]:
    """Everything that is shared, in the order of the files' names. Raises BadSeed."""
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    if not names:
        raise BadSeed("shared", "there is no file in it")
    return tuple(_Page(folder, name, town, today).read() for name in names)


class _Page:
    """One file, while it is read."""

    def __init__(self, folder: Traversable, name: str, town: SeedTown, today: date) -> None:
        self._folder, self._today = folder, today
        self._where = f"shared/{name}"
        self._data = folder.joinpath(name).read_bytes()
        self._keys = [person.key for person in town.people]
        self._in_slack = [person.key for person in town.people if person.slack_user]
        self._words: dict[str, str] = {}

    def read(self) -> Shared:
        with read_table(self._where, self._data) as page:
            road = page.one_of("road", _SHARES)
            language = page.one_of("language", ("sv", "en"), "sv")
            occasion = self._occasion(page.table("event"), language)
            self._more_days(page.table("days"), language)
            return Shared(
                where=self._where,
                by=page.one_of("by", self._in_slack if road == "form" else self._keys),
                road=road,
                tag=page.one_of("to", _TAGS, ""),
                kind=Kind(page.one_of("kind", list(Kind))) if road == "form" else None,
                title=page.text("title"),
                text=self._filled(page.text("text")),
                html=self._html(page.text("html", "")),
                topics=self._topics(page),
                audience=Audience(page.one_of("audience", list(Audience), Audience.ALL)),
                held=page.yes("held"),
                occasion=occasion,
                files=tuple(_file(one) for one in page.tables("files")),
                headers=headers.all_texts() if (headers := page.table("headers")) else {},
                replies=tuple(self._reply(one) for one in page.tables("answers")),
                signed_up=self._signed_up(page.table("coming")),
                votes=self._several(page, "votes", self._in_slack),
            )

    def _filled(self, text: str) -> str:
        return filled(self._where, text, self._words)

    def _html(self, name: str) -> str:
        if not name:
            return ""
        try:
            return filled(f"shared/{name}", self._folder.joinpath(name).read_text("utf-8"), self._words)
        except (OSError, UnicodeDecodeError) as error:
            raise BadSeed(self._where, f"html: {error}") from error

    def _day(self, where: str, words: str, length: int = 1) -> date:
        try:
            return day_of(words, self._today, length=length)
        except BadDay as error:
            raise BadSeed(where, error) from error

    def _more_days(self, table: Table | None, language: str) -> None:
        for name, words in (table.all_texts() if table else {}).items():
            self._words[name] = day_words(self._day(f"{self._where}, days", words), self._today, language)

    def _occasion(self, table: Table | None, language: str) -> Occasion | None:
        if table is None:
            return None
        with table:
            days = table.number("days", 1)
            first = self._day(table.where, table.text("day"), days)
            last_day = table.text("last_day", "")
            occasion = Occasion(
                start=_moment(table, "from", first),
                end=_moment(table, "to", first + timedelta(days=days - 1)),
                mode=Attendance(table.one_of("mode", list(Attendance))),
                place=table.text("place", ""),
                online=table.text("online", ""),
                sign_up=table.text("sign_up", ""),
                last_day=self._day(table.where, last_day) if last_day else None,
                calendar=table.yes("calendar"),
                cancelled=table.yes("cancelled"),
            )
        self._words["when"] = time_words(occasion.start, occasion.end, self._today, language)
        if occasion.last_day:
            self._words["last_day"] = day_words(occasion.last_day, self._today, language)
            if occasion.last_day >= first:
                raise BadSeed(table.where, "the last day to sign up is not before the event")
        return occasion

    def _topics(self, page: Table) -> tuple[str, ...]:
        return self._several(page, "topics", TOPICS)

    def _several(self, page: Table, name: str, known: Collection[str]) -> tuple[str, ...]:
        found = page.texts(name)
        for one in found:
            if one not in known:
                raise BadSeed(page.where, f"{name}: “{one}” is none of {', '.join(known)}")
        return found

    def _signed_up(self, table: Table | None) -> tuple[tuple[Answer, str], ...]:
        if table is None:
            return ()
        with table:
            return tuple((answer, key) for answer in Answer for key in self._several(table, answer.value, self._keys))

    def _reply(self, table: Table) -> Reply:
        with table:
            road = table.one_of("road", _ANSWERS)
            by = table.one_of("by", self._in_slack if road == "slack" else self._keys)
            return Reply(by, road, self._filled(table.text("text")))


def _moment(table: Table, name: str, day: date) -> datetime:
    words = table.text(name)
    try:
        clock = time.fromisoformat(words.replace(".", ":"))
    except ValueError:
        raise BadSeed(table.where, f"{name}: “{words}” is no time of day: write for example 13.00") from None
    return datetime.combine(day, clock, ZONE)


def _file(table: Table) -> SeedFile:
    with table:
        return table.text("name"), "application/pdf", pdf_of(table.text("pdf"))
