"""How something that came from Slack is done: what needs Slack is gathered first, then all facts are one transaction."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from bot.house import House
from bot.publishing import Outcome
from bridges.mail.files import MailFile, safe_name
from bridges.markdown import from_plain
from bridges.slack.api import Away, NoFile, Refused, Slow
from bridges.slack.directory import Person
from bridges.slack.drawing.message import Message
from bridges.slack.form.draft import SlackFile
from bridges.slack.words.to_slack import literal
from bridges.texts import Texts
from storage.models import Inbound

if TYPE_CHECKING:
    from bot.slack.workspace import Workspace


class NotYet(Exception):
    """It cannot be taken in now: Slack does not answer, or what it belongs to is not known yet. It waits in the inbox."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        """`after`: Slack said how long to wait."""
        super().__init__(reason)
        self.after = after


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it, and what is to be said at once to the one who did it."""

    outcome: Outcome
    #: Run after the commit; nothing depends on it.
    after: Callable[[], Awaitable[None]] | None = None


#: The facts of one thing, within the caller's transaction.
Act = Callable[[AsyncSession, Inbound, datetime], Awaitable[Done]]


def workspace_of(house: House) -> "Workspace":
    """The workspace; only for what came from it."""
    if house.slack is None:
        raise NotYet("this process does not speak with Slack")
    return house.slack


@contextmanager
def or_wait() -> Iterator[None]:
    """While Slack is away or asks us to wait, what it is asked for waits too."""
    try:
        yield
    except Slow as trouble:
        raise NotYet(str(trouble), trouble.after) from trouble
    except Away as trouble:
        raise NotYet(str(trouble)) from trouble


async def person_of(house: House, user: str) -> Person | None:
    """Whoever this is, by what Slack says; None for one whom Slack does not know."""
    with or_wait():
        try:
            return await workspace_of(house).directory.person(user)
        except Refused:
            return None  # a name is no reason to lose what they said


def whisper(house: House, channel: str, user: str, sentence: str) -> Callable[[], Awaitable[None]]:
    """Says something to one person, where they pressed."""
    workspace = workspace_of(house)

    async def say() -> None:
        await workspace.whisper(channel, user, Message(literal(sentence)))

    return say


def links_to(files: Sequence[SlackFile], t: Texts) -> str:
    """Files that stay in Slack, as lines of neutral Markdown; one that was deleted there is named."""

    def where(file: SlackFile) -> str:
        if file.mode == "tombstone" or not file.permalink:
            return t.t("deleted in Slack") if file.mode == "tombstone" else t.t("in Slack")
        return f"{t.size(file.size)}, {file.permalink}"

    return "\n".join(f"* {from_plain(file.name or file.id)}: {from_plain(where(file))}" for file in files)


@dataclass(frozen=True, slots=True)
class Fetched:
    """Files out of Slack, and those that stay there."""

    files: tuple[MailFile, ...] = ()
    left: tuple[SlackFile, ...] = ()


async def fetch(house: House, files: Sequence[SlackFile]) -> Fetched:
    """The files' bytes; what is too large, or cannot be had, stays in Slack and is linked to. While Slack is away it is
    waited for.
    """
    limit = house.settings.limits.mail_mb * 1024 * 1024
    got: list[MailFile] = []
    left: list[SlackFile] = []
    for file in files:
        if file.size > limit or file.mode in ("tombstone", "hidden_by_limit", "external"):
            left.append(file)
            continue
        try:
            with or_wait():
                content = await workspace_of(house).api.download(file, limit)
        except (NoFile, Refused):
            left.append(file)
        else:
            content_type = file.content_type or "application/octet-stream"
            got.append(MailFile(safe_name(file.name or file.id, content_type), content_type, content))
    return Fetched(tuple(got), tuple(left))
