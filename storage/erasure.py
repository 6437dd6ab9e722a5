"""Forgetting a person: what is theirs alone goes, what the network shared stays without their name."""

import json
from collections.abc import Sequence
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses

from sqlalchemy import ColumnElement, String, cast, delete, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import record
from storage.ids import InboxId
from storage.models import (
    Attachment,
    Audit,
    Comment,
    Content,
    Delivery,
    Digest,
    Follow,
    Held,
    Inbound,
    Item,
    Kept,
    Member,
    Question,
    Sharer,
    SignUp,
    Vote,
)
from storage.people import forgotten_name
from storage.words import ContentKind, DeliveryState, HeldState, InboxState, MemberStatus, Mode, Role

#: Of a raw mail, enough to hold every header that names its sender.
_HEAD = 65_536


async def forget(session: AsyncSession, member: Member, actor: str, now: datetime) -> None:
    """Erase a member's personal data; what remains cannot be traced to the person.

    Their row stays, empty, so that its number is never another person's; items and comments stay without their name;
    raw mails they sent are emptied. A hash of the address remembers the wish, so that an import does not undo it.
    """
    email, slack_user = member.email or "", member.slack_user or ""
    for who in filter(None, (email, slack_user)):
        await session.merge(Kept(name=forgotten_name(who), value=now.date().isoformat()))
    mails = await _mails_of(session, member, email)
    await _forget_mails(session, mails, now)
    await _forget_letters(session, member, email, mails)
    await _forget_finder(session, member, email)
    await session.execute(update(Item).where(_by(Item, member, email)).values(author_name="", author_email=""))
    # The trimmed part is quotes and signatures: names and telephone numbers.
    await session.execute(
        update(Comment).where(_by(Comment, member, email)).values(author_name="", author_email="", trimmed="")
    )
    await session.execute(delete(Question).where(Question.item_id.in_(select(Item.id).where(_by(Item, member, email)))))
    await session.execute(delete(Follow).where(Follow.member_id == member.id))
    await session.execute(delete(Sharer).where(Sharer.member_id == member.id))
    await session.execute(delete(SignUp).where(SignUp.member_id == member.id))
    await session.execute(delete(Vote).where(Vote.member_id == member.id))
    await session.execute(update(Digest).where(Digest.decided_by == member.id).values(decided_by=None))
    for who in filter(None, (email, slack_user and f"slack:{slack_user}")):
        await session.execute(update(Audit).where(Audit.actor == who).values(actor=f"member:{member.id}"))
    _empty(member)
    await record(session, actor if actor != email else "", "member.forgotten", f"member:{member.id}", "cli", {}, now)


def _by(table: type[Item | Comment], member: Member, email: str) -> ColumnElement[bool]:
    own = table.author_id == member.id
    return or_(own, table.author_email == email) if email else own


def _empty(member: Member) -> None:
    member.email = member.slack_user = member.cluster_id = member.consent_at = None
    member.name = member.consent = ""
    member.role, member.mode, member.status = Role.READER, Mode.NONE, MemberStatus.LEFT
    member.topics, member.bounce_score = (), 0.0
    member.paused_until = member.resume_mode = None


async def _mails_of(session: AsyncSession, member: Member, email: str) -> list[InboxId]:
    """The raw mails that the person sent: those that became something of theirs, and those that say so."""
    found: set[InboxId] = set()
    for table in (Item, Comment):
        mails = await session.scalars(select(table.inbox_id).where(_by(table, member, email)))
        found.update(number for number in mails if number)
    if member.slack_user:
        found.update(await _from_slack(session, member.slack_user))
    if not email:
        return sorted(found)
    found.update(await session.scalars(select(Held.inbox_id).where(func.lower(Held.sender) == email)))
    heads = await session.stream(
        select(Inbound.id, func.substr(Inbound.raw, 1, _HEAD)).where(Inbound.raw != b"").execution_options(yield_per=20)
    )
    async for number, head in heads:
        if _is_from(bytes(head), email):
            found.add(number)
    return sorted(found)


async def _from_slack(session: AsyncSession, user: str) -> list[InboxId]:
    """What the person did in Slack, and what waits at the desk because of it."""
    rows = await session.stream(
        select(Inbound.id, Inbound.raw)
        .where(Inbound.source == "slack", Inbound.raw != b"")
        .execution_options(yield_per=20)
    )
    found = [number async for number, raw in rows if user.encode() in raw and _did(bytes(raw), user)]
    found += (await session.scalars(select(Held.inbox_id).where(Held.sender == f"slack:{user}"))).all()
    return found


