"""A mail taken apart: header lines, and parts inside parts, whatever the bytes are.

The standard library's parser recurses by nesting, searches every line for every open boundary and raises on odd
headers. This one walks with a stack and a budget, so that any bytes are taken apart in bounded time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bridges.mail.charsets import decode, one_line
from bridges.mail.encodings import ENCODINGS, decoded
from bridges.mail.words import decoded_words

MAX_HEADERS = 2_000  # in one part
MAX_HEADER_BYTES = 2_000_000  # in one part, all headers together
MAX_HEADER = 500_000  # bytes in one header: some thousand recipients
MAX_PARTS = 20_000
MAX_DEPTH = 250
MAX_SCANNED = 2_000_000_000  # bytes looked through for boundaries, all levels together

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_KNOWN_FIELD = re.compile(
    rb"(?:from|to|cc|bcc|subject|date|sender|reply-to|message-id|in-reply-to|references|received|return-path"
    rb"|mime-version|content-[a-z-]+|delivered-to|dkim-signature|authentication-results|list-[a-z-]+|x-[a-z0-9-]+)"
    rb"[ \t]*:",
    re.IGNORECASE,
)
_SLASH = re.compile(r"\s*/\s*")
_LINE = re.compile(rb"[^\n]*(?:\n|\Z)")
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]*(?:\r*\n|\r*\Z)")
_FIRST_BOUNDARY = re.compile(rb"^--([^\s-][^\r\n]{0,200}?)[ \t]*\r?\n(?=Content-)", re.MULTILINE | re.IGNORECASE)


@dataclass(slots=True)
class Part:
    """One part of a mail: its headers, where its body lies, and the parts inside it."""

    headers: list[tuple[str, bytes]]
    data: bytes = field(repr=False)
    start: int
    end: int
    depth: int = 0
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    children: list["Part"] = field(default_factory=list)

    def raw(self, name: str) -> bytes | None:
        """The first header of that name, as it came."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def field(self, name: str) -> tuple[str, dict[str, str]]:
        """A structured header such as Content-Disposition: its value in lower case, and its parameters."""
        value = self.raw(name)
        return structured(value) if value is not None else ("", {})

    @property
    def encoding(self) -> str:
        """How the body was encoded for the road, in one way of writing; "" when it does not say."""
        said = self.field("content-transfer-encoding")[0]
        return ENCODINGS.get(said.replace("_", "-"), said)

    @property
    def body(self) -> bytes:
        """The body as it was before it was encoded for the road."""
        return decoded(self.encoding, self.data, self.start, self.end)

    def beginning(self, most: int) -> bytes:
        """The body, or so many bytes of it that end with a line: nobody reads a text of fifty megabytes."""
        body = decoded(self.encoding, self.data, self.start, min(self.end, self.start + 3 * most))
        if len(body) <= most:
            return body
        end = body.rfind(b"\n", 0, most)
        return body[: end + 1] if end >= 0 else body[:most]


@dataclass(slots=True)
class Tree:
    """A mail taken apart, and what was odd about it."""

    root: Part
    warnings: list[str] = field(default_factory=list)

    def walk(self) -> Iterator[Part]:
        """All parts, outermost first, in the order they stand."""
        waiting = [self.root]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))


def take_apart(raw: bytes) -> Tree:
    """The parts of a mail. Never raises."""
    if b"\n" not in raw[:100_000] and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")  # line ends of another age
    start = len(raw) - len(raw.lstrip(b"\xef\xbb\xbf \t\r\n")) if raw[:1] in b"\xef \t\r\n" else 0
    warnings: list[str] = []
    root = _part(raw, start, len(raw), 0, "text/plain", warnings)
    waiting = [root]
    parts, scanned = 1, 0
    while waiting:
        part = waiting.pop()
        if not part.content_type.startswith("multipart/"):
            continue
        scanned += part.end - part.start
        if part.depth >= MAX_DEPTH or scanned > MAX_SCANNED:
            warnings.append("too_deep")
            part.content_type = "application/octet-stream"
            continue
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        for begin, end in _regions(part, warnings):
            if parts >= MAX_PARTS:
                warnings.append("too_many_parts")
                break
            parts += 1
            part.children.append(_part(raw, begin, end, part.depth + 1, default, warnings))
        waiting.extend(reversed(part.children))
    return Tree(root, list(dict.fromkeys(warnings)))


def structured(value: bytes) -> tuple[str, dict[str, str]]:
    """`attachment; filename*0*=utf-8''r%C3%A5g; filename*1=.pdf` → ("attachment", {"filename": "råg.pdf"})."""
    text = one_line(decode(value[:20_000], None))
    main, _, rest = text.partition(";")
    words = _SLASH.sub("/", main.partition("(")[0]).split()
    return words[0].lower() if words else "", _parameters(rest)


# -- headers ---------------------------------------------------------------------------------------------------------


