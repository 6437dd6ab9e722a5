"""Signed tokens in addresses and links: short, case-blind, and each for one purpose only."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from storage.ids import MessageId

_MAC_BYTES = 10  # 80 bits: forging one takes 2^79 mails
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


class Purpose(StrEnum):
    """What a token is good for; a token for one purpose is worthless for another."""

    BOUNCE = "bounce"  # (content, member): which letter to whom came back
    CONFIRM = "confirm"
    DESK = "desk"  # (held, editor), 7 days
    DIGEST = "digest"  # (year and week as 202648, member): the page of an edition
    LEAVE = "leave"  # (member,), for ever
    ME = "me"  # (member,)
    MUTE = "mute"  # (item, member)
    PREVIEW = "preview"  # (year and week, editor), 10 days: what is to stand in the digest
    READ = "read"  # (item, member), and 1 when it was mailed to the member alone: the page of an item
    RSVP = "rsvp"
    SHARE = "share"  # (mention, member), a day: what a letter tells of becomes an item
    THREAD = "thread"  # (item,): only routes
    UNDO = "undo"  # (item, author)
    VOTE = "vote"  # (item, member), 60 days: for that tip
    WHEN = "when"  # (item, author), 60 days: when its event is
    VOTES = "votes"  # (year and week, member), 60 days: for the tips of that edition


class Tokens:
    """Signs and reads tokens with one secret key.

    A token is numbers, an optional last day and a MAC, in lower-case base32: it survives mail systems that fold the
    case of addresses, and with `kluster+bounce-` stays well under the 64 characters of a local part (RFC 5321 §4.5.3.1).
    """

    def __init__(self, secret_key: str) -> None:
        self._key = hashlib.sha256(secret_key.encode()).digest()

    def sign(self, purpose: Purpose, *numbers: int, until: datetime | None = None) -> str:
        """A token for `purpose` that carries `numbers`, good through the day of `until` (None: for ever)."""
        day = 0 if until is None else max(1, -(-(until - _EPOCH) // timedelta(days=1)))
        body = b"".join(_varint(number) for number in (day, *numbers))
        return _text(body + self._mac(purpose, body))

    def read(self, purpose: Purpose, token: str, now: datetime) -> tuple[int, ...] | None:
        """The numbers of a token; None when it is forged, of another purpose, or past its last day."""
        raw = _bytes(token)
        if raw is None or len(raw) <= _MAC_BYTES:
            return None
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(purpose, body)):
            return None
        day, *numbers = _numbers(body)
        if day and now > _EPOCH + timedelta(days=day):
            return None
        return tuple(numbers)

    def new_message_id(self, domain: str) -> MessageId:
        """A fresh Message-ID that we shall know as ours however it comes back; under 60 characters for usual domains."""
        nonce = secrets.token_bytes(8)
        return MessageId(f"<{_text(nonce + self._mac('message-id', nonce))}@{domain}>")

    def message_id_for(self, message_id: MessageId, reader: int) -> MessageId:
        """The Message-ID of one reader's copy where each reader gets a letter of their own; the same at every call."""
        nonce = self._mac("copy", f"{message_id}:{reader}".encode())[:8]
        domain = message_id.strip("<>").partition("@")[2]
        return MessageId(f"<{_text(nonce + self._mac('message-id', nonce))}@{domain}>")

    def is_own_message_id(self, message_id: str) -> bool:
        """Whether a Message-ID was made by `new_message_id` with this key, whatever its domain."""
        raw = _bytes(message_id.strip().strip("<>").partition("@")[0])
        if raw is None or len(raw) != 8 + _MAC_BYTES:
            return False
        return hmac.compare_digest(raw[8:], self._mac("message-id", raw[:8]))

    def _mac(self, purpose: str, body: bytes) -> bytes:
        return hmac.digest(self._key, f"brygga:{purpose}:".encode() + body, "sha256")[:_MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return None


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _numbers(body: bytes) -> Sequence[int]:
    numbers, number, shift = [], 0, 0
    for byte in body:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number)
            number = shift = 0
    return numbers
