"""After a backup was restored: what was read since it was made is not relayed a second time, and no number is given twice."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storage.backup import backup, restore
from storage.database import Database
from storage.migrate import upgrade
from storage.models import Held, Inbound, Item, Member
from storage.words import Kind
from tests.fixtures.intake import reading
from tests.fixtures.mailrooms import Mailroom, mail, until

NOW = datetime(2026, 8, 24, 8, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
async def ledger(request, tmp_path):
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/ledger.db" if sqlite else request.getfixturevalue("empty_postgres_url")
    database = Database(url)
    await upgrade(database)
    yield database
    await database.close()


async def test_mail_read_since_the_backup_waits_for_a_person(mailroom: Mailroom, ledger: Database, tmp_path):
    """The server's mark says that it was taken in before; what came while nothing ran has none, and is taken in."""
    async with reading(mailroom.server, ledger) as watch:
        await until(watch.is_up)
        await mailroom.deliver(mail(1))
        await watch.has(1)
    await backup(ledger, tmp_path / "backup.gz", datetime.now(UTC))
    async with reading(mailroom.server, ledger) as watch:
        await mailroom.deliver(mail(2))
        await watch.has(2)

        async def marked() -> bool:
            return await mailroom.seen() == [True, True]

        await until(marked)
    await mailroom.deliver(mail(3))
    await restore(ledger, tmp_path / "backup.gz", datetime.now(UTC) + timedelta(seconds=1), replace=True)
    await asyncio.sleep(1.1)  # the server dates mail in whole seconds
    async with reading(mailroom.server, ledger) as watch:
        await mailroom.deliver(mail(4))
        await watch.has(4)
        assert await watch.inbox() == [mail(1), mail(2), mail(3), mail(4)]
    async with ledger.read() as session:
        rows = (await session.execute(select(Inbound.state, Inbound.reason).order_by(Inbound.id))).all()
    assert [(row.state.value, row.reason) for row in rows] == [
        ("new", ""),
        ("parked", "restored"),
        ("new", ""),
        ("new", ""),
    ]


async def test_numbers_given_since_the_backup_are_not_given_again(ledger: Database, tmp_path):
    """Letters that left since then hold tokens with them: to leave, to decide, to answer in a thread."""

    async def three(name: str) -> tuple[int, int, int]:
        async with ledger.write() as session:
            member = Member(email=f"{name}@example.se", created_at=NOW)
            item = Item(kind=Kind.TIP, title=name, text="x", created_at=NOW, updated_at=NOW)
            mail = Inbound(source="mail", remote_key=name, raw=b"", size=0, received_at=NOW)
            session.add_all([member, item, mail])
            await session.flush()
            held = Held(inbox_id=mail.id, reason="x", created_at=NOW)
            session.add(held)
            await session.flush()
            return member.id, item.id, held.id

    await three("before")
    await backup(ledger, tmp_path / "backup.gz", NOW)
    given = await three("since")
    await restore(ledger, tmp_path / "backup.gz", NOW, replace=True)
    after = await three("after")
    assert all(new > old for new, old in zip(after, given, strict=True))
