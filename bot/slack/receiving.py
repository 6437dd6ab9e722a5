"""One request from Slack becomes facts, in one transaction, like a mail: gather what Slack has to be asked, then do it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import undefer

from bot.house import House
from bot.inbox import begin, park
from bot.logs import where
from bot.publishing import Outcome
from bot.slack.acts import Act, Done, NotYet
from bot.slack.asked import Changed, HomeOpened, Press, Removed, Said, Submission, TipSent, asked
from bot.slack.conversation import changed, removed, said
from bot.slack.digest import arrange_it
from bot.slack.home import home_opened
from bot.slack.presses import pressed
from bot.slack.sharing import submitted, tip_sent
from bridges.slack.form.digest import is_digest_form
from storage.database import is_outage
from storage.ids import InboxId
from storage.inbox import put_back
from storage.models import Inbound
from storage.words import InboxState

log = structlog.get_logger()


async def _sent_in(house: House, what: Submission, received_at: datetime) -> Act:
    """A form: the digest's, or the one that people share with."""
    does = arrange_it if is_digest_form(what.view) else submitted
    return await does(house, what, received_at)


#: What is done with each sort of thing that comes. Each asks Slack for what it needs and answers the act itself.
DOES: dict[type, Callable[[House, Any, datetime], Awaitable[Act]]] = {
    Submission: _sent_in,
    TipSent: tip_sent,
    Press: pressed,
    Said: said,
    Changed: changed,
    Removed: removed,
    HomeOpened: home_opened,
}


async def take_in_waiting(house: House, limit: int = 50) -> int:
    """Take in what came from Slack, oldest first; answers how many rows were done. What cannot be done yet stays, and
    what was said after it in the same thread stays behind it.
    """
    done = 0
    waiting: set[str] = set()
    for inbox_id in await begin(house, "slack", limit):
        done += await take_in(house, inbox_id, waiting)
    return done


async def take_in(house: House, inbox_id: InboxId, waiting: set[str]) -> bool:
    """Take in one request; whether it was, or waits for Slack or for what it belongs to. `waiting`: threads in which
    something waits.
    """
    async with house.database.read() as session:
        row = await session.get_one(Inbound, inbox_id, options=[undefer(Inbound.raw)])
        raw, received_at = row.raw, row.received_at
    what = asked(raw)
    thread = f"{what.channel}:{what.thread}" if isinstance(what, Said) and what.thread else ""
    try:
        if thread in waiting:
            raise NotYet("what was said before it waits")
        act = await DOES[type(what)](house, what, received_at) if what is not None else _nothing
        async with house.database.write() as session:
            row = await session.get_one(Inbound, inbox_id, with_for_update=True)
            if row.state is not InboxState.NEW:
                return True  # another process was first
            now = house.now()
            done = await act(session, row, now)
            row.state, row.reason, row.detail = done.outcome.state, done.outcome.reason, done.outcome.detail
            row.handled_at = now
    except NotYet as trouble:
        log.info("inbox.waits", inbox=inbox_id, reason=str(trouble))
        waiting.update({thread} - {""})
        async with house.database.write() as session:
            await put_back(session, inbox_id)
        return False
    except Exception as error:
        if is_outage(error):
            raise
        # The kind and the place, not the words: an error of the database quotes what people wrote. The row keeps them.
        log.error("inbox.unexpected", inbox=inbox_id, error=type(error).__name__, where=where(error))  # noqa: TRY400
        await park(house, inbox_id, "unexpected", f"{type(error).__name__}: {error}")
        return True
    log.info("inbox.done", inbox=inbox_id, state=done.outcome.state.value, reason=done.outcome.reason)
    house.poke_relay()
    if done.after is not None:
        await done.after()
    return True


async def _nothing(session: Any, row: Inbound, now: datetime) -> Done:
    return Done(Outcome(InboxState.ASIDE, "nothing_to_us"))
