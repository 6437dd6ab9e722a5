"""What the pages show: a held post before its editor, an item with its conversation, a file, and how much waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload, undefer

from storage.ids import HeldId, ItemId, MemberId
from storage.mentions import Told, told_by
from storage.models import Attachment, Comment, Content, Delivery, Follow, Held, Inbound, Item, Member
from storage.sharers import sharers_of
from storage.tips import count_votes
from storage.words import ContentKind, DeliveryState, HeldState, InboxState, Kind, MemberStatus

#: In the outbox and not yet through.
_UNSENT = (DeliveryState.QUEUED, DeliveryState.SENDING)
#: The largest row number that both databases know.
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much the outbox holds."""

    queued: int
    oldest: datetime | None  # when the oldest of them was put there


@dataclass(frozen=True, slots=True)
class Counts:
    """The ledger in numbers, by state."""

    outbox: Mapping[str, int]
    inbox: Mapping[str, int]
    members: Mapping[str, int]
    held: int  # posts that wait for an editor
    items: int
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A held post as its editors were shown it, and what was decided."""

    id: HeldId
    state: HeldState
    reason: str
    title: str
    kind: str  # "" when no editor was asked by mail
    sender: str
    sender_name: str
    text: str  # neutral Markdown
    people: int
    files: tuple[tuple[str, int], ...]  # name, bytes
    created_at: datetime
    decided_at: datetime | None
    decided_by: str  # the editor's name, or address; "" when nobody has, or the editor is forgotten
    event: Mapping[str, Any] | None = None  # when and where, as it was understood
    same_id: int = 0  # the item whose event it may tell of; 0 = none
    same_title: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """An item with its event and files, and what was answered, oldest first."""

    item: Item
    comments: Sequence[Comment]
    votes: int = 0  # for a tip
    sharers: Sequence[str] = ()  # who shared it too
    told: Sequence[Told] = ()  # what it tells of beside its own


async def waiting(session: AsyncSession) -> Waiting:
    """What is on its way out, whether due or not."""
    found = select(func.count(), func.min(Delivery.created_at)).where(Delivery.state.in_(_UNSENT))
    queued, oldest = (await session.execute(found)).one()
    return Waiting(queued, oldest)


async def counts(session: AsyncSession) -> Counts:
    """All numbers at once, for the metrics."""
    held = await session.scalar(select(func.count()).where(Held.state == HeldState.WAITING))
    items = await session.scalar(select(func.count(Item.id)))
    return Counts(
        outbox=await _by_state(session, Delivery.state, DeliveryState),
        inbox=await _by_state(session, Inbound.state, InboxState),
        members=await _by_state(session, Member.status, MemberStatus),
        held=held or 0,
        items=items or 0,
        waiting=await waiting(session),
    )


async def _by_state(
    session: AsyncSession,
    column: Any,
    states: type[DeliveryState | InboxState | MemberStatus],
) -> dict[str, int]:
    """Every state, also those that nothing is in: a line that vanishes from a graph tells nobody anything."""
    rows = await session.execute(select(column, func.count()).group_by(column))
    found = {row[0]: row[1] for row in rows}
    return {state.value: found.get(state, 0) for state in states}


async def member(session: AsyncSession, member_id: int) -> Member | None:
    """The person that a link was made for."""
    return await session.get(Member, MemberId(member_id)) if member_id <= _LARGEST else None


async def held_post(session: AsyncSession, held_id: int) -> HeldPost | None:
    """A held post, with what the editors' letter said of it."""
    held = await session.get(Held, HeldId(held_id))
    if held is None:
        return None
    letter = select(Content.data).where(Content.held_id == held.id, Content.kind == ContentKind.DESK)
    said = await session.scalar(letter.order_by(Content.id.desc()).limit(1)) or {}
    editor = await member(session, held.decided_by) if held.decided_by is not None else None
    return HeldPost(
        id=held.id,
        state=held.state,
        reason=held.reason,
        title=held.title,
        kind=said.get("kind", ""),
        sender="" if held.sender.startswith("slack:") else held.sender,
        sender_name=said.get("sender_name", ""),
        text=said.get("text", ""),
        people=said.get("people", held.recipients),
        files=tuple((file["name"], file["size"]) for file in said.get("files", ())),
        created_at=held.created_at,
        decided_at=held.decided_at,
        decided_by=(editor.name or editor.email or "") if editor else "",
        event=said.get("event"),
        same_id=said.get("same_id", 0),
        same_title=said.get("same_title", ""),
    )


async def item(session: AsyncSession, item_id: int) -> Item | None:
    """An item alone."""
    return await session.get(Item, ItemId(item_id)) if item_id <= _LARGEST else None


async def conversation(session: AsyncSession, item_id: int) -> Conversation | None:
    """An item with everything that its page shows."""
    if item_id > _LARGEST:
        return None
    wanted = (
        select(Item)
        .where(Item.id == item_id)
        .options(
            selectinload(Item.author).selectinload(Member.cluster),
            selectinload(Item.cluster),
            selectinload(Item.events),
            selectinload(Item.attachments),
        )
    )
    found = await session.scalar(wanted)
    if found is None:
        return None
    answers = (
        select(Comment)
        .where(Comment.item_id == item_id, Comment.deleted_at.is_(None))
        .order_by(Comment.created_at, Comment.id)
        .options(selectinload(Comment.author).selectinload(Member.cluster), selectinload(Comment.attachments))
    )
    votes = await count_votes(session, found.id) if found.kind is Kind.TIP else 0
    sharers = await sharers_of(session, found.id)
    told = await told_by(session, found.id)
    return Conversation(found, (await session.scalars(answers)).all(), votes, sharers, told)


async def gone_out(session: AsyncSession, item_id: int) -> int:
    """To how many an item has been mailed, or is being mailed at this moment: what stands in Slack can be taken away."""
    is_out: ColumnElement[bool] = Delivery.state.in_((DeliveryState.SENT, DeliveryState.SENDING))
    found = select(func.count()).select_from(Delivery).join(Content, Content.id == Delivery.content_id)
    by_mail = Delivery.destination.startswith("mail:")
    wanted = found.where(Content.item_id == item_id, Content.kind == ContentKind.ITEM, is_out, by_mail)
    return await session.scalar(wanted) or 0


async def muted(session: AsyncSession, item_id: int, member_id: int) -> bool:
    """Whether the member has silenced the item's thread."""
    found = select(Follow.muted).where(Follow.item_id == item_id, Follow.member_id == member_id)
    return bool(await session.scalar(found))


async def owner_of_file(session: AsyncSession, attachment_id: int) -> int | None:
    """The item that a file belongs to, directly or by one of its comments."""
    if attachment_id > _LARGEST:
        return None
    found = (
        select(func.coalesce(Attachment.item_id, Comment.item_id))
        .select_from(Attachment)
        .outerjoin(Comment, Comment.id == Attachment.comment_id)
        .where(Attachment.id == attachment_id)
    )
    return await session.scalar(found)


async def file(session: AsyncSession, attachment_id: int) -> Attachment | None:
    """A file with its content."""
    return await session.scalar(
        select(Attachment).where(Attachment.id == attachment_id).options(undefer(Attachment.content))
    )