def _did(raw: bytes, user: str) -> bool:
    """Whether this is what the user did: pressed, filled in, said or changed; not that others name them."""
    try:
        payload = json.loads(raw)
        event = payload.get("event") or {}
        messages = (event, event.get("message") or {}, event.get("previous_message") or {})
        doers = [payload.get("user"), payload.get("user_id"), *(message.get("user") for message in messages)]
    except (ValueError, AttributeError, RecursionError):
        return False
    return any(doer == user or (isinstance(doer, dict) and doer.get("id") == user) for doer in doers)


def _is_from(head: bytes, email: str) -> bool:
    if email.encode() not in head.lower():
        return False
    headers = BytesHeaderParser(policy=compat32).parsebytes(head)
    senders = [str(value) for name in ("From", "Sender", "Reply-To") for value in headers.get_all(name, [])]
    return any(address.lower() == email for _, address in getaddresses(senders))


async def _forget_mails(session: AsyncSession, mails: Sequence[InboxId], now: datetime) -> None:
    """The rows stay, so that the same mail fetched again is nothing new; what waits in them is set aside."""
    for number in mails:
        row = await session.get_one(Inbound, number)
        row.raw, row.detail, row.message_id = b"", "", None
        if row.state in (InboxState.NEW, InboxState.HELD, InboxState.PARKED):
            row.state, row.reason, row.handled_at = InboxState.ASIDE, "erased", now
        held = await session.scalar(select(Held).where(Held.inbox_id == number))
        if held is not None:
            held.sender = held.title = ""
            await session.execute(delete(Attachment).where(Attachment.held_id == held.id))
            if held.state is HeldState.WAITING:
                held.state, held.decided_at, held.decided_via = HeldState.REJECTED, now, "erased"
            await session.execute(update(Content).where(Content.held_id == held.id).values(data={}))
            await session.execute(
                update(Delivery)
                .where(
                    Delivery.content_id.in_(select(Content.id).where(Content.held_id == held.id)),
                    Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.PARKED)),
                )
                .values(state=DeliveryState.DROPPED, reason="erased")
            )
    await session.flush()


async def _forget_finder(session: AsyncSession, member: Member, email: str) -> None:
    """Who tipped a page, or shared an event, after the person was told that they had: that somebody had is all that is left of it."""
    theirs = select(Item.id).where(_by(Item, member, email))
    notice = Content.data["notice"].as_string()
    told = select(Content).where(Content.item_id.in_(theirs), notice.in_(("tip_known", "event_again")))
    for content in await session.scalars(told):
        content.data = {**content.data, "by": ""}
    await session.flush()


async def _forget_letters(session: AsyncSession, member: Member, email: str, mails: Sequence[InboxId]) -> None:
    """Letters to the person: counted, but to nobody; what was said to them alone is emptied."""
    destinations = [f"{road}:{who}" for road, who in (("mail", email), ("slack", member.slack_user)) if who]
    theirs = or_(Delivery.member_id == member.id, Delivery.destination.in_(destinations))
    waiting = (DeliveryState.QUEUED, DeliveryState.PARKED)
    personal = (ContentKind.NOTICE, ContentKind.RECEIPT)
    said = list(
        await session.scalars(select(Delivery.content_id).where(theirs, Delivery.kind.in_(personal)).distinct())
    )
    await session.execute(
        update(Delivery).where(theirs, Delivery.state.in_(waiting)).values(state=DeliveryState.DROPPED)
    )
    nobody = literal("erased:") + cast(Delivery.id, String)
    await session.execute(
        update(Delivery)
        .where(theirs)
        .values(key=nobody, destination="mail:erased", name="", reason="", remote_id="")
        .execution_options(synchronize_session=False)
    )
    if email:  # what editors were told of the person, such as the wish to join
        about = select(Content.id).where(Content.kind.in_(personal), Content.data["address"].as_string() == email)
        said += await session.scalars(about)
    for start in range(0, len(said), 500):
        for content in await session.scalars(select(Content).where(Content.id.in_(said[start : start + 500]))):
            content.key, content.data = f"erased:{content.id}", {}
    await session.flush()
