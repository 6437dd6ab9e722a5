"""One connection to the mailbox: every way it can fail is noticed soon, and said in words that a person understands."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bridges.mail.imap import (
    CommandRefused,
    Connection,
    ConnectionLost,
    ImapTrouble,
    LoginRefused,
    MailboxMissing,
)
from bridges.mail.imap_lines import Waiting
from bridges.mail.servers import ImapServer
from bridges.standins.mailroom_imap import MailroomImap
from tests.fixtures.mailrooms import Mailroom, mail
from tests.fixtures.proxy import Road
from tests.fixtures.pymap import PymapRoom

RoadTo = Callable[[int], Awaitable[Road]]

CAPABILITY = "* CAPABILITY IMAP4rev1 IDLE AUTH=XOAUTH2"
GREETING = "* OK ready"


@asynccontextmanager
async def scripted(greeting: str, answers: Sequence[tuple[str, str]]) -> AsyncIterator[ImapServer]:
    """A server that answers a line holding the word with the text ("TAG" is the client's); else OK; "BREAK" hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{greeting}\r\n".encode() if greeting else b"")
        tag = ""
        while received := await reader.readline():
            line = received.decode().strip("\r\n")
            tag = line.split()[0] if " " in line else tag
            answer = next((answer for word, answer in answers if word in line), "TAG OK")
            if "CAPABILITY" in line and "thinking" not in answer:
                answer = f"{CAPABILITY}\nTAG OK"
            for part in answer.split("\n"):
                if part == "BREAK":
                    break
                writer.write(part.replace("TAG", tag).encode() + b"\r\n")
            if answer.endswith("BREAK"):
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield ImapServer(host="127.0.0.1", port=port, tls=False, user="anna@example.se", password="hemligt")
    server.close()


async def test_it_fetches_what_was_delivered_byte_by_byte(mailroom: Mailroom):
    odd = [
        b"Subject: ((( {12}\r\n\r\n* 3 FETCH (UID 7 BODY[] {5}\r\n) A1 OK\r\n",
        "Från: å\r\n\r\n\r\n".encode("latin-1"),
    ]
    mails = [*odd, *(mail(number) for number in range(20))]
    for raw in mails:
        await mailroom.deliver(raw)
    async with Connection(mailroom.server) as connection:
        _, uidnext = await connection.select("INBOX")
        uids = await connection.uids(0)
        assert len(uids) == len(mails)
        assert uidnext == uids[-1] + 1
        waiting = await connection.look(uids)
        assert [entry.size for entry in waiting] == [len(raw) for raw in mails]
        fetched = await connection.fetch(waiting)
        assert [entry.raw for entry in fetched] == mails
        assert not any(entry.seen for entry in fetched)
        assert await connection.unseen(0, uids[-1]) == uids, "fetching does not mark"
        await connection.mark_seen(uids[:3])
        assert await connection.unseen(0, uids[-1]) == uids[3:]
        assert await connection.uids(uids[-1]) == []
        assert await connection.uids(uids[0], uids[2]) == uids[1:3]
        gone = uids[-1] + 50
        assert await connection.fetch([Waiting(gone, 1, None)]) == []
        assert not await connection.has(gone)
        assert await connection.has(uids[0])


async def test_it_is_told_of_mail_while_it_waits_and_while_it_does_not(mailroom: Mailroom):
    async with Connection(mailroom.server) as connection:
        await connection.select("INBOX")
        connection.forget_news()
        start = time.monotonic()
        await connection.wait(0.2)
        assert not connection.news
        assert 0.15 < time.monotonic() - start < 2
        waiting = asyncio.create_task(connection.wait(20))
        await mailroom.deliver(mail(1))
        await asyncio.wait_for(waiting, 5)
        assert connection.news
        connection.forget_news()
        await mailroom.deliver(mail(2))
        await connection.poll()
        assert connection.news, "told in passing"
        await asyncio.wait_for(connection.wait(20), 1)


async def test_a_mailbox_name_with_spaces_and_swedish_letters(pymap_room: PymapRoom):
    # pymap keeps names decoded; that they travel encoded is seen in test_dovecot.py.
    await pymap_room.imap.add_folder(pymap_room.server.user, 'Grön lista & "mer"')
    await pymap_room.imap.deliver(pymap_room.server.user, mail(1), folder='Grön lista & "mer"')
    async with Connection(pymap_room.server) as connection:
        await connection.select('Grön lista & "mer"')
        assert len(await connection.uids(0)) == 1


async def test_a_wrong_password_and_a_missing_mailbox_are_told_apart(mailroom: Mailroom):
    with pytest.raises(LoginRefused, match="log-in refused: NO"):
        async with Connection(replace(mailroom.server, password="fel")):
            pytest.fail("it is not let in")
    async with Connection(mailroom.server) as connection:
        with pytest.raises(MailboxMissing, match="the mailbox Borta cannot be opened"):
            await connection.select("Borta")


async def test_a_broken_road_is_noticed_wherever_it_breaks(mailroom: Mailroom, road_to: RoadTo):
    road = await road_to(mailroom.server.port)
    for number in range(30):
        await mailroom.deliver(mail(number))

    async def select(connection: Connection) -> None:
        await connection.select("INBOX")

    async def wait(connection: Connection) -> None:
        await connection.wait(60)

    async def fetch(connection: Connection) -> None:
        uids = await connection.uids(0)
        await connection.fetch([Waiting(uid, 1000, None) for uid in uids])

    for word, work in ((b"SELECT", select), (b"IDLE", wait), (b"SEARCH", fetch), (b"BODY.PEEK", fetch)):
        async with Connection(road.server(mailroom.server)) as connection:
            if work is not select:
                await connection.select("INBOX")
            connection.forget_news()
            road.trap(word, "cut")
            with pytest.raises(ConnectionLost, match=r"the server closed the connection|the connection broke"):
                await asyncio.wait_for(work(connection), 5)
    async with Connection(road.server(mailroom.server)) as connection:
        await connection.select("INBOX")
        connection.forget_news()
        waiting = asyncio.create_task(connection.wait(60))
        await asyncio.sleep(0.1)  # well into IDLE; being early would only make it easier
        road.cut()
        with pytest.raises(ConnectionLost):
            await asyncio.wait_for(waiting, 5)


async def test_a_server_that_says_good_bye_while_we_wait(pymap_room: PymapRoom):
    async with Connection(pymap_room.server) as connection:
        await connection.select("INBOX")
        connection.forget_news()
        waiting = asyncio.create_task(connection.wait(60))
        await asyncio.sleep(0.05)
        await pymap_room.imap.send_away()
        with pytest.raises(ConnectionLost, match=r"the server hung up: .*Server has closed the connection"):
            await asyncio.wait_for(waiting, 5)


async def test_a_server_that_is_not_there_or_says_nothing():
    server = ImapServer(host="127.0.0.1", port=1, tls=False, user="a", password="b")
    with pytest.raises(ConnectionLost, match=r"127\.0\.0\.1:1 cannot be reached: Connection refused"):
        async with Connection(server):
            pass
    async with scripted("", []) as server:
        with pytest.raises(ConnectionLost, match="does not answer"):
            async with Connection(server, patience=0.2):
                pass
    async with scripted(GREETING, [("CAPABILITY", "* OK still thinking")]) as server:
        with pytest.raises(ConnectionLost, match="does not answer"):
            async with Connection(server, patience=0.2):
                pass
        entering = asyncio.create_task(Connection(server, patience=60).__aenter__())
        await asyncio.sleep(0.1)
        entering.cancel()
        assert len(await asyncio.wait_for(asyncio.gather(entering, return_exceptions=True), 3)) == 1
    async with scripted("220 mx.example.se ESMTP", []) as server:
        with pytest.raises(ConnectionLost, match="does not greet as IMAP does: 220 mx"):
            async with Connection(server, patience=5):
                pass
    async with scripted("* BYE too many connections", []) as server:
        with pytest.raises(ConnectionLost, match="too many connections"):
            async with Connection(server, patience=5):
                pass


async def test_a_refusal_that_passes_is_not_a_wrong_password():
    async with scripted(GREETING, [("LOGIN", "TAG NO [UNAVAILABLE] Temporary authentication failure")]) as server:
        with pytest.raises(CommandRefused, match="Temporary"):
            async with Connection(server):
                pass


async def test_a_token_opens_the_mailbox_and_a_refused_one_is_told_at_once():
    said: list[str] = []

    async def token() -> str:
        said.append("asked")
        return "ya29.token"

    blob = base64.b64encode(b"user=anna@example.se\1auth=Bearer ya29.token\1\1").decode()
    opened = [(f"AUTHENTICATE XOAUTH2 {blob}", "TAG OK"), ("SELECT", "* OK [UIDVALIDITY 7]\n* 0 EXISTS\nTAG OK")]
    async with scripted(GREETING, opened) as server, Connection(replace(server, token=token)) as connection:
        assert await connection.select("INBOX") == (7, 1)
    # RFC 7628 §3.2.3: the reason comes as a challenge, and the NO only after an empty answer.
    refused = [("AUTHENTICATE", "+ eyJzdGF0dXMiOiI0MDEifQ=="), ("LOGOUT", "TAG OK"), ("", "TAG NO expired")]
    async with scripted(GREETING, refused) as server:
        with pytest.raises(LoginRefused, match="log-in refused: NO expired"):
            async with Connection(replace(server, token=token), patience=5):
                pass

    async def no_token() -> str:
        raise OSError("login.microsoftonline.com says invalid_grant")

    async with scripted(GREETING, []) as server:
        with pytest.raises(ImapTrouble, match=r"no access token: .*invalid_grant"):
            async with Connection(replace(server, token=no_token)):
                pass
    assert len(said) == 2


async def test_a_server_without_idle_or_that_refuses_it_is_waited_for_all_the_same():
    async with MailroomImap(push=False) as imap:
        server = imap.add("kluster@lista.example.se")
        async with Connection(server) as connection:
            await connection.select("INBOX")
            connection.forget_news()
            await asyncio.wait_for(connection.wait(0.05), 2)
            await imap.deliver(server.user, mail(1))
            await connection.poll()
            assert connection.news
    answers = [("SELECT", "* OK [UIDVALIDITY 7]\nTAG OK"), ("IDLE", "TAG NO not today")]
    async with scripted(GREETING, answers) as server, Connection(server) as connection:
        await connection.select("INBOX")
        for _ in range(2):
            await asyncio.wait_for(connection.wait(0.05), 2)


async def test_servers_that_leave_out_or_scatter_what_others_give():
    literal = "* 1 FETCH (FLAGS (\\Seen) BODY[] {5}\nhello UID 4)\n* 9 EXISTS\n* 1 FETCH (FLAGS (\\Seen))\n"
    answers = [
        ("SELECT", "* 2 EXISTS\n* OK [UIDVALIDITY 7] fine\nTAG OK"),
        ("SEARCH UID *", "* SEARCH 9\nTAG OK found"),
        (
            "FETCH 4,6",
            literal + '* 2 FETCH (UID 6 FLAGS () BODY[] "hej \\"du\\"")\nTAG OK 2 done',
        ),
        ("FETCH 5", "TAG NO [SERVERBUG] cannot"),
    ]
    async with scripted(GREETING, answers) as server, Connection(server) as connection:
        assert await connection.select("INBOX") == (7, 10), "no UIDNEXT: the last mail tells"
        connection.forget_news()
        fetched = await connection.fetch([Waiting(4, 5, None), Waiting(6, 5, None)])
        assert [(entry.uid, entry.seen, entry.raw) for entry in fetched] == [
            (4, True, b"hello"),
            (6, False, b'hej "du"'),
        ]
        assert connection.news
        with pytest.raises(CommandRefused, match=r"NO \[SERVERBUG\] cannot"):
            await connection.fetch([Waiting(5, 5, None)])
        assert await connection.uids(100) == []
