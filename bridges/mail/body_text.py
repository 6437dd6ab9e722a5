"""The text of one part: its letters, its paragraphs, and what some programs write otherwise than they say."""

import binascii
import re
from dataclasses import dataclass

from bridges.mail.charsets import clean, decode
from bridges.mail.encodings import from_uu
from bridges.mail.mime import Part

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_IS_HTML = re.compile(r"\s{0,200}(?:<!doctype html|<html[\s>])", re.IGNORECASE)
_QUOTED = re.compile(rb"=[C-Fc-f][0-9A-Fa-f]=[89ABab][0-9A-Fa-f]|=[C-Fc-f][0-9A-Fa-f](?=[\s\S]{0,2000}=\r?\n)")
_NOT_QUOTED = re.compile(rb"=(?![0-9A-Fa-f]{2}|\r?\n)|[^\t\r\n -~]")
_UUENCODED = re.compile(r"^begin [0-7]{3,4} (\S[^\n]{0,200})\n((?:[ -`]{1,90}\n)+)end[ \t]*$", re.MULTILINE)
_ENRICHED = re.compile(r"<(/?[A-Za-z][A-Za-z0-9-]{0,60})>|<<")
_MAX_FILES = 200  # in one text


@dataclass(slots=True)
class Text:
    """The text of one part in the forms it came in; a form that is missing is None."""

    plain: str | None = None
    html: str | None = None


def read_text(part: Part, data: bytes) -> Text:
    """The text in the bytes of a part."""
    declared = part.parameters.get("charset")
    if _quoted_all_the_same(part, data):
        data = binascii.a2b_qp(data)
    if part.content_type == "text/html":
        if not declared and (meta := _META_CHARSET.search(data[:4_000])):
            declared = meta.group(1).decode("ascii")
        return Text(html=clean(decode(data, declared)))
    text = clean(decode(data, declared))
    if _IS_HTML.match(text):
        return Text(html=text)
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return Text(plain=text)


def _quoted_all_the_same(part: Part, data: bytes) -> bool:
    """Quoted-printable that does not say so: letters of ours, or lines cut with "=", and no "=" of another meaning."""
    if b"=" not in data or part.encoding not in ("", "7bit", "8bit"):
        return False
    return _QUOTED.search(data, 0, 20_000) is not None and _NOT_QUOTED.search(data) is None


def unflowed(text: str, *, delete_space: bool) -> str:
    """Paragraphs that were wrapped for the road, whole again (RFC 3676 §4)."""
    paragraphs: list[list[str]] = []
    open_depth = -1  # of the paragraph that goes on; -1: none does
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")  # space-stuffing, and the space after the marks
        flows = bare.endswith(" ") and bare != "-- "
        content = bare[:-1] if flows and delete_space else bare
        if open_depth == depth and bare != "-- ":
            paragraphs[-1].append(content)
        else:
            paragraphs.append([">" * depth + " " * bool(depth), content])
        open_depth = depth if flows else -1
    lines = ("".join(pieces) for pieces in paragraphs)
    return "\n".join(line if line == "-- " else line.rstrip(" ") for line in lines)


def as_enriched(data: bytes) -> Text:
    """Text with the marks of RFC 1896, without them."""
    text = clean(decode(data, None))
    return Text(plain=_ENRICHED.sub(lambda mark: "<" if mark[1] is None else "", text))


def without_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """A text without the files that old programs wrote into it, and those files with their names."""
    files: list[tuple[str, bytes]] = []

    def take(match: re.Match[str]) -> str:
        content = from_uu(match.group().encode("ascii", "replace"))
        if len(files) >= _MAX_FILES or not content:
            return match.group()
        files.append((match[1], content))
        return ""

    return _UUENCODED.sub(take, text), files
