"""Mail server, mailbox and database, each taken away and given back: work waits, resumes, nothing lost, nothing twice."""

import asyncio
import json
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from tests.fixtures.mailrooms import until
from tests.fixtures.proxy import Road
from tests.fixtures.require import FULL, FULL_ONLY
from tests.fixtures.village import TAKERS, Village, letter

ANNA = "Anna Åkesson <anna@vreta.example.se>"
AWAY = 20.0 if FULL else 2.5  # seconds


def health(village: Village) -> tuple[int, dict]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{village.program.port()}/healthz", timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


async def says_down(village: Village, part: str) -> None:
    async def down() -> bool:
        status, body = await asyncio.to_thread(health, village)
        return status == 503 and body["parts"][part] not in ("up", "ok", "off")

    await until(down, 30)


async def says_ready(village: Village) -> None:
    async def ready() -> bool:
        return (await asyncio.to_thread(health, village))[0] == 200

    await until(ready, 40)


async def reaches_everyone(village: Village, *subjects: str) -> None:
    for subject in subjects:
        await until(lambda subject=subject: len(list(village.shares(subject))) >= len(TAKERS), 60)
    await village.settled()
    for subject in subjects:
        assert sorted(one.recipient for one in village.shares(subject)) == sorted(TAKERS)


async def test_the_mail_server_goes_away(village: Village):
    await says_ready(village)
    village.post.close()
    await village.mail(letter(ANNA, "Medan servern var borta", "Hej.\n"))
    await village.taken_in()
    await says_down(village, "smtp")
    await asyncio.sleep(AWAY)
    village.post.open()
    await reaches_everyone(village, "Medan servern var borta")
    await says_ready(village)
    assert await village.rows("select max(attempts) from outbox") == [(1,)]  # the outage was nobody's try


@FULL_ONLY
async def test_the_mailbox_goes_away(make_village: Callable[..., Village], mailroom, road_to):
    road: Road = await road_to(mailroom.server.port)
    village = make_village()
    text = village.program.settings.replace(f":{mailroom.server.port}/", f":{road.port}/")
    village.program.config.write_text(text, encoding="utf-8")
    await village.populate()
    await village.start()
    await says_ready(village)
    await road.refuse()
    road.cut()
    await village.mail(letter(ANNA, "Medan brevlådan var borta", "Hej.\n"))
    await says_down(village, "imap")
    await asyncio.sleep(AWAY)
    await road.open()
    await reaches_everyone(village, "Medan brevlådan var borta")
    await says_ready(village)


@FULL_ONLY
async def test_the_database_is_locked(village: Village):
    """Somebody else holds SQLite's write lock: nothing can be settled, nothing is lost."""
    await says_ready(village)
    lock = sqlite3.connect(village.program.folder / "brygga.db", isolation_level=None, check_same_thread=False)
    lock.execute("BEGIN IMMEDIATE")
    await village.mail(letter(ANNA, "Medan databasen var låst", "Hej.\n"))
    await says_down(village, "database")
    await asyncio.sleep(AWAY)
    lock.execute("ROLLBACK")
    lock.close()
    await reaches_everyone(village, "Medan databasen var låst")
    await says_ready(village)


@FULL_ONLY
async def test_a_slow_and_a_greylisting_recipient_delay_nobody(village: Village):
    village.post.faults.slow["bo@agro.example.se"] = 8.0
    village.post.faults.refuse["cecilia@gavle.example.se"] = "450 4.2.0 greylisted, come back later"
    began = time.monotonic()
    await village.mail(letter(ANNA, "Till snabba och långsamma", "Hej.\n"))
    quick = {"grace@uni.example.org", "hanna@lrf.example.se"}
    await until(lambda: quick <= {one.recipient for one in village.shares("Till snabba och långsamma")}, 20)
    slow_yet = "bo@agro.example.se" in {one.recipient for one in village.shares("Till snabba och långsamma")}
    assert not slow_yet, f"the slow one was first, after {time.monotonic() - began:.1f} s"
    await until(lambda: len(list(village.shares("Till snabba och långsamma"))) == 3, 30)
    [waiting] = await village.json("outbox", "list")
    assert waiting["destination"] == "mail:cecilia@gavle.example.se"
    assert waiting["state"] == "queued"
    assert "greylisted" in waiting["reason"]
