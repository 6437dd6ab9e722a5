"""What one mail becomes, on either database: nothing lost, nothing said twice, nothing to those it is not for."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot import actions
from bot.inbox import take_in_waiting
from bot.jobs import timetable
from bot.watch import tell_desk
from bridges.contract import Claim, GiveUp
from bridges.mail.letter import ListHouse
from bridges.mail.letters import LedgerLetters
from bridges.tokens import Purpose
from storage.database import Database, in_words
from storage.erasure import forget
from storage.ids import ProcessId
from storage.models import Audit, Comment, Content, Delivery, Held, Item, Member
from storage.outbox import claim, give_back
from storage.words import DeliveryState, ItemStatus, Role
from tests.fixtures.reader import Reader
from tests.fixtures.village import LIST, letter

ANNA = "Anna <anna@vreta.example.se>"
BO = "Bo <bo@agro.example.se>"
LONG = "Välkomna till vår fältdag om mellangrödor i höst. " * 5


# -- sent again ------------------------------------------------------------------------------------------------------


async def test_what_was_undone_may_be_sent_again_in_the_same_words(reader: Reader):
    """ "När det är som du vill ha det, skicka igen": with the file that was forgotten, and the same text."""
    await reader.share("Fältdag", LONG)
    item = await reader.item()
    assert (await actions.undo(reader.house, item.id, item.author_id, "web")).outcome == "undone"
    await reader.share("Fältdag", LONG)
    assert await reader.states() == [("done", "item"), ("done", "item")]


async def test_the_same_words_with_another_file_are_not_the_same_mail(reader: Reader):
    await reader.share("Fältdag", LONG)
    again = letter(ANNA, "Fältdag", LONG, date=reader.clock())
    again.add_attachment(b"%PDF-1.4 program", maintype="application", subtype="pdf", filename="program.pdf")
    await reader.mail(again)
    assert (await reader.states())[1] == ("done", "item")
    third = letter(ANNA, "Fältdag", LONG, date=reader.clock())
    third.add_attachment(b"%PDF-1.4 program", maintype="application", subtype="pdf", filename="program.pdf")
    await reader.mail(third)
    assert (await reader.states())[2] == ("aside", "duplicate")


async def test_a_parked_mail_read_again_is_known_when_another_copy_was_taken_in(reader: Reader):
    """The same mail by two roads: the first copy was parked, the second came in, then the first is tried again."""
    mail = letter(ANNA, "Fältdag", "Kort.\n", date=reader.clock())
    first = b"Received: from a by b\r\n" + mail.as_bytes()
    await reader.mail(first)
    async with reader.house.database.write() as session:  # as if it had been parked by an older version
        for name in ("posts", "follows", "outbox", "contents", "items"):
            await session.execute(text(f"DELETE FROM {name}"))
        await session.execute(text("UPDATE inbox SET state='parked', reason='unexpected', fingerprint=NULL"))
    await reader.mail(mail)
    assert (await reader.states())[1] == ("done", "item")
    async with reader.house.database.write() as session:
        await session.execute(text("UPDATE inbox SET state='new', attempts=0 WHERE state='parked'"))
    await take_in_waiting(reader.house)
    assert (await reader.states())[0] == ("aside", "duplicate")


# -- undo ------------------------------------------------------------------------------------------------------------


async def test_undo_is_too_late_for_letters_claimed_while_it_looks(reader: Reader):
    """Another process claims in the same moment: either nobody receives it, or it is too late; never neither."""
    if reader.house.database.sqlite:
        return  # one writer at a time: there is no such moment
    await reader.share()
    item = await reader.item()
    database = reader.house.database
    async with database.write() as claiming:
        await claiming.execute(text("UPDATE outbox SET state='sending', owner='x' WHERE kind='item'"))
        undoing = asyncio.create_task(actions.undo(reader.house, item.id, item.author_id, "web"))
        async with database.read() as session:
            while not await session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                assert not undoing.done()
                await asyncio.sleep(0.01)
    undone = await undoing
    assert (undone.outcome, (await reader.item()).status) == ("too_late", ItemStatus.PUBLISHED)


async def test_half_claimed_letters_are_not_dropped_by_an_undo_that_comes_too_late(reader: Reader):
    if reader.house.database.sqlite:
        return  # one writer at a time: there is no such moment
    await reader.share()
    item = await reader.item()
    database = reader.house.database
    async with database.write() as claiming:
        await claiming.execute(
            text("UPDATE outbox SET state='sending', owner='x' WHERE destination='mail:bo@agro.example.se'")
        )
        undoing = asyncio.create_task(actions.undo(reader.house, item.id, item.author_id, "web"))
        async with database.read() as session:
            while not await session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                assert not undoing.done()
                await asyncio.sleep(0.01)
    assert (await undoing).outcome == "too_late"
    assert len(await reader.waiting("item")) == 3


async def test_an_old_undo_link_does_nothing_when_it_is_no_longer_kept_who_got_it(reader: Reader):
    await reader.share()
    await reader.gone_out()
    reader.clock.at += timedelta(days=100)
    async with reader.house.database.write() as session:
        await session.execute(text("DELETE FROM outbox"))  # as upkeep does
    item = await reader.item()
    assert (await actions.undo(reader.house, item.id, item.author_id, "web")).outcome == "too_late"
    assert (await reader.item()).status is ItemStatus.PUBLISHED


# -- threads ---------------------------------------------------------------------------------------------------------


async def test_an_answer_to_a_thread_that_is_not_known_waits_for_an_editor(reader: Reader):
    """It was written to a thread: it must not go to the whole network because its token cannot be read."""
    to = f"kluster+thread-{'a' * 24}@lista.example.se"
    await reader.mail(letter(BO, "SV: Fältdag", "Mitt pinnummer är 1234.\n", to=to, date=reader.clock()))
    assert await reader.states() == [("held", "not_found")]
    assert await reader.waiting("item") == []


async def test_an_answer_to_where_a_letter_left_from_reaches_its_thread_or_an_editor(reader: Reader):
    """Some clients answer the envelope's address, which is there for what comes back."""
    mail = await reader.share()
    to = f"kluster+bounce-{'a' * 24}@lista.example.se"
    await reader.mail(
        letter(BO, "SV: Fältdag", "Vi kommer två.\n", to=to, date=reader.clock(), In_Reply_To=mail["Message-ID"])
    )
    await reader.mail(letter(BO, "SV: Något annat", "Mitt pinnummer är 1234.\n", to=to, date=reader.clock()))
    away = "Jag är på semester till den 10 augusti.\n"
    await reader.mail(letter(BO, "SV: Fältdag", away, to=to, date=reader.clock(), Auto_Submitted="auto-replied"))
    assert await reader.states() == [
        ("done", "item"),
        ("done", "comment"),
        ("held", "not_found"),
        ("aside", "auto_reply"),
    ]
    assert len(await reader.rows(Item)) == 1


