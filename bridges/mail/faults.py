"""Why a letter did not arrive, and whose fault that is, from the codes and the words of the server that refused it."""

import re
from collections.abc import Sequence
from enum import StrEnum

from bridges.mail.patterns import compiled, either


class Fault(StrEnum):
    """What did not work. Only the first says anything about the member."""

    ADDRESS = "address"  # nobody has it, or it is switched off
    MAILBOX = "mailbox"  # full, or it takes no letter so large
    ROAD = "road"  # a server that is away, a name that is not found, a loop: it may pass
    OURS = "ours"  # our letter, our sender or our server is disliked: policy, spam, signatures, protocol


#: A code (RFC 3463), where it is one and no version, no network address: after the basic code, a bracket or a label.
_CODE = re.compile(
    r"(?:\b[245]\d\d[ -]{1,2}|[#(<\[;:'\"=»”]\s?|^[ \t]*"
    r"|\b(?:status|code|error|kode?|koden|felkod(?:en)?|fel|returned|returnerade|dsn|diagnostic)\W{1,3})"
    r"([245]\.[0-7]\.\d{1,3})(?![.\d])",
    re.IGNORECASE | re.MULTILINE,
)
_BARE_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")

#: By the subject and the detail of the code (RFC 3463 §3). What is not here is told by the words.
_BY_CODE = (
    (re.compile(r"\.1\.[78]$"), Fault.OURS),  # our sender's address
    (re.compile(r"\.1\."), Fault.ADDRESS),
    (re.compile(r"\.2\.1$"), Fault.ADDRESS),  # switched off
    (re.compile(r"\.2\.[23]$|\.3\.4$"), Fault.MAILBOX),  # full; too large
    (re.compile(r"\.[67]\."), Fault.OURS),  # content, policy
)
#: What such a code says when the words say no more.
_BY_WEAK_CODE = ((re.compile(r"\.4\."), Fault.ROAD),)
#: What servers write. The order matters: "user over quota" is a mailbox, "rejected: user unknown" an address.
_BY_WORDS = (
    (
        Fault.MAILBOX,
        (
            r"quota|exceed(?:s|ed)?.{0,40}(?:size|limit)|(?:lagrings)?kvot|utrymme|over ?quota",
            r"(?:mail ?box|inbox|storage|inkorg|brevlåda|postlåda|postkasse|posteingang|lådan).{0,40}\b(?:full|fullt|voll|exceed)",
            r"\bfull (?:mail ?box|inkorg|brevlåda|postlåda)",
            r"(?:message|mail|letter|size|brevet|meddelandet).{0,40}(?:too (?:large|big)|för stort?)",
        ),
    ),
    (
        Fault.ADDRESS,
        (
            r"user unknown|unknown (?:user|recipient|address|mailbox)|no such (?:user|recipient|mailbox|address|person)",
            (
                r"(?:user|recipient|mailbox|address|account|adressen|mottagaren|kontot|användaren|brevlådan).{0,60}"
                r"(?:not (?:found|exist|known|listed)|n.t (?:exist|have)|unknown|invalid|disabled|deactivat|inactive|no longer"
                r"|finns (?:inte|ej)|hittades (?:inte|ej)|(?:går|gick|kunde) (?:inte|ej)(?: att)? hitta"
                r"|är (?:inte|ej) (?:längre|giltig)|avslutat|inaktiv)"
            ),
            r"(?:kunde|kan|gick) (?:inte|ej)(?: att)? hitta|okänd (?:mottagare|adress|användare)|ingen sådan|recip\w*notfound",
            r"recipient address rejected|mailbox (?:unavailable|not found)|no mailbox|address (?:not found|rejected)",
            r"domain (?:name )?(?:not found|does not exist|unknown)|unrouteable|host (?:unknown|not found)|no mail servers? appear",
            r"domänen (?:finns (?:inte|ej)|saknas|hittades (?:inte|ej))",
            r"ukjent (?:mottaker|bruker)|ukendt (?:modtager|bruger)|unbekannter? empfänger|tuntematon",
        ),
    ),
    (
        Fault.OURS,
        (
            r"spam|\bpolicy|\bpolicies\b|\bblock(?:ed|list)|black ?list|blockera|\bdenied|nekad|behörighet|not authori[sz]ed",
            r"unauthenticated|relay(?:ing)? (?:access )?(?:denied|not)|(?:unable to|not) relay|reputation|dmarc|\bdkim|\bspf\b",
            r"virus|malware|rejected (?:by|due|for|as)|avvisa(?:des|ts|d)? (?:av|på grund|som)|skräppost|restrict",
        ),
    ),
    (
        Fault.ROAD,
        (
            r"timed? ?out|time-?out|connection (?:refused|lost)|no route|temporar|tillfällig|try again|unavailable",
            r"too busy|loop|expired|svarar (?:inte|ej)|delayed|försena",
        ),
    ),
)
_WORDS = tuple((fault, compiled(either(*phrases)).search) for fault, phrases in _BY_WORDS)
_LONGEST = 20_000  # characters of an explanation that are looked at


def code_in(text: str) -> str:
    """The most exact code in a text, the first of such; "" when it has none."""
    codes = [match[1] for match in _CODE.finditer(text[:_LONGEST])]
    failed = [code for code in codes if code[0] != "2"] or codes
    return next((code for code in failed if not code.endswith(".0.0")), failed[0] if failed else "")


def status_of(status: str, diagnostic: str) -> str:
    """The status, or the more exact one in what the other server said, when the first is only "failed"."""
    own = _BARE_CODE.search(status[:_LONGEST])
    said = code_in(diagnostic)
    if said and (own is None or own[1].endswith(".0.0")):
        return said
    return own[1] if own else ""


def fault_of(status: str, words: str, *, lasts: bool) -> Fault:
    """Whose fault it is: the code first, then the words. `lasts`: the server gave up, which is most often the address."""
    return told_fault(status, words) or (Fault.ADDRESS if lasts else Fault.ROAD)


def told_fault(status: str, words: str) -> Fault | None:
    """The same where code or words tell; None where it would be a guess."""
    if found := _by_code(_BY_CODE, status):
        return found
    found = next((fault for fault, says_so in _WORDS if says_so(words[:_LONGEST])), None)
    return found or _by_code(_BY_WEAK_CODE, status)


def _by_code(table: Sequence[tuple[re.Pattern[str], Fault]], status: str) -> Fault | None:
    return next((fault for pattern, fault in table if pattern.search(status)), None)


def is_permanent(status: str, fault: Fault, *, failed: bool) -> bool:
    """Whether it will be the same tomorrow, and for a reason that is the address's.

    Not when the server goes on trying or its code says "for now" (4.x.x), not when the mailbox is full (5.2.2) or takes
    no letter so large, and not when the fault is ours: that is no fault of the member's. A server that gives up and has
    no code is taken at its word.
    """
    if not failed or fault is Fault.OURS:
        return False
    return not status or (status.startswith("5.") and not (fault is Fault.MAILBOX and not status.endswith(".0.0")))
