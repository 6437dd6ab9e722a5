"""What Slack answers to one token: who it belongs to, what it may do, and whether it opens a socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from bot.diagnosis.clock import compare
from bot.diagnosis.findings import Inquiry
from bot.diagnosis.slack_words import refusal
from bot.diagnosis.trouble import in_one_line
from bridges.slack.api import Away, Refused, SlackApi, Slow

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Asked:
    """Slack's API by one token, and what it has said."""

    api: SlackApi
    token: str = field(repr=False)
    seconds: float  # for an answer
    scopes: frozenset[str] = field(default=frozenset())
    bot: str = "brygga"  # what it is called in the workspace

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Ask one thing. Raises Refused, Away and Slow."""
        return await in_time(self.seconds, self.api.call(method, **arguments))


async def in_time(seconds: float, answer: Awaitable[Answer]) -> Answer:
    """The answer, if it comes in time. Raises Away."""
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError:
        raise Away("Slack does not answer in time", begun=True) from None


@asynccontextmanager
async def asking(inquiry: Inquiry, token: str) -> AsyncIterator[Asked]:
    """Connections to Slack by this token; closed at the end."""
    settings = inquiry.settings
    assert settings.slack  # noqa: S101  asked for only where it is set
    ca_file = settings.tls.ca_file
    api = SlackApi(token, settings.slack.api_url, ca_file=settings.folder / ca_file if ca_file else None)
    try:
        yield Asked(api, token, inquiry.patience.answer)
    finally:
        await api.close()


async def sign_in(inquiry: Inquiry, asked: Asked) -> bool:
    """Whether Slack knows the bot token, and for whom it holds it."""
    report, t = inquiry.report, inquiry.t
    try:
        me = await in_time(asked.seconds, asked.api.whoami())
    except Refused as refused:
        report.bad("slack.bot_token", *refusal(t, "bot_token", refused))
        return False
    except (Away, Slow) as trouble:
        unreached(inquiry, "slack.connect", trouble)
        return False
    asked.scopes = me.scopes
    team = await _names_and_clock(inquiry, asked) or urlsplit(me.url).netloc or me.team_id
    if not me.bot_id:
        report.bad(
            "slack.bot_token",
            t("The bot_token is that of a person, {name} in {team}.", name=asked.bot, team=team),
            t("Copy the Bot User OAuth Token from OAuth & Permissions."),
        )
        return False
    report.good("slack.bot_token", t("Signed in as @{name} in {team}.", name=asked.bot, team=team))
    return True


async def _names_and_clock(inquiry: Inquiry, asked: Asked) -> str:
    """What the workspace is called; on the way, what Slack's clock says."""
    try:
        answer = await in_time(asked.seconds, asked.api.client.auth_test())
    except Exception:  # noqa: BLE001  it has answered once; names are an extra
        return ""
    asked.bot = str(answer.get("user") or asked.bot)
    date = next((value for name, value in answer.headers.items() if name.lower() == "date"), "")
    with suppress(ValueError, TypeError):
        theirs = parsedate_to_datetime(str(date))
        if theirs.tzinfo is not None:
            compare(inquiry, "slack.clock", "Slack", theirs)
    return str(answer.get("team") or "")


async def open_socket(inquiry: Inquiry, asked: Asked) -> None:
    """Whether Slack would let us listen; the connection itself is not made."""
    report, t = inquiry.report, inquiry.t
    try:
        answer = await asked.call("apps.connections.open", app_token=asked.token)
    except Refused as refused:
        report.bad("slack.socket", *refusal(t, "app_token", refused))
    except (Away, Slow) as trouble:
        unreached(inquiry, "slack.socket", trouble)
    else:
        if str(answer.get("url") or "").startswith(("wss://", "ws://")):
            report.good("slack.socket", t("Socket Mode is on: Slack lets Brygga listen."))
        else:
            report.bad("slack.socket", t("Slack names no address to listen at."), t("Look at [slack] api_url."))


def unreached(inquiry: Inquiry, check: str, trouble: Away | Slow) -> None:
    """Say that Slack did not answer, or not now."""
    t, settings = inquiry.t, inquiry.settings.slack
    if isinstance(trouble, Slow):
        seconds = t.duration(max(1, int(trouble.after.total_seconds())))
        inquiry.report.doubt(
            check, t("Slack wants to be asked less often."), t("Try again in {duration}.", duration=seconds)
        )
        return
    where = urlsplit(settings.api_url).netloc if settings else ""
    inquiry.report.bad(
        check,
        t("Slack is not reached at {where}: {error}", where=where, error=in_one_line(trouble.reason)),
        t("Look whether this machine reaches the internet, and at [slack] api_url; a firewall may be in the way."),
    )
