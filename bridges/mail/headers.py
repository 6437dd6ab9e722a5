"""Header lines of our own letters: names, subjects and addresses that can never become anything else."""

import re
import unicodedata
from email.charset import Charset
from email.header import Header

_UTF8 = Charset("utf-8")
_LONGEST_WORD = 75  # characters of one encoded word (RFC 2047 §2)
_LONGEST_NAME = 80  # characters of a name that a mail program shows
_ADDRESS_LIKE = re.compile(r"\S*@\S*")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 .'-]*[A-Za-z0-9]")
#: Names as nearly all are: nothing in them to clean. Who dresses 20,000 letters a second asks this first.
_USUAL_NAME = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ÿ]+(?:[ '-][A-Za-z0-9À-ÖØ-öø-ÿ]+)*")
_NAME_SIGNS = re.compile(r"[<>\"\\()\[\];:,]")


def one_line(text: str, limit: int = 250) -> str:
    """Text without line breaks, control and invisible characters, of bounded length: fit for a subject or a name."""
    kept = "".join(" " if char.isspace() else char for char in text if char.isspace() or _shown(char))
    short = " ".join(kept.split())
    return short if len(short) <= limit else short[: limit - 1].rstrip() + "…"


def _shown(char: str) -> bool:
    # Cf are the marks that turn the reading direction or show nothing: a name could pretend to be another with them.
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def display_name(name: str) -> str:
    """A person's name as it may stand before an address: no second address, nothing that ends the name; "" if none."""
    if len(name) <= _LONGEST_NAME and _USUAL_NAME.fullmatch(name):
        return name
    flat = unicodedata.normalize("NFKC", one_line(name, _LONGEST_NAME * 2))
    return one_line(_NAME_SIGNS.sub(" ", _ADDRESS_LIKE.sub(" ", flat)), _LONGEST_NAME).strip(" .-'")


def mailbox(name: str, address: str) -> str:
    """`Name <address>` as it stands in a header (RFC 5322 §3.4); `name` is cleaned by `display_name`."""
    if not name:
        return address
    return f"{phrase(name)} <{address}>"


def phrase(name: str) -> str:
    """A name in header letters: as it is, quoted, or in encoded words of lawful length."""
    if _PLAIN_NAME.fullmatch(name):
        return f'"{name}"' if "." in name or "'" in name else name
    if name.isascii():
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return _encoded(name, "From")


def unstructured(name: str, text: str) -> str:
    """The value of a free-text header such as Subject (RFC 5322 §2.2.1)."""
    line = one_line(text)
    return line if line.isascii() and "=?" not in line else _encoded(line, name)


def _encoded(text: str, header: str) -> str:
    word = _UTF8.header_encode(text)
    if len(word) + len(header) + 2 <= _LONGEST_WORD:
        return str(word)
    # The whole text in encoded words, none mixed with plain ones: readers drop the white space between encoded words,
    # and that is where the folding of `EmailMessage` loses or adds a space (CPython gh-144156).
    return Header(text, "utf-8", header_name=header, maxlinelen=_LONGEST_WORD).encode(linesep="\r\n")
