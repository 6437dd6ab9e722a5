"""Letters to a real SMTP server: what is sent arrives byte for byte, and every refusal is understood."""

import asyncio
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from bridges.contract import Claim, GiveUp, Receipt, TryLater
from bridges.health import Health
from bridges.mail.send import Dressed, SmtpBridge, judged
from bridges.mail.servers import SmtpServer
from bridges.mail.smtp import Patience, Refused, on_the_wire
from bridges.mail.wire import Reply
from storage.ids import ContentId, DeliveryId, Destination
from storage.words import ContentKind
from tests.fixtures.letters import PlainLetters
from tests.fixtures.smtp import MailServer, eventually

ANNA, BO = "anna@example.se", "bo@example.se"
LARGE = (b"x" * 98 + b"\r\n") * 20_000


def bridge_to(server: SmtpServer, letters: object = None, *, lines: int = 1, per_minute: int = 0, **patience: float):
    health = Health(lambda: datetime.now(UTC))
    return SmtpBridge(
        server,
        letters or PlainLetters(),
        lines,
        per_minute,
        health,
        patience=Patience(**patience),  # type: ignore[arg-type]
    )


def to(address: str, number: int = 1) -> Claim:
    return Claim(
        DeliveryId(number), ContentId(1), ContentKind.NOTICE, Destination(f"mail:{address}"), None, "", "sv", 1
    )


class Raw:
    """Exactly these bytes, in this envelope."""

    def __init__(self, data: bytes, sender: str = "kluster@lista.example.se") -> None:
        self.data, self.sender = data, sender

    async def dress(self, claim: Claim) -> Dressed:
        return Dressed(self.sender, claim.address, self.data)


# -- what arrives ---------------------------------------------------------------------------------------------------


async def test_a_letter_arrives_as_it_was_made_with_its_own_envelope(mail_server: MailServer) -> None:
    async with bridge_to(mail_server.server).line() as line:
        receipt = await line.send(to(ANNA, 7))
    (letter,) = mail_server.letters
    assert (letter.sender, letter.recipient) == ("kluster+bounce-7@lista.example.se", ANNA)
    assert letter.message.get_content().splitlines() == ["Hej på er!", ".en punkt"]
    assert receipt == Receipt("250 2.0.0 taken as 1")


async def test_one_connection_serves_many_letters(mail_server: MailServer) -> None:
    async with bridge_to(mail_server.server).line() as line:
        for number in range(20):
            await line.send(to(f"m{number}@example.se"))
    assert {letter.connection for letter in mail_server.letters} == {1}
    await eventually(lambda: not mail_server.open_now)


async def test_the_same_over_pipelining_in_fewer_steps(pipelining_server) -> None:
    sink, server = pipelining_server
    async with bridge_to(server).line() as line:
        for number in range(20):
            await line.send(to(f"m{number}@example.se"))
    assert sink.accepted == 20


WIRE = st.lists(st.sampled_from([b"a", b".", b"..", b"\r\n", b"\n", b"\r", b"\r\n.\r\n", b"\xe5", b"\x00"])).map(
    b"".join
)


@given(WIRE)
def test_no_letter_can_end_early_or_say_a_command(letter: bytes) -> None:
    wire = on_the_wire(letter)
    assert wire.endswith(b"\r\n.\r\n") or wire == b".\r\n"
    assert wire.find(b"\r\n.\r\n") in (-1, len(wire) - 5)
    assert wire.count(b"\r\n") == wire.count(b"\n") == wire.count(b"\r")
    # What the other side unpacks is the letter, with its line ends made right.
    lines = (b"\r\n" + wire[:-3]).replace(b"\r\n.", b"\r\n")[2:].split(b"\r\n")
    assert b"\n".join(lines).rstrip(b"\n") == letter.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")


@pytest.mark.parametrize(
    "data", [b"", b".", b"a\r\n.\r\nMAIL FROM:<x@y>\r\n", b"\n.\nb", (b"x" * 98 + b"\r\n") * 5_000, b"\r\n" * 5_000]
)
async def test_odd_letters_arrive_whole(mail_server: MailServer, pipelining_server, data: bytes) -> None:
    sink, server = pipelining_server
    async with bridge_to(mail_server.server, Raw(data)).line() as line, bridge_to(server, Raw(data)).line() as other:
        await line.send(to(ANNA))
        await line.send(to(BO))
        await other.send(to(ANNA))
        await other.send(to(BO))
    assert sink.accepted == 2
    assert len(mail_server.letters) == 2
    plain = data.replace(b"\r\n", b"\n").strip(b"\n")
    assert {letter.data.replace(b"\r\n", b"\n").strip(b"\n") for letter in mail_server.letters} == {plain}


