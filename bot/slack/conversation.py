"""What people say in the threads of cards: an answer crosses to the mail, and so does what its author changes in it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.holding import keep_for_editors
from bot.house import House
from bot.publishing import Origin, Outcome, comment, reach_of
from bot.reading import Reading
from bot.reading.corrections import says_correction
from bot.reading.language import language_of
from bot.reading.sign_ups import sign_up_in
from bot.slack.acts import Act, Done, Fetched, fetch, links_to, or_wait, person_of, workspace_of
from bot.slack.asked import Changed, Removed, Said, moment_of
from bot.slack.people import Visitor, held_sender, visitor
from bot.slack.places import find_post, is_ours, is_seen
from bot.slack.showing import redraw_held, redraw_item
from bot.telling import tell
from bridges.slack.api import Refused
from bridges.slack.words.from_slack import Names, mentioned, plain_of, to_neutral
from bridges.texts import Texts
from storage.audit import record
from storage.ids import ItemId
from storage.models import Attachment, Comment, Content, Held, Inbound, Item
from storage.outbox import withdraw
from storage.threads import place_of, sign_up
from storage.words import HeldState, InboxState, ItemStatus, Kind

#: In front of a message, it keeps the message in Slack.
QUIET = ("🔇", ":mute:")


async def said(house: House, what: Said, received_at: datetime) -> Act:
    """An answer in the thread of a card becomes a comment; everything else that is said in Slack stays there."""
    if what.direct and not what.thread:
        return await _greeting(house, what)
    if not what.thread:
        return _aside("not_a_thread")
    place = await find_post(house, f"{what.channel}:{what.thread}", received_at)
    if place is None:
        return _aside("not_our_thread")
    if _is_quiet(what.message):
        return _kept_there
    person = await person_of(house, what.user)
    names = await names_in(house, what.message)
    fetched = await fetch(house, what.files)

    async def act(session: AsyncSession, row: Inbound, now: datetime) -> Done:
        row.fingerprint = f"slack:{what.post}"
        if await place_of(session, "slack", [what.post]) is not None or await is_seen(session, row):
            return Done(Outcome(InboxState.ASIDE, "duplicate"))
        who = await visitor(session, house, what.user, person, now)
        item = await session.get_one(Item, place.item_id)
        if item.status is ItemStatus.UNDONE:
            return Done(Outcome(InboxState.ASIDE, "item_gone"))
        reading = _reading(house, what, who, fetched, names, item)
        answer = sign_up_in(reading.text)
        if answer is not None and who.known is not None and not reading.files:
            await sign_up(session, place.item_id, who.known.member_id, answer, "slack", now)
            await redraw_item(session, house, place.item_id, now, gather=True)
            return Done(Outcome(InboxState.DONE, "rsvp", answer.value))
        if not reading.text.strip() and not reading.files:
            return Done(Outcome(InboxState.ASIDE, "empty_answer"))
        if (objection := who.objection(house.settings.limits.items_per_hour, shares=False)) is not None:
            sender = held_sender(what.user)
            reach = await reach_of(session, house, reading, who.author, place, now)
            await keep_for_editors(
                session, house, row, reading, who.author, sender, objection.reason, reach.people, now
            )
            await tell(session, house, "held", who.author, now, title=item.title, reason=objection.reason)
            return Done(Outcome(InboxState.HELD, objection.reason))
        origin = Origin(inbox_id=row.id, sent_at=moment_of(what.ts), slack_post=what.post)
        corrects = says_correction("", reading.text) and item.author_id == who.known.member_id if who.known else False
        await comment(
            session, house, place.item_id, place.comment_id, reading, who.author, origin, now, correction=corrects
        )
        return Done(Outcome(InboxState.DONE, "comment"))

    return act


async def changed(house: House, what: Changed, received_at: datetime) -> Act:
    """An answer whose author wrote it anew: what is kept and what pages show says the new; letters that left stay."""
    edited = what.message.get("edited")
    if not isinstance(edited, dict):
        return _aside("unfurled")  # Slack adds previews and guesses languages; nobody wrote anything
    post = f"{what.channel}:{what.ts}"
    place = await find_post(house, post, received_at)
    if place is None and _is_quiet(what.message):
        return _taken_back(house, post)
    if place is None or place.comment_id is None:
        return _aside("not_our_answer")
    names = await names_in(house, what.message)
    zone, lang = house.settings.network.timezone, house.settings.network.locale
    text = to_neutral(what.message, names, zone=zone, lang=lang)
    quiet = _is_quiet(what.message)

    async def act(session: AsyncSession, row: Inbound, now: datetime) -> Done:
        answer = await session.get_one(Comment, place.comment_id)
        if answer.deleted_at is not None or await is_ours(session, post):
            return Done(Outcome(InboxState.ASIDE, "not_theirs"))
        if quiet:
            await _take_away(session, house, answer, "slack", now)
            return Done(Outcome(InboxState.DONE, "kept_in_slack"))
        if answer.text == text:
            return Done(Outcome(InboxState.ASIDE, "unchanged"))
        answer.text, answer.edited_at = text, now
        return Done(Outcome(InboxState.DONE, "edited"))

    return act


async def removed(house: House, what: Removed, received_at: datetime) -> Act:
    """An answer that its author took away is gone here as well, as far as it has not left by mail."""
    post = f"{what.channel}:{what.ts}"
    place = await find_post(house, post, received_at)
    if place is None:
        return _taken_back(house, post)

    async def act(session: AsyncSession, row: Inbound, now: datetime) -> Done:
        if await is_ours(session, post):  # somebody who may has removed a post of ours: the item itself stands
            await record(session, "slack", "post.removed", f"item:{place.item_id}", "slack", {"post": post}, now)
            return Done(Outcome(InboxState.DONE, "post_removed"))
        answer = await session.get(Comment, place.comment_id) if place.comment_id else None
        if answer is None or answer.deleted_at is not None:
            return Done(Outcome(InboxState.ASIDE, "gone_already"))
        await _take_away(session, house, answer, "slack", now)
        return Done(Outcome(InboxState.DONE, "deleted"))

    return act


def _taken_back(house: House, post: str) -> Act:
    """What waits for an editor need not wait any more when its author has taken it away: nobody gets it."""

    async def act(session: AsyncSession, row: Inbound, now: datetime) -> Done:
        row.raw = b""
        waits = (Inbound.fingerprint == f"slack:{post}", Held.state == HeldState.WAITING)
        held = await session.scalar(select(Held).join(Inbound, Inbound.id == Held.inbox_id).where(*waits))
        if held is None:
            return Done(Outcome(InboxState.ASIDE, "not_our_answer"))
        held.state, held.decided_at, held.decided_via = HeldState.REJECTED, now, "author"
        came = await session.get_one(Inbound, held.inbox_id)
        came.raw, came.state, came.reason, came.handled_at = b"", InboxState.ASIDE, "taken_back", now
        await session.execute(delete(Attachment).where(Attachment.held_id == held.id))
        shown = list(await session.scalars(select(Content).where(Content.held_id == held.id)))
        for content in shown:
            content.data = {**content.data, "text": "", "files": []}
        await withdraw(session, [content.id for content in shown])
        await redraw_held(session, house, held.id, now)
        await record(session, held.sender, "held.taken_back", f"held:{held.id}", "slack", {}, now)
        return Done(Outcome(InboxState.DONE, "taken_back"))

    return act


async def _take_away(session: AsyncSession, house: House, answer: Comment, via: str, now: datetime) -> None:
    contents = await session.scalars(select(Content.id).where(Content.comment_id == answer.id))
    await withdraw(session, list(contents))
    await session.execute(delete(Attachment).where(Attachment.comment_id == answer.id))
    answer.text = answer.trimmed = ""
    answer.deleted_at = now
    await record(session, answer.author_email, "comment.deleted", f"comment:{answer.id}", via, {}, now)
    await redraw_item(session, house, answer.item_id, now, gather=True)


# -- what it says -----------------------------------------------------------------------------------------------------


def _reading(house: House, what: Said, who: Visitor, fetched: Fetched, names: Names, item: Item) -> Reading:
    network = house.settings.network
    text = to_neutral(what.message, names, zone=network.timezone, lang=network.locale)
    if fetched.left:
        text = "\n\n".join(filter(None, (text, links_to(fetched.left, Texts(network.locale)))))
    return Reading(
        kind=Kind(item.kind),
        intent=item.intent,
        title=item.title,
        text=text,
        language=language_of(text),
        files=fetched.files,
    )


async def names_in(house: House, message: object) -> Names:
    """Whom and what the message names; somebody whom Slack does not know is no reason to lose the message."""
    found = mentioned(message if isinstance(message, dict) else {})
    with or_wait():
        try:
            return await workspace_of(house).directory.names(found)
        except Refused:
            return Names()


def _is_quiet(message: Mapping[str, Any]) -> bool:
    """Whether it begins with the sign, in either of the two ways that Slack writes a message."""
    seen = plain_of(message).lstrip()
    return str(message.get("text") or "").lstrip().startswith(QUIET) or seen.startswith(QUIET)


async def _kept_there(session: AsyncSession, row: Inbound, now: datetime) -> Done:
    """Nothing of it is kept here, not even as it came."""
    row.raw = b""
    return Done(Outcome(InboxState.ASIDE, "kept_in_slack"))


def _aside(reason: str) -> Act:
    async def act(session: AsyncSession, row: Inbound, now: datetime) -> Done:
        row.raw = b""  # what people say elsewhere in Slack is not ours to keep
        return Done(Outcome(InboxState.ASIDE, reason))

    return act


async def _greeting(house: House, what: Said) -> Act:
    """Whoever writes to the app alone is told, once a day, how to share."""
    person = await person_of(house, what.user)

    async def act(session: AsyncSession, row: Inbound, now: datetime) -> Done:
        who = await visitor(session, house, what.user, person, now)
        await tell(session, house, "hello", who.author, now)
        return Done(Outcome(InboxState.DONE, "greeted"))

    return act


async def release_answer(
    session: AsyncSession, house: House, row: Inbound, what: Said, author_text: str, who: Visitor, now: datetime
) -> ItemId | None:
    """Let through an answer that an editor approved; None when its thread is gone."""
    place = await place_of(session, "slack", [f"{what.channel}:{what.thread}"])
    if place is None:
        return None
    item = await session.get_one(Item, place.item_id)
    reading = replace(
        _reading(house, what, who, Fetched(), Names(), item),
        text=author_text,
        language=language_of(author_text),
    )
    origin = Origin(inbox_id=row.id, sent_at=moment_of(what.ts), slack_post=what.post)
    await comment(session, house, place.item_id, place.comment_id, reading, who.author, origin, now)
    return place.item_id
