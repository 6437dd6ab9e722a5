"""Telling machines from people: auto-replies, read receipts and bounces are set aside and never answered."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message

from bridges.mail.parse import Mail
from bridges.mail.replies import is_forward

_MACHINE_SENDER = re.compile(r"^(mailer-daemon|postmaster|mail-?daemon|mdaemon)(\W|$)", re.IGNORECASE)
_NO_REPLY = re.compile(r"^(no-?_?reply|do-?not-?reply|noreply|svara-?(inte|ej)|inget-?svar)(\W|$)", re.IGNORECASE)
_ANSWER_PREFIX = re.compile(r"^((re|sv|aw|vs|ang)\s*:\s*)+", re.IGNORECASE)
_FORWARD_PREFIX = re.compile(r"^(vb|fwd?)\s*:", re.IGNORECASE)

_AUTO_SUBJECT = (
    r"automati(?:skt|sk|c|cal|sche|que) (?:e-post)?(?:svar|reply|response|antwort)"
    r"|auto[- ]?(?:svar|reply|response)|autosvar fr[åa]n [^:]{1,60}"
    r"|fr[åa]nvaro(?:meddelande|besked)?|frånvarande|ej på kontoret|semester(?:svar|meddelande)"
    r"|out of (?:the )?office(?: auto-?reply)?|vacation reply|poissaolo|fravær(?:smelding)?|abwesenheitsnotiz"
)
#: The form in which servers write it: "Automatiskt svar: Inbjudan". "Frånvarohantering i lantbruket" is a person's title.
_AUTO_SUBJECT_COLON = re.compile(rf"^(?:{_AUTO_SUBJECT})\s*:", re.IGNORECASE)
#: Enough when a header says so too: "Automatiskt svar", "Out of Office".
_AUTO_SUBJECT_START = re.compile(rf"^(?:{_AUTO_SUBJECT})(?:\s*[:,.(–-]|\s*$|\s+(?:re|sv)\s*:)", re.IGNORECASE)
#: "Läst: Inbjudan", with "Ditt meddelande … lästes den …" in it; a person may well begin a title with "Läst:".
_RECEIPT_SUBJECT = re.compile(r"^(?:läst|oläst|ej läst|borttaget|read|not read|deleted)\s*:", re.IGNORECASE)
_RECEIPT_TEXT = re.compile(
    r"(?:ditt meddelande|your message)\b.*?\b(?:läst|lästes|lästs|raderades|read|deleted)\b", re.IGNORECASE | re.DOTALL
)

_AUTO_HEADERS = (
    "X-Autoreply",
    "X-Auto-Reply",
    "X-Autorespond",
    "X-Auto-Respond",
    "X-Autoresponder",
    "X-AutoReply-From",
    "X-Mail-Autoreply",
    "X-FC-MachineGenerated",  # FirstClass
)
#: "Prove that you are a person, and your mail is let through": never to be answered by a machine.
_CHALLENGE_HEADERS = ("X-AskVersion", "X-ChoiceMail-Registration-Request")

_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


@dataclass(frozen=True, slots=True)
class Bounce:
    """An address that a letter did not reach."""

    address: str  # lower case
    permanent: bool  # the address does not work; False: it may tomorrow, or the fault is ours
    status: str  # "5.1.1" (RFC 3463); "" when the report has none


def auto_reply(mail: Mail) -> str | None:
    """Why a mail was written by a machine in answer to ours, as a slug; None for people, newsletters and calendars.

    What the headers say counts before what the subject looks like: a person's mail must never be dropped.
    """
    if calendar_reply(mail):
        return None  # the answer is a person's, though the calendar wrote the letter
    return next((reason for sign in SIGNS if (reason := sign(mail)) is not None), None)


def answerable(mail: Mail) -> bool:
    """Whether a notice may go back to the sender at all (RFC 3834 §2): not to machines, lists and no-reply addresses."""
    if mail.report or auto_reply(mail) or is_newsletter(mail) or _null_sender(mail):
        return False
    if _word(mail, "Auto-Submitted") not in ("", "no") or _word(mail, "Precedence") in ("bulk", "junk", "auto_reply"):
        return False
    local = mail.sender.address.partition("@")[0] if mail.sender else ""
    return bool(local) and not _MACHINE_SENDER.match(local) and not _NO_REPLY.match(local)


def is_newsletter(mail: Mail) -> bool:
    """Whether a mail went out to many by a list or a newsletter tool (RFC 2369, RFC 2919)."""
    return any(mail.header(name) for name in ("List-Id", "List-Unsubscribe", "Feedback-ID"))


def calendar_reply(mail: Mail) -> bool:
    """Whether a mail is the calendar's own Accept, Tentative or Decline (iTIP REPLY, RFC 5546 §3.2.3).

    One that is passed on is a person's ordinary mail. A forward below the answer of the sender's own calendar is history.
    """
    replies = [calendar for calendar in mail.calendars if is_reply(calendar)]
    if not replies or is_forward(mail.subject, ""):
        return False
    own = mail.sender.address.lower().encode() if mail.sender else b""
    return any(own and own in calendar.lower() for calendar in replies) or not is_forward("", mail.plain or "")


def is_reply(calendar: bytes) -> bool:
    """Whether a calendar file answers an invitation."""
    return re.search(rb"^METHOD:REPLY\s*$", calendar, re.IGNORECASE | re.MULTILINE) is not None


# -- the signs of a machine ------------------------------------------------------------------------------------------


def _says_so(mail: Mail) -> str | None:
    """RFC 3834 §5: anything but `no`. A newsletter tool's `auto-generated` answers nobody."""
    word = _word(mail, "Auto-Submitted")
    if word in ("", "no") or (word == "auto-generated" and is_newsletter(mail)):
        return None
    return "auto_submitted"