async def test_an_answer_to_what_was_undone_waits_for_an_editor(reader: Reader):
    mail = await reader.share()
    item = await reader.item()
    await actions.undo(reader.house, item.id, item.author_id, "web")
    answer = letter(ANNA, "SV: Fältdag", "Rätt dag är den 4.\n", date=reader.clock(), In_Reply_To=mail["Message-ID"])
    await reader.mail(answer)
    assert (await reader.states())[1] == ("held", "not_found")
    hanna = await reader.member("hanna@lrf.example.se")
    decided = await actions.decide(reader.house, (await reader.held()).id, hanna.id, "approve", "web")
    assert decided.outcome == "released"
    assert [item.title for item in await reader.rows(Item)] == ["Fältdag", "Fältdag"]
    assert len(await reader.waiting("item")) == decided.people == 4


async def test_a_held_answer_says_how_many_follow_its_thread(reader: Reader):
    """Not how many are in the network: that is whom the editor lets it through to."""
    mail = await reader.share()
    stranger = letter(
        "Ulla <ulla@x.example.com>",
        "SV: Fältdag",
        "Får man komma?\n",
        date=reader.clock(),
        In_Reply_To=mail["Message-ID"],
    )
    await reader.mail(stranger)
    held = await reader.held()
    assert held.recipients == 1
    hanna = await reader.member("hanna@lrf.example.se")
    decided = await actions.decide(reader.house, held.id, hanna.id, "approve", "web")
    assert (decided.outcome, decided.people) == ("released", 1)
    assert len(await reader.waiting("comment")) == 1


async def test_comments_go_to_followers_of_the_items_audience_alone(reader: Reader):
    """Cecilia, of an area, was passed a letter meant for the clusters and asked something: that lets her read no more."""
    mail = await reader.share("Fältdag", "Till: kluster\n\nVälkomna.\n")
    for sender in ("Cecilia <cecilia@gavle.example.se>", BO):
        await reader.mail(
            letter(
                sender, "SV: Fältdag", f"Undrar {sender[:2]}.\n", date=reader.clock(), In_Reply_To=mail["Message-ID"]
            )
        )
    assert len(await reader.rows(Comment)) == 2
    takers = sorted(row.destination for row in await reader.waiting("comment"))
    assert takers == ["mail:anna@vreta.example.se"] * 2


