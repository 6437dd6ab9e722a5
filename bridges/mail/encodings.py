"""Bodies as they were before they were encoded for the road: base64, quoted-printable, uuencode, leniently."""

import binascii
import re

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BASE64 = _LETTERS + b"= \t\r\n"
_NOT_BASE64 = bytes(set(range(256)) - set(_LETTERS))
#: Encodings as they are also written.
ENCODINGS = {
    "base-64": "base64",
    "b64": "base64",
    "quotedprintable": "quoted-printable",
    "quoted-printable:": "quoted-printable",
    "7-bit": "7bit",
    "8-bit": "8bit",
    "8bits": "8bit",
    "7bits": "7bit",
    "uuencode": "x-uuencode",
    "x-uue": "x-uuencode",
}


def decoded(encoding: str, data: bytes, start: int, end: int) -> bytes:
    """Those bytes of the data, decoded; as they are when the encoding is none that we know. Never raises."""
    if encoding == "base64":
        return _from_base64(data, start, end)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(memoryview(data)[start:end])
    body = data[start:end]
    return from_uu(body) if encoding == "x-uuencode" else body


def _from_base64(data: bytes, start: int, end: int) -> bytes:
    """Lenient: foreign signs are passed over, one letter over is no byte, what is missing at the end is filled up."""
    equals = data.find(b"=", start, end)
    if equals < 0 or (equals >= end - 16 and not data[equals:end].strip(b"= \t\r\n")):
        try:
            return binascii.a2b_base64(memoryview(data)[start:end])
        except binascii.Error:
            pass
    whole = equals < 0 or data[equals:end].translate(None, _BASE64)  # what follows is a footer, or foreign
    out = bytearray()
    while start < end:
        stop = equals if equals >= 0 else end
        letters = data[start:stop].translate(None, _NOT_BASE64)
        letters = letters[:-1] if len(letters) % 4 == 1 else letters
        out += binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
        if whole or stop == end:
            break
        start = stop + 1  # some writers encode, and fill up, line by line
        equals = data.find(b"=", start, end)
    return bytes(out)


def from_uu(body: bytes) -> bytes:
    """What stands between `begin` and `end`; the body itself when there is no such thing."""
    found = re.search(rb"^begin \d{3,4} [^\n]*\n(.*?)(?:^end|\Z)", body, re.MULTILINE | re.DOTALL)
    if found is None:
        return body
    out = bytearray()
    for line in found.group(1).splitlines():
        if not line:
            continue
        length = (line[0] - 32) & 63
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:  # some writers pad with too many letters
            try:
                out += binascii.a2b_uu(line[: 1 + (length + 2) // 3 * 4])
            except binascii.Error:
                continue
    return bytes(out)