async def test_a_null_sender_is_sent_as_such(mail_server: MailServer) -> None:
    async with bridge_to(mail_server.server, Raw(b"Hej\r\n", sender="")).line() as line:
        await line.send(to(ANNA))
    assert mail_server.letters[0].sender == ""


async def test_the_server_is_told_size_and_eight_bits(mail_server: MailServer) -> None:
    async with bridge_to(mail_server.server, Raw("Hej på er".encode())).line() as line:
        await line.send(to(ANNA))
    assert mail_server.options == [["SIZE=15", "BODY=8BITMIME"]]


async def test_swedish_addresses_go_where_the_server_takes_them(mail_server: MailServer, pipelining_server) -> None:
    async with bridge_to(mail_server.server).line() as line:
        await line.send(to("åsa@example.se"))
        await line.send(to("asa@exämple.se"))
    assert mail_server.recipients == {"åsa@example.se": 1, "asa@xn--exmple-cua.se": 1}
    assert "SMTPUTF8" in mail_server.options[0]
    assert "SMTPUTF8" not in mail_server.options[1]
    sink, server = pipelining_server
    sink.extensions = b""
    async with bridge_to(server).line() as line:
        with pytest.raises(GiveUp, match="å, ä, ö"):
            await line.send(to("åsa@example.se"))
        await line.send(to("asa@exämple.se"))


@pytest.mark.parametrize(
    "address", ["a@b.se\r\nRCPT TO:<x@y.se>", "a@b.se>\nDATA", "a b@c.se", "ingen", "@", "a@b.se\x00"]
)
async def test_no_address_can_hold_a_command(mail_server: MailServer, address: str) -> None:
    async with bridge_to(mail_server.server).line() as line:
        with pytest.raises(GiveUp):
            await line.send(to(address))
        with pytest.raises(GiveUp):
            await bridge_to(mail_server.server, Raw(b"x", sender=address)).line().send(to("\r"))
    assert mail_server.connections_made == 0


async def test_a_letter_larger_than_the_server_takes_is_not_even_tried(mail_server: MailServer) -> None:
    async with bridge_to(mail_server.server, Raw(b"x" * 31_000_000)).line() as line:
        with pytest.raises(GiveUp, match="takes 30000000"):
            await line.send(to(ANNA))


# -- what the server says -------------------------------------------------------------------------------------------

WAIT, CLOSED, PARK, BOUNCE = "wait", "closed", "park", "bounce"


