"""Knowing our own mail when it comes back, and the same mail when it comes twice."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bridges.mail.addresses import is_list_address, strip_tag
from bridges.mail.parse import Mail
from bridges.tokens import Tokens

#: A mail that has passed more servers than this goes in circles; ordinary roads have three to ten.
MOST_HOPS = 25
#: Fewer words than this say too little: "Tack, vi kommer" of two people is not the same mail.
FEWEST_WORDS = 20
#: Words above what a rule passes on: "Begin forwarded message", and no more.
MOST_WORDS_OF_A_RULE = 6
#: Characters that are looked at: whoever sends a log file as text says enough in as many.
LONGEST = 200_000
#: Characters of HTML that are read for its words.
LONGEST_HTML = 2_000_000

_PREFIX = re.compile(
    r"^(?:\[[^\]]*\]|(?:re|sv|vb|vs|fw|fwd|aw|ang|ext|extern|external)(?:\[\d+\])?\s*:)\s*", re.IGNORECASE
)
_SIGNATURE = re.compile(r"^--\s*$", re.MULTILINE)
_FOOTER = re.compile(r"^_{5,}\s*$", re.MULTILINE)
_MARKUP = re.compile(r"<(?:(style|script|head)\b|!--)?", re.IGNORECASE)
_CLOSING = {name: re.compile(rf"</{name}\s{{0,100}}>", re.IGNORECASE) for name in ("style", "script", "head")}
_COMMENT_END = re.compile("-->")


#: Why a mail is ours, come back: slugs that stay.
OWN_REASONS: tuple[tuple[str, str], ...] = (
    ("own_list_id", "it has our List-Id"),
    ("own_x_loop", "it has our X-Loop"),
    ("own_message_id", "we made its Message-ID"),
    ("own_sender", "it is from our own address"),
    ("own_reply_to", "answers to it go to an address with a token of ours: a list has put its own name in From"),
    ("own_list_headers", "it says how to leave us, or to write to us"),
    ("own_envelope", "it left from an address for what comes back to us"),
    ("own_forwarded", "a rule of somebody's mailbox passes our letter on by itself"),
    ("too_many_hops", "it has passed more than 25 servers"),
)
#: Headers of ours that lists and gateways leave in place.
_LIST_HEADERS = ("List-Post", "List-Help", "List-Unsubscribe", "List-Owner", "List-Subscribe")
#: Where what changes the Message-ID on the road keeps the first one.
_FIRST_IDS = ("X-Original-Message-ID", "Original-Message-ID", "X-Google-Original-Message-ID", "X-Message-ID")
#: What mailboxes put on mail that a rule passes on, and nobody has touched.
_RULE_HEADERS = ("X-MS-Exchange-Inbox-Rules-Loop", "X-MS-Exchange-Generated-Message-Source", "X-Forwarded-For")


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What a mail is known by when it comes again."""

    message_id: str | None
    mail_key: str  # the same mail, by whatever road it came
    content_key: str | None  # the same words; None: too few to tell


def list_id(address: str) -> str:
    """What stands in List-Id of every letter of ours (RFC 2919 §2): `<kluster.lista.example.se>`."""
    local, _, domain = address.lower().rpartition("@")
    return f"<{local}.{domain}>"


def own_mail(mail: Mail, tokens: Tokens | None, list_address: str) -> str | None:
    """Why a mail is one of ours that came back, or goes in circles; None for everybody else's.

    Any one mark is enough, for every road strips something else. What people write has none of them: their clients
    put our Message-ID in In-Reply-To and References, and make a Message-ID and a From of their own.
    """
    ours = list_id(list_address)
    if any(_in_brackets(value) == ours for value in mail.header_all("List-Id")):
        return "own_list_id"
    if any(value.strip().strip("<>").lower() == list_address.lower() for value in mail.header_all("X-Loop")):
        return "own_x_loop"
    ids = [mail.message_id or "", *(value.strip() for name in _FIRST_IDS for value in mail.header_all(name))]
    if tokens is not None and any(found and tokens.is_own_message_id(found) for found in ids):
        return "own_message_id"
    if any(is_list_address(sender.address, list_address) for sender in mail.senders):
        return "own_sender"  # nobody but Brygga writes from this address
    if any(_is_subaddress(person.address, list_address) for person in mail.reply_to):
        return "own_reply_to"
    if any(_mailed_to_us(value, list_address) for name in _LIST_HEADERS for value in mail.header_all(name)):
        return "own_list_headers"
    if is_list_address((mail.header("Return-Path") or "").strip().strip("<>"), list_address):
        return "own_envelope"
    if _passed_on_by_rule(mail, list_address):
        return "own_forwarded"
    if len(mail.header_all("Received")) > MOST_HOPS:
        return "too_many_hops"
    return None