async def test_old_answers_are_kept_and_mailed_to_nobody(reader: Reader):
    """`run --since` takes the answers of last spring too."""
    old = reader.clock() - timedelta(days=60)
    mail = letter(ANNA, "Fältdag", "Välkomna.\n", date=old)
    await reader.mail(mail, letter(BO, "SV: Fältdag", "Vi är tre.\n", date=old, In_Reply_To=mail["Message-ID"]))
    assert len(await reader.rows(Comment)) == 1
    assert await reader.waiting() == []


async def test_a_wrong_clock_does_not_make_a_mail_old(reader: Reader):
    """The sender's machine believes it is 2004; the receiving server knows better."""
    came = "from mx by mail; Fri, 20 Nov 2026 09:58:00 +0100"
    mail = letter(ANNA, "Fältdag", "Välkomna.\n", date=reader.clock() - timedelta(days=8000), Received=came)
    await reader.mail(mail)
    assert len(await reader.waiting("item")) == 4


async def test_a_post_let_through_too_late_says_that_it_goes_to_nobody(reader: Reader):
    await reader.share(sender="Ulla <ulla@x.example.com>")
    reader.clock.at += timedelta(days=15)
    hanna = await reader.member("hanna@lrf.example.se")
    decided = await actions.decide(reader.house, (await reader.held()).id, hanna.id, "approve", "cli")
    assert (decided.people, await reader.waiting("item")) == (0, [])


# -- notices ---------------------------------------------------------------------------------------------------------


async def test_an_answering_machine_nobody_recognises_gets_one_help_a_day(reader: Reader):
    """Every notice is answered to +help: what answers by itself, and does not say so, must not go on for ever."""
    for number in range(5):
        await reader.mail(letter(BO, "Tack", f"Tack för ditt mejl {number}.\n", to="kluster+help@lista.example.se"))
    assert await reader.notices() == ["help"]


async def test_an_answering_machine_at_the_receipt_gets_one_help_a_day(reader: Reader):
    await reader.share()
    item = await reader.item()
    for number in range(3):
        to = reader.address(Purpose.UNDO, item.id, item.author_id)
        await reader.mail(letter(ANNA, "Tack", f"Tack för ditt mejl {number}.\n", to=to, date=reader.clock()))
    assert sorted(await reader.notices()) == ["help", "shared"]


async def test_each_errand_is_confirmed_once_a_day(reader: Reader):
    bad = f"kluster+undo-{'a' * 24}@lista.example.se"
    for number in range(3):
        for to in ("kluster+paus@lista.example.se", bad):
            await reader.mail(letter(BO, f"Nr {number}", "x\n", to=to, date=reader.clock()))
    assert sorted(await reader.notices()) == ["not_understood", "paused"]


async def test_an_editors_unclear_answers_are_answered_once_a_day(reader: Reader):
    await reader.share(sender="Ulla <ulla@x.example.com>")
    hanna = await reader.member("hanna@lrf.example.se")
    to = reader.address(Purpose.DESK, (await reader.held()).id, hanna.id)
    for number in range(3):
        await reader.mail(letter("Hanna <hanna@lrf.example.se>", "SV", f"Tja {number}\n", to=to, date=reader.clock()))
    assert await reader.notices() == ["desk_unclear"]


async def test_an_empty_answer_let_through_writes_to_no_unverified_stranger(reader: Reader):
    mail = await reader.share()
    empty = letter(
        "Ulla <ulla@x.example.com>",
        "SV: Fältdag",
        "\n> Välkomna.\n",
        date=reader.clock(),
        In_Reply_To=mail["Message-ID"],
    )
    await reader.mail(empty)
    hanna = await reader.member("hanna@lrf.example.se")
    await actions.decide(reader.house, (await reader.held()).id, hanna.id, "approve", "web")
    assert "mail:ulla@x.example.com" not in [row.destination for row in await reader.waiting()]