@pytest.mark.parametrize(
    ("stage", "answer", "meaning"),
    [
        ("recipient", "450 4.2.0 greylisted, try again in 5 minutes", WAIT),
        ("recipient", "451 4.7.1 greylisted", WAIT),
        ("recipient", "452 4.2.2 mailbox full", WAIT),
        ("recipient", "452 4.3.1 insufficient system storage", CLOSED),
        ("recipient", "421 4.3.2 shutting down", CLOSED),
        ("recipient", "550 5.1.1 user unknown", BOUNCE),
        ("recipient", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", BOUNCE),
        ("recipient", "550 5.2.1 mailbox disabled", BOUNCE),
        ("recipient", "550 no such user here", BOUNCE),
        ("recipient", "553 mailbox name not allowed", BOUNCE),
        ("recipient", "550 message rejected as spam", PARK),
        ("recipient", "550 5.7.1 relaying denied", PARK),
        ("recipient", "552 5.2.2 over quota", PARK),
        ("recipient", "550 5.1.8 bad sender", PARK),
        ("recipient", "554 5.7.1 blocked", PARK),
        ("sender", "550 5.7.60 SMTP; client does not have permissions to send as this sender", CLOSED),
        ("sender", "530 5.7.0 must issue STARTTLS first", CLOSED),
        ("sender", "454 4.7.0 temporary authentication failure", CLOSED),
        ("sender", "451 4.7.1 slow down", WAIT),
        ("letter", "554 5.7.1 looks like spam", PARK),
        ("letter", "550 5.1.1 user unknown", BOUNCE),
        ("letter", "550 what", PARK),
        ("letter", "451 4.3.0 try again", WAIT),
        ("login", "535 5.7.8 wrong password", CLOSED),
        ("connect", "554 no SMTP service here", CLOSED),
        ("letter", "250 too early", WAIT),
    ],
)
def test_an_answer_says_whether_waiting_helps_and_whom_it_concerns(stage: str, answer: str, meaning: str) -> None:
    code, _, text = answer.partition(" ")
    trouble = judged(Refused(stage, Reply(int(code), text)))
    if isinstance(trouble, TryLater):
        assert meaning == (CLOSED if trouble.everyone else WAIT)
    else:
        assert meaning == (BOUNCE if trouble.bounced else PARK)
    assert answer in str(trouble)


@pytest.mark.parametrize("answer", ["450 4.2.0 greylisted", "550 5.1.1 user unknown"])
async def test_after_a_refusal_the_same_connection_goes_on(
    mail_server: MailServer, pipelining_server, answer: str
) -> None:
    mail_server.faults.refuse[ANNA] = answer
    mail_server.faults.refuse_letter["cilla@example.se"] = answer
    async with bridge_to(mail_server.server).line() as line:
        for address in (ANNA, "cilla@example.se"):
            with pytest.raises((TryLater, GiveUp), match=answer):
                await line.send(to(address))
            await line.send(to(BO))
    assert [(letter.recipient, letter.connection) for letter in mail_server.letters] == [(BO, 1), (BO, 1)]

    sink, server = pipelining_server
    sink.refuse, sink.answer = ANNA.encode(), answer.encode()
    for sink.eager in (False, True):  # some say 354 even when no recipient was taken
        async with bridge_to(server).line() as line:
            with pytest.raises((TryLater, GiveUp), match=answer):
                await line.send(to(ANNA))
            await line.send(to(BO))
    assert (sink.accepted, sink.sessions) == (2, 2)


async def test_a_server_that_wants_few_letters_a_connection_gets_new_connections(mail_server: MailServer) -> None:
    mail_server.faults.letters_a_connection = 3
    async with bridge_to(mail_server.server).line() as line:
        for number in range(8):
            await line.send(to(f"m{number}@example.se"))
    assert [letter.connection for letter in mail_server.letters] == [1, 1, 1, 2, 2, 2, 3, 3]


async def test_a_connection_that_died_while_resting_is_made_anew(mail_server: MailServer) -> None:
    async with bridge_to(mail_server.server).line() as line:
        await line.send(to(ANNA))
        mail_server.hang_up()
        await line.send(to(BO))
    assert mail_server.recipients == {ANNA: 1, BO: 1}


async def test_a_connection_that_rests_is_closed_and_made_again_when_needed(mail_server: MailServer) -> None:
    async with bridge_to(mail_server.server, idle=0.05).line() as line:
        await line.send(to(ANNA))
        await eventually(lambda: not mail_server.open_now)
        await line.send(to(BO))
    assert [letter.connection for letter in mail_server.letters] == [1, 2]


async def test_a_letter_taken_and_never_confirmed_is_that_letter_s_trouble(mail_server: MailServer) -> None:
    mail_server.faults.drop_taken.add(ANNA)
    async with bridge_to(mail_server.server).line() as line:
        with pytest.raises(TryLater, match="after the letter was handed over") as trouble:
            await line.send(to(ANNA))
        assert not trouble.value.everyone
        await line.send(to(BO))
    assert mail_server.recipients == {ANNA: 1, BO: 1}


async def test_three_in_a_row_never_confirmed_close_the_road_and_one_through_opens_it(mail_server: MailServer) -> None:
    mail_server.faults.drop_untaken.add(ANNA)
    async with bridge_to(mail_server.server).line() as line:
        for everyone in (False, False, False, True, False, True):
            with pytest.raises(TryLater) as trouble:
                await line.send(to(ANNA))
            assert trouble.value.everyone is everyone
        await line.send(to(BO))
        with pytest.raises(TryLater) as trouble:
            await line.send(to(ANNA))
        assert not trouble.value.everyone


async def test_nobody_there_closes_the_road_for_all(mail_server: MailServer) -> None:
    mail_server.close()
    bridge = bridge_to(mail_server.server)
    with pytest.raises(TryLater) as trouble:
        await bridge.probe()
    assert trouble.value.everyone
    async with bridge.line() as line:
        with pytest.raises(TryLater) as trouble:
            await line.send(to(ANNA))
        assert trouble.value.everyone
        mail_server.open()
        await line.send(to(ANNA))
    assert bridge.health.parts["smtp"].up


async def test_a_server_that_takes_fewer_connections_than_we_want_still_gets_its_letters(
    mail_server: MailServer,
) -> None:
    mail_server.faults.connections = 1
    bridge = bridge_to(mail_server.server, lines=2)
    async with bridge.line() as line, bridge.line() as other:
        await line.send(to(ANNA))
        with pytest.raises(TryLater) as trouble:
            await other.send(to(BO))
        assert not trouble.value.everyone
        await line.send(to(BO))


async def test_a_silent_server_is_not_waited_for_for_ever() -> None:
    greeted = asyncio.Event()

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await reader.readline()
        writer.write(b"250-me\r\n250 PIPELINING\r\n")
        greeted.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    where = SmtpServer(host="127.0.0.1", port=server.sockets[0].getsockname()[1], security="none")
    async with bridge_to(where, command=0.1).line() as line:
        with pytest.raises(TryLater, match=r"no answer within 0.1 seconds") as trouble:
            await line.send(to(ANNA))
    assert trouble.value.everyone
    assert greeted.is_set()
    server.close()


async def test_a_server_that_stops_reading_in_mid_letter_has_not_got_it() -> None:
    async def full(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await reader.readline()
        writer.write(b"250-me\r\n250 PIPELINING\r\n")
        await reader.readuntil(b"DATA\r\n")
        writer.write(b"250 ok\r\n250 ok\r\n354 go\r\n")
        await reader.readexactly(1000)
        writer.write(b"552 5.3.4 that is too much\r\n")
        await writer.drain()
        writer.transport.abort()

    server = await asyncio.start_server(full, "127.0.0.1", 0)
    where = SmtpServer(host="127.0.0.1", port=server.sockets[0].getsockname()[1], security="none")
    async with bridge_to(where, Raw(LARGE * 4)).line() as line:
        with pytest.raises((GiveUp, TryLater)) as trouble:
            await line.send(to(ANNA))
    # The answer may be lost together with the connection; nothing was handed over whole either way.
    assert "5.3.4" in str(trouble.value) or "handed over" not in str(trouble.value)
    server.close()


@pytest.mark.parametrize(
    "greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\xff" * 50_000, b"554 go away\r\n", b"", b"220"]
)
async def test_whatever_answers_there_is_not_our_end(greeting: bytes) -> None:
    async def odd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    server = await asyncio.start_server(odd, "127.0.0.1", 0)
    where = SmtpServer(host="127.0.0.1", port=server.sockets[0].getsockname()[1], security="none")
    with pytest.raises(TryLater) as trouble:
        await bridge_to(where, connect=1).probe()
    assert trouble.value.everyone
    server.close()


async def test_letters_leave_at_the_pace_that_was_set(mail_server: MailServer) -> None:
    bridge = bridge_to(mail_server.server, lines=2, per_minute=1200)
    async with bridge.line() as line, bridge.line() as other:
        await asyncio.gather(*(line.send(to(ANNA)) for _ in range(1)), *(other.send(to(BO)) for _ in range(1)))
        for _ in range(3):
            await asyncio.gather(line.send(to(ANNA)), other.send(to(BO)))
    times = [letter.at for letter in mail_server.letters]
    assert times[-1] - times[0] >= 7 * 0.05 * 0.8  # when they arrive is not quite when they left


# -- log-in and encryption ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True, cwd=folder)
    return folder


@pytest.fixture(params=["starttls", "tls"])
def secure_server(request: pytest.FixtureRequest, certificate: Path) -> Iterator[MailServer]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = MailServer(tls=context, implicit_tls=request.param == "tls", log_in=True)
    yield server
    server.stop()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_encrypted_and_logged_in_on_either_loop(secure_server: MailServer, certificate: Path, run: Callable) -> None:
    async def main() -> None:
        server = replace(secure_server.server, ca_file=certificate / "cert.pem")
        async with bridge_to(server).line() as line:
            for number in range(5):
                await line.send(to(f"m{number}@example.se"))
            await bridge_to(server, Raw(LARGE)).line().send(to(ANNA))

    run(main())
    assert len(secure_server.letters) == 6
    assert len(secure_server.letters[-1].data) == len(LARGE)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_plain_on_either_loop(mail_server: MailServer, run: Callable) -> None:
    async def main() -> None:
        async with bridge_to(mail_server.server, Raw(LARGE)).line() as line:
            await line.send(to(ANNA))
            mail_server.hang_up()
            await line.send(to(BO))

    run(main())
    assert mail_server.recipients == {ANNA: 1, BO: 1}


async def test_a_certificate_nobody_vouches_for_is_not_trusted(secure_server: MailServer) -> None:
    with pytest.raises(TryLater, match=r"(?i)certificate") as trouble:
        await bridge_to(secure_server.server).probe()
    assert trouble.value.everyone


async def test_a_wrong_password_closes_the_road_and_is_said(secure_server: MailServer, certificate: Path) -> None:
    secure_server.faults.login = False
    bridge = bridge_to(replace(secure_server.server, ca_file=certificate / "cert.pem"))
    async with bridge.line() as line:
        with pytest.raises(TryLater, match="535") as trouble:
            await line.send(to(ANNA))
        assert trouble.value.everyone
        secure_server.faults.login = True
        await line.send(to(ANNA))


async def test_a_server_is_knocked_at_without_logging_in(secure_server: MailServer) -> None:
    """With STARTTLS, and behind TLS from the first byte; no password goes anywhere, and a closed door is told apart."""
    bridge = bridge_to(replace(secure_server.server, password="wrong"))
    for _ in range(2):
        await bridge.knock()
    secure_server.close()
    with pytest.raises(TryLater) as trouble:
        await bridge.knock()
    assert trouble.value.everyone
    assert not secure_server.letters
