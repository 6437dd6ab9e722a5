"""Why a letter did not arrive, and whose fault that is, from the codes and the words of the server that refused it."""

import re
from enum import StrEnum


class Fault(StrEnum):
    """What did not work. Only the first says anything about the member."""

    ADDRESS = "address"  # nobody has it, or it is switched off
    MAILBOX = "mailbox"  # full, or it takes no letter so large
    ROAD = "road"  # a server that is away, a name that is not found, a loop: it may pass
    OURS = "ours"  # our letter, our sender or our server is disliked: policy, spam, signatures, protocol


#: A code (RFC 3463), where it is one and no version, no network address: after the basic code, a bracket or a label.
_CODE = re.compile(
    r"(?:\b[245]\d\d[ -]{1,2}|[#(<\[;:'\"=»”]\s?|^\s*"
    r"|\b(?:status|code|error|kode?|koden|felkod(?:en)?|fel|returned|returnerade|dsn|diagnostic)\W{1,3})"
    r"([245]\.[0-7]\.\d{1,3})(?![.\d])",
    re.IGNORECASE | re.MULTILINE,
)
_BARE_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")

#: By the subject and the detail of the code (RFC 3463 §3); the first that fits. What is not here is told by the words.
_BY_CODE = (
    (re.compile(r"\.1\.[78]$"), Fault.OURS),  # our sender's address
    (re.compile(r"\.1\."), Fault.ADDRESS),
    (re.compile(r"\.2\.1$"), Fault.ADDRESS),  # switched off
    (re.compile(r"\.2\.[23]$|\.3\.4$"), Fault.MAILBOX),  # full; too large
    (re.compile(r"\.[67]\."), Fault.OURS),  # content, policy
    (re.compile(r"\.4\."), Fault.ROAD),
)
#: What servers write when the code says little. The order matters: "user over quota" is a mailbox.
_BY_WORDS = (
    (
        Fault.MAILBOX,
        (
            r"quota|(?:mail ?box|inbox|storage|inkorg|brevlåda|postlåda|postkasse|posteingang|lådan).{0,40}\b(?:full|fullt|voll|exceed)"
            r"|\bfull (?:mail ?box|inkorg|brevlåda|postlåda)|(?:message|mail|letter|size|brevet|meddelandet).{0,40}(?:too (?:large|big)|för stort?)"
            r"|exceed(?:s|ed)?.{0,40}(?:size|limit)|(?:lagrings)?kvot|utrymme"
        ),
    ),
    (
        Fault.ADDRESS,
        (
            r"user unknown|unknown (?:user|recipient|address|mailbox)|no such (?:user|recipient|mailbox|address|person)"
            r"|(?:user|recipient|mailbox|address|account|adressen|mottagaren|kontot|användaren|brevlådan).{0,60}"
            r"(?:not (?:found|exist|known)|n.t exist|unknown|invalid|disabled|deactivat|inactive|no longer|finns (?:inte|ej)"
            r"|hittades (?:inte|ej)|(?:går|gick|kunde) (?:inte|ej)(?: att)? hitta|är (?:inte|ej) (?:längre|giltig)|avslutat|inaktiv)"
            r"|(?:kunde|kan|gick) (?:inte|ej)(?: att)? hitta|okänd (?:mottagare|adress|användare)|ingen sådan|recipientnotfound"
            r"|domain (?:name )?(?:not found|does not exist|unknown)|unrouteable|domänen (?:finns (?:inte|ej)|saknas|hittades (?:inte|ej))|host (?:unknown|not found)"
            r"|ukjent (?:mottaker|bruker)|ukendt (?:modtager|bruger)|unbekannter? empfänger|tuntematon"
        ),
    ),
    (
        Fault.OURS,
        (
            r"spam|\bpolicy|polic(?:y|ies)\b|block(?:ed|list)|black ?list|blockera|denied|nekad|behörighet|not authori[sz]ed|unauthenticated"
            r"|relay|reputation|dmarc|\bdkim|\bspf\b|virus|rejected (?:by|due|for|as)|avvisa(?:des|ts|d)? (?:av|på grund|som)|skräppost|restrict|malware"
        ),
    ),
    (
        Fault.ROAD,
        (
            r"timed? ?out|time-?out|connection (?:refused|lost)|no route|temporar|tillfällig|try again|unavailable"
            r"|too busy|loop|expired|svarar (?:inte|ej)"
        ),
    ),
)
_WORDS = tuple((fault, re.compile(words, re.IGNORECASE)) for fault, words in _BY_WORDS)
_LONGEST = 5_000  # characters of an explanation that are looked at


def code_in(text: str) -> str:
    """The most exact code in a text; "" when it has none. The last stands nearest to what a person reads."""
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
    if found := next((fault for pattern, fault in _BY_CODE if pattern.search(status)), None):
        return found
    return next((fault for fault, pattern in _WORDS if pattern.search(words[:_LONGEST])), None)


def is_permanent(status: str, fault: Fault, *, failed: bool) -> bool:
    """Whether it will be the same tomorrow, and for a reason that is the address's.

    Not when the server goes on trying or its code says "for now" (4.x.x), not when the mailbox is full (5.2.2) or takes
    no letter so large, and not when the fault is ours: that is no fault of the member's. A server that gives up and has
    no code is taken at its word.
    """
    if not failed or fault is Fault.OURS:
        return False
    return not status or (status.startswith("5.") and not (fault is Fault.MAILBOX and not status.endswith(".0.0")))
