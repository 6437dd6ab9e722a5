"""The properties of a message in winmail.dat: numbered or named values one after the other (MS-OXTNEF §2.1.3.4)."""

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bridges.mail.charsets import decode

MAX_PROPERTIES = 5_000
MAX_VALUES = 5_000  # of one property; the first alone is kept

#: What is read of a message (MS-OXPROPS). A named property goes by its set and its number there.
MESSAGE: dict[str, object] = {
    "class": 0x001A,
    "subject": 0x0037,
    "body": 0x1000,
    "rtf": 0x1009,
    "html": 0x1013,
    "html code page": 0x3FDE,
    "sender": 0x0042,
    "sender address": 0x5D02,
    "sender address of old": 0x0065,
    "start of old": 0x0060,
    "end of old": 0x0061,
    "start": ("00062002", 0x820D),
    "end": ("00062002", 0x820E),
    "place": ("00062002", 0x8208),
    "all day": ("00062002", 0x8215),
    "sequence": ("00062002", 0x8201),
    "recurring": ("00062002", 0x8223),
    "id": ("6ed8da90", 0x0023),
    "id of one day": ("6ed8da90", 0x0003),
}
#: What is read of a file.
ATTACHMENT: dict[str, object] = {
    "data": 0x3701,
    "shown name": 0x3001,
    "short name": 0x3704,
    "long name": 0x3707,
    "type": 0x370E,
    "content id": 0x3712,
}
_WANTED = frozenset((*MESSAGE.values(), *ATTACHMENT.values()))

# Types of values (MS-OXCDATA §2.11.1)
_OBJECT, _TEXT, _WIDE_TEXT, _TIME, _BINARY, _MANY = 0x000D, 0x001E, 0x001F, 0x0040, 0x0102, 0x1000
_SIZES = {1: 0, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, _TIME: 8, 72: 16}  # with their padding


@dataclass(slots=True)
class Properties:
    """What was found of what is read; anything else is passed over."""

    code_page: int = 0
    found: dict[object, tuple[int, bytes]] = field(default_factory=dict)
    whole: bool = True

    def text(self, key: object) -> str:
        """A text, up to the zero that ends it; "" when it is none."""
        kind, data = self.found.get(key, (0, b""))
        if kind == _WIDE_TEXT:
            return data.decode("utf-16-le", "replace").partition("\0")[0]
        from bridges.mail.tnef import code_page_name  # noqa: PLC0415  it imports us

        return decode(data.partition(b"\0")[0], code_page_name(self.code_page)) if kind == _TEXT else ""

    def data(self, key: object) -> bytes:
        """Bytes; of an object without the id in front that says what it is."""
        kind, data = self.found.get(key, (0, b""))
        return data[16:] if kind == _OBJECT else data if kind == _BINARY else b""

    def number(self, key: object) -> int:
        """A number, or 1 for yes; 0 when it is none."""
        kind, data = self.found.get(key, (0, b""))
        return int.from_bytes(data[: 2 if kind in (2, 11) else 8], "little") if kind in (2, 3, 11, 20) else 0

    def time(self, key: object) -> datetime | None:
        """A moment: tenths of microseconds since 1601."""
        kind, data = self.found.get(key, (0, b""))
        ticks = int.from_bytes(data, "little") if kind == _TIME else 0
        if not 0 < ticks < 2**63:
            return None
        try:
            return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
        except OverflowError:
            return None


def read_properties(data: bytes, code_page: int) -> Properties:
    """The properties in a block, as far as it makes sense. Never raises."""
    properties = Properties(code_page)
    if not data:
        return properties
    try:
        _read(data, properties)
    except (struct.error, IndexError, KeyError, OverflowError):  # cut off, or a type that nobody knows
        properties.whole = False
    return properties


def _read(data: bytes, properties: Properties) -> None:
    (count,) = struct.unpack_from("<I", data, 0)
    position = 4
    for _ in range(min(count, MAX_PROPERTIES)):
        kind, number = struct.unpack_from("<HH", data, position)
        position += 4
        key: object = number
        if number >= 0x8000:
            key, position = _name(data, position)
        values, base = 1, kind & ~_MANY
        if kind & _MANY or base in (_OBJECT, _TEXT, _WIDE_TEXT, _BINARY):
            (values,) = struct.unpack_from("<I", data, position)
            position += 4
        if values > MAX_VALUES:
            raise IndexError
        for index in range(values):
            start, size, position = _value(data, position, base)
            if index == 0 and key in _WANTED:
                properties.found.setdefault(key, (base, data[start : start + size]))
    properties.whole = count <= MAX_PROPERTIES


def _name(data: bytes, position: int) -> tuple[object, int]:
    """The set of a named property and its number there; a name in letters is none that we read."""
    first, kind, number = struct.unpack_from("<I12xII", data, position)
    position += 24
    if kind == 0:
        return (f"{first:08x}", number), position
    return None, position + _padded(number)


def _value(data: bytes, position: int, kind: int) -> tuple[int, int, int]:
    """Where a value lies, its size, and where the next one begins."""
    if kind in (_OBJECT, _TEXT, _WIDE_TEXT, _BINARY):
        (size,) = struct.unpack_from("<I", data, position)
        position += 4
        if position + size > len(data):
            raise IndexError
        return position, size, position + _padded(size)
    size = _SIZES[kind]
    if position + size > len(data):
        raise IndexError
    return position, size, position + size


def _padded(size: int) -> int:
    return (size + 3) // 4 * 4
