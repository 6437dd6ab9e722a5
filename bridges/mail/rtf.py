"""Rich text as Outlook packs it: decompressed (MS-OXRTFCP), and read as HTML where it was HTML, else as plain text."""

import re
from dataclasses import dataclass

from bridges.mail.charsets import clean, decode

MAX_RTF = 1_000_000  # bytes, decompressed
MAX_DEPTH = 500  # groups inside groups

_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbol"
    rb"ArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def decompressed(data: bytes) -> bytes:
    """The rich text; b"" when it is none. Never raises."""
    packed = data[16:]
    if data[8:12] == b"MELA":  # not compressed
        return packed[:MAX_RTF]
    if data[8:12] != b"LZFu":
        return b""
    out = bytearray(_DICTIONARY)
    most = len(_DICTIONARY) + min(MAX_RTF, int.from_bytes(data[4:8], "little"))
    position = 0
    while position < len(packed) and len(out) < most:
        control = packed[position]
        position += 1
        for bit in range(8):
            if not control >> bit & 1:
                out += packed[position : position + 1]
                position += 1
                continue
            pair = int.from_bytes(packed[position : position + 2], "big")
            position += 2
            back = (len(out) - (pair >> 4)) % 4096
            if not back:  # where one is: the end
                position = len(packed)
                break
            for _ in range((pair & 15) + 2):
                out.append(out[-back] if back <= len(out) else 32)
    return bytes(out[len(_DICTIONARY) : most])


_TOKEN = re.compile(
    r"\\([a-z]{1,32})(-?\d{1,9})? ?"  # a word and its number
    r"|\\'([0-9a-fA-F]{2})"  # a byte
    r"|\\([^a-z])"  # a sign
    r"|([{}])"
    r"|([^\\{}\r\n]+)",
    re.IGNORECASE,
)
#: Groups that are not text.
_ASIDE = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "generator", "themedata", "datastore"}
    | {"header", "headerl", "headerr", "footer", "footerl", "footerr", "listtable", "listoverridetable", "rsidtbl"}
    | {"latentstyles", "xmlnstbl", "fldinst", "bkmkstart", "bkmkend", "filetbl", "revtbl"}
)
_SIGNS = {
    **dict.fromkeys(("par", "line", "sect", "page", "row"), "\n"),
    **dict.fromkeys(("tab", "cell"), "\t"),
    **dict(zip(("emdash", "endash", "bullet"), "—–•", strict=True)),
    **dict(zip(("lquote", "rquote", "ldblquote", "rdblquote"), "‘’“”", strict=True)),
}


@dataclass(slots=True)
class _Group:
    aside: bool = False  # what it holds is no text
    tag: bool = False  # it holds HTML
    hidden: bool = False  # only those who do not know HTML read it
    skip: int = 1  # signs after a \u that say the same


def words_of(rtf: bytes) -> tuple[str, bool]:
    """The text in rich text, and whether it is HTML that was packed into it (MS-OXRTFEX)."""
    source = rtf.decode("latin-1")
    is_html = "\\fromhtml" in source[:1_000]
    page = re.search(r"\\ansicpg(\d{3,5})", source[:1_000])
    return clean(_Reader(f"cp{page[1]}" if page else "cp1252", is_html=is_html).read(source)).strip(), is_html


class _Reader:
    """Reads rich text once, from left to right."""

    def __init__(self, charset: str, *, is_html: bool) -> None:
        self._charset, self._is_html = charset, is_html
        self._out: list[str] = []
        self._bytes = bytearray()
        self._group = _Group()
        self._outer: list[_Group] = []
        self._skip = 0

    def read(self, source: str) -> str:
        for match in _TOKEN.finditer(source):
            word, number, byte, sign, brace, text = match.groups()
            if byte is not None:
                self._write_byte(int(byte, 16))
            elif word is not None:
                self._word(word, number)
            elif brace is not None:
                self._brace(brace)
            elif sign is not None:
                self._sign(sign)
            else:
                self._write(text)
        self._flush()
        return "".join(self._out)

    def _brace(self, brace: str) -> None:
        self._flush()
        self._skip = 0
        if brace == "{":
            if len(self._outer) < MAX_DEPTH:
                self._outer.append(self._group)
                group = self._group
                self._group = _Group(group.aside, group.tag, group.hidden, group.skip)
        elif self._outer:
            self._group = self._outer.pop()

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self._group.aside = True  # a group that old programs pass over
        elif sign in "\\{}":
            self._write(sign)
        elif sign == "~":
            self._write("\u00a0")
        elif sign in "\r\n":
            self._write("\n")

    def _word(self, word: str, number: str | None) -> None:
        if word == "htmltag" and self._is_html:
            self._group.aside, self._group.tag = False, True
        elif word == "htmlrtf":
            self._flush()
            self._group.hidden = self._is_html and number != "0"
        elif word in _ASIDE:
            self._group.aside = True
        elif word == "uc":
            self._group.skip = min(9, abs(int(number or 1)))
        elif word == "u" and number is not None:
            self._write_unit(int(number) & 0xFFFF)
            self._skip = self._group.skip
        elif word in _SIGNS:
            self._write(_SIGNS[word])

    def _write(self, text: str) -> None:
        if self._skip:
            passed = min(self._skip, len(text))
            self._skip -= passed
            text = text[passed:]
        if text and not self._group.aside and not self._group.hidden:
            self._flush()
            self._out.append(text if text.isascii() else decode(text.encode("latin-1", "replace"), self._charset))

    def _write_byte(self, byte: int) -> None:
        if self._skip:
            self._skip -= 1
        elif not self._group.aside and not self._group.hidden:
            self._bytes.append(byte)

    def _write_unit(self, unit: int) -> None:
        if not self._group.aside and not self._group.hidden:
            self._flush()
            self._out.append(chr(unit))

    def _flush(self) -> None:
        """Bytes one after the other may be one letter."""
        if self._bytes:
            self._out.append(decode(bytes(self._bytes), self._charset))
            self._bytes.clear()
