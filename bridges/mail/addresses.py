"""Which of the list's addresses a mail was written to: `kluster+inbjudan@` fixes a kind, `kluster+undo-…@` carries a token."""

import re
import unicodedata
from dataclasses import dataclass

from bridges.mail.parse import Mail

#: Subaddresses that fix the kind of what is shared.
KINDS = frozenset({"inbjudan", "nyhetsbrev", "tips", "fraga"})
#: Subaddresses that ask for something.
COMMANDS = frozenset({"join", "leave", "paus", "start", "help", "digest", "sok"})
#: Subaddresses of our own making, each followed by a hyphen and a signed token.
TOKENS = frozenset({"confirm", "leave", "undo", "rsvp", "desk", "thread", "bounce", "mute", "when"})

#: People who type the address may well write the word as it is spelt; SMTPUTF8 lets it through.
_PLAIN_LETTERS = str.maketrans("åäö", "aao")


@dataclass(frozen=True, slots=True)
class Tag:
    """What stands after the + of the list address."""

    word: str  # one of KINDS, COMMANDS or TOKENS
    token: str | None = None  # lower case; None: a plain word


def tag_of(mail: Mail, list_address: str) -> Tag | None:
    """The subaddress that a mail was sent to; None when it is the list address alone, or a word we do not know.

    A token was made by us for one purpose, so it wins over a plain word that stands beside it. Among equals the
    address that the mail was delivered to wins over what To and Cc say: `delivered_to` has them in that order.
    """
    tags = [tag for address in mail.delivered_to if (tag := _tag(address, list_address)) is not None]
    with_token = [tag for tag in tags if tag.token is not None]
    return next(iter(with_token or tags), None)


def strip_tag(address: str) -> str:
    """An address without what stands after its +, in lower case."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def is_list_address(address: str, list_address: str) -> bool:
    """Whether an address is the list's own, with or without a subaddress."""
    return strip_tag(address) == list_address.lower()


def without_tokens(text: str, list_address: str) -> str:
    """Text in which our own token addresses are the plain list address, so that what people forward lends nobody power."""
    local, _, domain = list_address.rpartition("@")
    pattern = rf"{re.escape(local)}\+(?:{'|'.join(sorted(TOKENS))})-[a-z0-9]+@{re.escape(domain)}"
    return re.sub(pattern, list_address, text, flags=re.IGNORECASE)


def _tag(address: str, list_address: str) -> Tag | None:
    if "+" not in address or not is_list_address(address, list_address):
        return None
    local = unicodedata.normalize("NFC", address.strip().lower()).rpartition("@")[0]
    text = local.partition("+")[2].translate(_PLAIN_LETTERS)
    word, hyphen, token = text.partition("-")
    if hyphen:
        return Tag(word, token) if word in TOKENS and token else None
    return Tag(word) if word in KINDS | COMMANDS else None
