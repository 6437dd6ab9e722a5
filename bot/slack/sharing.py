"""The form, sent in: something new to share, or something shared that is put right."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.again import look_up, merged, take, tell_again
from bot.changing import change
from bot.holding import keep_for_editors
from bot.house import House
from bot.mentions import with_source
from bot.publishing import Origin, Outcome, Published, Reach, reach_of, share
from bot.reading import Reading
from bot.slack.acts import Act, Done, Fetched, fetch, links_to, or_wait, person_of, workspace_of
from bot.slack.asked import Said, Submission, TipSent, asked
from bot.slack.conversation import names_in, release_answer
from bot.slack.from_letters import note_taken, taken_from, tell_it_is_shared
from bot.slack.meaning import reading_of_draft
from bot.slack.people import Visitor, held_sender, visitor
from bot.slack.prefill import prefilled
from bot.telling import tell
from bot.tipping import Known, tell_known
from bridges.slack.api import Refused
from bridges.slack.arrivals import addressed
from bridges.slack.directory import Person
from bridges.slack.form.draft import LONGEST_TEXT, Draft, Meta
from bridges.slack.form.views import draft_of, kept, read, topic_names
from bridges.slack.words.from_slack import Names, mentioned, to_neutral
from bridges.texts import Texts
from storage.ids import ItemId
from storage.models import Attachment, Comment, Content, Held, Inbound, Item
from storage.words import ContentKind, InboxState, Kind


async def submitted(house: House, what: Submission, received_at: datetime) -> Act:
    """A form becomes an item, waits for an editor, or changes the item that it was opened for."""
    draft, meta = _draft(house, what), Meta.of(what.view)
    person = await person_of(house, what.user)
    fetched = await fetch(house, draft.files)
    whole = await _whole(house, draft, meta)

    async def act(session: AsyncSession, row: Inbound, now: datetime) -> Done:
        who = await visitor(session, house, what.user, person, now)
        if meta.item_id is not None:
            return await _change(session, house, who, ItemId(meta.item_id), draft, fetched, now)
        reading = _reading(house, draft, fetched, whole, now)
        taken = await taken_from(session, who, meta)
        if taken is None:
            return await _share_or_hold(session, house, row, who, reading, now)
        if taken.told.shared_as is not None:
            return await tell_it_is_shared(session, house, row, who, taken, now)
        reading = replace(reading, text=with_source(reading.text, house, taken.letter))
        done, item_id = await _shared_or_held(session, house, row, who, reading, now, apart_from=taken.others)
        await note_taken(session, house, taken, item_id, who, now)
        return done

    return act


async def tip_sent(house: House, what: TipSent, received_at: datetime) -> Act:
    """A tip written after the command is shared as it stands there, with nothing to fill in."""
    person = await person_of(house, what.user)
    message = {"text": what.text}
    names = await names_in(house, message)
    draft = _draft_of_tip(house, what, names)

    async def act(session: AsyncSession, row: Inbound, now: datetime) -> Done:
        who = await visitor(session, house, what.user, person, now)
        return await _share_or_hold(session, house, row, who, reading_of_draft(house, draft, (), now), now)

    return act


def _draft_of_tip(house: House, what: TipSent, names: Names) -> Draft:
    network = house.settings.network
    text = to_neutral({"text": addressed(what.text)}, names, zone=network.timezone, lang=network.locale)
    return prefilled(house.settings, text, house.now(), kind=Kind.TIP)


async def _share_or_hold(
    session: AsyncSession, house: House, row: Inbound, who: Visitor, reading: Reading, now: datetime
) -> Done:
    done, _ = await _shared_or_held(session, house, row, who, reading, now)
    return done


async def _shared_or_held(
    session: AsyncSession,
    house: House,
    row: Inbound,
    who: Visitor,
    reading: Reading,
    now: datetime,
    *,
    apart_from: Collection[ItemId] = (),
) -> tuple[Done, ItemId | None]:
    """Something new goes to everybody, unless an editor has to look at it first; and which item it is now."""
    origin = Origin(inbox_id=row.id, sent_at=now)
    again = await look_up(session, house, reading, who.author, origin, now, apart_from=apart_from)
    objection = who.objection(house.settings.limits.items_per_hour, shares=True)
    if reason := objection.reason if objection else again.needs_editor if again else "":
        sender, same_as = held_sender(who.user), again.item if again else None
        reach = await reach_of(session, house, reading, who.author, None, now)
        await keep_for_editors(
            session, house, row, reading, who.author, sender, reason, reach.people, now, same_as=same_as
        )
        await tell(session, house, "held", who.author, now, once=str(row.id), title=reading.title, reason=reason)
        return Done(Outcome(InboxState.HELD, reason)), None
    if again is not None:
        told = await take(session, house, again, reading, who.author, origin, now, via="slack")
        await tell_again(session, house, told, who.author, now, once=str(row.id))
        return Done(Outcome(InboxState.DONE, f"event_{told.outcome}")), told.item_id
    published = await share(session, house, reading, who.author, origin, now)
    await _tell_shared(session, house, row, who, published, now)
    return Done(Outcome(InboxState.DONE, "tip_known" if isinstance(published, Known) else "item")), published.item_id


def _draft(house: House, what: Submission) -> Draft:
    network = house.settings.network
    draft = read(what.view, network.timezone)
    return replace(draft, topics=topic_names(draft.topics, network.topics))


def _reading(house: House, draft: Draft, fetched: Fetched, source: str, now: datetime) -> Reading:
    reading = reading_of_draft(house, draft, fetched.files, now, source)
    if not fetched.left:
        return reading
    links = links_to(fetched.left, Texts(house.settings.network.locale))
    return replace(reading, text="\n\n".join(filter(None, (reading.text, links))))


async def _tell_shared(
    session: AsyncSession, house: House, row: Inbound, who: Visitor, published: Published | Known, now: datetime
) -> None:
    if isinstance(published, Known):
        await tell_known(session, house, published, who.author, now, once=str(row.id))
        return
    await tell(
        session,
        house,
        "shared",
        who.author,
        now,
        once=str(row.id),
        item_id=published.item_id,
        title=published.title,
        people=published.reach.people,
        clusters=published.reach.clusters,
        undo_seconds=house.settings.list.undo_seconds,
    )


async def _change(
    session: AsyncSession, house: House, who: Visitor, item_id: ItemId, draft: Draft, fetched: Fetched, now: datetime
) -> Done:
    """Whether they may is asked here, not when the form was opened: what a form says of itself proves nothing."""
    item = await session.get(Item, item_id, options=[selectinload(Item.events)])
    if item is None:
        await tell(session, house, "gone", who.author, now)
        return Done(Outcome(InboxState.ASIDE, "item_gone"))
    if not who.may_change(item.author_id, item.cluster_id):
        await tell(session, house, "not_yours", who.author, now, title=item.title)
        return Done(Outcome(InboxState.ASIDE, "not_theirs"))
    before = draft_of(item, item.events[0] if item.events else None)
    reading = _reading(house, replace(kept(draft, before), text=draft.text), fetched, item.text, now)
    outcome = await change(session, house, item, reading, who.author, "slack", now)
    return Done(Outcome(InboxState.DONE, outcome))


async def _whole(house: House, draft: Draft, meta: Meta) -> str:
    """The whole text of the message that the form was filled from, when its field may hold but its beginning; "" else.
    It is fetched now, so that nobody has to keep it meanwhile.
    """
    if not meta.ts or len(draft.text) < LONGEST_TEXT * 3 // 4:
        return ""
    workspace = workspace_of(house)
    about = {"channel": meta.channel, "latest": meta.ts, "oldest": meta.ts, "inclusive": True, "limit": 1}
    with or_wait():
        try:
            answer = await workspace.api.call("conversations.history", **about)
            found = [message for message in answer.get("messages") or [] if message.get("ts") == meta.ts]
            names = await workspace.directory.names(mentioned(found[0])) if found else None
        except Refused:
            return ""
    if names is None:
        return ""
    network = house.settings.network
    return to_neutral(found[0], names, zone=network.timezone, lang=network.locale)


# -- what an editor lets through ------------------------------------------------------------------------------------------


async def release_from_slack(session: AsyncSession, house: House, row: Inbound, held: Held, now: datetime) -> int:
    """Publish what an editor let through; answers how many people get it by mail."""
    what = asked(row.raw)
    if not isinstance(what, Submission | TipSent | Said):
        row.state, row.reason, row.handled_at = InboxState.ASIDE, "gone", now
        return 0
    shown_to_editors = await _as_shown(session, held)
    person = _as_person(what.user, shown_to_editors.get("sender_name", ""), house.settings.network.locale)
    who = await visitor(session, house, what.user, person, now)
    if isinstance(what, Said):
        text = str(shown_to_editors.get("text", ""))
        item_id = await release_answer(session, house, row, what, text, who, now)
        row.state, row.reason, row.handled_at = InboxState.DONE, "comment", now
        await _move_files(session, held, comment_of=row if item_id else None)
        return held.recipients if item_id else 0
    draft = _draft_of_tip(house, what, Names()) if isinstance(what, TipSent) else _draft(house, what)
    reading = replace(
        reading_of_draft(house, draft, (), now), text=str(shown_to_editors.get("text", "")), title=held.title
    )
    taken = await taken_from(session, who, Meta.of(what.view)) if isinstance(what, Submission) else None
    published = await share(session, house, reading, who.author, Origin(inbox_id=row.id, sent_at=now), now)
    await note_taken(session, house, taken, published.item_id, who, now)
    row.state, row.reason, row.handled_at = InboxState.DONE, "item", now
    if isinstance(published, Known):
        row.reason = "tip_known"
        await _move_files(session, held, comment_of=row if published.said else None)
        await tell_known(session, house, published, who.author, now, once=str(row.id))
        return 0
    await _move_files(session, held, item_id=published.item_id)
    if who.known is not None:
        await _tell_shared(session, house, row, who, published, now)
    else:
        reach: Reach = published.reach
        about = {"title": published.title, "people": reach.people, "clusters": reach.clusters}
        await tell(session, house, "released", who.author, now, once=str(row.id), item_id=published.item_id, **about)
    return published.reach.people


async def merge_from_slack(
    session: AsyncSession, house: House, row: Inbound, held: Held, item: Item, now: datetime
) -> None:
    """What was held from Slack tells of the event of this item, as an editor said."""
    what = asked(row.raw)
    if not isinstance(what, Submission):
        row.state, row.reason, row.handled_at = InboxState.ASIDE, "gone", now
        return
    shown_to_editors = await _as_shown(session, held)
    person = _as_person(what.user, shown_to_editors.get("sender_name", ""), house.settings.network.locale)
    who = await visitor(session, house, what.user, person, now)
    reading = reading_of_draft(house, _draft(house, what), (), now)
    taken = await taken_from(session, who, Meta.of(what.view))
    again = await merged(session, item, reading, who.author)
    told = await take(
        session, house, again, reading, who.author, Origin(inbox_id=row.id, sent_at=now), now, via="slack"
    )
    await note_taken(session, house, taken, item.id, who, now)
    row.state, row.reason, row.handled_at = InboxState.DONE, f"event_{told.outcome}", now
    await _move_files(session, held, item_id=item.id)
    await tell_again(session, house, told, who.author, now, once=str(row.id))


async def tell_rejected_in_slack(session: AsyncSession, house: House, row: Inbound, held: Held, now: datetime) -> None:
    """Tell whoever shared it that it was not sent on."""
    what = asked(row.raw)
    if isinstance(what, Submission | TipSent | Said):
        shown_to_editors = await _as_shown(session, held)
        person = _as_person(what.user, shown_to_editors.get("sender_name", ""), house.settings.network.locale)
        who = await visitor(session, house, what.user, person, now)
        await tell(session, house, "rejected", who.author, now, once=str(row.id), title=held.title)


async def _as_shown(session: AsyncSession, held: Held) -> dict[str, str]:
    """What the editors saw when they decided: that goes out, and nothing else."""
    data = await session.scalar(
        select(Content.data).where(Content.held_id == held.id, Content.kind == ContentKind.DESK)
    )
    return dict(data or {})


def _as_person(user: str, name: str, language: str) -> Person:
    return Person(id=user, name=name, language=language, zone="", guest=False, external=False, deleted=False, bot=False)


async def _move_files(
    session: AsyncSession, held: Held, *, item_id: ItemId | None = None, comment_of: Inbound | None = None
) -> None:
    comment_id = None
    if comment_of is not None:
        comment_id = await session.scalar(select(Comment.id).where(Comment.inbox_id == comment_of.id))
    await session.execute(
        update(Attachment)
        .where(Attachment.held_id == held.id)
        .values(item_id=item_id, comment_id=comment_id, held_id=None)
    )
