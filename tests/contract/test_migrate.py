"""The first start and every upgrade: whole or not at all, once, and never in somebody else's database."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.database import Database
from storage.migrate import MIGRATIONS, VERSION_TABLE, ForeignDatabase, head, upgrade, version
from storage.models import Base, Cluster, Comment, Item, Member
from storage.words import Kind
from tests.fixtures.migrating import migrate_and_die
from tests.fixtures.require import FULL

NOW = datetime(2026, 8, 24, 8, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/brygga.db"
    return request.getfixturevalue("empty_postgres_url")


@pytest.fixture
async def empty(empty_url):
    database = Database(empty_url)
    yield database
    await database.close()


@pytest.fixture
def next_version(tmp_path):
    """The migrations, and one more that rebuilds a table to which others point."""
    folder = tmp_path / "migrations 100%"  # a path with what a configuration parser would trip over
    shutil.copytree(MIGRATIONS, folder)
    (folder / "versions" / "9999_shoe_sizes.py").write_text(
        f"""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", "{head()}"

def upgrade():
    with op.batch_alter_table("members", recreate="auto") as members:
        members.add_column(sa.Column("shoe_size", sa.Integer(), nullable=False, server_default="43"))
        members.alter_column("name", existing_type=sa.String(), type_=sa.Text(), existing_nullable=False)
    op.execute("UPDATE members SET shoe_size = 37 WHERE name = 'Anna'")
"""
    )
    return folder


def schema(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


async def test_an_empty_database_gets_what_the_models_say(empty):
    assert await version(empty) is None
    await upgrade(empty)
    assert await version(empty) == head()

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    async with empty.writer.connect() as connection:
        assert await connection.run_sync(differences) == [], "draft the next migration: storage/migrations/draft.py"


async def test_starting_again_changes_nothing(empty):
    await upgrade(empty)
    async with empty.write() as session:
        session.add(Member(email="anna@example.se", created_at=NOW))
    await upgrade(empty)
    async with empty.read() as session:
        assert (await session.get(Member, 1)).email == "anna@example.se"


async def test_of_three_that_start_at_once_one_migrates(empty_url):
    databases = [Database(empty_url) for _ in range(3)]
    await asyncio.gather(*(upgrade(database) for database in databases))
    assert [await version(database) for database in databases] == [head()] * 3
    for database in databases:
        await database.close()


def test_alembic_and_we_agree_on_the_newest():
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(settings).get_current_head() == head()


def test_killed_while_making_the_tables_sqlite_has_none_or_all(tmp_path):
    whole = tmp_path / "whole.db"
    asyncio.run(upgrade(Database(f"sqlite:///{whole}")))
    moments = [*range(1, 200, 1 if FULL else 31)]
    killed = migrate_and_die(f"sqlite:///{tmp_path}/{{n}}.db", moments)
    assert killed[0]
    assert not killed[-1], "the last moments come after the end"
    for moment, died in zip(moments, killed, strict=True):
        path = tmp_path / f"{moment}.db"
        assert schema(path) == ([] if died else schema(whole))
        asyncio.run(upgrade(Database(f"sqlite:///{path}")))
        assert schema(path) == schema(whole)


def test_killed_while_making_the_tables_postgres_has_none_or_all(empty_postgres_url):
    async def reached() -> str | None:
        database = Database(empty_postgres_url)
        try:
            return await version(database)  # raises when there are tables without a version
        finally:
            await database.close()

    # Each process meets what the one before it left behind, and refuses tables without a version.
    killed = migrate_and_die(empty_postgres_url, range(1, 100, 1 if FULL else 19))
    assert killed[0]
    assert killed == sorted(killed, reverse=True), "all die until one is done, and those after it have little to do"
    assert asyncio.run(reached()) == head()


async def test_an_older_database_keeps_its_rows_and_what_they_point_to(empty, next_version):
    await upgrade(empty)
    async with empty.write() as session:
        session.add(Cluster(slug="vreta", name="Vreta kluster"))
        await session.flush()
        session.add(Member(email="anna@example.se", name="Anna", cluster_id=1, created_at=NOW))
        session.add(Member(email="bo@example.se", name="Bo", created_at=NOW))
        session.add(Item(kind=Kind.TIP, title="Tips", text="", created_at=NOW, updated_at=NOW))
        await session.flush()
        session.add(Comment(item_id=1, author_id=1, text="Tack!", created_at=NOW))
    await upgrade(empty, next_version)
    assert await version(empty) == "9999"
    async with empty.read() as session:
        rows = (await session.execute(text("SELECT email, cluster_id, shoe_size FROM members ORDER BY id"))).all()
        assert [tuple(row) for row in rows] == [("anna@example.se", 1, 37), ("bo@example.se", None, 43)]
        assert (await session.get(Comment, 1)).author_id == 1


def test_killed_while_rebuilding_a_table_every_row_is_there(tmp_path, next_version):
    old = tmp_path / "old.db"
    asyncio.run(upgrade(Database(f"sqlite:///{old}")))
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        columns = "email, name, role, locale, mode, status, topics, consent, bounce_score, created_at"
        connection.executemany(
            f"INSERT INTO members ({columns}) VALUES (?, '', 'reader', 'sv', 'each', 'active', '', '', 0, '2026-08-24')",
            [(f"m{n}@example.se",) for n in range(500)],
        )
        connection.commit()
    moments = [*range(1, 60, 1 if FULL else 11)]
    for moment in moments:
        shutil.copyfile(old, tmp_path / f"{moment}.db")
    killed = migrate_and_die(f"sqlite:///{tmp_path}/{{n}}.db", moments, next_version)
    assert killed[0]
    assert not killed[-1]
    for moment, died in zip(moments, killed, strict=True):
        path = tmp_path / f"{moment}.db"
        assert (schema(path) == schema(old)) == died
        asyncio.run(upgrade(Database(f"sqlite:///{path}"), next_version))
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT count(*), min(shoe_size) FROM members").fetchone() == (500, 43)


async def test_a_database_that_a_newer_brygga_wrote_is_left_alone(empty, next_version):
    await upgrade(empty, next_version)
    with pytest.raises(
        ForeignDatabase, match=f"newer Brygga wrote this database .version 9999; this one knows {head()}"
    ):
        await upgrade(empty)


async def test_a_database_that_holds_something_else_is_left_alone(empty):
    if empty.path:
        empty.path.touch()
    async with empty.writer.begin() as connection:
        await connection.execute(text("CREATE TABLE wp_posts (id INTEGER)"))
    with pytest.raises(ForeignDatabase, match=r"not Brygga's \(wp_posts\)"):
        await upgrade(empty)


async def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    letter = tmp_path / "brev.db"
    letter.write_text("Hej! Det här är ett brev, inte en databas.\n" * 100)
    database = Database(f"sqlite:///{letter}")
    with pytest.raises(ForeignDatabase, match="is not a SQLite database"):
        await upgrade(database)
    assert letter.read_text().startswith("Hej!")


async def test_a_new_file_is_its_owners_alone(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/brygga.db")
    assert await version(database) is None
    assert not list(tmp_path.iterdir()), "asking makes no file"
    await upgrade(database)
    async with database.write() as session:
        session.add(Cluster(slug="vreta", name="Vreta kluster"))
        await session.flush()
        assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}, "journal included"
    await database.close()
