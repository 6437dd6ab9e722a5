"""The mail room's door, over real SMTP: whom it knows, what it writes on a letter, and what fails on purpose."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiosmtplib
import pytest

from bridges.mail.parse import parse
from bridges.mail.trust import Standing, verdict
from bridges.standins.mailroom_smtp import MailroomSmtp

NAME = "mx.lista.example.se"
NOW = datetime(2026, 11, 27, 12, 4, tzinfo=UTC)
LETTER = "From: {author}\r\nTo: kluster@lista.example.se\r\nSubject: Hej\r\n\r\nHej på dig.\r\n"


class Room:
    def __init__(self) -> None:
        self.shelves: list[tuple[str, bytes]] = []
        self.full = False
        self.door = MailroomSmtp(self.box_of, self.deliver, lambda: NOW, name=NAME, size=20_000, slow_seconds=0.3)

    def box_of(self, address: str) -> str | None:
        local, _, domain = address.lower().rpartition("@")
        box = f"{local.partition('+')[0]}@{domain}"
        return box if box in ("kluster@lista.example.se", "anna@vreta.example.se") else None

    async def deliver(self, box: str, raw: bytes) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        self.shelves.append((box, raw))

    async def send(self, *to: str, sender: str = "anna@vreta.example.se", author: str = "", text: str = "") -> None:
        letter = LETTER.format(author=author or sender) + text
        smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=self.door.port, use_tls=False, start_tls=False)
        async with smtp:
            await smtp.sendmail(sender, list(to), letter.encode())


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    made = Room()
    async with made.door:
        yield made


async def test_a_letter_lies_once_in_each_mailbox_with_how_it_came(room: Room):
    await room.send("kluster+tips@lista.example.se", "Kluster@lista.example.se", "anna@vreta.example.se")
    assert [box for box, _ in room.shelves] == ["kluster@lista.example.se", "anna@vreta.example.se"]
    mail = parse(room.shelves[0][1])
    assert mail.header("Return-Path") == "<anna@vreta.example.se>"
    assert (mail.header("Received") or "").endswith("Fri, 27 Nov 2026 12:04:00 +0000")
    assert mail.plain
    assert mail.plain.strip() == "Hej på dig."


@pytest.mark.parametrize(
    ("sender", "author", "standing"),
    [
        ("anna@vreta.example.se", "Anna <anna@vreta.example.se>", Standing.PASSED),
        ("evil@annat.example", "Anna <anna@vreta.example.se>", Standing.FAILED),
        ("", "Anna <anna@vreta.example.se>", Standing.FAILED),
        ("evil@annat.example", '"x; dmarc=pass header.from=vreta.example.se" <anna@vreta.example.se>', Standing.FAILED),
    ],
)
async def test_only_a_sender_in_their_own_domains_name_is_vouched_for(room: Room, sender, author, standing):
    await room.send("kluster@lista.example.se", sender=sender, author=author)
    assert verdict(parse(room.shelves[0][1]), NAME).standing is standing


async def test_a_results_header_that_came_with_the_letter_lies_below(room: Room):
    forged = f"Authentication-Results: {NAME}; dmarc=pass header.from=vreta.example.se\r\nFrom: anna@vreta.example.se"
    await room.send("kluster@lista.example.se", sender="evil@annat.example", author=f"x@annat.example\r\n{forged}")
    assert verdict(parse(room.shelves[0][1]), NAME).standing is Standing.FAILED


@pytest.mark.parametrize(
    ("to", "code", "said"),
    [
        ("tempfail@vreta.example.se", 451, "4.3.0"),
        ("permfail+x@annat.example", 550, "5.1.1"),
        ("ingen@vreta.example.se", 550, "5.1.1"),
    ],
)
async def test_some_addresses_fail(room: Room, to: str, code: int, said: str):
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await room.send(to)
    assert (refused.value.recipients[0].code, refused.value.recipients[0].message[:5]) == (code, said)
    await room.send(to, "anna@vreta.example.se")  # the others get theirs
    assert [box for box, _ in room.shelves] == ["anna@vreta.example.se"]


async def test_the_slow_one_takes_it_late_and_reads_nothing(room: Room):
    begun = time.monotonic()
    await room.send("slow@prov.example.se")
    assert time.monotonic() - begun >= 0.3
    assert room.shelves == []


async def test_what_is_too_large_or_finds_no_room_is_not_taken(room: Room):
    with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
        await room.send("anna@vreta.example.se", text="x\r\n" * 10_000)
    assert refused.value.code == 552
    room.full = True
    with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
        await room.send("anna@vreta.example.se")
    assert refused.value.code == 451
    assert room.shelves == []


async def test_closing_hangs_up_on_everybody(room: Room):
    reader, writer = await asyncio.open_connection("127.0.0.1", room.door.port)
    assert (await reader.readline()).startswith(b"220 ")
    await room.door.stop()
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", room.door.port)