async def test_links_asked_for_by_anybody_fill_no_mailbox(reader: Reader):
    """Whoever knows a member's address can ask for a link to every item there is."""
    for number in range(30):
        reader.clock.at += timedelta(hours=1)
        await reader.share(f"Nr {number}", "Kort.\n")
    bo = await reader.member("bo@agro.example.se")
    for item in await reader.rows(Item):
        await actions.send_read_link(reader.house, bo.email, item.id)
    assert 1 <= (await reader.notices()).count("link") <= 10


async def test_no_link_is_mailed_to_what_was_withdrawn(reader: Reader):
    await reader.share()
    item = await reader.item()
    await actions.withdraw(reader.house, item.id, "hanna@lrf.example.se", "cli")
    await actions.send_read_link(reader.house, "bo@agro.example.se", item.id)
    assert "link" not in await reader.notices()


async def test_a_mail_server_that_comes_and_goes_alarms_the_desk_once_a_day(reader: Reader):
    for _ in range(5):
        reader.house.health.down("imap", "127.0.0.1:143 cannot be reached")
        assert await tell_desk(reader.house, "imap")
        reader.clock.at += timedelta(minutes=5)
        reader.house.health.up("imap")
    assert await reader.notices() == ["alarm"]
    reader.clock.at += timedelta(days=1)
    reader.house.health.down("imap", "127.0.0.1:143 cannot be reached")
    assert await tell_desk(reader.house, "imap")
    assert await reader.notices() == ["alarm", "alarm"]


async def test_an_alarm_that_could_not_be_written_is_tried_again(reader: Reader, tmp_path):
    """The database is away at that moment, too."""
    reader.house.health.down("imap", "127.0.0.1:143 cannot be reached")
    away = Database("postgresql://nobody@/none?host=/nonexistent")
    assert not await tell_desk(replace(reader.house, database=away), "imap")
    await away.close()


async def test_two_processes_say_the_same_once(reader: Reader):
    await reader.share()
    item = await reader.item()
    asked = [actions.send_read_link(reader.house, "bo@agro.example.se", item.id) for _ in range(5)]
    await asyncio.gather(*asked)
    assert (await reader.notices()).count("link") == 1


def test_what_ran_out_of_time_has_words():
    """asyncpg's own TimeoutError is empty: the program must not stumble over that while it tells of an outage."""
    assert in_words(TimeoutError()) == "TimeoutError"
    assert in_words(OSError("\nno road\nto host")) == "no road"


async def test_errors_of_the_database_hold_nobodys_words(reader: Reader):
    """They are logged."""
    with pytest.raises(IntegrityError) as caught:
        async with reader.house.database.write() as session:
            session.add(Member(email="bo@agro.example.se", name="Hemlig Text", created_at=reader.clock()))
    assert "Hemlig Text" not in str(caught.value)


async def test_every_held_post_is_reminded_of_though_editors_are_reminded_once_a_day(reader: Reader):
    [remind] = [job.run for job in timetable(reader.house) if job.name == "remind_editors"]
    await reader.share("Ett", sender="Ulla <ulla@x.example.com>")
    reader.clock.at += timedelta(hours=3)
    await reader.share("Två", sender="Ove <ove@y.example.com>")
    for _ in range(48):
        reader.clock.at += timedelta(hours=1)
        await remind()
    assert await reader.notices() == ["reminder_held", "reminder_held"]
    assert all(held.reminded_at for held in await reader.rows(Held))


async def test_who_asked_to_join_and_is_forgotten_leaves_no_address_behind(reader: Reader):
    """The editors were told of the wish; that is kept, and nobody's any more."""
    await reader.mail(
        letter("Ulla <ulla@x.example.com>", "Får jag vara med?", "Hej.\n", to="kluster+join@lista.example.se")
    )
    assert await reader.notices() == ["wants_in"]
    async with reader.house.database.write() as session:
        ulla = Member(email="ulla@x.example.com", name="Ulla", created_at=reader.clock())
        session.add(ulla)
        await session.flush()
        await forget(session, ulla, "", reader.clock())
    assert "ulla" not in repr([row.data for row in await reader.rows(Content)]).lower()


# -- powers that are passed on ---------------------------------------------------------------------------------------


def wrapped(url: str) -> str:
    """As Outlook shows a link to its readers."""
    from urllib.parse import quote

    return (
        f"https://eur01.safelinks.protection.outlook.com/?url={quote(url, safe='')}&data=05%7C02%7Cbo%40agro.example.se"
    )


