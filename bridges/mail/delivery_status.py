"""Delivery reports as RFC 3464 writes them, and as servers do: which recipients failed, and with what code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bridges.mail.charsets import clean, decode
from bridges.mail.mime import Part, Tree

_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_LONGEST = 300_000  # characters of a report that are looked at
_MOST = 1_000  # recipients in one; our letters have one each
_FIELD = re.compile(r"([!-9;-~]{1,60})[ \t]*:[ \t]*(.*)")
_FIELDS = frozenset({"final-recipient", "original-recipient", "x-actual-recipient", "action", "status"})
_FOLD = re.compile(r"\n(?=[ \t])")
_ADDRESS = re.compile(r"<?([^\s<>;:,\"]+@[^\s<>;:,\"]+?)>?(?=$|[\s,;)])")
_HEXED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")  # RFC 6533 §3
#: Final-Recipient first in text that lost its own part: a server, or a program on the road, put the report into the text.
_LOST_BLOCK = re.compile(r"^(?:Final|Original)-Recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a report says of one recipient, as it stands there."""

    address: str  # lower case; the one that we wrote to, where the report tells
    action: str  # "failed", "delayed", "delivered", "relayed", "expanded"; "" when it says none of these
    status: str  # the Status field as it came
    diagnostic: str  # what the other server said

    @property
    def arrived(self) -> bool:
        """Whether the letter reached them, or went on to where no report will be made."""
        return self.action in ("delivered", "relayed", "expanded") or (not self.action and self.status.startswith("2."))


def has_status(tree: Tree) -> bool:
    """Whether a mail has a delivery report of its own, not in a mail that is passed on with it."""
    return any(part.content_type in _STATUS_PARTS for part in tree.walk())


def recipients(tree: Tree) -> list[Recipient]:
    """Everyone that the reports in a mail tell of, in their order."""
    parts = [part for part in tree.walk() if part.content_type in _STATUS_PARTS]
    return list(islice((found for part in parts for found in _recipients(_text(part))), _MOST))


def recipients_in_text(text: str) -> list[Recipient]:
    """The same from text, when the report lost its own part on the road."""
    start = _LOST_BLOCK.search(text[:_LONGEST])
    return list(islice(_recipients(text[start.start() : _LONGEST]), _MOST)) if start else []


def _text(part: Part) -> str:
    return clean(decode(part.body[:_LONGEST], part.parameters.get("charset")))


def _recipients(text: str) -> Iterator[Recipient]:
    """One block of fields for each recipient (RFC 3464 §2.3); some servers forget the empty line between blocks."""
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        fields: dict[str, str] = {}
        for line in _FOLD.sub("", block).split("\n"):
            if (match := _FIELD.match(line)) is None:
                continue
            name = match[1].lower()
            if name in fields and name in ("final-recipient", "original-recipient"):
                yield from _recipient(fields)
                fields = {}
            fields.setdefault(name, match[2].strip())
        yield from _recipient(fields)


def _recipient(fields: dict[str, str]) -> Iterator[Recipient]:
    if not _FIELDS & fields.keys():
        return
    # The address that we wrote to; the final one may be where it was forwarded.
    names = ("original-recipient", "final-recipient", "x-actual-recipient")
    address = next((found for name in names if (found := _address(fields.get(name, "")))), None)
    if address is None:
        return
    action = re.match(r"[a-z]*", fields.get("action", "").lower())
    yield Recipient(
        address,
        _ACTIONS.get(action[0] if action else "", ""),
        fields.get("status", ""),
        fields.get("diagnostic-code", ""),
    )


#: RFC 3464 §2.3.3, and the words of servers that did not read it.
_ACTIONS = {
    **{name: name for name in ("failed", "delayed", "delivered", "relayed", "expanded")},
    "failure": "failed",
    "fail": "failed",
    "error": "failed",
    "bounced": "failed",
    "deferred": "delayed",
}


def _address(value: str) -> str | None:
    """`rfc822; Anna@Vreta.se` → `anna@vreta.se`; None for X.400 names, users without a domain, and what is masked."""
    kind, semicolon, rest = value.partition(";")
    if semicolon and kind.strip().lower() == "x400":
        return None
    text = _HEXED.sub(lambda match: _sign(match[1]), rest if semicolon else value).strip()
    match = _ADDRESS.search(text[:1_000])
    return match[1].lower().strip("'") if match and is_address(match[1]) else None


def is_address(text: str) -> bool:
    """Whether mail can go to it: `david...@gmail.com` was masked by whoever passed the report on."""
    local, _, domain = text.rpartition("@")
    return bool(local) and bool(domain.strip(".")) and ".." not in text and "*" not in domain and len(text) <= 320


def _sign(code: str) -> str:
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else ""