def _is_subaddress(address: str, list_address: str) -> bool:
    """`kluster+thread-…@`; a person may well ask for answers to the list itself."""
    return "+" in address and is_list_address(address, list_address)


def _mailed_to_us(value: str, list_address: str) -> bool:
    found = re.findall(r"mailto:([^\s<>?,]{1,320})", value[:5_000], re.IGNORECASE)
    return any(strip_tag(address) == list_address.lower() for address in found)


def _passed_on_by_rule(mail: Mail, list_address: str) -> bool:
    """A forward that no hand made, of a letter of ours: relayed, it would be forwarded again, and so on.

    What a member forwards themselves is theirs, whatever it quotes.
    """
    if not any(mail.header(name) for name in _RULE_HEADERS):
        return False
    local, _, domain = list_address.rpartition("@")
    ours = rf"^(?:[^\w\n]|_)*(?:från|from|fra|von|lähettäjä|avsändare)\s*:.{{0,200}}{re.escape(local)}(?:\+[\w-]+)?@{re.escape(domain)}"
    head = re.search(ours, text_of(mail)[:5_000], re.IGNORECASE | re.MULTILINE)
    above = text_of(mail)[: head.start()] if head else ""
    return head is not None and len(re.findall(r"\w{2,}", above)) <= MOST_WORDS_OF_A_RULE


def fingerprints(mail: Mail) -> Fingerprints:
    """What to remember of a mail.

    A Message-ID alone would not do: some programs use one again for another mail, which must not be lost, so sender and
    date go with it. The roads differ in trace headers and footers, and none of those counts.
    """
    sender = mail.sender.address.lower() if mail.sender else ""
    date = mail.date.timestamp() if mail.date else mail.header("Date") or ""
    words = (mail.message_id,) if mail.message_id else ("", mail.subject, text_of(mail))
    return Fingerprints(
        message_id=mail.message_id,
        mail_key=_hash(sender, str(date), *words),
        content_key=content_key(mail.subject, text_of(mail)),
    )


def content_key(subject: str, text: str) -> str | None:
    """The words of a letter, hashed; None when they are too few to tell it from another.

    What gateways and other lists change does not count: prefixes and tags in the subject, white space and marks, links
    and addresses (they are rewritten, and ours are personal), what follows a signature line or a list's ruled footer.
    """
    text = text[:LONGEST].replace("\r\n", "\n")
    text = _SIGNATURE.split(text, maxsplit=1)[0]
    rules = list(_FOOTER.finditer(text))
    if rules:
        text = text[: rules[-1].start()]
    while (shorter := _PREFIX.sub("", subject.strip(), count=1)) != subject.strip():
        subject = shorter
    words = _words(text)
    return _hash(*_words(subject), "", *words) if len(words) >= FEWEST_WORDS else None


def text_of(mail: Mail, longest: int = LONGEST_HTML) -> str:
    """The text of a mail as one would read it aloud; of its HTML, when it has no other, of so many characters of it."""
    if mail.plain and mail.plain.strip():
        return mail.plain
    return html.unescape(" ".join(_seen((mail.html or "")[:longest])))


def _seen(markup: str) -> Iterator[str]:
    """What stands between the tags; each sign is looked at once, whatever is left open."""
    position, open_for_ever = 0, set[str]()
    while match := _MARKUP.search(markup, position):
        yield markup[position : match.start()]
        name = "comment" if match[0] == "<!--" else (match[1] or "").lower()
        ends = _COMMENT_END if name == "comment" else _CLOSING.get(name)
        end = ends.search(markup, match.end()) if ends is not None and name not in open_for_ever else None
        if end is None:
            open_for_ever.add(name)
            closed = markup.find(">", match.end())
            if closed < 0:
                position = match.start()
                break
            position = closed + 1
        else:
            position = end.end()
    yield markup[position:]


def _words(text: str) -> list[str]:
    """Letters and digits alone; casefolded. Links and addresses are left out."""
    text = unicodedata.normalize("NFKC", text)
    kept = (word for word in text.split() if not ("@" in word or "://" in word or "www." in word))
    return [word.casefold() for part in kept for word in re.findall(r"[^\W_]+", part)]


def _in_brackets(value: str) -> str:
    """The identifier in `Name <identifier>`, lower case, with its brackets."""
    found = re.findall(r"<[^<>]*>", value)
    return "".join(str(found[-1] if found else f"<{value}>").split()).lower()


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
