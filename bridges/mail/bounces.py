"""Letters of ours that did not arrive: whom they were for, whether it lasts, and whose fault it is.

Told in one shape by whoever says so: a delivery report (RFC 3464), a server's own words, or the answer of the server that
we hand the letter to.
"""

import email
import logging
import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from bridges.mail import bounce_words as words
from bridges.mail.addresses import strip_tag
from bridges.mail.automatic_words import beginning, is_auto_subject, is_holiday
from bridges.mail.delivery_status import Recipient, has_status, is_address, recipients, recipients_in_text
from bridges.mail.faults import Fault, code_in, fault_of, is_permanent, status_of, told_fault
from bridges.mail.mime import Tree, take_apart
from bridges.mail.own import text_of
from bridges.mail.parse import Mail, parse
from bridges.mail.replies import is_answer, is_forward
from bridges.mail.senders import from_server, surely_from_server, to_bounces

#: Bytes and lines that are read by ways of writing, and the deepest nesting: what stands further down was ours.
_MOST_BYTES, _MOST_LINES, _DEEPEST = 60_000, 1_000, 30
_LONGEST_HTML = 200_000  # characters


@dataclass(frozen=True, slots=True)
class Bounce:
    """An address that a letter did not reach."""

    address: str  # lower case
    permanent: bool  # the address does not work; False: it may tomorrow, or the fault is ours
    status: str  # "5.1.1" (RFC 3463); "" when nobody gave one
    fault: Fault = Fault.ADDRESS

    @property
    def dead(self) -> bool:
        """Whether the address itself is said not to work: what a member is suspended for, and nothing else."""
        return self.permanent and self.fault is Fault.ADDRESS


def bounces_in(raw: bytes) -> tuple[Bounce, ...] | None:
    """The same as `bounced`, of bytes alone."""
    return bounced(parse(raw), raw)


def bounced(mail: Mail, raw: bytes) -> tuple[Bounce, ...] | None:
    """The addresses that a bounce is about; None when the mail is no bounce, empty when it names no failed address.

    Never raises. A person who passes a bounce on, or writes of one, bounced nothing; nor did a receipt, or a holiday.
    """
    if not _may_be(mail):
        return None
    tree = take_apart(raw)
    text = _text(mail)
    if has_status(tree) and (mail.report or from_server(mail) or to_bounces(mail)):
        return _reported(mail, tree, raw, text)
    return _in_words(mail, tree, raw, text)


def refusal(address: str, code: int, text: str, *, stage: str = "recipient") -> Bounce:
    """What the answer of the server that we hand letters to says of an address (RFC 5321 §4.2, RFC 2034).

    A bare 550 means "no such mailbox" or "we do not like you": the words tell, and else what it was that was refused.
    """
    status = code_in(f"{code} {text}")
    failed = 500 <= code < 600
    fault = told_fault(status, text)
    if fault is None:
        of_address = stage == "recipient" and code in (550, 551, 553) and "reject" not in text.lower()
        fault = (Fault.ADDRESS if of_address and not status else Fault.OURS) if failed else Fault.ROAD
    return Bounce(address.lower(), is_permanent(status, fault, failed=failed), status, fault)


# -- is it one? --------------------------------------------------------------------------------------------------------


def _may_be(mail: Mail) -> bool:
    """The quick question, for most mail is none."""
    if mail.report:
        return True
    if not (from_server(mail) or to_bounces(mail) or words.is_bounce_subject(mail.subject)):
        return False
    if is_forward(mail.subject, "") or is_auto_subject(mail.subject):
        return False
    return from_server(mail) or not mail.calendars


def _in_words(mail: Mail, tree: Tree, raw: bytes, text: str) -> tuple[Bounce, ...] | None:
    """A bounce without a report, or a report without its block: by the server's words."""
    if mail.report and not _is_delivery_report(mail, text):
        return None
    own = words.before_original(text)
    server = mail.report or from_server(mail)
    if not server:
        own = beginning(own)
    found = words.told(own, _ours(mail))
    if not server:
        by_subject = to_bounces(mail) and words.speaks_of_failure(mail.subject)
        if not words.opens_as_a_server(own) or not (by_subject or found.sure):
            return None
    if not mail.report and (is_holiday(own) or _may_be_a_person(mail, own, found)):
        return None
    if known := _listed(mail, own) or _by_known_ways(mail, tree, raw, own):
        return known
    return _named(found) if mail.report or words.speaks_of_failure(f"{mail.subject}\n{own}") else None


def _may_be_a_person(mail: Mail, own: str, found: words.Told) -> bool:
    """Whether somebody who looks after a mail server may have written it themselves: it answers, or it greets and has
    neither a server's code nor its subject.
    """
    if surely_from_server(mail) or (to_bounces(mail) and not words.greets(own)):
        return False
    as_servers_write = found.sure and (code_in(own) != "" or words.is_bounce_subject(mail.subject))
    return is_answer(mail.subject) or (words.greets(own) and not as_servers_write)


