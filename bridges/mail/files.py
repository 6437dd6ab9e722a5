"""A file that came with a mail, under a name that harms nobody."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from bridges.mail.charsets import one_line

_ENDINGS = {
    "application/ms-tnef": ".dat",
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
_LONGEST_NAME = 120  # letters
_MOST_BYTES = 240  # no disk takes more than 255
# What would be a path, a wildcard or a drive on somebody's machine, and signs that are not seen or turn the reading
# direction round
_UNSAFE = re.compile('[/\\\\<>:"|?*\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')
#: Devices, on Windows, whatever their ending.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class MailFile:
    """A file that came with a mail."""

    name: str  # safe to save under: no path, no control characters
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


def safe_name(name: str, content_type: str = "") -> str:
    """A file name that harms nobody: the last part of a path, no control characters, not too long, never empty."""
    name = one_line(name[:5_000]).replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = " ".join(_UNSAFE.sub("_", name).split()).strip(". ")
    if not name:
        return "bilaga" + _ENDINGS.get(content_type, ".bin")
    if _DEVICES.match(name):
        name = "_" + name
    if len(name) > _LONGEST_NAME or len(name.encode()) > _MOST_BYTES:
        stem, dot, ending = name.rpartition(".")
        tail = dot + ending if stem and len(ending) <= 10 and ending.isascii() else ""
        stem = name[: _LONGEST_NAME - len(tail)].encode()[: _MOST_BYTES - len(tail)].decode(errors="ignore")
        name = stem.rstrip(". ") + tail
    return name


def distinct(files: Iterable[MailFile]) -> Iterator[MailFile]:
    """The files under names of which no two are alike: they would hide each other on a page or in a folder."""
    taken: dict[str, int] = {}
    for file in files:
        name = file.name
        while name.lower() in taken:
            taken[file.name.lower()] += 1
            stem, dot, ending = file.name.rpartition(".")
            number = taken[file.name.lower()]
            name = f"{stem} ({number}){dot}{ending}" if stem else f"{file.name} ({number})"
        taken[name.lower()] = 1
        yield file if name == file.name else replace(file, name=name)
