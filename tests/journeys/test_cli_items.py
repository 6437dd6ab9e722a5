"""A coordinator asks what was shared, who got it, what is stuck, and mends it."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from storage.models import Attachment, Cluster, Comment, Content, Delivery, Event, Held, Inbound, Item, Member
from storage.words import ContentKind, DeliveryState, InboxState, Kind, Precision

NOW = datetime(2026, 8, 24, 8, tzinfo=UTC)


@pytest.fixture
def network(terminal, migrated):
    """Two items, one with an event, a comment and letters in every state; three mails that wait."""
    shutil.copyfile(migrated, terminal.folder / "brygga.db")

    async def live(database):
        async with database.write() as session:
            session.add(Cluster(slug="vreta", name="Vreta kluster"))
            await session.flush()
            session.add(Member(email="anna@vreta.se", name="Anna", cluster_id=1, created_at=NOW))
            await session.flush()
            by_anna = {"author_id": 1, "author_name": "Anna Berg", "author_email": "anna@vreta.se", "cluster_id": 1}
            for n, (kind, title, text) in enumerate(
                [
                    (Kind.INVITATION, "Klusterträffen i ÅRE", "Välkommen!\n\n\x1b[31mRött"),
                    (Kind.TIP, "Tips om 100% vätgas", "Läs om klusterdagen"),
                ]
            ):
                when = NOW + timedelta(hours=n)
                session.add(Item(kind=kind, title=title, text=text, created_at=when, updated_at=when, **by_anna))
                await session.flush()
            session.add(
                Event(
                    item_id=1,
                    title="Klusterträff",
                    start="2026-11-16",
                    starts_at=NOW,
                    precision=Precision.WEEK,
                    uid="u",
                )
            )
            session.add(
                Attachment(
                    item_id=1, name="program.pdf", content_type="application/pdf", size=3, sha256="", content=b"x"
                )
            )
            session.add(Comment(item_id=1, text="Jag kommer", author_name="Bo", created_at=NOW))
            session.add(Content(key="item:1:0", kind=ContentKind.ITEM, item_id=1, message_id="<a@b>", created_at=NOW))
            await session.flush()
            for n in range(30):
                state = [DeliveryState.SENT] * 27 + [DeliveryState.QUEUED, DeliveryState.PARKED, DeliveryState.PARKED]
                row = Delivery(key=str(n), content_id=1, kind=ContentKind.ITEM, destination=f"mail:m{n}@example.se")
                row.state, row.next_at, row.created_at, row.reason = state[n], NOW, NOW, "550 no" if n > 27 else ""
                session.add(row)
            for n, (state, raw) in enumerate(
                [
                    (InboxState.PARKED, b"From: =?utf-8?q?=C3=85sa?= <asa@x.se>\r\nSubject: =?nope?q?x?=\r\n\r\n"),
                    (InboxState.PARKED, bytes(range(256)) * 3),
                    (InboxState.HELD, b"From: eve@example.com\r\n\r\n"),
                    (InboxState.DONE, b""),
                ],
                1,
            ):
                session.add(
                    Inbound(source="mail", remote_key=str(n), raw=raw, size=1, state=state, reason="unreadable" if n < 3 else "",
                            attempts=3, received_at=NOW)
                )  # fmt: skip
            await session.flush()
            session.add(
                Held(inbox_id=3, reason="unknown_sender", sender="eve@example.com", title="Hej", created_at=NOW)
            )

    terminal.ledger(live)
    return terminal


def test_what_was_shared(network):
    heads, tip, invitation = network("items", "list").lines
    assert heads.split() == ["ID", "SHARED", "KIND", "CLUSTER", "AUTHOR", "STATUS", "TITLE"]
    assert invitation.split()[:3] == ["1", "2026-08-24", "10:00"], "in the network's own time"
    assert tip.endswith("Tips om 100% vätgas")
    assert network("items", "list", "--json", "--kind", "tip").records == [
        {
            "id": 2,
            "kind": "tip",
            "intent": "new",
            "title": "Tips om 100% vätgas",
            "cluster": "vreta",
            "author": "anna@vreta.se",
            "status": "published",
            "created_at": "2026-08-24T09:00:00+00:00",
        }
    ]


def test_what_is_found(network):
    for words, found in (
        ("träff", [1]),
        ("KLUSTER", [1, 2]),  # in the title first, then the newest
        ("åre", [1]),
        ("ÅRE välkommen", [1]),
        ("a\u030are", [1]),
        ("vätgas träff", []),
        ("100%", [2]),
        ("0%0", []),
        ("_ips", []),
        ("berg", [2, 1]),
        (" ", []),
    ):
        assert [record["id"] for record in network("items", "search", words, "--json").records] == found, words
    assert network("items", "search", "finns", "inte").out == "Nothing found.\n"


def test_who_got_it(network):
    (shown,) = network("items", "show", "1", "--json").records
    assert shown["deliveries"] == {"parked": 2, "queued": 1, "sent": 27}
    assert shown["sign_ups"] == {"yes": 0, "maybe": 0, "no": 0}
    assert shown["event"]["start"] == "2026-11-16"
    assert shown["event"]["date_precision"] == "week"
    assert [comment["text"] for comment in shown["comments"]] == ["Jag kommer"]
    assert [file["name"] for file in shown["attachments"]] == ["program.pdf"]
    assert len(network("items", "show", "1", "--who", "--json").records[0]["readers"]) == 30
    text = network("items", "show", "1").out
    assert "\x1b" not in text, "nothing that a terminal obeys"
    assert "… and 10 more: --who names them all." in text
    assert "m29@example.se" in network("items", "show", "1", "--who").out
    comment = next(n for n, line in enumerate(text.splitlines()) if line.endswith(":") and line[:1].isupper())
    assert text.splitlines()[comment - 1 : comment + 2 : 2] == ["", "Jag kommer"]
    assert network.refused("items", "show", "99") == "there is no item 99: `brygga items list` shows them all"


def test_taken_back(network):
    assert (
        network("items", "withdraw", "1", "--yes", "--as", "anna@vreta.se").out == "1 is withdrawn; 27 had it before.\n"
    )
    assert network("items", "withdraw", "1").out == "1 was withdrawn already; 27 had it before.\n"
    assert network("items", "list", "--json", "--status", "withdrawn").records[0]["id"] == 1
    assert network("outbox", "list").out == "Nothing waits.\n27 sent, 3 dropped\n"
    assert "no item 99" in network.refused("items", "withdraw", "99", "--yes")


def test_mail_that_waits_for_a_person(network):
    records = network("items", "parked", "--json").records
    assert [(r["id"], r["state"], r["reason"]) for r in records] == [
        (1, "parked", "unreadable"),
        (2, "parked", "unreadable"),
        (3, "held", "unknown_sender"),
    ]
    assert records[0]["sender"] == "Åsa <asa@x.se>"
    assert records[2]["title"] == "Hej"
    assert [r["id"] for r in network("items", "parked", "--json", "--state", "held").records] == [3]
    assert "Mail 2 is read anew." in network("items", "again", "2").out
    assert [r["id"] for r in network("items", "parked", "--json").records] == [1, 3]
    assert "read already" in network("items", "again", "4").out
    assert "an editor decides" in network.refused("items", "again", "3")
    assert "there is no mail 9" in network.refused("items", "again", "9")


def test_what_is_stuck_and_why(network):
    records = network("outbox", "list", "--json").records
    assert [record["state"] for record in records] == ["queued", "parked", "parked"]
    wanted = {"id", "kind", "destination", "state", "attempts", "next_at", "reason"}
    assert wanted <= records[1].keys()
    assert records[1]["reason"] == "550 no"
    assert "550 no" in network("outbox", "list", "--state", "parked").out
    parked = [str(record["id"]) for record in records[1:]]
    assert network("outbox", "retry", parked[0]).out == "1 will be sent again.\n"
    assert network("outbox", "drop", parked[1], "--yes").out == "1 will never be sent.\n"
    assert network("outbox", "drop", parked[1], "--yes").out == "0 will never be sent.\n", "done already"
    assert network("outbox", "retry", "--all").out == "0 will be sent again.\n"
    assert "dropped already" in network.refused("outbox", "retry", parked[0], parked[1])
    assert "no delivery 999" in network.refused("outbox", "drop", "999", "--yes")
    assert network.tried("outbox", "retry").code == 2
    assert network.tried("outbox", "retry", "1", "--all").code == 2