def _part(data: bytes, start: int, end: int, depth: int, default: str, warnings: list[str]) -> Part:
    headers, body = _headers(data, start, end, warnings)
    part = Part(headers, data, body, end, depth, default)
    content_type, part.parameters = part.field("content-type")
    if re.fullmatch(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+", content_type):
        part.content_type = content_type
    elif content_type in ("text", "html", "text/html:"):
        part.content_type = "text/html" if "html" in content_type else "text/plain"
    return part


def _headers(data: bytes, start: int, end: int, warnings: list[str]) -> tuple[list[tuple[str, bytes]], int]:
    """The header lines, and where the body begins."""
    fields: list[tuple[str, list[bytes], int]] = []
    position = start
    while position < end:
        if position - start > MAX_HEADER_BYTES:
            warnings.append("long_headers")
            gap = _EMPTY_LINE.search(data, position, end)
            position = gap.end() if gap else end
            break
        match = _LINE.match(data, position, end)
        line = match.group() if match else b""
        if not line.strip(b"\r\n"):
            position += len(line)
            break
        name = _FIELD.match(line)
        if line[:1] in b" \t" and fields:
            _continue(fields, line, warnings)
        elif name is not None:
            if len(fields) >= MAX_HEADERS:
                warnings.append("too_many_headers")
            else:
                value = line[name.end() : name.end() + MAX_HEADER]
                if len(line) - name.end() > MAX_HEADER + 2:
                    warnings.append("long_headers")
                fields.append((name.group(1).decode("ascii"), [value], len(value)))
        elif not line.startswith((b"From ", b">From ")):  # the first line of an mbox file is no header
            warnings.append("broken_headers")
            if not _KNOWN_FIELD.match(data, position + len(line), end):
                break  # the empty line is missing: this is text already
        position += len(line)
    return [(name, b"".join(lines).rstrip(b"\r\n")) for name, lines, _ in fields], position


def _continue(fields: list[tuple[str, list[bytes], int]], line: bytes, warnings: list[str]) -> None:
    name, lines, size = fields[-1]
    if size + len(line) > MAX_HEADER:
        warnings.append("long_headers")
        return
    lines.append(line)
    fields[-1] = (name, lines, size + len(line))


_PARAMETER = re.compile(
    r"\s*([^\s=;\"*]+)(?:\*(\d{1,3}))?(\*)?\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"?|([^;]*))[^;]*(?:;|$)|[^;]*(?:;|$)",
)


def _parameters(text: str) -> dict[str, str]:
    """Parameters, continued and in foreign letters (RFC 2231), or RFC 2047 words where they should not be."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in _PARAMETER.finditer(text):
        name, number, encoded, quoted, bare = match.groups()
        if not name:
            continue
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else (bare or "").strip()
        if number is None and not encoded:
            plain.setdefault(name.lower(), value if name.lower() == "boundary" else _foreign(value))
        else:
            pieces.setdefault(name.lower(), {}).setdefault(int(number or 0), (bool(encoded), value))
    for name, numbered in pieces.items():
        plain[name] = _joined(numbered)
    return plain


_EXTENDED = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,30}'[A-Za-z-]{0,20}'.*%[0-9A-Fa-f]{2}")


def _foreign(value: str) -> str:
    """Foreign letters where they should not be: RFC 2047 words, or RFC 2231 in a plain parameter."""
    return _joined({0: (True, value)}) if _EXTENDED.match(value) else decoded_words(value)


def _joined(numbered: dict[int, tuple[bool, str]]) -> str:
    """RFC 2231 §4.1: the first piece names the charset, each piece says whether it is percent-encoded."""
    charset = ""
    data = b""
    for number, (encoded, value) in sorted(numbered.items()):
        text = value
        if encoded and number == 0 and value.count("'") >= 2:
            charset, _, text = value.split("'", 2)
        piece = text.encode("utf-8", "replace")
        data += re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), piece) if encoded else piece
    return decoded_words(one_line(decode(data, charset)))


# -- bodies ----------------------------------------------------------------------------------------------------------


def _regions(part: Part, warnings: list[str]) -> Iterator[tuple[int, int]]:
    """Where the parts of a multipart begin and end (RFC 2046 §5.1.1)."""
    boundary = part.parameters.get("boundary", "").rstrip().encode("utf-8", "surrogateescape")
    if not boundary or part.data.find(b"--" + boundary, part.start, part.end) < 0:
        guess = _FIRST_BOUNDARY.search(part.data, part.start, part.end)
        warnings.append("broken_parts")
        if guess is None:
            part.content_type = "text/plain"  # no parts to be found: what is there is shown
            return
        boundary = guess.group(1)
    mark = b"\n--" + boundary
    begin: int | None = None
    position = max(part.start - 1, 0)  # the line end before the first boundary may be the header's own
    while (found := part.data.find(mark, position, part.end)) >= 0:
        rest = _AFTER_BOUNDARY.match(part.data, found + len(mark), part.end)
        if rest is None:  # the boundary of another part, which begins alike
            position = found + 1
            continue
        if begin is not None:
            yield begin, _before(part.data, begin, found)
        begin = rest.end()
        if rest.group(1):
            return
        position = begin - 1 if part.data[begin - 1 : begin] == b"\n" else begin
    if begin is not None:
        if begin < part.end:
            yield begin, part.end  # cut off on the way: the last part is whatever came
    else:
        warnings.append("broken_parts")
        part.content_type = "text/plain"


def _before(data: bytes, begin: int, newline: int) -> int:
    """The line end before a boundary belongs to the boundary."""
    end = newline - 1 if data[newline - 1 : newline] == b"\r" else newline
    return max(begin, end)
