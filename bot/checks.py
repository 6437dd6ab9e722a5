"""May it come in? What is set aside, what waits for an editor and what is parked, as one ordered list of questions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.reading import files_of
from bridges.mail.addresses import COMMANDS, TOKENS, Tag
from bridges.mail.automatic import auto_reply, calendar_methods, calendar_reply, is_reply
from bridges.mail.bounces import bounced
from bridges.mail.own import text_of
from bridges.mail.parse import Mail
from bridges.mail.senders import from_server
from bridges.mail.trust import Standing
from storage.ids import MemberId
from storage.words import MemberStatus, Role

#: Held because it was written to a thread that we do not know: not to the whole network.
LOST = "not_found"


class Disposition(StrEnum):
    """What becomes of a mail, as far as the checks can say."""

    POST = "post"  # comes in: an errand, an answer or something new, as its address and thread tell
    HOLD = "hold"  # waits for an editor
    ASIDE = "aside"  # kept, and nothing more: a loop, a duplicate, a machine's answer
    PARK = "park"  # cannot be understood; waits for a person and can be run again


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to "may it come in?"."""

    disposition: Disposition
    reason: str = ""  # a stable slug: which check said so, or in which way; "" when it comes in
    detail: str = ""  # one line for a person


@dataclass(frozen=True, slots=True)
class Sender:
    """What the ledger knows of the member who sent a mail."""

    member_id: MemberId
    role: Role
    status: MemberStatus
    first: bool  # nothing shared before
    items_last_hour: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much."""

    mail_mb: int = 25
    items_per_hour: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the checks need to know beside the mail itself; gathered by the caller, so that the checks stay pure."""

    sender: Sender | None  # None: no member has this address
    trust: Standing  # does it come from whom it says?
    own: str | None = None  # why it is ours, come back
    tag: Tag | None = None  # which subaddress it was sent to
    is_answer: bool = False  # it belongs to a thread that we know
    signs_up: bool = False  # it is a calendar's answer to an event that we know
    seen_mail: bool = False  # the same mail came before
    seen_content: bool = False  # the same words came before, or are ours
    limits: Limits = field(default_factory=Limits)
    raw: bytes = b""  # for reading a bounce

    @property
    def errand(self) -> bool:
        """Whether it asks Brygga for something, instead of saying something to people."""
        tag = self.tag
        if tag is None:
            return False
        return tag.word in COMMANDS if tag.token is None else tag.word in TOKENS - {"thread", "bounce"}

    @property
    def came_back(self) -> bool:
        """Whether it came to an address that our letters leave from, and nobody is asked to write to."""
        return self.tag is not None and self.tag.word == "bounce"

    @property
    def shares(self) -> bool:
        """Whether it would become an item: comments and errands are never too many, nor anybody's first share."""
        return not self.errand and not self.is_answer and not self.signs_up


Check = Callable[[Mail, Facts], Verdict | None]


def check(mail: Mail, facts: Facts) -> Verdict:
    """The first objection, or that it may come in."""
    return next((verdict for ask in CHECKS if (verdict := ask(mail, facts)) is not None), Verdict(Disposition.POST))


def _unreadable(mail: Mail, facts: Facts) -> Verdict | None:
    return Verdict(Disposition.PARK, "unreadable", mail.unreadable) if mail.unreadable else None


def _own(mail: Mail, facts: Facts) -> Verdict | None:
    return Verdict(Disposition.ASIDE, "loop", facts.own) if facts.own else None


def _seen(mail: Mail, facts: Facts) -> Verdict | None:
    return Verdict(Disposition.ASIDE, "duplicate", "same_mail") if facts.seen_mail else None


def _bounce(mail: Mail, facts: Facts) -> Verdict | None:
    addresses = bounced(mail, facts.raw)
    if addresses is None:
        # What a server sends to where only what came back is sent: a bounce that nobody can read.
        unread = facts.came_back and from_server(mail) and auto_reply(mail) in (None, "null_sender")
        return Verdict(Disposition.ASIDE, "bounce") if unread else None
    return Verdict(
        Disposition.ASIDE, "bounce", " ".join(f"{found.address} {found.status}".strip() for found in addresses)
    )


def _automatic(mail: Mail, facts: Facts) -> Verdict | None:
    reason = auto_reply(mail)
    return Verdict(Disposition.ASIDE, "auto_reply", reason) if reason else None


def _calendar_answer(mail: Mail, facts: Facts) -> Verdict | None:
    """It counts for a member who is who they say, whatever alias their calendar calls them by; nobody else is held up
    at the desk for a press of a button.
    """
    if _ASKS_THE_ORGANISER & calendar_methods(mail):
        return Verdict(Disposition.ASIDE, "rsvp", "calendar_question")
    if not calendar_reply(mail):
        return None
    objections = (_nobody, _many_senders, _stranger, _untrusted)
    if facts.signs_up and not any(objects(mail, facts) for objects in objections):
        return None
    return Verdict(Disposition.ASIDE, "rsvp", "calendar_reply")


