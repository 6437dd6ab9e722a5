"""A coordinator looks at the digest at the command line, sends it, and sends it to one who joined since."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storage.models import Audit, Cluster, Delivery, Event, Item, Member
from storage.words import Audience, Kind, MemberStatus, Mode, Role
from tests.fixtures.terminal import Terminal


async def share(session, title, kind=Kind.INVITATION, in_days=0, **more):
    now = datetime.now(UTC)
    at = now - timedelta(days=1)
    item = Item(kind=kind, title=title, text=f"Om {title}.", created_at=at, updated_at=at, cluster_id=1, **more)
    session.add(item)
    await session.flush()
    if in_days:
        starts = (now + timedelta(days=in_days)).replace(microsecond=0, second=0)
        when = {"start": starts.strftime("%Y-%m-%dT%H:%M"), "starts_at": starts, "uid": f"{title}@test"}
        session.add(Event(item_id=item.id, title=title, **when))


@pytest.fixture
def network(terminal: Terminal, migrated) -> Terminal:
    """Three things to tell, and three members, of whom one is paused."""
    shutil.copyfile(migrated, terminal.folder / "brygga.db")

    async def live(database):
        async with database.write() as session:
            session.add(Cluster(slug="vreta", name="Vreta kluster"))
            await session.flush()
            for name, mode, topics in (
                ("anna", Mode.EACH, ()),
                ("bo", Mode.DIGEST, ("vatten",)),
                ("eva", Mode.NONE, ()),
            ):
                session.add(member(name, mode=mode, topics=topics))
            await share(session, "Fältvandring", in_days=40)
            await share(session, "Stöd till våtmarker", Kind.TIP, topics=("vatten",))
            await share(session, "Lån till gårdar", Kind.TIP, topics=("kapital",))

    terminal.ledger(live)
    return terminal


def member(name: str, **more) -> Member:
    given = {"cluster_id": 1, "mode": Mode.DIGEST, "locale": "sv", "role": Role.STAFF} | more
    return Member(email=f"{name}@vreta.se", name=name.title(), created_at=datetime.now(UTC), **given)


def copies(terminal: Terminal) -> dict[str, str]:
    async def look(database):
        async with database.read() as session:
            rows = await session.execute(select(Delivery.destination, Delivery.picks))
            return {row.destination: row.picks for row in rows}

    return terminal.ledger(look)


def titles(record) -> dict[str, list[str]]:
    return {part["section"]: [item["title"] for item in part["items"]] for part in record["sections"]}


def test_the_next_one_as_it_would_be(network):
    [record] = network("digest", "show", "--json").records
    assert titles(record) == {
        "later": ["Fältvandring"],
        "horizon": ["Lån till gårdar", "Stöd till våtmarker"],
    }
    assert (record["state"], record["sent_at"], record["people"], record["left_out"]) == (None, None, 2, [])
    first = record["sections"][0]["items"][0]
    assert (first["id"], first["kind"], first["cluster"]) == (1, "invitation", "Vreta kluster")
    week = record["week"]
    printed = network("digest", "show", "--week", week)
    assert printed.lines[0].startswith("Veckobrev v. ")
    assert "till 2 personer." in printed.lines[1]
    assert "  2  Stöd till våtmarker · Tips · Vreta kluster" in printed.lines
    assert copies(network) == {}


def test_what_one_reader_gets_as_it_is_drawn(network):
    [record] = network("digest", "show", "--member", "BO@vreta.se", "--json").records
    assert titles(record)["horizon"] == ["Stöd till våtmarker"]
    text = network("digest", "show", "--format", "text", "--member", "bo@vreta.se").out
    assert "Stöd till våtmarker" in text
    assert "Lån till gårdar" not in text
    assert "slot" not in text
    html = network("digest", "show", "--format", "html").out
    assert html.startswith("<!doctype html>")
    assert "Lån till gårdar" in html
    assert "slot" not in html
    posts = [json.loads(line) for line in network("digest", "show", "--format", "slack").lines]
    assert "Fältvandring" in posts[0]["text"]
    assert posts[0]["blocks"]


def test_it_is_sent_once_and_says_by_whom(network):
    [record] = network("digest", "show", "--json").records
    week = record["week"]
    refused = network.program("digest", "send", stdin="n\n")
    assert refused.returncode == 1
    assert f"Send {week} to 2 people? This cannot be undone." in refused.stderr
    assert copies(network) == {}
    assert network("digest", "send", "--yes", "--as", "anna@vreta.se").out == f"{week} is going to 2 people.\n"
    assert copies(network) == {"mail:anna@vreta.se": "1 3 2", "mail:bo@vreta.se": "1 2"}
    assert network("digest", "send", "--week", week, "--yes").out == f"{week} was sent already, to 2 people.\n"
    [record] = network("digest", "show", "--week", week, "--json").records
    assert (record["state"], record["people"], record["sent_at"] is None) == ("sent", 2, False)

    async def audit(database):
        async with database.read() as session:
            return list(await session.execute(select(Audit.actor, Audit.action, Audit.via)))

    assert network.ledger(audit) == [("anna@vreta.se", "digest.sent", "cli")]


def test_one_who_joined_since_gets_it_once(network):
    [record] = network("digest", "show", "--json").records
    week = ["--week", record["week"]]
    assert "has not been sent" in network.refused("digest", "send", *week, "--member", "anna@vreta.se")
    network("digest", "send", "--yes")

    async def join(database):
        async with database.write() as session:
            session.add(member("nils"))
            session.add(member("lena", status=MemberStatus.SUSPENDED))
            await share(session, "Kom sedan", Kind.TIP, audience=Audience.ALL)

    network.ledger(join)
    for said in ("is going to nils@vreta.se.", "was sent"):
        assert said in network("digest", "send", *week, "--member", "nils@vreta.se").out
    assert copies(network)["mail:nils@vreta.se"] == "1 3 2"
    assert "already" in network("digest", "send", *week, "--member", "bo@vreta.se").out
    for nobody in ("eva@vreta.se", "lena@vreta.se"):
        assert "there is nothing in" in network.refused("digest", "send", *week, "--member", nobody)
    assert len(copies(network)) == 3
    [record] = network("digest", "show", *week, "--member", "nils@vreta.se", "--json").records
    assert titles(record)["later"] == ["Fältvandring"]


@pytest.mark.parametrize("week", ["2026-W54", "2026-48", "48", "2026-W00", "åäö"])
def test_a_week_that_is_none(network, week):
    for words in (("show",), ("send", "--yes"), ("send", "--member", "anna@vreta.se")):
        assert "is not a week: write it as 2026-W48" in network.refused("digest", *words, "--week", week)


def test_a_member_that_is_none(network):
    [record] = network("digest", "show", "--json").records
    assert "there is no member x@y.se" in network.refused("digest", "show", "--member", "x@y.se")
    network("digest", "send", "--yes")
    assert "there is no member x@y.se" in network.refused(
        "digest", "send", "--week", record["week"], "--member", "x@y.se"
    )


def test_of_nothing_nothing_is_sent(terminal, migrated):
    shutil.copyfile(migrated, terminal.folder / "brygga.db")
    assert "nothing new, nothing coming" in terminal.refused("digest", "send", "--yes")
    assert "nothing new, nothing coming" in terminal.refused("digest", "show", "--format", "text")
    [record] = terminal("digest", "show", "--json").records
    assert (record["sections"], record["state"]) == ([], None)
