"""What the ledger holds becomes the letters that people get, on both databases."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import delete, event, select

from bridges.contract import Claim, GiveUp, TryLater
from bridges.mail.letter import ListHouse
from bridges.mail.letters import LedgerLetters
from bridges.mail.own import content_key
from bridges.mail.send import Dressed
from bridges.tokens import Purpose, Tokens
from storage.database import Database
from storage.ids import ContentId, DeliveryId, Destination, ItemId, MemberId, MessageId
from storage.models import Attachment, Cluster, Comment, Content, Echo, Event, Held, Inbound, Item, Member, Post
from storage.words import ContentKind, ItemStatus, Kind

NOW = datetime(2026, 8, 14, 8, tzinfo=UTC)
TOKENS = Tokens("nyckel")
HOUSE = ListHouse(
    name="Nätverket",
    address="kluster@lista.example.se",
    public_url="https://kluster.example.se",
    timezone="Europe/Stockholm",
    attachment_mb=1,
)
TEXT = "Vi går ut i fält och tittar på mellangrödor hela dagen. " * 4


@pytest.fixture
async def ledger(database: Database) -> AsyncIterator[Database]:
    """Anna's invitation with a file that fits and one that does not, Bo's answer, and a post that waits."""
    async with database.write() as session:
        cluster = Cluster(slug="vreta", name="Vreta Kluster")
        session.add(cluster)
        await session.flush()
        anna = Member(email="anna@vreta.example.se", name="Anna Ek", cluster_id=cluster.id, created_at=NOW)
        bo = Member(email="bo@agro.example.se", name="Bo Öberg", cluster_id=cluster.id, created_at=NOW)
        raw = Inbound(source="mail", remote_key="sha256:1", raw=b"x", size=1, received_at=NOW)
        session.add_all([anna, bo, raw])
        await session.flush()
        item = Item(
            kind=Kind.INVITATION,
            title="Fältvandring",
            text=TEXT,
            author_id=anna.id,
            author_name="Anna Ek",
            author_email="anna@vreta.example.se",
            cluster_id=cluster.id,
            created_at=NOW,
            updated_at=NOW,
        )
        session.add(item)
        await session.flush()
        answer = Comment(
            item_id=item.id, text="Vi kommer två.", author_id=bo.id, author_name="Bo Öberg", created_at=NOW
        )
        held = Held(inbox_id=raw.id, reason="unknown_sender", title="Kurs", created_at=NOW)
        session.add_all([answer, held])
        session.add(
            Event(
                item_id=item.id,
                title="Fältvandring",
                start="2026-08-26T13:00",
                starts_at=datetime(2026, 8, 26, 11, tzinfo=UTC),
                place="Norrby gård",
                uid="item-1@lista.example.se",
            )
        )
        for name, size in (("program.pdf", 400_000), ("film.mp4", 900_000)):
            session.add(
                Attachment(
                    item_id=item.id,
                    name=name,
                    content_type="application/octet-stream",
                    size=size,
                    sha256="0" * 64,
                    content=b"a" * size,
                )
            )
        await session.flush()
        for content in (
            Content(key=f"item:{item.id}:0", kind=ContentKind.ITEM, item_id=item.id, message_id="<i@l>"),
            Content(key=f"comment:{answer.id}:0", kind=ContentKind.COMMENT, item_id=item.id, comment_id=answer.id, message_id="<c@l>"),
            Content(key=f"desk:{held.id}", kind=ContentKind.DESK, held_id=held.id, message_id="<d@l>", data={"title": "Kurs", "kind": "invitation", "people": 3, "reason": "unknown_sender"}),
            Content(key="receipt:shared:1", kind=ContentKind.RECEIPT, item_id=item.id, message_id="<r@l>", data={"notice": "shared", "title": "Fältvandring", "people": 2, "undo_seconds": 120}),
            Content(key="notice:help:x:2026-08-14", kind=ContentKind.NOTICE, message_id="<n@l>", data={"notice": "help"}),
        ):  # fmt: skip
            content.created_at = NOW
            session.add(content)
        session.add_all(
            [
                Post(bridge="mail", remote_id="<annas@vreta>", item_id=item.id, ours=False),
                Post(bridge="mail", remote_id="<i@l>", item_id=item.id, ours=True),
                Post(bridge="mail", remote_id="<bos@agro>", item_id=item.id, comment_id=answer.id, ours=False),
                Post(bridge="mail", remote_id="<c@l>", item_id=item.id, comment_id=answer.id, ours=True),
            ]
        )
    return database


def letters_of(database: Database, house: ListHouse = HOUSE) -> LedgerLetters:
    return LedgerLetters(database, TOKENS, house, lambda: NOW)


async def claim_of(database: Database, key: str, **changes: object) -> Claim:
    async with database.read() as session:
        content = await session.scalar(select(Content).where(Content.key.startswith(key)))
    facts = {
        "id": DeliveryId(1),
        "content_id": content.id,
        "kind": content.kind,
        "destination": Destination("mail:cecilia@gavle.example.se"),
        "member_id": MemberId(7),
        "name": "Cecilia Åkesson",
        "language": "sv",
        "attempts": 1,
    }
    return Claim(**(facts | changes))


def read(dressed: Dressed) -> EmailMessage:
    return message_from_bytes(dressed.data, policy=policy.default)


def words(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()


async def test_an_item_reaches_a_member_with_tokens_of_their_own(ledger: Database):
    claim = await claim_of(ledger, "item:")

    dressed = await letters_of(ledger).dress(claim)

    mail = read(dressed)
    assert dressed.recipient == "cecilia@gavle.example.se"
    assert mail["To"] == "Cecilia Åkesson <cecilia@gavle.example.se>"
    assert mail["Message-ID"] == "<i@l>"
    assert mail["In-Reply-To"] is None  # Anna's own id is unknown to everybody else's mail program
    assert "INBJUDAN · Vreta Kluster" in words(mail)
    bounce = dressed.sender.removeprefix("kluster+bounce-").removesuffix("@lista.example.se")
    assert TOKENS.read(Purpose.BOUNCE, bounce, NOW) == (claim.content_id, 7)
    leave = mail["List-Unsubscribe"].split(">")[0].rpartition("/")[2]
    assert TOKENS.read(Purpose.LEAVE, leave, NOW + timedelta(days=4000)) == (7,)
    assert f"/unsubscribe/{leave}" in words(mail)
    thread = mail["Reply-To"].addresses[0].username.removeprefix("kluster+thread-")
    assert TOKENS.read(Purpose.THREAD, thread, NOW) == (1,)


async def test_files_go_along_up_to_the_limit_and_the_rest_are_links(ledger: Database):
    mail = read(await letters_of(ledger).dress(await claim_of(ledger, "item:")))
    assert [part.get_filename() for part in mail.iter_attachments()] == ["program.pdf", "inbjudan.ics"]
    assert "film.mp4 (900 kB), på webben: https://kluster.example.se/a/2/film.mp4" in words(mail)


async def test_an_answer_lands_in_the_thread_of_every_mail_program(ledger: Database):
    mail = read(await letters_of(ledger).dress(await claim_of(ledger, "comment:")))
    assert mail["References"] == "<annas@vreta> <i@l>"  # Anna's program knows the first, everybody else's the second
    assert mail["In-Reply-To"] == "<i@l>"
    assert mail["Subject"] == "Re: Fältvandring"
    assert "SVAR · Vreta Kluster" in words(mail)
    mute = words(mail).partition("/mute/")[2].split()[0]
    assert TOKENS.read(Purpose.MUTE, mute, NOW) == (1, 7)


async def test_a_tip_carries_its_reader_s_vote_for_it_for_sixty_days(ledger: Database):
    async with ledger.write() as session:
        (await session.get_one(Item, 1)).kind = Kind.TIP
    mail = read(await letters_of(ledger).dress(await claim_of(ledger, "item:")))
    token = words(mail).partition("/vote/1/")[2].split()[0]
    assert TOKENS.read(Purpose.VOTE, token, NOW + timedelta(days=59)) == (1, 7)
    assert TOKENS.read(Purpose.VOTE, token, NOW + timedelta(days=62)) is None


async def test_an_answer_to_an_answer_refers_to_it(ledger: Database):
    async with ledger.write() as session:
        first = await session.scalar(select(Comment))
        second = Comment(item_id=ItemId(1), parent_id=first.id, text="Vi med.", created_at=NOW)
        session.add(second)
        await session.flush()
        key = f"comment:{second.id}:0"
        session.add(Content(key=key, kind=ContentKind.COMMENT, item_id=ItemId(1), comment_id=second.id, message_id=MessageId("<c2@l>"), created_at=NOW))  # fmt: skip
    mail = read(await letters_of(ledger).dress(await claim_of(ledger, key)))
    assert mail["References"] == "<annas@vreta> <i@l> <bos@agro> <c@l>"


async def test_a_letter_to_the_desk_binds_its_editor_for_seven_days(ledger: Database):
    dressed = await letters_of(ledger).dress(await claim_of(ledger, "desk:", member_id=MemberId(3)))
    token = read(dressed)["Reply-To"].addresses[0].username.removeprefix("kluster+desk-")
    assert TOKENS.read(Purpose.DESK, token, NOW + timedelta(days=6)) == (1, 3)
    assert TOKENS.read(Purpose.DESK, token, NOW + timedelta(days=9)) is None
    assert dressed.sender == ""


async def test_a_receipt_can_undo_and_stands_under_the_mail_it_answers(ledger: Database):
    dressed = await letters_of(ledger).dress(await claim_of(ledger, "receipt:", member_id=MemberId(1)))
    mail = read(dressed)
    token = mail["Reply-To"].addresses[0].username.removeprefix("kluster+undo-")
    assert TOKENS.read(Purpose.UNDO, token, NOW) == (1, 1)
    assert mail["In-Reply-To"] == "<annas@vreta>"
    assert "Din inbjudan" in words(mail)
    assert dressed.sender == ""


async def test_a_stranger_gets_a_notice_without_tokens(ledger: Database):
    dressed = await letters_of(ledger).dress(await claim_of(ledger, "notice:", member_id=None, language="en"))
    assert "How to write to" in str(read(dressed)["Subject"])


async def test_an_envelope_in_plain_comes_from_the_list(ledger: Database):
    from dataclasses import replace

    letters = letters_of(ledger, replace(HOUSE, verp=False))
    assert (await letters.dress(await claim_of(ledger, "item:"))).sender == "kluster@lista.example.se"


async def test_a_thousand_copies_are_read_from_the_ledger_once_a_language(ledger: Database):
    letters = letters_of(ledger)
    asked: list[str] = []
    engine = ledger._reader.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    for number in range(1000):
        claim = await claim_of_number(ledger, number)
        dressed = await letters.dress(claim)
        assert f"m{number}@exempel.se".encode() in dressed.data
    assert len([sql for sql in asked if "attachments.content " in sql]) == 2  # Swedish and English


async def claim_of_number(database: Database, number: int) -> Claim:
    return Claim(
        id=DeliveryId(number),
        content_id=ContentId(1),
        kind=ContentKind.ITEM,
        destination=Destination(f"mail:m{number}@exempel.se"),
        member_id=MemberId(number),
        name=f"Medlem {number}",
        language="en" if number % 2 else "sv",
        attempts=1,
    )


async def test_lines_that_want_the_same_letter_at_once_get_the_same(ledger: Database):
    import asyncio

    letters = letters_of(ledger)
    claims = [await claim_of_number(ledger, number) for number in range(0, 20, 2)]
    dressed = await asyncio.gather(*(letters.dress(claim) for claim in claims))
    assert len({len(one.data) for one in dressed}) <= 3  # alike but for short numbers
    assert letters._composing == {}


async def test_what_is_gone_or_taken_back_is_given_up(ledger: Database):
    claim = await claim_of(ledger, "item:")
    async with ledger.write() as session:
        (await session.get(Item, 1)).status = ItemStatus.WITHDRAWN
    with pytest.raises(GiveUp, match="withdrawn"):
        await letters_of(ledger).dress(claim)
    async with ledger.write() as session:
        await session.execute(delete(Content).where(Content.key.startswith("notice:")))
    with pytest.raises(GiveUp, match="gone"):
        await letters_of(ledger).dress(await claim_of(ledger, "item:", content_id=ContentId(5)))


async def test_a_notice_without_words_is_given_up_with_its_name(ledger: Database):
    async with ledger.write() as session:
        content = await session.get(Content, 5)
        content.data = {"notice": "nonsense"}
    with pytest.raises(GiveUp, match="nonsense"):
        await letters_of(ledger).dress(await claim_of(ledger, "notice:"))


async def test_our_own_words_are_remembered_and_known_when_they_come_back(ledger: Database):
    dressed = await letters_of(ledger).dress(claim := await claim_of(ledger, "item:"))
    mail = read(dressed)
    key = content_key(f"Re: {mail['Subject']}", words(mail).replace("\r\n", "\n") + "\n____________\nen lists fot")
    async with ledger.read() as session:
        echo = await session.get(Echo, key)
    assert echo is not None
    assert echo.content_id == claim.content_id


async def test_a_database_that_is_away_is_waited_for(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/no-such-folder/brygga.db")
    claim = await claim_of_number(database, 1)
    with pytest.raises(TryLater) as caught:
        await letters_of(database).dress(claim)
    assert caught.value.everyone
    await database.close()