#: "Send me the invitation anew", and the answer to a proposal (RFC 5546 §3.2.6, §3.2.8): between programs alone.
_ASKS_THE_ORGANISER = frozenset({"REFRESH", "DECLINECOUNTER"})


def _seen_words(mail: Mail, facts: Facts) -> Verdict | None:
    return Verdict(Disposition.ASIDE, "duplicate", "same_words") if facts.seen_content and facts.shares else None


def _empty(mail: Mail, facts: Facts) -> Verdict | None:
    needs_words = not facts.errand and not facts.signs_up
    return Verdict(Disposition.ASIDE, "empty") if needs_words and is_empty(mail) else None


def _nobody(mail: Mail, facts: Facts) -> Verdict | None:
    return Verdict(Disposition.HOLD, "no_sender") if mail.sender is None else None


def _many_senders(mail: Mail, facts: Facts) -> Verdict | None:
    return Verdict(Disposition.HOLD, "many_senders") if len(mail.senders) > 1 else None


def _stranger(mail: Mail, facts: Facts) -> Verdict | None:
    """Who has left is a stranger; who is suspended writes, so the address may well work again."""
    known = facts.sender is not None and facts.sender.status is not MemberStatus.LEFT
    return None if known else Verdict(Disposition.HOLD, "unknown_sender")


def _untrusted(mail: Mail, facts: Facts) -> Verdict | None:
    return Verdict(Disposition.HOLD, "untrusted") if facts.trust is Standing.FAILED else None


def _astray(mail: Mail, facts: Facts) -> Verdict | None:
    """A person's answer to where a letter left from, in no thread that we know: an editor sees whom it was meant for."""
    return Verdict(Disposition.HOLD, LOST) if facts.came_back and facts.shares else None


def _counter(mail: Mail, facts: Facts) -> Verdict | None:
    """Another time, proposed by a press in a calendar (RFC 5546 §3.2.7): the organiser's to decide. With words beside it,
    in its thread, it is an answer like any other.
    """
    if "COUNTER" not in calendar_methods(mail) or (facts.is_answer and text_of(mail).strip()):
        return None
    return Verdict(Disposition.HOLD, "counter_proposal")


def _too_big(mail: Mail, facts: Facts) -> Verdict | None:
    if facts.errand or mail.size <= facts.limits.mail_mb * 1024 * 1024:
        return None
    return Verdict(Disposition.HOLD, "too_big", f"{mail.size / 1024 / 1024:.0f} MB")


def _first_share(mail: Mail, facts: Facts) -> Verdict | None:
    sender = facts.sender
    if sender is None or not facts.shares or sender.role is not Role.READER or not sender.first:
        return None
    return Verdict(Disposition.HOLD, "first_share")


def _too_many(mail: Mail, facts: Facts) -> Verdict | None:
    sender = facts.sender
    if sender is None or not facts.shares or sender.items_last_hour < facts.limits.items_per_hour:
        return None
    return Verdict(Disposition.HOLD, "too_many", f"{sender.items_last_hour} in an hour")


#: The policy of the list. The first that objects decides; to change what comes in, change this list.
CHECKS: tuple[Check, ...] = (
    _unreadable,  # parked: bytes that are no mail
    _own,  # aside: our own mail come back, or a mail that goes in circles; before anything could answer it
    _seen,  # aside: the same mail by another road, or fetched again
    _bounce,  # aside: a letter of ours that did not arrive; before auto-replies, which it resembles
    _automatic,  # aside: out of office, read receipts; before any token of the address they came to may act
    _calendar_answer,  # aside: a calendar's answer to what we do not know, or from whom we do not; it is never posted
    _seen_words,  # aside: our words without our headers, or the same item sent twice
    _empty,  # aside: nothing to share; not for errands and a calendar's answer, which say it all
    _nobody,  # held: no From
    _many_senders,  # held: a From with several mailboxes is nobody's word
    _stranger,  # held: not a member
    _untrusted,  # held: a member's address, but the trusted server does not vouch for it
    _astray,  # held: an answer to the address a letter left from, whose thread nobody can tell
    _counter,  # held: a calendar that proposes another time
    _too_big,  # held: too large to relay
    _first_share,  # held: the first item of a reader
    _too_many,  # held: more items from one person than an hour should have
)


def is_empty(mail: Mail) -> bool:
    """Whether a mail has no text, no picture, no file and no date in it; a subject alone is not enough to share, nor is
    a calendar's answer that is passed on.
    """
    dates = any(not is_reply(calendar) for calendar in mail.calendars)
    if files_of(mail) or dates or "<img" in (mail.html or "").lower():
        return False
    return not any(sign.isprintable() and not sign.isspace() for sign in text_of(mail))
