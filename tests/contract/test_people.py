"""Members and clusters in the ledger: taken from files whole or not at all, and forgotten without a trace."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from storage.audit import record
from storage.erasure import forget
from storage.inbox import keep_one
from storage.models import (
    Audit,
    Comment,
    Content,
    Delivery,
    Follow,
    Held,
    Inbound,
    Item,
    Member,
)
from storage.people import (
    CannotRemove,
    change_mode,
    find_member,
    is_forgotten,
    list_clusters,
    list_members,
    remove_cluster,
    remove_member,
    take_clusters,
    take_members,
)
from storage.roster import BadRoster, ClusterRow, MemberRow
from storage.traces import traces
from storage.words import (
    ContentKind,
    DeliveryState,
    HeldState,
    InboxState,
    Kind,
    MemberStatus,
    Mode,
    Role,
)
from tests.fixtures.ledger import everything

NOW = datetime(2026, 8, 24, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
BOSS = "boss@example.se"

VRETA = ClusterRow(2, "vreta", name="Vreta kluster", domains=("vreta.se",))
ANNA = MemberRow(2, "anna@example.se", slack_user="U111", name="Anna", cluster="vreta", role=Role.STAFF)
BO = MemberRow(3, "bo@example.se", name='"; DROP TABLE members; --', cluster="VRETA Kluster", topics=("vatten",))


async def take(database, *rows, again=False, how="import", now=NOW):
    async with database.write() as session:
        return await take_members(session, rows, BOSS, now, again=again, how=how)


async def members_of(database):
    async with database.read() as session:
        return {m.email or m.slack_user: m for m in await list_members(session)}


@pytest.fixture
async def network(database):
    async with database.write() as session:
        await take_clusters(session, [VRETA], BOSS, NOW)
    await take(database, ANNA, BO)
    return database


async def test_the_same_file_twice_changes_nothing(network):
    before = await everything(network)
    taken = await take(network, ANNA, BO, now=LATER)
    assert (taken.new, taken.changed, taken.same) == ([], [], 2)
    async with network.write() as session:
        assert (await take_clusters(session, [VRETA], BOSS, LATER)).same == 1
    assert await everything(network) == before
    members = await members_of(network)
    assert members["anna@example.se"].mode is Mode.DIGEST, "she reads in Slack"
    assert members["bo@example.se"].mode is Mode.EACH
    assert members["bo@example.se"].name == '"; DROP TABLE members; --'
    assert {m.cluster.slug for m in members.values()} == {"vreta"}
    assert {(m.consent, m.consent_at) for m in members.values()} == {("import", NOW)}


async def test_one_bad_row_and_none_is_taken(network):
    before = await everything(network)
    rows = [
        MemberRow(2, "cy@example.se"),
        MemberRow(3, "dan@example.se", cluster="nowhere"),
        MemberRow(4, "eva@example.se", slack_user="U111"),
    ]
    with pytest.raises(BadRoster) as bad:
        await take(network, *rows)
    assert bad.value.reasons == (
        "line 3: there is no cluster “nowhere”",
        "line 4: U111 belongs to anna@example.se",
    )
    with pytest.raises(BadRoster, match="line 9: abisko has no name"):
        async with network.write() as session:
            await take_clusters(session, [ClusterRow(8, "norr", name="Norr"), ClusterRow(9, "abisko")], BOSS, NOW)
    assert await everything(network) == before


async def test_an_empty_cell_leaves_and_a_dash_empties(network):
    await take(network, MemberRow(2, "bo@example.se"), MemberRow(3, "anna@example.se", slack_user="", cluster=""))
    members = await members_of(network)
    assert members["bo@example.se"].topics == ("vatten",)
    assert members["anna@example.se"].slack_user is None
    assert members["anna@example.se"].cluster is None
    assert members["anna@example.se"].role is Role.STAFF


async def test_what_people_chose_themselves_outlives_a_file(network):
    async with network.write() as session:
        anna = await find_member(session, "anna@example.se")
        anna.mode = Mode.NONE
        await record(session, "anna@example.se", "member.mode", f"member:{anna.id}", "mail", {}, NOW)
        await remove_member(session, "bo@example.se", BOSS, NOW)
    each = MemberRow(2, "anna@example.se", mode=Mode.EACH)
    taken = await take(network, each, BO)
    assert taken.own_mode == ["anna@example.se"]
    assert taken.left == ["bo@example.se"]
    members = await members_of(network)
    assert members["anna@example.se"].mode is Mode.NONE
    assert members["bo@example.se"].status is MemberStatus.LEFT
    await take(network, BO, again=True, now=LATER)
    bo = (await members_of(network))["bo@example.se"]
    assert (bo.status, bo.consent_at) == (MemberStatus.ACTIVE, LATER)


async def test_a_pause_keeps_the_mode_before_it(network):
    async with network.write() as session:
        anna = await find_member(session, "U111")
        assert await change_mode(session, anna, Mode.NONE, date(2027, 2, 1), BOSS, NOW)
        assert not await change_mode(session, anna, Mode.NONE, date(2027, 2, 1), BOSS, NOW)
        assert (anna.mode, anna.resume_mode, anna.paused_until) == (Mode.NONE, Mode.DIGEST, date(2027, 2, 1))
        assert await change_mode(session, anna, Mode.EACH, None, BOSS, NOW)
        assert (anna.mode, anna.paused_until) == (Mode.EACH, None)


async def test_two_may_swap_their_slack_users_in_one_file(network):
    await take(network, MemberRow(2, "bo@example.se", slack_user="U222"))
    await take(
        network, MemberRow(2, "anna@example.se", slack_user="U222"), MemberRow(3, "bo@example.se", slack_user="U111")
    )
    members = await members_of(network)
    assert [members[f"{who}@example.se"].slack_user for who in ("anna", "bo")] == ["U222", "U111"]


async def test_a_file_makes_a_slack_user_and_an_address_one_person(network):
    await take(network, MemberRow(2, slack_user="U333", name="Cy"))
    taken = await take(network, MemberRow(2, "cy@example.se", slack_user="U333"))
    assert taken.changed == ["cy@example.se"]
    members = await members_of(network)
    assert (members["cy@example.se"].slack_user, members["cy@example.se"].name) == ("U333", "Cy")


async def test_a_role_that_changes_is_on_record(network):
    await take(network, MemberRow(2, "bo@example.se", role=Role.ADMIN))
    async with network.read() as session:
        row = await session.scalar(select(Audit).where(Audit.action == "member.role"))
    assert (row.actor, row.detail) == (BOSS, {"from": "reader", "to": "admin"})


async def test_a_cluster_with_members_stays(network):
    async with network.write() as session:
        with pytest.raises(CannotRemove, match="vreta has 2 members"):
            await remove_cluster(session, "vreta", BOSS, NOW)
        with pytest.raises(CannotRemove, match="no cluster nowhere"):
            await remove_cluster(session, "nowhere", BOSS, NOW)
    await take(network, *(MemberRow(2, who, cluster="") for who in ("anna@example.se", "bo@example.se")))
    async with network.write() as session:
        await remove_cluster(session, "Vreta", BOSS, NOW)
        await remove_cluster(session, "vreta", BOSS, NOW)  # done already counts
        assert await list_clusters(session) == []
        assert await session.scalar(select(func.count()).where(Audit.action == "cluster.removed")) == 1


async def live_a_little(database, who="bo@example.se"):
    """Bo has shared, answered, been held and been written to; Anna has answered him."""
    raw = f"From: Bo Ek <{who.title()}>\r\nSubject: Hej\r\n\r\nRing mig! 070-1\r\n".encode()
    async with database.write() as session:
        bo, anna = await find_member(session, who), await find_member(session, "anna@example.se")
        for number, state in enumerate((InboxState.DONE, InboxState.DONE, InboxState.HELD, InboxState.PARKED), 1):
            session.add(
                Inbound(source="mail", remote_key=f"sha256:{number}", raw=raw, size=1, state=state, received_at=NOW)
            )
        session.add(
            Inbound(source="mail", remote_key="sha256:a", size=1, state=InboxState.DONE, received_at=NOW,
                    raw=b"From: anna@example.se\r\nTo: kluster@example.se\r\n\r\nTack!\r\n")
        )  # fmt: skip
        await session.flush()
        by_bo = {"author_id": bo.id, "author_name": "Bo Ek", "author_email": who}
        session.add(
            Item(kind=Kind.TIP, title="Tips", text="Ett tips", inbox_id=1, created_at=NOW, updated_at=NOW, **by_bo)
        )
        await session.flush()
        session.add(Comment(item_id=1, text="Mer", trimmed="-- \nBo Ek 070-1", inbox_id=2, created_at=NOW, **by_bo))
        session.add(Comment(item_id=1, text="Tack!", author_id=anna.id, author_name="Anna", inbox_id=5, created_at=NOW))
        session.add(Held(inbox_id=3, reason="untrusted", sender=who, title="Hej från Bo", created_at=NOW))
        session.add(Follow(item_id=1, member_id=bo.id))
        await session.flush()
        for n, (key, kind, data, held) in enumerate(
            [
                ("item:1:0", ContentKind.ITEM, {}, None),
                (f"notice:shared:{who}:2026-08-24", ContentKind.NOTICE, {"title": "Bos tips"}, None),
                ("desk:1", ContentKind.DESK, {"sender": who, "sender_name": "Bo Ek"}, 1),
            ],
            1,
        ):
            session.add(Content(key=key, kind=kind, data=data, held_id=held, message_id=f"<{n}@x>", created_at=NOW))
            await session.flush()
            member = anna if kind is ContentKind.DESK else bo
            session.add(
                Delivery(
                    key=f"{key}:mail:{member.email}",
                    content_id=n,
                    kind=kind,
                    destination=f"mail:{member.email}",
                    member_id=member.id,
                    name=member.name,
                    state=DeliveryState.SENT if kind is ContentKind.ITEM else DeliveryState.QUEUED,
                    remote_id=f"250 ok {member.email}",
                    next_at=NOW,
                    created_at=NOW,
                )
            )
        await record(session, who, "item.undone", "item:1", "mail", {}, NOW)
    return bo.id


async def test_who_asks_sees_what_is_kept(network):
    await live_a_little(network)
    async with network.read() as session:
        left = await traces(session, await find_member(session, "bo@example.se"))
    assert left["items"] == [{"id": 1, "title": "Tips"}]
    assert left["comments"] == [1]
    assert left["held"] == [{"id": 1, "title": "Hej från Bo"}]
    assert left["follows"] == [1]
    assert left["deliveries"] == {"sent": 1, "queued": 1}
    assert [row["action"] for row in left["history"]] == ["item.undone"]


async def test_who_is_forgotten_leaves_no_trace_and_no_gap(network):
    number = await live_a_little(network)
    async with network.write() as session:
        await forget(session, await find_member(session, "bo@example.se"), BOSS, LATER)
    rows = json.dumps(
        await everything(network), default=lambda v: v.decode("latin-1") if isinstance(v, bytes) else str(v)
    )
    for trace in ("bo@example.se", "Bo Ek", "070-1", "DROP TABLE", "Bos tips", "från Bo"):
        assert trace.lower() not in rows.lower()
    async with network.read() as session:
        assert await is_forgotten(session, " Bo@Example.SE")
        item = await session.get(Item, 1)
        assert (item.title, item.text, item.author_name) == ("Tips", "Ett tips", "")
        texts = (await session.execute(select(Comment.text, Comment.author_name).order_by(Comment.id))).all()
        assert [tuple(row) for row in texts] == [("Mer", ""), ("Tack!", "Anna")]
        assert (await session.get(Held, 1)).state is HeldState.REJECTED
        states = (await session.scalars(select(Inbound.state).order_by(Inbound.id))).all()
        aside, done = InboxState.ASIDE, InboxState.DONE
        assert list(states) == [done, done, aside, aside, done]
        assert await session.scalar(select(func.count()).where(Delivery.state == DeliveryState.SENT)) == 1, "it counts"
        assert await session.scalar(select(func.count()).where(Delivery.state == DeliveryState.QUEUED)) == 0
        assert await session.scalar(select(func.count()).where(Follow.member_id == number)) == 0
        assert await find_member(session, "bo@example.se") is None
        member = await session.get(Member, number)
        assert member.email is None, "the row stays, so that its number is never another's"
    assert "anna@example.se" in rows


async def test_a_file_does_not_bring_back_who_asked_to_be_forgotten(network):
    async with network.write() as session:
        await forget(session, await find_member(session, "bo@example.se"), BOSS, NOW)
        await forget(session, await find_member(session, "anna@example.se"), BOSS, NOW)
    with pytest.raises(BadRoster, match=r"line 3: bo@example.se asked to be forgotten"):
        await take(network, BO)
    with pytest.raises(BadRoster, match="asked to be forgotten"):
        await take(network, MemberRow(2, "anna2@example.se", slack_user="U111"))
    await take(network, BO, again=True)
    assert set(await members_of(network)) == {"bo@example.se"}
    assert (await take(network, BO)).same == 1


async def test_two_thousand_are_taken_at_once(network):
    rows = [MemberRow(n, f"m{n}@example.se", name=f"M {n}", cluster="vreta") for n in range(2, 2_002)]
    assert len((await take(network, *rows)).new) == 2_000
    assert (await take(network, *rows)).same == 2_000


async def test_what_somebody_did_in_slack_is_forgotten_with_them_and_nobody_else_s(network):
    said = {
        "event:Ev1": {"type": "event_callback", "event": {"type": "message", "user": "U333", "text": "ring 070-1"}},
        "view:V1": {"type": "view_submission", "user": {"id": "U333"}, "view": {"state": "070-1"}},
        "event:Ev2": {"type": "event_callback", "event": {"type": "message", "user": "U222", "text": "tack <@U333>"}},
    }
    await take(network, MemberRow(2, "sara@example.se", slack_user="U333"))
    async with network.write() as session:
        for key, payload in said.items():
            await keep_one(session, "slack", key, json.dumps(payload).encode(), NOW)
        await forget(session, await find_member(session, "sara@example.se"), BOSS, LATER)
    async with network.read() as session:
        rows = select(Inbound.remote_key, Inbound.raw, Inbound.state).where(Inbound.source == "slack")
        left = {row.remote_key: (bool(row.raw), row.state) for row in await session.execute(rows)}
    gone, waits = (False, InboxState.ASIDE), (True, InboxState.NEW)
    assert left == {"event:Ev1": gone, "view:V1": gone, "event:Ev2": waits}
