"""Header text: words in foreign letters (RFC 2047), people and their addresses (RFC 5322 §3.4), and message ids."""

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bridges.mail.charsets import decode, one_line

_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?")
_ID = re.compile(r"<([^<>]{1,2000})>")
_QP = re.compile(rb"=([0-9A-Fa-f]{2})")

MAX_PEOPLE = 5_000  # in one header


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A person as a header names them; the address always in lower case, so that the same address is the same text."""

    name: str
    address: str


def decoded_words(text: str) -> str:
    """`=?utf-8?q?Tr=C3=A4ff?=` → `Träff`, also inside quotes, glued to other text, or split in mid-letter."""
    if "=?" not in text:
        return text
    out: list[str] = []
    last = 0
    pending, charset = b"", ""  # neighbours in the same charset are joined before they are decoded
    for start, end, name, data in _words(text):
        between = text[last:start]
        if between.strip(" ") or not last or name != charset:
            out.append(decode(pending, charset))
            pending = b""
        if between.strip(" ") or not last:
            out.append(between)  # space between two encoded words is not text (RFC 2047 §6.2)
        charset = name
        pending += data
        last = end
    out += [decode(pending, charset), text[last:]]
    return one_line("".join(out))


def _words(text: str) -> Iterator[tuple[int, int, str, bytes]]:
    """Each encoded word: where it begins and ends, its charset, its bytes."""
    position, end = 0, -1
    while (match := _WORD.search(text, position)) is not None:
        start = match.end()
        end = text.find("?=", start) if end < start else end
        if end < 0:
            end = len(text.rstrip("?= "))
            if start < end and " " not in text[start:end]:  # cut off on the way
                yield match.start(), len(text), match[1].lower(), _word_bytes(match[2], text[start:end])
            return
        if (inner := _WORD.search(text, start, end + 1)) is not None:
            position = inner.start()  # the first has no end of its own
            continue
        position = end + 2
        yield match.start(), position, match[1].lower(), _word_bytes(match[2], text[start:end])


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return _QP.sub(lambda match: bytes([int(match[1], 16)]), data.replace(b"_", b" "))
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    whole = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


# -- people ----------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r'"((?:[^"\\]|\\.)*)"'  # a quoted name
    r"|(=\?[^?\s]{1,40}\?[bBqQ]\?[^?]*\?=)"  # an encoded word, which may hold a comma where it must not
    r"|([<>,;:()])"
    r'|([^"<>,;:()=]+|=|")'
)


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """All people that an address header names; groups are opened, comments become names, what is none is left out."""
    found: list[Mailbox] = []
    words: list[str] = []
    comments: list[str] = []
    angle: list[str] | None = None
    depth = 0

    def finish() -> None:
        nonlocal angle
        mailbox = _mailbox(words, "".join(angle) if angle is not None else None, comments)
        if mailbox is not None and len(found) < MAX_PEOPLE:
            found.append(mailbox)
        elif mailbox is None and angle is None and (inside := _people_inside(" ".join(words))):
            found.extend(inside[: MAX_PEOPLE - len(found)])
        words.clear()
        comments.clear()
        angle = None

    closed = True
    for match in _TOKEN.finditer(value):
        quoted, word, sign, text = match.groups()
        text = word or text
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(0, depth - 1)
        elif depth:
            comments.append(quoted or text or sign or "")
        elif not closed and angle is not None and sign != ">":
            angle.append(quoted if quoted is not None else text or sign or "")
        elif sign == "<":
            if angle is not None:
                finish()
            angle, closed = [], False
        elif sign == ">":
            closed = True
        elif sign in (",", ";"):
            finish()
        elif sign == ":":
            words.clear()  # a group's name (RFC 5322 §3.4), or rubbish
        elif quoted is not None:
            words.append(re.sub(r"\\(.)", r"\1", quoted))
        elif text and text.startswith("@") and words and " " in words[-1]:
            words.clear()  # "two words"@example.se: lawful, but nobody's; half of it would be another's address
        elif text:
            words.append(text)
    finish()
    return tuple(found)


def _people_inside(text: str) -> tuple[Mailbox, ...]:
    """Some programs encode the whole of it, brackets and address too."""
    decoded = decoded_words(text) if "=?" in text else ""
    return mailboxes(decoded) if "@" in decoded and "=?" not in decoded else ()


def _mailbox(words: list[str], angle: str | None, comments: list[str]) -> Mailbox | None:
    text = " ".join("".join(words).split()) if angle is None else " ".join(" ".join(words).split())
    if angle is None:
        address = _address(text) or _address(decoded_words(text))
        if not address:
            # "Anna anna@example.se": a name, and an address that lost its brackets
            address = next((good for piece in text.split() if (good := _address(piece))), "")
            name = " ".join(piece for piece in text.split() if not _address(piece))
        else:
            name = " ".join(" ".join(comments).split())
    else:
        address = _address(angle) or _address(decoded_words(angle))
        name = text or " ".join(" ".join(comments).split())
    if not address:
        return None
    return Mailbox(decoded_words(one_line(name)), address)


def _address(text: str) -> str:
    """The address in lower case, or "" when it is none."""
    text = re.sub(r"\s*([@.])\s*", r"\1", text.strip().strip("<>'\"")).removeprefix("mailto:").lower()
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]  # a route of old (RFC 5322 §4.4)
    local, at, domain = text.rpartition("@")
    if not at or not local or "@" in local or not domain or len(text) > 320 or not text.isprintable():
        return ""
    return "" if set(text) & set('<>,;:"\\()[] ') - set("[]:" if domain.startswith("[") else "") else text


# -- ids -------------------------------------------------------------------------------------------------------------


def message_ids(values: Iterable[str]) -> tuple[str, ...]:
    """Message-IDs with their brackets, in order, each once; an id that lost its brackets gets them back."""
    found: dict[str, None] = {}
    for value in values:
        text = decoded_words(value)  # some senders fold long References into encoded words
        ids = ["".join(inner.split()) for inner in _ID.findall(text)]
        if not ids:
            ids = [piece.strip("<>") for piece in text.split() if "@" in piece]
        found.update(dict.fromkeys(f"<{inner}>" for inner in ids if inner and inner.isprintable()))
    return tuple(found)