def _is_delivery_report(mail: Mail, text: str) -> bool:
    """A read receipt is none, unless it is how a Sieve script refuses (RFC 5429 §2.1.3)."""
    kind = report_type(mail)
    if kind == "disposition-notification":
        said = f"{mail.header('Auto-Submitted') or ''}\n{text[:500]}".lower()
        return "rejected" in said or "avvisa" in said
    return kind in ("", "delivery-status")


def report_type(mail: Mail) -> str:
    """What a report is about (RFC 6522 §3), lower case; "" when it does not say, or the mail is none."""
    kind = re.search(r"report-type\s*=\s*\"?([\w-]+)", (mail.header("Content-Type") or "")[:2_000], re.IGNORECASE)
    return kind[1].lower() if kind and mail.report else ""


# -- what does it say? -------------------------------------------------------------------------------------------------


def _reported(mail: Mail, tree: Tree, raw: bytes, text: str) -> tuple[Bounce, ...] | None:
    """By the blocks of a delivery report; by its words when the blocks name nobody."""
    told_of = recipients(tree) or recipients_in_text(text)
    if not told_of:
        own = words.before_original(text)
        return _listed(mail, own) or _by_known_ways(mail, tree, raw, own) or _named(words.told(own, _ours(mail)))
    failed = [found for found in told_of if not found.arrived]
    return _distinct(_of_recipient(found, text) for found in failed) or None


def _of_recipient(found: Recipient, text: str) -> Bounce:
    status = status_of(found.status, found.diagnostic)
    failed = found.action != "delayed" and not (found.action == "" and status.startswith("4."))
    fault = fault_of(status, f"{found.status} {found.diagnostic}", lasts=failed)
    return Bounce(found.address, is_permanent(status, fault, failed=failed), status, fault)


def _listed(mail: Mail, own: str) -> tuple[Bounce, ...]:
    """By the header that Exim and Gmail name them in."""
    header = ",".join(mail.header_all("X-Failed-Recipients"))[:20_000]
    listed = [address for part in header.split(",") if is_address(address := part.strip().strip("<>").lower())]
    return _told_of(listed, own)


def _named(found: words.Told) -> tuple[Bounce, ...]:
    """By our own reading of the words."""
    return _distinct(_of_words(address, said, tries_on=found.tries_on) for address, said in found.failed)


def _told_of(addresses: Sequence[str], own: str, temporary: Container[str] = ()) -> tuple[Bounce, ...]:
    """Addresses that are known already, with what the words say of each."""
    said = words.regions(own, frozenset(addresses))
    tries_on = words.tries_on(own)
    in_order = dict.fromkeys((*said, *addresses))
    return _distinct(
        _of_words(address, said.get(address, ""), tries_on=tries_on or address in temporary) for address in in_order
    )


def _of_words(address: str, said: str, *, tries_on: bool) -> Bounce:
    status = code_in(said)
    fault = fault_of(status, said, lasts=not tries_on)
    return Bounce(address, is_permanent(status, fault, failed=not tries_on), status, fault)


def _by_known_ways(mail: Mail, tree: Tree, raw: bytes, own: str) -> tuple[Bounce, ...]:
    """By the ways of writing that flufl.bounce knows."""
    lost = recipients_in_text(_text(mail))
    if lost:
        return _distinct(_of_recipient(found, own) for found in lost)
    if max(part.depth for part in tree.walk()) > _DEEPEST:
        return ()
    from flufl.bounce import all_failures  # noqa: PLC0415 - needed for few mails

    logging.getLogger("flufl.bounce").disabled = True  # it would write tracebacks where people read
    top = b"\n".join(raw[:_MOST_BYTES].split(b"\n", _MOST_LINES)[:_MOST_LINES])
    try:
        # From text, for its detectors raise at headers that are objects, as those with foreign bytes are.
        temporary, permanent = map(_spelt, all_failures(email.message_from_string(top.decode("utf-8", "replace"))))
    except Exception:  # noqa: BLE001 - some raise at other damage too
        return ()
    told = sorted(temporary | permanent)
    others = [address for address in told if address not in _ours(mail)] or told
    return _told_of([address for address in others if is_address(address)], own, temporary - permanent)


def _spelt(found: Iterable[bytes]) -> frozenset[str]:
    return frozenset(address.decode("utf-8", "replace").lower() for address in found)


def _distinct(found: Iterable[Bounce]) -> tuple[Bounce, ...]:
    """Each address once, as it was told of first."""
    first: dict[str, Bounce] = {}
    for bounce in found:
        first.setdefault(bounce.address, bounce)
    return tuple(first.values())


def _text(mail: Mail) -> str:
    if mail.plain and mail.plain.strip():
        return mail.plain
    return text_of(replace(mail, html=words.lines_of_html(mail.html[:_LONGEST_HTML]))) if mail.html else ""


def _ours(mail: Mail) -> frozenset[str]:
    """Addresses that the bounce is from or to: nobody of these was not reached."""
    people = [*mail.delivered_to, *(person.address for person in (*mail.senders, *mail.to, *mail.cc, *mail.reply_to))]
    return frozenset(spelling for person in people for spelling in (person.lower(), strip_tag(person)))
