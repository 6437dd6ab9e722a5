"""What people can do, one vocabulary: the same actions by mail, on a page, at the command line and in Slack.

Each runs in the caller's transaction (`within`) or in one of its own, happens at most once however often it is asked
for, and says what came of it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import distinct, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from bot.audience import is_for
from bot.desk import merge, release, tell_rejected
from bot.house import House
from bot.mentions import redraw_tellers
from bot.slack.showing import redraw_digests, redraw_held, redraw_item
from bot.telling import tell
from bot.tipping import tell_gone
from bot.understanding import Author
from bridges.tokens import Purpose
from storage.audit import record
from storage.digests import picked, stood_in_digest
from storage.ids import ContentId, HeldId, ItemId, MemberId
from storage.models import Content, Delivery, Held, Inbound, Item, Member
from storage.outbox import withdraw as withdraw_deliveries
from storage.readers import cluster_of_domain
from storage.sharers import likeness_of
from storage.threads import set_muted
from storage.words import (
    ContentKind,
    DeliveryState,
    HeldState,
    InboxState,
    ItemStatus,
    MemberStatus,
    Mode,
    Role,
)

#: How long a mailed link to an item's page opens it, and how many a day are mailed to one person, whoever asks.
READ_LINK, MOST_LINKS = timedelta(days=30), 10
#: The last number of such a link: it came to its owner alone. The keys on the pages of a digest, which is passed on, lack it.
MAILED = 1
#: The undo window can be a day. Later than that nobody takes back, as if unseen, what it is no longer kept who received.
_UNDO_LONGEST = timedelta(days=1)


Decision = Literal["approve", "reject", "trust", "merge"]

#: What each decision makes of a held post, and what it is called.
_STATE_OF = {
    "approve": HeldState.RELEASED,
    "trust": HeldState.RELEASED,
    "reject": HeldState.REJECTED,
    "merge": HeldState.MERGED,
}
_OUTCOME_OF: dict[Decision, Literal["released", "rejected", "merged"]] = {
    "approve": "released",
    "trust": "released",
    "reject": "rejected",
    "merge": "merged",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a decision at the desk."""

    outcome: Literal["released", "merged", "rejected", "already", "not_allowed", "gone"]
    state: str = ""  # what the post is now: waiting, released, merged, rejected
    title: str = ""
    by: str = ""  # the name, else the address, of the one who decided
    at: datetime | None = None
    people: int = 0  # how many it goes to


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of taking back an item."""

    outcome: Literal["undone", "too_late", "already", "gone"]
    title: str = ""
    sent: int = 0  # how many had it already


@dataclass(frozen=True, slots=True)
class Left:
    """What became of leaving."""

    outcome: Literal["left", "already", "gone"]
    email: str = ""


@asynccontextmanager
async def transaction(house: House, within: AsyncSession | None) -> AsyncIterator[AsyncSession]:
    """The caller's transaction, or one of our own after which the relay is woken."""
    if within is not None:
        yield within
        return
    async with house.database.write() as own:
        yield own
    house.poke_relay()


async def decide(
    house: House,
    held_id: HeldId,
    editor_id: MemberId,
    verdict: Decision,
    via: str,
    *,
    within: AsyncSession | None = None,
) -> Decided:
    """Release or reject a held post: once, whoever is first. `trust` releases, and lets a reader share from now on;
    `merge` says that it tells of the event that it was held beside, of which there is an item already.
    """
    now = house.now()
    async with transaction(house, within) as session:
        editor = await session.get(Member, editor_id)
        if editor is None or editor.role not in (Role.EDITOR, Role.ADMIN) or editor.status is not MemberStatus.ACTIVE:
            return Decided("not_allowed")
        same = await likeness_of(session, held_id) if verdict == "merge" else None
        if verdict == "merge" and same is None:
            return Decided("gone")
        new_state = _STATE_OF[verdict]
        first = await session.scalar(
            update(Held)
            .where(Held.id == held_id, Held.state == HeldState.WAITING)
            .values(state=new_state, decided_by=editor_id, decided_at=now, decided_via=via)
            .returning(Held.id)
        )
        held = await session.get(Held, held_id, populate_existing=True)
        if held is None:
            return Decided("gone")
        if first is None:
            return await _already(session, held)
        row = await session.get_one(Inbound, held.inbox_id, options=[undefer(Inbound.raw)])
        actor = editor.email or f"member:{editor_id}"
        if verdict == "trust":
            await _trust(session, held, actor, via, now)
        released: int | None = None
        if same is not None:
            await merge(session, house, row, held, same, now)
            released = 0
        elif verdict != "reject":
            released = await release(session, house, row, held, now)
        if released is None:
            row.state, row.reason, row.handled_at = InboxState.ASIDE, "rejected", now
            await tell_rejected(session, house, row, held, now)
        detail = {"reason": held.reason} | ({"same_as": same.id} if same is not None else {})
        await record(session, actor, f"held.{new_state.value}", f"held:{held_id}", via, detail, now)
        await _recall_other_editors(session, held_id)
        await redraw_held(session, house, held_id, now)
        return Decided(
            _OUTCOME_OF[verdict],
            state=new_state.value,
            title=held.title,
            by=editor.name or actor,
            at=now,
            people=released or 0,
        )


