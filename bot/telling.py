"""Words for one person, and for the editors: a content is made, and its letters are planned."""

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.house import House
from bot.planning import URGENT, Reader, mail_to, slack_to
from bot.reading import Reading
from bot.understanding import Author
from storage.ids import Destination, ItemId
from storage.models import Content, Held, Item
from storage.outbox import Planned, enqueue
from storage.readers import editors
from storage.words import ContentKind


def today(house: House, now: datetime) -> date:
    """The date where the network is."""
    return now.astimezone(ZoneInfo(house.settings.network.timezone)).date()


def readers(rows: Iterable[Any]) -> list[Reader]:
    """Columns as planning sees them."""
    return [Reader(**row) for row in rows]


async def tell(
    session: AsyncSession,
    house: House,
    notice: str,
    author: Author,
    now: datetime,
    *,
    once: str | None = None,
    item_id: ItemId | None = None,
    **params: Any,
) -> None:
    """Write to one person, where they are: by mail, or in Slack when they act there. Without `once` (a key), the same
    notice goes to a person at most once a day.
    """
    day = today(house, now).isoformat()
    destination = slack_to(author.slack_user) if author.slack_user else mail_to(author.email)
    # The address is hashed: keys outlive the person's wish to be forgotten.
    who = sha256((author.slack_user or author.email.lower()).encode()).hexdigest()[:16]
    key = f"receipt:{notice}:{once}" if once else f"notice:{notice}:{who}:{day}"
    if await session.scalar(select(Content.id).where(Content.key == key)) is not None:
        return
    kind = ContentKind.RECEIPT if once else ContentKind.NOTICE
    try:
        async with session.begin_nested():
            data = {"notice": notice, **params}
            content = await new_content(session, house, key, kind, now, item_id=item_id, data=data)
    except IntegrityError:  # another process says it at this moment
        return
    planned = Planned(
        destination=destination,
        member_id=author.member_id,
        name=author.name,
        language=author.language,
        next_at=now,
        priority=URGENT,
    )
    await enqueue(session, content, [planned], now)


async def tell_desk_channel(
    session: AsyncSession, house: House, notice: str, now: datetime, *, once: str, **params: Any
) -> bool:
    """Say something at the desk in Slack, once; whether there is such a place."""
    if (channel := house.desk_channel) is None:
        return False
    key = desk_key(notice, once)
    if await session.scalar(select(Content.id).where(Content.key == key)) is None:
        data = {"notice": notice, **params}
        content = await new_content(session, house, key, ContentKind.NOTICE, now, data=data)
        await enqueue(session, content, [for_channel(house, channel, now, URGENT)], now)
    return True


def desk_key(notice: str, once: str) -> str:
    """What something said at the desk in Slack is called."""
    return f"receipt:{notice}:{once}:desk"


async def tell_editors(
    session: AsyncSession, house: House, notice: str, now: datetime, *, once: str, **params: Any
) -> None:
    """Write to every editor by mail, once."""
    for editor in await editors(session):
        person = Author(
            name=editor["name"], email=editor["email"], member_id=editor["member_id"], language=editor["language"]
        )
        await tell(session, house, notice, person, now, once=f"{once}:{person.member_id}", **params)


async def ask_editors(
    session: AsyncSession,
    house: House,
    held: Held,
    reading: Reading,
    author: Author,
    now: datetime,
    *,
    same_as: Item | None = None,
    event: dict[str, Any] | None = None,
) -> int:
    """Put a held post before the editors, by mail and on the desk in Slack; answers how many editors there are."""
    data: dict[str, Any] = {
        "text": reading.text,
        "title": reading.title,
        "kind": reading.kind.value,
        "sender": author.email,
        "sender_name": author.name,
        "reason": held.reason,
        "people": held.recipients,
        "files": [{"name": file.name, "size": file.size} for file in reading.files],
    }
    if event is not None:
        data["event"] = event
    if same_as is not None:
        data |= {"same_id": same_as.id, "same_title": same_as.title}
    content = await new_content(session, house, f"desk:{held.id}", ContentKind.DESK, now, held_id=held.id, data=data)
    desk = readers(await editors(session))
    await enqueue(session, content, [copy_for(editor, now, URGENT) for editor in desk], now)
    if (channel := house.desk_channel) is not None:
        await enqueue(session, content, [for_channel(house, channel, now, URGENT)], now)
    return len(desk)


async def new_content(
    session: AsyncSession,
    house: House,
    key: str,
    kind: ContentKind,
    now: datetime,
    **about: Any,
) -> Content:
    """Something to say, under a fresh Message-ID; `about`: the columns that tell what it is about."""
    message_id = house.tokens.new_message_id(house.settings.list.domain)
    content = Content(key=key, kind=kind, message_id=message_id, created_at=now, **about)
    session.add(content)
    await session.flush()
    return content


def for_channel(house: House, channel: Destination, next_at: datetime, priority: int) -> Planned:
    """A post in a channel, in the network's language."""
    return Planned(
        destination=channel,
        member_id=None,
        name="",
        language=house.settings.network.locale,
        next_at=next_at,
        priority=priority,
    )


def copy_for(reader: Reader, next_at: datetime, priority: int, picks: str = "") -> Planned:
    """One reader's copy, not to leave before `next_at`. `picks`: of a digest, what is for this reader."""
    return Planned(
        destination=reader.destination,
        member_id=reader.member_id,
        name=reader.name,
        language=reader.language,
        next_at=next_at,
        priority=priority,
        picks=picks,
    )
