"""What Outlook packs into winmail.dat: text, files and the meeting (MS-OXTNEF), whatever the bytes are."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from bridges.mail.charsets import clean, decode, one_line
from bridges.mail.tnef_properties import ATTACHMENT, MESSAGE, Properties, read_properties

_SIGNATURE = 0x223E9F78
MAX_ATTRIBUTES = 20_000
MAX_FILES = 2_000
MAX_DEPTH = 2  # messages inside messages that are looked at for a meeting
MAX_INSIDE = 20  # in one
MAX_TEXT = 1_000_000  # bytes of a text that is looked at

# Attributes by their id (MS-OXTNEF §2.1.3.3); the level in front of each says whether it is the message's or a file's.
_BODY, _MESSAGE_CLASS, _CODE_PAGE, _MESSAGE_PROPERTIES = 0x800C, 0x8008, 0x9007, 0x9003
_NEXT_FILE, _FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_SUBJECT, _START, _END = 0x8004, 0x0006, 0x0007


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file in a winmail.dat."""

    name: str  # as it was written: not safe, and "" when none was given
    content_type: str  # "" when none was given
    content: bytes = field(repr=False)
    shown: bool = False  # a picture that the text shows


@dataclass(frozen=True, slots=True)
class Packed:
    """What a winmail.dat holds."""

    plain: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    rtf: bytes = field(default=b"", repr=False)  # still compressed: see `bridges.mail.rtf`
    files: tuple[PackedFile, ...] = ()
    calendar: bytes = field(default=b"", repr=False)  # the meeting as iCalendar; b"" = there is none
    whole: bool = True  # False: it breaks off, or what follows makes no sense; what came before is here


@dataclass(slots=True)
class _Stream:
    """The attributes of a stream, sorted by whose they are."""

    message: dict[int, bytes] = field(default_factory=dict)
    files: list[dict[int, bytes]] = field(default_factory=list)
    whole: bool = True


def is_tnef(data: bytes) -> bool:
    """Whether it begins as a winmail.dat does."""
    return data[:4] == _SIGNATURE.to_bytes(4, "little")


def unpack(data: bytes, depth: int = 0) -> Packed:
    """What a winmail.dat holds, as far as it can be read. Never raises; bounded. `depth`: messages around it."""
    if not is_tnef(data):
        return Packed(whole=False)
    stream = _sorted(data)
    code_page = int.from_bytes(stream.message.get(_CODE_PAGE, b"")[:4], "little")
    message = read_properties(stream.message.get(_MESSAGE_PROPERTIES, b""), code_page)
    files = [(one, read_properties(one.get(_FILE_PROPERTIES, b""), code_page)) for one in stream.files]
    contents = tuple(_files(files, code_page))
    plain = message.text(MESSAGE["body"]) or _ended(stream.message.get(_BODY, b"")[:MAX_TEXT], code_page)
    return Packed(
        plain=clean(plain[:MAX_TEXT]),
        html=_html(message),
        rtf=message.data(MESSAGE["rtf"])[:MAX_TEXT],
        files=contents,
        calendar=_calendar(stream, message, code_page, plain) or _calendar_inside(contents, depth),
        whole=stream.whole and message.whole and all(properties.whole for _, properties in files),
    )


def _sorted(data: bytes) -> _Stream:
    """The attributes: a level, an id, a length, so many bytes and a sum that nobody needs (MS-OXTNEF §2.1.3)."""
    found = _Stream()
    position = 6  # after the signature and a key
    for _ in range(MAX_ATTRIBUTES):
        if position + 9 > len(data):
            break
        level, number, length = struct.unpack_from("<BII", data, position)
        start = position + 9
        if level not in (1, 2):  # some programs write rubbish behind the end
            found.whole = bool(found.files or found.message)
            return found
        found.whole = start + length <= len(data)
        _put(found, level, number & 0xFFFF, data[start : start + length])
        position = start + length + 2
    found.whole = found.whole and position + 9 > len(data) and bool(found.files or found.message)
    return found


def _put(found: _Stream, level: int, number: int, value: bytes) -> None:
    if level == 1:
        found.message.setdefault(number, value)
        return
    if (number == _NEXT_FILE or not found.files) and len(found.files) < MAX_FILES:
        found.files.append({})
    found.files[-1].setdefault(number, value)


def _files(files: list[tuple[dict[int, bytes], Properties]], code_page: int) -> Iterator[PackedFile]:
    for attributes, properties in files:
        name = _file_name(_ended(attributes.get(_FILE_TITLE, b"")[:2_000], code_page), properties)
        kind = one_line(properties.text(ATTACHMENT["type"])).lower()
        shown = bool(properties.text(ATTACHMENT["content id"]))
        # An embedded message comes twice: as words for programs that cannot open it, and as itself. Both are kept.
        contents = [content for content in (attributes.get(_FILE_DATA), properties.data(ATTACHMENT["data"])) if content]
        for content in contents or [b""] * bool(name):
            yield PackedFile(name, "application/ms-tnef" if is_tnef(content) else kind, content, shown)


def _file_name(title: str, properties: Properties) -> str:
    """The long name; the title is often cut to eight letters and three."""
    long, shown = properties.text(ATTACHMENT["long name"]), properties.text(ATTACHMENT["shown name"])
    short = properties.text(ATTACHMENT["short name"])
    return one_line(long or (shown if "." in shown else "") or title or short or shown)[:1_000]


def _html(message: Properties) -> str:
    if text := message.text(MESSAGE["html"]):
        return clean(text[:MAX_TEXT])
    page = message.number(MESSAGE["html code page"])
    return clean(decode(message.data(MESSAGE["html"])[:MAX_TEXT], code_page_name(page)))


def _ended(data: bytes, code_page: int) -> str:
    """Text that a zero ends."""
    return decode(data.partition(b"\0")[0], code_page_name(code_page))


def code_page_name(number: int) -> str | None:
    """A charset by the number that Windows gives it; None for none."""
    known = {65001: "utf-8", 20127: "us-ascii", 28591: "iso-8859-1", 28605: "iso-8859-15", 1200: "utf-16-le"}
    return known.get(number) or (f"cp{number}" if number else None)


def _calendar(stream: _Stream, message: Properties, code_page: int, plain: str) -> bytes:
    from bridges.mail.tnef_meeting import meeting  # noqa: PLC0415  few mails hold one

    kind = message.text(MESSAGE["class"]) or _ended(stream.message.get(_MESSAGE_CLASS, b"")[:200], code_page)
    subject = message.text(MESSAGE["subject"]) or _ended(stream.message.get(_SUBJECT, b"")[:2_000], code_page)
    dates = (stream.message.get(_START, b""), stream.message.get(_END, b""))
    return meeting(kind, subject, plain, message, dates)


def _calendar_inside(files: tuple[PackedFile, ...], depth: int) -> bytes:
    """The meeting of the first message inside that holds one."""
    inside = [file.content for file in files if is_tnef(file.content)] if depth < MAX_DEPTH else []
    return next((found for data in inside[:MAX_INSIDE] if (found := unpack(data, depth + 1).calendar)), b"")
