"""Three processes share one PostgreSQL and the news from Slack; one of them is killed: nothing lost, nothing twice."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from bridges.standins.workspace import Workspace
from storage.database import Database
from storage.migrate import upgrade
from storage.people import take_clusters, take_members
from storage.roster import read_clusters, read_members
from tests.fixtures.forked import Process
from tests.fixtures.mailrooms import Mailroom, until
from tests.fixtures.program import Program
from tests.fixtures.require import FULL, FULL_ONLY
from tests.fixtures.smtp import MailServer
from tests.fixtures.town import BY_MAIL, C_TIPS, PEOPLE, Town, slack_settings
from tests.fixtures.village import CLUSTERS, LIST, SETTINGS, Village, letter
from tests.fixtures.workspace import U_ANNA, U_BO, U_HANNA

ROUNDS = 12 if FULL else 4  # shares, each with answers from both sides
CECILIA = "Cecilia Ek <cecilia@gavle.example.se>"
CONNECTIONS = 4


class PostgresVillage(Village):
    """A village whose ledger is in PostgreSQL."""

    url = ""

    async def populate(self, people: str = PEOPLE, clusters: str = CLUSTERS) -> None:
        database = Database(self.url)
        await upgrade(database)
        async with database.write() as session:
            now = datetime.now(UTC)
            await take_clusters(session, read_clusters(clusters.encode()), "test", now)
            await take_members(session, read_members(people.encode()), "test", now, how="import", again=False)
        await database.close()

    async def rows(self, sql: str) -> list[Any]:
        database = Database(self.url)
        try:
            async with database.read() as session:
                return [tuple(row) for row in await session.execute(text(sql))]
        finally:
            await database.close()


async def victim(village: PostgresVillage) -> Process:
    """At full scale the one that speaks in Slack, whose place is free after 15 s; else one that only hears."""
    owners = {name: int(owner.split(":")[1]) for name, owner in await village.rows("select name, owner from leases")}
    busy = [owners["send:slack"]] if FULL else list(owners.values())
    return min(village.program.running, key=lambda process: (process.pid in busy) is not FULL)


@FULL_ONLY
async def test_three_processes_and_one_of_them_dies(
    make_program: Callable[[str], Program],
    mailroom: Mailroom,
    mail_server: MailServer,
    workspace: Workspace,
    empty_postgres_url: str,
):
    server, workspace.pace = mailroom.server, 0.0
    settings = SETTINGS.format(
        list=LIST, undo=0, user=server.user, imap=server.port, password=server.password, smtp=mail_server.port
    )
    settings += slack_settings(workspace) + f'[database]\nurl = "{empty_postgres_url}"\n[limits]\nitems_per_hour = 99\n'
    village = PostgresVillage(make_program(settings), mailroom, mail_server)
    village.url = empty_postgres_url
    town = Town(village, workspace)
    await village.populate()
    for _ in range(3):
        await asyncio.to_thread(lambda: village.program.start(wait=False))
    await workspace.connected(3, timeout=30)
    await until(lambda: village.program.log().count("run.ready") == 3, 20)

    titles = [f"Tips {number:02}" for number in range(ROUNDS)]
    for number, title in enumerate(titles):
        if number == ROUNDS // 2:  # what it has just acknowledged, others take in
            await town.card(C_TIPS, having=titles[0])
            await asyncio.to_thread(village.program.kill, await victim(village))
            await workspace.until(lambda: workspace.sockets == 2, 10, "the dead one's socket is gone")
        await town.share(kind="tip", title=title, text="Läs https://vreta.example.se")
    for title in titles:
        card = await town.card(C_TIPS, having=title)
        for user in (U_BO, U_HANNA):
            await workspace.person(user).say(C_TIPS, f"{title}, säger {user}", thread=card["ts"])
    for title in titles:
        await until(lambda title=title: len(list(village.shares(title))) >= len(BY_MAIL), 40)
        got = next(one for one in village.shares(title) if one.recipient == "cecilia@gavle.example.se")
        await village.mail(
            letter(CECILIA, f"Sv: {title}", f"{title}, mejlar C.\n", In_Reply_To=got.message["Message-ID"])
        )

    async def all_said() -> bool:
        return await village.rows("select count(*) from comments") == [(3 * ROUNDS,)]

    await until(all_said, 60)
    await town.done()
    cards = town.cards(C_TIPS)
    assert [sum(title in post["text"] for post in cards) for title in titles] == [1] * ROUNDS
    for title in titles:
        letters = list(village.shares(title))
        assert {one.recipient for one in letters} == BY_MAIL
        assert len(letters) <= len(BY_MAIL) + CONNECTIONS
        card = next(post for post in cards if title in post["text"])
        thread = [post["text"] for post in town.thread(C_TIPS, card["ts"])]
        assert thread[:2] == [f"{title}, säger {U_BO}", f"{title}, säger {U_HANNA}"]
        assert len(thread) == 3
        assert f"{title}, mejlar C." in thread[2]
    assert len(set(await village.rows("select text from comments"))) == 3 * ROUNDS
    assert len(town.direct(U_ANNA)) == ROUNDS