async def _trust(session: AsyncSession, held: Held, actor: str, via: str, now: datetime) -> None:
    """A reader may share without being held from now on; somebody whom nobody knew becomes a reader. That a mail comes
    from its address is asked of each mail anew.
    """
    road, _, user = held.sender.partition(":")
    whose = Member.slack_user == user if road == "slack" else Member.email == held.sender.lower()
    member = await session.scalar(select(Member).where(whose))
    if member is None and held.reason in ("unknown_user", "unknown_sender") and held.sender:
        await _admit(session, held, actor, via, now)
    if member is None or member.role is not Role.READER:
        return
    member.role = Role.STAFF
    detail = {"from": Role.READER.value, "to": Role.STAFF.value}
    await record(session, actor, "member.role", f"member:{member.id}", via, detail, now)


async def _admit(session: AsyncSession, held: Held, actor: str, via: str, now: datetime) -> None:
    """A member by the name that the editor saw. They have not asked for mail, and get none."""
    shown = await session.scalar(
        select(Content.data).where(Content.held_id == held.id, Content.kind == ContentKind.DESK)
    )
    name = str((shown or {}).get("sender_name") or "")
    road, _, user = held.sender.partition(":")
    cluster = None if road == "slack" else await cluster_of_domain(session, held.sender.lower().rpartition("@")[2])
    member = Member(
        email=None if road == "slack" else held.sender.lower(),
        slack_user=user if road == "slack" else None,
        name=name,
        cluster_id=cluster.id if cluster else None,
        role=Role.READER,
        mode=Mode.NONE,
        consent="trusted",
        consent_at=now,
        created_at=now,
    )
    session.add(member)
    await session.flush()
    await record(session, actor, "member.added", f"member:{member.id}", via, {"why": "trusted"}, now)


async def _already(session: AsyncSession, held: Held) -> Decided:
    by = await session.get(Member, held.decided_by) if held.decided_by else None
    return Decided(
        "already",
        state=held.state.value,
        title=held.title,
        by=(by.name or by.email or "") if by else "",
        at=held.decided_at,
        people=held.recipients,
    )


async def _recall_other_editors(session: AsyncSession, held_id: HeldId) -> None:
    """Letters to the desk that have not left yet need not leave any more."""
    ids = (await session.scalars(select(Content.id).where(Content.held_id == held_id))).all()
    await withdraw_deliveries(session, list(ids))


async def undo(
    house: House, item_id: ItemId, member_id: MemberId, via: str, *, within: AsyncSession | None = None
) -> Undone:
    """Take everything back while nobody has received it, which the undo window is for. Once the first letter has left
    it is too late, and nothing changes.
    """
    now = house.now()
    async with transaction(house, within) as session:
        item = await session.get(Item, item_id, with_for_update=True)
        if item is None or item.author_id != member_id:
            return Undone("gone")
        if item.status is not ItemStatus.PUBLISHED:
            return Undone("already", item.title)
        if now - item.created_at > _UNDO_LONGEST:
            return Undone("too_late", item.title)
        contents, title = await _contents_of(session, item_id), item.title
        if await stood_in_digest(session, item_id):
            return Undone("too_late", title, await _left_already(session, item_id, contents))
        async with session.begin_nested() as trial:
            # Dropped first and counted then: another process may claim letters in between, and has them from then on.
            _, sent = await withdraw_deliveries(session, contents)
            if sent:
                await trial.rollback()
        if sent:
            return Undone("too_late", title, sent)
        item.status, item.updated_at = ItemStatus.UNDONE, now
        await tell_gone(session, house, item, now)
        await redraw_item(session, house, item_id, now)
        await redraw_tellers(session, house, item_id, now)
        await record(session, item.author_email, "item.undone", f"item:{item_id}", via, {}, now)
        return Undone("undone", item.title)


async def withdraw(
    house: House, item_id: ItemId, actor: str, via: str, *, within: AsyncSession | None = None
) -> Undone:
    """Take an item back at any time: what has not left stays here, pages show it as withdrawn. `sent`: had it already."""
    now = house.now()
    async with transaction(house, within) as session:
        item = await session.get(Item, item_id, with_for_update=True)
        if item is None:
            return Undone("gone")
        contents = await _contents_of(session, item_id)
        sent = await _left_already(session, item_id, contents)
        if item.status is not ItemStatus.PUBLISHED:
            return Undone("already", item.title, sent)
        await withdraw_deliveries(session, contents)
        item.status, item.updated_at = ItemStatus.WITHDRAWN, now
        await tell_gone(session, house, item, now)
        await redraw_item(session, house, item_id, now)
        await redraw_digests(session, house, item_id, now)
        await redraw_tellers(session, house, item_id, now)
        await record(session, actor, "item.withdrawn", f"item:{item_id}", via, {}, now)
        return Undone("undone", item.title, sent)


