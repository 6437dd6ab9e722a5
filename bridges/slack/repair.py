"""After a silence: what was answered meanwhile in the threads we know is fetched from Slack's history, within bounds."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from bridges.slack.api import Away, Me, Refused, SlackApi, Slow
from bridges.slack.arrivals import Keep, arrival, raw_of

log = structlog.get_logger(__name__)

#: Threads that are looked at, the first ones given.
MOST_THREADS = 40
PAGES = 5
PER_PAGE = 100
#: Times that Slack may ask us to wait before the rest is left for the next silence.
WAITS = 3
#: Seconds beyond which it is not waited for at all.
LONGEST_WAIT = 60.0
#: Threads in a row that got no answer, after which Slack counts as away.
_NO_ANSWERS = 2

#: As Doors.keep.
KeepRaw = Callable[[str, bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ThreadSeen:
    """A thread, and how far we have heard it."""

    channel: str
    ts: str  # of its first message
    heard: str  # ts until which we know of every message
    known: frozenset[str] = frozenset()  # every ts that we know of


async def repair(api: SlackApi, threads: Sequence[ThreadSeen], keep: KeepRaw, me: Me) -> int:
    """Keep every answer that came after the last one heard, as if its event had come. Returns how many.

    What is kept twice, once from its event and once from here, is one message: the same channel and ts.
    """
    kept, waits, unanswered = 0, 0, 0
    for thread in threads[:MOST_THREADS]:
        while True:
            try:
                kept += await _catch_up(api, thread, keep, me)
                unanswered = 0
            except Slow as slow:
                waits += 1
                if waits > WAITS or slow.after.total_seconds() > LONGEST_WAIT:
                    log.warning("slack.repair_left", reason="Slack asks us to wait", kept=kept)
                    return kept
                await asyncio.sleep(slow.after.total_seconds())
                continue
            except Refused as refused:
                log.warning("slack.thread_not_read", channel=thread.channel, code=refused.code)
            except Away as away:
                log.warning("slack.thread_not_read", channel=thread.channel, code=str(away))
                unanswered += 1
                if unanswered >= _NO_ANSWERS:
                    return kept
            break
    if kept:
        log.info("slack.repaired", kept=kept)
    return kept


async def _catch_up(api: SlackApi, thread: ThreadSeen, keep: KeepRaw, me: Me) -> int:
    kept, cursor = 0, ""
    for _ in range(PAGES):
        arguments: dict[str, Any] = {
            "channel": thread.channel,
            "ts": thread.ts,
            "oldest": thread.heard or thread.ts,
            "limit": PER_PAGE,
            "include_all_metadata": True,  # one of the marks by which our own posts are known
        }
        answer = await api.call("conversations.replies", **arguments, **({"cursor": cursor} if cursor else {}))
        for message in answer.get("messages") or ():
            if not isinstance(message, Mapping) or _order(message.get("ts")) <= _order(thread.heard):
                continue  # the thread's first message comes with every page
            if message.get("ts") in thread.known:
                continue
            payload = _as_event(message, thread, me)
            if isinstance(arrival(payload, me), Keep):
                await keep(f"history:{thread.channel}:{message['ts']}", raw_of(payload))
                kept += 1
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
    return kept


def _as_event(message: Mapping[str, Any], thread: ThreadSeen, me: Me) -> dict[str, Any]:
    """The message of a history as its event would have been."""
    event = {
        **message,
        "type": "message",
        "channel": thread.channel,
        "thread_ts": message.get("thread_ts") or thread.ts,
        "event_ts": message.get("ts"),
    }
    name = f"history:{thread.channel}:{message.get('ts')}"
    return {"type": "event_callback", "team_id": me.team_id, "event_id": name, "event": event}


def _order(ts: object) -> tuple[int, int]:
    """A ts as what it is, two whole numbers; as a float it loses digits."""
    seconds, _, rest = str(ts or "").partition(".")
    return (int(seconds) if seconds.isdecimal() else 0, int(rest) if rest.isdecimal() else 0)
