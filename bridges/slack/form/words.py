"""Text in a form's field: shown as people write it, and read as neutral Markdown."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from bridges.mail.headers import one_line
from bridges.markdown import from_plain, to_html
from bridges.occasions import Meeting
from bridges.slack.form.draft import LONGEST_TEXT, Draft, clean, cut
from storage.words import Audience, Kind, Precision

_LONGEST_PREFILLED_TITLE: Final = 150
_TOO_LONG_TO_PRETTIFY: Final = 12_000  # characters; proving that it says the same takes 5 ms a 1,000

_FENCE = re.compile(r"\s{0,3}(?:>\s?)*(`{3,}|~{3,})")
#: What is left alone in a line (code, links), and what is not (bare links, signs that would make words vanish).
_PIECES = re.compile(
    r"(?P<code>(?<!\\)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<link>\[[^\]\n]*\]\((?:<[^>\n]*>|[^)\s]*)\))"
    r"|(?P<auto><(?:https?://|mailto:)?[^<>\s]+>)"
    r"|(?P<bare>(?:https?://|www\.)[^\s<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<definition>(?<!\\)\](?=:))"
    r"|(?P<entity>(?<!\\)&(?=\#?\w+;))",
    re.IGNORECASE,
)
_WWW = re.compile(r"\[(www\.[^\]\\\s]+)\]\(<https://\1>\)")
_AUTO = re.compile(r"<((?:https?://|mailto:)?[^<>\s]+)>")


def typed(text: str) -> str:
    """Neutral Markdown of what stands in the text field: bare links are links, and no word vanishes as a sign."""
    out: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
            out.append(line)
        elif mark:
            fence = mark[1]
            out.append(line)
        else:
            out.append(_PIECES.sub(_piece, line))
    return "\n".join(out)


def _piece(found: re.Match[str]) -> str:
    if found["bare"]:
        return from_plain(found["bare"])
    return "\\" + found[0] if found["definition"] or found["entity"] else found[0]


def shown(md: str) -> str:
    """Neutral Markdown as a person would type it: links without the brackets around them, where that says the same."""
    if len(md) > _TOO_LONG_TO_PRETTIFY:
        return md
    plain = _AUTO.sub(r"\1", _WWW.sub(r"\1", md))
    return plain if to_html(typed(plain), styled=False) == to_html(md, styled=False) else md


def text_in(answered: Draft, source: str = "") -> str:
    """The answered text as neutral Markdown; `source`, which it was filled in from, to the letter where it was left as
    it stood. So nothing of a long text is lost, though the field holds its beginning.
    """
    return source if source and _untouched(answered.text, shown(source)) else typed(answered.text)


def kept(answered: Draft, before: Draft) -> Draft:
    """The answers, with what the form could not show of `before`: the rest of a long text left as it stood, a mail
    address to sign up at, and files.
    """
    by_mail = not answered.registration_url and not before.registration_url.startswith(("http://", "https://"))
    ids = {file.id for file in answered.files}
    return replace(
        answered,
        text=before.text if _untouched(answered.text, before.text) else answered.text,
        registration_url=before.registration_url if by_mail else answered.registration_url,
        files=(*(file for file in before.files if file.id not in ids), *answered.files),
    )


def _untouched(answer: str, filled_in: str) -> bool:
    """Whether the field came back as it was filled in; Slack may change the white space."""
    return answer.split() == cut(clean(filled_in), LONGEST_TEXT).split()


# -- filled in from what somebody wrote -----------------------------------------------------------------------------------

_LINK = re.compile(r"https?://[^\s<>()]+|www\.[^\s<>()]+\.[^\s<>()]+", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
#: What a letter begins with, before it says anything.
_GREETING = re.compile(
    r"(?:hej(?:san)?|hejhej|hallå|tjena|god (?:morgon|dag|kväll)|kära|hello|hi|dear|good (?:morning|afternoon))\b[^.!?\n]{0,40}[.!,]?\s*",
    re.IGNORECASE,
)


def first_line(plain: str) -> str:
    """The first line with words, which becomes the title; a greeting or a link only when there is nothing else."""
    lines = [one_line(line.lstrip("•-> "), 2000) for line in plain.split("\n")]
    bare = [_LINK.sub("", line) for line in lines]
    for line in (*(line for line in bare if not _GREETING.fullmatch(line.strip())), *bare, *lines):
        words = " ".join(line.split()).strip(" :–-<>|")
        if any(char.isalnum() for char in words):
            return cut(words, _LONGEST_PREFILLED_TITLE)
    return ""


class Shared(Protocol):
    """An item, as `storage.models.Item` and what cards are drawn from have it."""

    @property
    def kind(self) -> Kind: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def topics(self) -> Sequence[str]: ...
    @property
    def audience(self) -> Audience: ...


class Occasion(Meeting, Protocol):
    """An event, likewise."""

    @property
    def all_day(self) -> bool: ...


def draft_of(item: Shared, event: Occasion | None) -> Draft:
    """The form of an item as it stands, to be edited; sent in unchanged, the event is the same."""
    draft = Draft(
        kind=item.kind, title=item.title, text=shown(item.text), topics=tuple(item.topics), audience=item.audience
    )
    if event is None:
        return draft
    mail = f"mailto:{event.registration_email}" if event.registration_email else ""
    deadline = _DAY.match(event.registration_deadline)
    draft = replace(
        draft,
        mode=event.mode,
        place=event.place,
        online_url=event.online_url,
        registration_url=event.registration_url or mail,
        registration_deadline=date.fromisoformat(deadline[0]) if deadline else None,
    )
    first, last = event.start[:10], (event.end or event.start)[:10]
    if event.precision == Precision.WEEK:
        week = date.fromisoformat(first).isocalendar()
        return replace(draft, when_text=f"v. {week.week} {week.year}")
    if event.all_day or "T" in event.start:
        zone = ZoneInfo(event.timezone)
        start, end = (datetime.fromisoformat(wall) if wall else None for wall in (event.start, event.end))
        start, end = (wall.replace(tzinfo=wall.tzinfo or zone) if wall else None for wall in (start, end))
        return replace(draft, start=start, end=end, all_day=event.all_day)
    return replace(draft, when_text=first if last == first else f"{first} – {last}")  # the hour is not known