def _read_receipt(mail: Mail) -> str | None:
    """RFC 8098, and the form without a report that older servers send."""
    if mail.report:
        kind = re.search(r"report-type\s*=\s*\"?([\w-]+)", mail.header("Content-Type") or "", re.IGNORECASE)
        return "read_receipt" if kind and kind[1].lower() == "disposition-notification" else "report"
    text = (mail.plain or "").strip()
    reads_so = _RECEIPT_TEXT.search(text[:1_000]) or (not text and mail.in_reply_to)
    return "read_receipt" if reads_so and _RECEIPT_SUBJECT.match(mail.subject) else None


def _autoresponder(mail: Mail) -> str | None:
    for name in _AUTO_HEADERS:
        if _word(mail, name) not in ("", "no", "false", "0"):
            return "autoresponder"
    return None


def _exchange(mail: Mail) -> str | None:
    """Exchange's out-of-office. Its rules put the loop header on what they forward and redirect too: people's mail."""
    passed_on = mail.header("Resent-From") or _FORWARD_PREFIX.match(mail.subject)
    if mail.header("X-MS-Exchange-Inbox-Rules-Loop") and not passed_on:
        return "exchange_rule"
    asks = {word.strip() for word in (mail.header("X-Auto-Response-Suppress") or "").lower().split(",")}
    if "all" in asks and not is_newsletter(mail) and not passed_on:
        return "response_suppressed"
    return None


def _challenge(mail: Mail) -> str | None:
    return "challenge" if any(mail.header(name) for name in _CHALLENGE_HEADERS) else None


def _precedence(mail: Mail) -> str | None:
    """`list` is a person's mail by way of a list. `bulk` is an old autoresponder's only when it answers something."""
    word = _word(mail, "Precedence")
    if word in ("auto_reply", "auto-reply"):
        return "precedence"
    answers = bool(mail.in_reply_to or mail.references or _AUTO_SUBJECT_START.match(_subject(mail)))
    if word in ("bulk", "junk") and answers and not is_newsletter(mail):
        return "precedence"
    return None


def _from_nobody(mail: Mail) -> str | None:
    """No person's mail has the null envelope sender (RFC 5321 §4.5.5)."""
    return "null_sender" if _null_sender(mail) else None


def _subject_says_so(mail: Mail) -> str | None:
    """The subject alone, and only in the form that servers write; `Auto-Submitted: no` is a person's word against it."""
    if _word(mail, "Auto-Submitted") == "no" or is_newsletter(mail):
        return None
    return "subject" if _AUTO_SUBJECT_COLON.match(_subject(mail)) else None


