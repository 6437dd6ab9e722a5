"""Upkeep on both databases: what has been kept long enough goes, pauses end, the undecided is reminded of once."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from schedules import upkeep
from storage.database import Database
from storage.ids import ContentId, DeliveryId, Destination, HeldId, InboxId, MemberId, MessageId
from storage.models import Content, Delivery, Held, Inbound, Member
from storage.words import ContentKind, DeliveryState, HeldState, InboxState, MemberStatus, Mode

NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)


def inbound(number: int, state: InboxState, days: float) -> Inbound:
    return Inbound(
        id=InboxId(number),
        source="mail",
        remote_key=f"sha256:{number}",
        raw=b"From: a@example.se\r\n\r\nHej",
        size=25,
        received_at=NOW - timedelta(days=days),
        state=state,
    )


async def test_old_raw_mail_is_emptied_but_for_what_somebody_may_need(database: Database):
    async with database.write() as session:
        session.add_all(
            [
                inbound(1, InboxState.DONE, 366),
                inbound(2, InboxState.ASIDE, 366),
                inbound(3, InboxState.DONE, 364),
                inbound(4, InboxState.HELD, 366),
                inbound(5, InboxState.PARKED, 366),
                inbound(6, InboxState.NEW, 366),
            ]
        )
    for emptied in (2, 0):
        async with database.write() as session:
            assert await upkeep.empty_old_raw(session, NOW, 365) == emptied
    async with database.read() as session:
        rows = (await session.scalars(select(Inbound).options(undefer(Inbound.raw)).order_by(Inbound.id))).all()
        assert [bool(row.raw) for row in rows] == [False, False, True, True, True, True]
        assert {row.size for row in rows} == {25}  # how large it was is still known, and that it was here


async def test_old_deliveries_go_and_the_waiting_stay(database: Database):
    async with database.write() as session:
        session.add(
            Content(
                id=ContentId(1),
                key="item:1:0",
                kind=ContentKind.NOTICE,
                message_id=MessageId("<1@x>"),
                created_at=NOW,
            )
        )
        await session.flush()
        ages = [(DeliveryState.SENT, 91), (DeliveryState.DROPPED, 91), (DeliveryState.SENT, 89)]
        ages += [(DeliveryState.PARKED, 91), (DeliveryState.QUEUED, 91)]
        for number, (state, days) in enumerate(ages, 1):
            session.add(
                Delivery(
                    id=DeliveryId(number),
                    key=f"item:1:0:mail:{number}@example.se",
                    content_id=ContentId(1),
                    kind=ContentKind.NOTICE,
                    destination=Destination(f"mail:{number}@example.se"),
                    state=state,
                    next_at=NOW,
                    created_at=NOW - timedelta(days=days),
                )
            )
    async with database.write() as session:
        assert await upkeep.drop_old_deliveries(session, NOW, 90) == 2
    async with database.read() as session:
        assert list(await session.scalars(select(Delivery.id).order_by(Delivery.id))) == [3, 4, 5]


async def test_pauses_end_on_their_day(database: Database):
    today = date(2026, 11, 23)
    async with database.write() as session:
        for number, (until, before, status) in enumerate(
            [
                (today, Mode.EACH, MemberStatus.ACTIVE),
                (today - timedelta(days=9), Mode.DIGEST, MemberStatus.ACTIVE),
                (today + timedelta(days=1), Mode.EACH, MemberStatus.ACTIVE),
                (None, Mode.EACH, MemberStatus.ACTIVE),
                (today, Mode.EACH, MemberStatus.LEFT),
            ],
            1,
        ):
            session.add(
                Member(
                    id=MemberId(number),
                    email=f"{number}@example.se",
                    mode=Mode.NONE,
                    resume_mode=before,
                    paused_until=until,
                    status=status,
                    created_at=NOW,
                )
            )
    for ended in (2, 0):
        async with database.write() as session:
            assert await upkeep.end_pauses(session, today) == ended
    async with database.read() as session:
        modes = list(await session.scalars(select(Member.mode).order_by(Member.id)))
        assert modes == [Mode.EACH, Mode.DIGEST, Mode.NONE, Mode.NONE, Mode.NONE]


async def test_the_undecided_is_reminded_of_once(database: Database):
    async with database.write() as session:
        for number, (state, hours) in enumerate(
            [(HeldState.WAITING, 25), (HeldState.WAITING, 23), (HeldState.RELEASED, 25)], 1
        ):
            session.add(inbound(number, InboxState.HELD, 0))
            await session.flush()
            session.add(
                Held(
                    id=HeldId(number),
                    inbox_id=InboxId(number),
                    reason="unknown_sender",
                    state=state,
                    created_at=NOW - timedelta(hours=hours),
                )
            )
    for due in ([1], []):
        async with database.write() as session:
            assert list(await upkeep.undecided(session, NOW)) == due
    async with database.read() as session:
        assert await session.scalar(select(func.count()).where(Held.reminded_at == NOW)) == 1
