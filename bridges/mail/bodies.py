"""What a mail's parts are to a reader: its text, the same as HTML, its files and its calendars."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from bridges.mail.charsets import clean, decode, one_line
from bridges.mail.mime import Part, Tree, take_apart
from bridges.mail.words import decoded_words

_ENDINGS = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "message/delivery-status": ".txt",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/vcard": ".vcf",
}
_LONGEST_NAME = 120
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
# What would be a path, a wildcard or a drive on somebody's machine, and signs that turn the reading direction round
_UNSAFE = re.compile('[/\\\\<>:"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True)
class MailFile:
    """A file that came with a mail."""

    name: str  # safe to save under: no path, no control characters; no two alike in one mail
    content_type: str
    content: bytes = field(repr=False)
    inline: bool = False  # a picture that the HTML shows in its text

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)

    @cached_property
    def sha256(self) -> str:
        """In hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def md5(self) -> str:
        """In hexadecimal; to recognise a file, not to trust it."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class Bodies:
    """What was found in the parts."""

    plain: str | None = None
    html: str | None = None
    files: list[MailFile] = field(default_factory=list)
    calendars: list[bytes] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Text:
    """The text of one part in the forms it came in; a form that is missing is None."""

    plain: str | None = None
    html: str | None = None


def bodies(tree: Tree) -> Bodies:
    """Everything that a reader would see, and every file. Never raises."""
    found = Bodies()
    text = _read(tree.root, found, parent="", first=True) or _Text()
    found.plain = text.plain if text.plain and text.plain.strip() else None
    found.html = text.html if text.html and text.html.strip() else None
    found.files = list(_distinct(found.files))
    return found


def _read(part: Part, found: Bodies, parent: str, *, first: bool) -> _Text | None:
    """The text of a part and all inside it; files are put aside on the way. Depth is bounded by `mime.MAX_DEPTH`."""
    kind = part.content_type
    if kind.startswith("multipart/") and part.children:
        if kind == "multipart/encrypted":
            found.warnings.append("encrypted")
        texts: list[_Text] = []
        for number, child in enumerate(part.children):
            # A related part begins with its text; pictures follow (RFC 2387)
            text = _read(child, found, kind, first=not texts if kind != "multipart/related" else number == 0)
            if text is not None:
                texts.append(text)
        return _one_of(texts) if kind == "multipart/alternative" else _together(texts)
    if kind.startswith("multipart/"):
        return None  # the parts it promised are not there
    disposition, parameters = part.field("content-disposition")
    named = parameters.get("filename", "")
    is_file = disposition == "attachment" or bool(named) or (bool(part.parameters.get("name")) and not first)
    if kind == "text/calendar":
        found.calendars.append(_utf8(part))
        is_file = is_file and parent != "multipart/alternative"
    elif kind in ("text/plain", "text/html", "text/markdown") and not is_file:
        return _text(part)
    elif parent == "multipart/alternative" and kind.startswith("text/") and not is_file:
        return None  # a third form of the same text, for watches and such
    elif kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        found.warnings.append("encrypted")
    elif kind == "application/ms-tnef":
        found.warnings.append("winmail")
    if kind != "text/calendar" or is_file:
        file = _file(part, named or part.parameters.get("name", ""), parent, disposition)
        found.files.append(file)
        if kind != "text/calendar" and (kind == "application/ics" or file.name.lower().endswith(".ics")):
            found.calendars.append(_utf8(part))
    return None


# -- text ------------------------------------------------------------------------------------------------------------


def _text(part: Part) -> _Text:
    data = part.body
    declared = part.parameters.get("charset")
    if part.content_type == "text/html":
        if not declared and (meta := _META_CHARSET.search(data[:4_000])):
            declared = meta.group(1).decode("ascii")
        return _Text(html=clean(decode(data, declared)))
    text = clean(decode(data, declared))
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return _Text(plain=text)


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


def _one_of(texts: list[_Text]) -> _Text | None:
    """Alternatives say the same: the first that is plain, and the last and richest that is HTML."""
    plain = next((text.plain for text in texts if text.plain and text.plain.strip()), None)
    html = next((text.html for text in reversed(texts) if text.html and text.html.strip()), None)
    return _Text(plain, html) if plain or html else None


def _together(texts: list[_Text]) -> _Text | None:
    """Parts in a row are read one after the other; a form is given only when it holds all of them."""
    texts = [text for text in texts if (text.plain or "").strip() or (text.html or "").strip()]
    if not texts:
        return None
    if len(texts) == 1:
        return texts[0]
    plain = "\n\n".join(text.plain.strip("\n") for text in texts if text.plain is not None)
    html = "\n".join(text.html if text.html is not None else _as_html(text.plain or "") for text in texts)
    return _Text(
        plain=plain if all(text.plain is not None for text in texts) else None,
        html=html if any(text.html is not None for text in texts) else None,
    )


def _as_html(text: str) -> str:
    escaped = text.strip("\n").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "<p>" + escaped.replace("\n\n", "</p>\n<p>").replace("\n", "<br>\n") + "</p>"


# -- files -----------------------------------------------------------------------------------------------------------


def _utf8(part: Part) -> bytes:
    """A calendar in UTF-8, the charset it must have (RFC 5545 §3.1.4)."""
    return decode(part.body, part.parameters.get("charset")).encode("utf-8", "replace")


def _file(part: Part, name: str, parent: str, disposition: str) -> MailFile:
    content = part.body
    kind = part.content_type
    if not name and kind in ("message/rfc822", "message/global"):
        inner = take_apart(content[:200_000]).root.raw("subject")
        name = (decoded_words(one_line(decode(inner, None))) if inner else "") or "mejl"
        name = name.replace("/", "_").replace("\\", "_") + ".eml"
    shown = part.raw("content-id") is not None
    inline = kind.startswith("image/") and shown and (parent == "multipart/related" or disposition != "attachment")
    return MailFile(safe_name(name, kind), kind, content, inline)


def safe_name(name: str, content_type: str = "") -> str:
    """A file name that harms nobody: the last part of a path, no control characters, not too long, never empty."""
    name = one_line(name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = " ".join(_UNSAFE.sub("_", name).split()).strip(". ")
    if not name:
        return "bilaga" + _ENDINGS.get(content_type, ".bin")
    if len(name) > _LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        tail = dot + ending if stem and len(ending) <= 10 else ""
        name = name[: _LONGEST_NAME - len(tail)].rstrip(". ") + tail
    return name


def _distinct(files: list[MailFile]) -> Iterator[MailFile]:
    """Two files of one name would hide each other on a page or in a folder."""
    taken: dict[str, int] = {}
    for file in files:
        name = file.name
        while name.lower() in taken:
            taken[file.name.lower()] += 1
            stem, dot, ending = file.name.rpartition(".")
            number = taken[file.name.lower()]
            name = f"{stem} ({number}){dot}{ending}" if stem else f"{file.name} ({number})"
        taken[name.lower()] = 1
        yield file if name == file.name else MailFile(name, file.content_type, file.content, file.inline)