#: The order matters: the surest first, the subject last.
SIGNS: tuple[Callable[[Mail], str | None], ...] = (
    _read_receipt,  # a report about a mail of ours
    _says_so,  # Auto-Submitted: the machine says that it is one
    _autoresponder,  # headers of autoresponders
    _exchange,  # the out-of-office of Exchange and Microsoft 365
    _challenge,  # "confirm that you are a person"
    _precedence,  # Precedence, where it means an answer
    _from_nobody,  # Return-Path: <>
    _subject_says_so,  # "Automatiskt svar: …", when no header tells
)


# -- what came back --------------------------------------------------------------------------------------------------


def bounced(mail: Mail, raw: bytes) -> tuple[Bounce, ...] | None:
    """The addresses that a bounce is about; None when the mail is no bounce, empty when it names no failed address."""
    if mail.report and "delivery-status" in (mail.header("Content-Type") or "").lower():
        found = tuple(_delivery_status(email.message_from_bytes(raw)))
        return found or _heuristics(raw)
    if mail.report or not _from_a_server(mail) or _AUTO_SUBJECT_START.match(_subject(mail)):
        return None  # a receipt, a person who quotes a bounce, somebody's holiday
    return _heuristics(raw) or None


def _delivery_status(message: Message) -> Iterator[Bounce]:
    """RFC 3464: one block of fields for each recipient."""
    for part in message.walk():
        if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            # The address that we wrote to; the final one may be where it was forwarded.
            recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
            address = recipient.rpartition(";")[2].strip().strip("<>").lower()
            action = str(block.get("Action") or "").strip().lower()
            if "@" not in address or action in ("delivered", "relayed", "expanded"):
                continue
            status = _status(str(block.get("Status") or ""), str(block.get("Diagnostic-Code") or ""))
            yield Bounce(address, action != "delayed" and _is_permanent(status, failed=action == "failed"), status)


def _status(status: str, diagnostic: str) -> str:
    """The status, or the more exact one in what the other server said, when the first is only "failed"."""
    own = _CODE.search(status)
    said = _CODE.search(diagnostic)
    if said and (own is None or own[1].endswith(".0.0")):
        return said[1]
    return own[1] if own else ""


def _is_permanent(status: str, *, failed: bool) -> bool:
    """Whether the address does not work.

    Not when the mailbox is full (5.2.2), the letter too large (5.2.3, 5.3.4), or its content or sender disliked
    (5.6.x, 5.7.x): that is no fault of the member's, and nobody is suspended for it.
    """
    if not status:
        return failed
    if status.startswith(("5.6.", "5.7.")) or status in ("5.2.2", "5.2.3", "5.3.4"):
        return False
    return status.startswith("5.")


def _heuristics(raw: bytes) -> tuple[Bounce, ...]:
    """Bounces without a machine-readable part, by the ways of writing that flufl.bounce knows."""
    from flufl.bounce import all_failures  # noqa: PLC0415 - needed for few mails

    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    temporary, permanent = all_failures(message)
    codes = set(_CODE.findall(raw[:100_000].decode("latin-1")))
    status = codes.pop() if len(codes) == 1 and len(temporary | permanent) == 1 else ""
    return tuple(
        Bounce(address, hard and _is_permanent(status, failed=True), status)
        for hard, addresses in ((True, permanent), (False, temporary - permanent))
        for address in sorted(found.decode("utf-8", "replace").lower() for found in addresses)
        if "@" in address
    )


def _from_a_server(mail: Mail) -> bool:
    local = mail.sender.address.partition("@")[0] if mail.sender else ""
    return _null_sender(mail) or bool(_MACHINE_SENDER.match(local)) or bool(mail.header("X-Failed-Recipients"))


def _null_sender(mail: Mail) -> bool:
    return (mail.header("Return-Path") or "").strip() == "<>"


def _word(mail: Mail, name: str) -> str:
    """The first word of a header, lower case, without parameters and comments."""
    return re.split(r"[\s;(]", (mail.header(name) or "").strip(), maxsplit=1)[0].lower()


def _subject(mail: Mail) -> str:
    return _ANSWER_PREFIX.sub("", mail.subject.strip())