async def test_what_people_pass_on_lends_nobody_their_powers(reader: Reader):
    """Links of ours come back bare, wrapped by Outlook, in HTML, and within a mail that is passed on as a file."""
    sign = reader.house.tokens.sign
    leave, desk, read = sign(Purpose.LEAVE, 2), sign(Purpose.DESK, 1, 8), sign(Purpose.READ, 1, 2)
    base = "https://brygga.example.se"
    html = f"""<p>Se nedan, tycker jag, och säg vad ni tror om det här.</p>
        <a href="{wrapped(f"{base}/unsubscribe/{leave}")}">Lämna listan</a>
        <a href="{base}/desk/{desk}">Skicka vidare</a> <a href="{base}/a/7/program.pdf?k={read}">Program</a>
        <a href="mailto:kluster%2Bleave-{leave}%40lista.example.se">Lämna</a> brygga.example.se/undo/{desk}"""
    mail = letter(BO, "VB: Fältdag", "Se nedan.\n", date=reader.clock())
    mail.add_alternative(html, subtype="html")
    ours = EmailMessage(policy=SMTP)
    ours["From"], ours["Subject"] = f"Nätverket <{LIST}>", "Att avgöra"
    ours["Reply-To"] = f"kluster+desk-{desk}@lista.example.se"
    ours["List-Unsubscribe"] = f"<{base}/unsubscribe/{leave}>"
    ours.set_content(f"Tryck: {base}/desk/{desk}\n" + "x" * 70, cte="quoted-printable")
    mail.add_attachment(ours)
    mail.add_attachment(html.encode(), maintype="text", subtype="html", filename="sida.html")
    await reader.mail(mail)
    item = await reader.item()
    tokens = (leave, desk, read)
    assert not [token for token in tokens if token in item.text.lower()]
    async with reader.house.database.read() as session:
        for name, content in await session.execute(text("SELECT name, content FROM attachments")):
            flat = bytes(content).replace(b"=\r\n", b"").replace(b"=\n", b"").lower()
            assert not [token for token in tokens if token.encode() in flat], name
    assert "Se nedan" in item.text


# -- decisions -------------------------------------------------------------------------------------------------------


async def test_trusting_a_reader_is_a_decision_of_its_own_in_the_audit(reader: Reader):
    await reader.share(sender="Cecilia <cecilia@gavle.example.se>")
    hanna = await reader.member("hanna@lrf.example.se")
    await actions.decide(reader.house, (await reader.held()).id, hanna.id, "trust", "web")
    cecilia = await reader.member("cecilia@gavle.example.se")
    assert cecilia.role is Role.STAFF
    rows = [(row.actor, row.action, row.subject, row.detail) for row in await reader.rows(Audit)]
    detail = {"from": "reader", "to": "staff"}
    assert ("hanna@lrf.example.se", "member.role", f"member:{cecilia.id}", detail) in rows


async def test_an_answer_in_html_alone_is_read(reader: Reader):
    await reader.share()
    item = await reader.item()
    mail = letter(ANNA, "SV: Delat", "", to=reader.address(Purpose.UNDO, item.id, item.author_id), date=reader.clock())
    mail.set_content("<html><body><p>Ångra</p><hr><blockquote>Tack.</blockquote></body></html>", subtype="html")
    await reader.mail(mail)
    assert (await reader.item()).status is ItemStatus.UNDONE


async def test_who_leaves_gets_no_parked_letter_later(reader: Reader):
    await reader.share()
    async with reader.house.database.write() as session:
        await session.execute(text("UPDATE outbox SET state='parked'"))
    bo = await reader.member("bo@agro.example.se")
    await actions.leave(reader.house, bo.id, "web")
    states = {
        row.state for row in await reader.rows(Delivery) if row.destination == f"mail:{bo.email}" and row.kind == "item"
    }
    assert states == {DeliveryState.DROPPED}


# -- between planning and sending ------------------------------------------------------------------------------------


async def claimed(reader: Reader, address: str, kind: str) -> Claim:
    """The person's letter, claimed once and given back, and now claimed again."""
    async with reader.house.database.write() as session:
        await claim(session, ProcessId("x"), "mail", reader.clock() + timedelta(hours=1), 100)
        await give_back(session, ProcessId("x"))
        claims = await claim(session, ProcessId("x"), "mail", reader.clock() + timedelta(hours=1), 100)
    [found] = [one for one in claims if one.address == address and one.kind == kind]
    return found


def letters_of(reader: Reader) -> LedgerLetters:
    house = ListHouse(name="Nätverket", address=LIST, public_url="https://x.example.se", timezone="Europe/Stockholm")
    return LedgerLetters(reader.house.database, reader.house.tokens, house, reader.clock, fresh=0)