async def _contents_of(session: AsyncSession, item_id: ItemId) -> list[ContentId]:
    rows = await session.scalars(select(Content.id).where(Content.item_id == item_id, Content.kind == ContentKind.ITEM))
    return list(rows)


async def _left_already(session: AsyncSession, item_id: ItemId, contents: list[ContentId]) -> int:
    """How many people have letters of these, or a digest with the item, or are being sent them at this moment."""
    gone = (DeliveryState.SENT, DeliveryState.SENDING)
    people = select(func.count(distinct(Delivery.destination))).where(
        or_(Delivery.content_id.in_(contents), picked(item_id)),
        Delivery.state.in_(gone),
        Delivery.destination.startswith("mail:"),
    )
    return await session.scalar(people) or 0


async def leave(house: House, member_id: MemberId, via: str, *, within: AsyncSession | None = None) -> Left:
    """Leave the list at once: what waits to be sent to the member is dropped, and one letter confirms it."""
    now = house.now()
    async with transaction(house, within) as session:
        member = await session.get(Member, member_id, with_for_update=True)
        if member is None:
            return Left("gone")
        email = member.email or ""
        if member.status is MemberStatus.LEFT:
            return Left("already", email)
        member.status = MemberStatus.LEFT
        await session.execute(
            update(Delivery)
            .where(Delivery.member_id == member_id, Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.PARKED)))
            .values(state=DeliveryState.DROPPED, reason="left")
        )
        await record(session, email, "member.left", f"member:{member_id}", via, {}, now)
        if email:
            await tell(session, house, "left", _as_author(member), now)
        return Left("left", email)


async def set_mode(
    house: House,
    member_id: MemberId,
    mode: Mode,
    via: str,
    *,
    until: date | None = None,
    within: AsyncSession | None = None,
) -> None:
    """Change how a member takes what is shared; `none` with `until` is a pause that ends on that day. One who had
    left and chooses a mode takes part again.
    """
    now = house.now()
    async with transaction(house, within) as session:
        member = await session.get(Member, member_id, with_for_update=True)
        if member is None:
            return
        if mode is Mode.NONE and member.mode is not Mode.NONE:
            member.resume_mode = member.mode
        member.mode = mode
        member.paused_until = until if mode is Mode.NONE else None
        if member.status is MemberStatus.LEFT:
            member.status = MemberStatus.ACTIVE
        detail = {"mode": mode.value, "until": until.isoformat() if until else None}
        await record(session, member.email or "", "member.mode", f"member:{member_id}", via, detail, now)


async def resume(house: House, member_id: MemberId, via: str, *, within: AsyncSession | None = None) -> None:
    """End a pause: back to the mode before it."""
    async with transaction(house, within) as session:
        member = await session.get(Member, member_id)
        if member is None or member.mode is not Mode.NONE:
            return
        usual = Mode.DIGEST if member.slack_user else Mode.EACH
        await set_mode(house, member_id, member.resume_mode or usual, via, within=session)


async def mute(
    house: House,
    item_id: ItemId,
    member_id: MemberId,
    muted: bool,
    via: str,
    *,
    within: AsyncSession | None = None,
) -> str:
    """Silence an item's thread for one member (or let it speak again); answers the item's title, "" when it is gone."""
    async with transaction(house, within) as session:
        item = await session.get(Item, item_id)
        member = await session.get(Member, member_id)
        if item is None or member is None:
            return ""
        await set_muted(session, item_id, member_id, muted=muted)
        word = "thread.muted" if muted else "thread.followed"
        await record(session, member.email or "", word, f"item:{item_id}", via, {}, house.now())
        return item.title


async def send_read_link(house: House, address: str, item_id: ItemId) -> None:
    """Mail a member the link that opens an item's page; silent for anyone else, so that nobody learns who is one."""
    now = house.now()
    async with house.database.write() as session:
        member = await session.scalar(
            select(Member).where(Member.email == address.strip().lower(), Member.status == MemberStatus.ACTIVE)
        )
        item = await session.get(Item, item_id)
        if member is None or item is None or item.status is not ItemStatus.PUBLISHED:
            return
        if member.id != item.author_id and not await is_for(session, item, member):
            return
        token = house.tokens.sign(Purpose.READ, item_id, member.id, MAILED, until=now + READ_LINK)
        await tell_link(session, house, member, f"i/{item_id}", item.title, token)
    house.poke_relay()


async def tell_link(session: AsyncSession, house: House, member: Member, path: str, title: str, token: str) -> None:
    """Mail a member the link that opens a page: the same once a day, and not too many."""
    now = house.now()
    today = Content.key.like(f"receipt:link:%-{member.id}-{now.date().isoformat()}")
    if (await session.scalar(select(func.count()).where(today)) or 0) >= MOST_LINKS:
        return
    url = f"{house.settings.network.public_url}/{path}?k={token}"
    once = f"{path.rpartition('/')[2]}-{member.id}-{now.date().isoformat()}"
    await tell(session, house, "link", _as_author(member), now, once=once, title=title, url=url)


def _as_author(member: Member) -> Author:
    return Author(name=member.name, email=member.email or "", member_id=member.id, language=member.locale)
