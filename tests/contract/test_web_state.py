"""Whoever watches the house: /healthz says what works, /metrics says how much, and only to those who may know."""

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from starlette.requests import Request

from bot.web.edge import from_this_machine
from bot.web.state import running_version
from storage.database import Database
from tests.fixtures.letters import fill
from tests.fixtures.postgres import Postgres, make_tables
from tests.fixtures.web import Site, opened


async def json_of(site: Site) -> tuple[int, dict]:
    async with site.http.get(f"http://127.0.0.1:{site.port}/healthz") as answer:
        assert answer.headers["Content-Type"] == "application/json"
        return answer.status, await answer.json()


async def test_all_parts_up_is_ready(site: Site):
    site.house.health.up("imap")
    site.house.health.up("smtp")
    assert await json_of(site) == (
        200,
        {
            "status": "ready",
            "version": running_version(),
            "parts": {"database": "up", "imap": "up", "smtp": "up", "slack": "off"},
            "outbox": {"queued": 0, "oldest_seconds": 0},
        },
    )


async def test_the_part_that_is_down_is_named(site: Site):
    site.house.health.up("imap")
    site.house.health.down("smtp", "smtp.example.se refused us with the password hunter2")
    status, said = await json_of(site)
    assert status == 503
    assert said["status"] == "failing"
    assert said["parts"] == {"database": "up", "imap": "up", "smtp": "down", "slack": "off"}
    site.house.health.up("smtp")
    assert (await json_of(site))[0] == 200


async def test_a_part_that_has_not_answered_yet_is_starting(site: Site):
    site.house.health.expect("imap")
    status, said = await json_of(site)
    assert (status, said["parts"]["imap"]) == (503, "starting")


async def test_slack_works_when_it_can_be_spoken_to_and_heard(site: Site):
    health = site.house.health
    health.up("slack")
    health.expect("slack_in")
    assert (await json_of(site))[1]["parts"]["slack"] == "starting"
    health.up("slack_in")
    assert (await json_of(site))[1]["parts"]["slack"] == "up"
    health.down("slack", "token_revoked")
    status, said = await json_of(site)
    assert (status, said["parts"]["slack"]) == (503, "down")


async def test_what_waits_is_counted_and_its_age_told(site_on_each: Site):
    site = site_on_each
    await fill(site.house.database, ["a@example.se", "b@example.se"], now=site.clock())
    site.clock.at += timedelta(seconds=90)
    assert (await json_of(site))[1]["outbox"] == {"queued": 2, "oldest_seconds": 90}


async def test_a_database_without_tables_is_down(tmp_path: Path):
    database = Database("sqlite:///empty.db", tmp_path)
    async with opened(database, tmp_path) as site:
        status, said = await json_of(site)
        assert (status, said["parts"]["database"]) == (503, "down")
        assert said["outbox"] == {"queued": None, "oldest_seconds": None}
    await database.close()


async def test_a_database_that_stops_is_named_within_seconds_and_comes_back(own_postgres: Postgres, tmp_path: Path):
    await make_tables(own_postgres.url())
    database = Database(own_postgres.url())
    async with opened(database, tmp_path) as site:
        anna = await site.member()
        link = f"/unsubscribe/{site.token('leave', anna.id)}"
        assert (await json_of(site))[0] == 200
        async with database.write() as session:
            await session.execute(text("CHECKPOINT"))  # the tests' server is quick rather than safe
        own_postgres.stop()
        began = time.monotonic()
        status, said = await json_of(site)
        assert (status, said["parts"]["database"]) == (503, "down")
        assert time.monotonic() - began < 4
        page = await site.post(link, {"List-Unsubscribe": "One-Click"})
        assert page.status == 503
        assert "Databasen svarar inte" in page.text
        assert page.headers["Retry-After"] == "30"
        numbers = await site.get("/metrics")
        assert 'brygga_part_up{part="database"} 0.0' in numbers.text
        own_postgres.start()
        assert (await json_of(site))[0] == 200
        assert (await site.get(link)).status == 200
    await database.close()


async def test_the_numbers_are_prometheus_text_and_count_what_is_there(site_on_each: Site):
    site = site_on_each
    await site.member()
    await site.held()
    await fill(site.house.database, ["a@example.se"], now=site.clock())
    site.clock.at += timedelta(seconds=30)
    answer = await site.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    numbers = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert numbers["brygga_outbox", "queued"] == 1
    assert numbers["brygga_outbox", "parked"] == 0
    assert numbers["brygga_members", "active"] == 1
    assert numbers["brygga_inbox", "held"] == 1
    assert numbers["brygga_held",] == 1
    assert numbers["brygga_outbox_oldest_seconds",] == 30
    assert numbers["brygga_part_up", "database"] == 1


async def test_requests_are_counted_by_route_never_by_path(site: Site):
    token = site.token("leave", 12345)
    await site.get(f"/unsubscribe/{token}")
    await site.get(f"/no/such/{token}")
    numbers = (await site.get("/metrics")).text
    assert re.search(r'brygga_http_requests_total\{.*route="/unsubscribe/\{token\}".*\} [1-9]', numbers)
    assert token not in numbers


async def test_who_comes_through_a_proxy_is_not_this_machine(site: Site):
    assert (await site.get("/metrics")).status == 200
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"):
        refused = await site.get("/metrics", headers={header: "127.0.0.1"})
        assert refused.status == 403
        assert "brygga_" not in refused.text


async def test_who_asked_for_our_public_name_is_not_this_machine(site: Site):
    assert (await site.get("/metrics", headers={"Host": "brygga.example.se"})).status == 403
    assert (await site.get("/metrics", headers={"Host": f"localhost:{site.port}"})).status == 200


def request_from(peer: str | None, host: str = "127.0.0.1:8025") -> Request:
    client = (peer, 40_000) if peer else None
    return Request({"type": "http", "client": client, "headers": [(b"host", host.encode())]})


@pytest.mark.parametrize(
    ("peer", "near"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.7", False),
        ("192.0.2.1", False),
        ("::ffff:192.0.2.1", False),
        ("fe80::1", False),
        ("unix", False),
        (None, False),
    ],
)
def test_this_machine_is_a_loopback_peer(peer: str | None, near: bool):
    assert from_this_machine(request_from(peer)) is near


async def test_the_key_opens_the_numbers_to_others(sqlite_database: Database, tmp_path: Path):
    far = {"X-Forwarded-For": "192.0.2.7"}
    async with opened(sqlite_database, tmp_path, web={"metrics_key": "nyckel-åäö"}) as site:
        for headers, query, status in [
            ({"Authorization": "Bearer nyckel-åäö".encode().decode("latin-1")}, "", 403),
            ({}, "?key=nyckel-%C3%A5%C3%A4%C3%B6", 200),
            ({}, "?key=nyckel", 403),
            ({}, "?key=", 403),
            ({}, "", 403),
        ]:
            assert (await site.get(f"/metrics{query}", headers=far | headers)).status == status
    async with opened(sqlite_database, tmp_path, web={"metrics_key": "key-1"}) as site:
        assert (await site.get("/metrics", headers=far | {"Authorization": "Bearer key-1"})).status == 200
        assert (await site.get("/metrics", headers=far | {"Authorization": "bearer key-1"})).status == 200
        assert (await site.get("/metrics", headers=far | {"Authorization": "Basic key-1"})).status == 403
    async with opened(sqlite_database, tmp_path, web={"metrics_key": ""}) as site:
        assert (await site.get("/metrics?key=", headers=far)).status == 403