async def test_a_letter_in_hand_is_not_tried_again_when_its_reader_has_left(reader: Reader):
    await reader.share()
    letters, bo = letters_of(reader), await claimed(reader, "bo@agro.example.se", "item")
    assert (await letters.dress(bo)).recipient == "bo@agro.example.se"
    assert bo.member_id is not None
    await actions.leave(reader.house, bo.member_id, "web")
    with pytest.raises(GiveUp, match="left"):
        await letters.dress(bo)
    told = await claimed(reader, "bo@agro.example.se", "notice")
    assert (await letters.dress(told)).recipient == "bo@agro.example.se"  # but that they have left is said


async def test_a_letter_composed_before_its_item_was_withdrawn_goes_to_nobody_more(reader: Reader):
    await reader.share()
    letters, bo = letters_of(reader), await claimed(reader, "bo@agro.example.se", "item")
    await letters.dress(bo)
    await actions.withdraw(reader.house, (await reader.item()).id, "hanna@lrf.example.se", "cli")
    with pytest.raises(GiveUp, match="withdrawn"):
        await letters.dress(bo)


async def test_an_answer_to_what_was_undone_meanwhile_goes_to_nobody(reader: Reader):
    mail = await reader.share()
    answer = letter(BO, "SV: Fältdag", "Är det fel dag?\n", date=reader.clock(), In_Reply_To=mail["Message-ID"])
    await reader.mail(answer)
    item = await reader.item()
    await actions.undo(reader.house, item.id, item.author_id, "web")
    with pytest.raises(GiveUp, match="undone"):
        await letters_of(reader).dress(await claimed(reader, "anna@vreta.example.se", "comment"))


async def test_an_editor_no_more_is_shown_no_held_post(reader: Reader):
    await reader.share(sender="Ulla <ulla@x.example.com>")
    letters, hanna = letters_of(reader), await claimed(reader, "hanna@lrf.example.se", "desk")
    assert b"ulla@x.example.com" in (await letters.dress(hanna)).data
    async with reader.house.database.write() as session:
        await session.execute(text("UPDATE members SET role='reader' WHERE email='hanna@lrf.example.se'"))
    with pytest.raises(GiveUp, match="editor"):
        await letters.dress(hanna)


# -- any bytes -------------------------------------------------------------------------------------------------------


NASTY = {
    "nul": b"From: bo@agro.example.se\r\nSubject: nul \x00 in\r\n\r\nhej \x00 hej\r\n",
    "nul encoded": b"From: bo@agro.example.se\r\nSubject: =?utf-8?q?a=00b?=\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\na=00b\r\n",
    "surrogate": b"From: bo@agro.example.se\r\nSubject: =?utf-8?q?a=ED=A0=80b?=\r\n\r\n\xed\xa0\x80 \xff\xfe\r\n",
    "long id": b"From: bo@agro.example.se\r\nSubject: x\r\nMessage-ID: <"
    + bytes(range(48, 58)) * 900
    + b"@x>\r\n\r\nhej\r\n",
    "long refs": b"From: bo@agro.example.se\r\nSubject: x\r\nReferences: " + b"<a\x00b@c> " * 3000 + b"\r\n\r\nhej\r\n",
    "utf7": b"From: bo@agro.example.se\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+2AA-\r\n",
    "utf16 file": b"From: bo@agro.example.se\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    b'Content-Type: application/x\x00y; name="a\x00b=?utf-8?q?=ED=A0=80?=.txt"\r\n\r\nhej\r\n--b--\r\n',
    "nul sender": b'From: "a\x00b" <bo\x00@agro.example.se>\r\nSubject: x\r\n\r\nhej\r\n',
    "nul in calendar": b"From: bo@agro.example.se\r\nSubject: x\r\nContent-Type: text/calendar\r\n\r\n"
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\x00b\r\nDTSTART:20261201T100000Z\r\n"
    b"SUMMARY:a\x00b\r\nLOCATION:c\x00d\r\nDESCRIPTION:hej hej\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
}


@pytest.mark.parametrize("name", list(NASTY))
async def test_whatever_bytes_come_become_an_item_or_wait(reader: Reader, name: str):
    """PostgreSQL takes no NUL and no half of a character, and its indexes no endless id."""
    await reader.mail(NASTY[name])
    [(state, reason)] = await reader.states()
    assert state in ("done", "held"), reason
