"""Judges what became of the letters to itself, and says which settings follow from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.utils import parseaddr

from bot.diagnosis.findings import Inquiry
from bridges.mail.trust import EXCHANGE, aligned

#: The two headers that mail programs want signed before they show their own "unsubscribe" (RFC 8058 §4).
SIGNED = ("list-unsubscribe", "list-unsubscribe-post")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter."""

    sender: str  # of the envelope; "" = null
    recipient: str
    refused: str  # what the sending server said; "" = it was taken
    back: Message | None  # its head, when it came back in time


def judge(inquiry: Inquiry, letters: Mapping[str, Outcome]) -> None:
    """Report on subaddresses, envelope senders, the receiving server's name, and signatures."""
    head = next((each.back for each in letters.values() if each.back), None)
    if head is None:
        _nothing_came(inquiry, letters)
        return
    _subaddress(inquiry, letters)
    _envelope(inquiry, letters["verp"], letters["null"])
    _authserv(inquiry, head)
    _signature(inquiry, head)


def _nothing_came(inquiry: Inquiry, letters: Mapping[str, Outcome]) -> None:
    report, t = inquiry.report, inquiry.t
    if all(each.refused for each in letters.values()):
        report.bad(
            "letter.sent",
            t("The sending server refuses letters from the list: {reason}", reason=letters["plain"].refused),
            t("Ask whoever runs it to let {address} send.", address=inquiry.settings.list.address),
        )
        return
    report.bad(
        "letter.arrived",
        t("The letter to itself did not come within {seconds} seconds.", seconds=f"{inquiry.patience.letter:g}"),
        t(
            "Look into the spam folder, and whether {address} delivers to the mailbox of [imap].",
            address=inquiry.settings.list.address,
        ),
    )


def _subaddress(inquiry: Inquiry, letters: Mapping[str, Outcome]) -> None:
    report, t, settings = inquiry.report, inquiry.t, inquiry.settings.list
    example = settings.sub("help")
    if any(each.back and each.recipient != settings.address for each in letters.values()):
        report.good("letter.subaddress", t("Subaddresses such as {example} arrive.", example=example))
        return
    refusals = [each.refused for each in letters.values() if each.refused and each.recipient != settings.address]
    reason = refusals[-1] if refusals else t("they disappear")
    report.bad(
        "letter.subaddress",
        t(
            "Letters to {address} arrive, to {example} not: {reason}",
            address=settings.address,
            example=example,
            reason=reason,
        ),
        t(
            "Turn on subaddresses (plus addressing) for the address: answers, unsubscribing and commands need them. "
            "docs/install.md says how for Microsoft 365, Google and Postfix."
        ),
    )


def _envelope(inquiry: Inquiry, verp: Outcome, null: Outcome) -> None:
    """Which `[smtp] envelope` works: each letter's own return address, or the list's."""
    report, t = inquiry.report, inquiry.t
    chosen = inquiry.settings.smtp.envelope if inquiry.settings.smtp else "verp"
    why = ""
    if verp.refused:
        why = t("The sending server refuses a return address of each letter's own: {reason}", reason=verp.refused)
    elif verp.back is None:
        why = t("The letter with a return address of its own did not arrive.")
    elif (returned := _return_path(verp.back)) is None:
        report.doubt(
            "letter.envelope",
            t("The mailbox does not show return addresses (Return-Path), so nothing is known of them."),
        )
    elif returned.lower() != verp.sender.lower():
        why = t("The return address is changed on the way, to {address}.", address=returned or "<>")
    else:
        report.good("letter.envelope", t('Return addresses of each letter\'s own survive (envelope = "verp").'))
    if why and chosen == "verp":
        # Refused, no letter would go out at all; changed, bounces would not find back.
        tell = report.bad if verp.refused or verp.back is None else report.doubt
        tell("letter.envelope", why, t('Set [smtp] envelope = "plain"'))
    elif why:
        report.good("letter.envelope", why + " " + t('So envelope = "plain" is right.'))
    if null.refused or null.back is None:
        reason = null.refused or t("they disappear")
        report.doubt(
            "letter.null_sender",
            t("Letters with no return address, as notices have, are not taken: {reason}", reason=reason),
            "" if chosen == "plain" else t('Set [smtp] envelope = "plain"'),
        )
    else:
        report.good("letter.null_sender", t("Letters with no return address, as notices have, arrive."))


def _return_path(head: Message) -> str | None:
    """The envelope sender that the receiving server wrote down; None when it did not."""
    value = head.get("Return-Path")
    return None if value is None else parseaddr(value)[1]


def authserv_of(head: Message) -> str:
    """Who wrote the topmost Authentication-Results (RFC 8601 §2.5); "exchange" when it names nobody, "" when there is none."""
    value = head.get("Authentication-Results")
    if value is None:
        return ""
    words = str(value).partition(";")[0].split()
    return EXCHANGE if not words or "=" in words[0] else words[0].lower()


def _authserv(inquiry: Inquiry, head: Message) -> None:
    report, t = inquiry.report, inquiry.t
    trusted, found = inquiry.settings.list.trusted_authserv, authserv_of(head)
    if not found:
        says = t("The letter came without Authentication-Results, which is usual when it never leaves the server.")
        cure = t("Mail the list from another provider, and look with: brygga explain FILE")
        if trusted:
            report.good("letter.authserv", says)
        else:
            report.doubt("letter.authserv", says, cure)
    elif not trusted:
        report.doubt(
            "letter.authserv",
            t("The receiving server that vouches for senders is {name}.", name=found),
            t('Set [list] trusted_authserv = "{name}"', name=found),
        )
    elif trusted.lower() == found:
        report.good("letter.authserv", t("The receiving server {name} vouches for senders.", name=found))
    else:
        report.doubt(
            "letter.authserv",
            t(
                "trusted_authserv is {trusted}, but {found} vouches: every letter would be held.",
                trusted=trusted,
                found=found,
            ),
            t('Set [list] trusted_authserv = "{name}"', name=found),
        )


def signatures(head: Message) -> list[dict[str, str]]:
    """The tags of every DKIM signature (RFC 6376 §3.5), topmost first."""
    found = []
    for value in head.get_all("DKIM-Signature", []):
        pairs = (pair.partition("=") for pair in re.sub(r"\s+", "", str(value)).split(";"))
        found.append({name: text for name, _, text in pairs if name})
    return found


def _signature(inquiry: Inquiry, head: Message) -> None:
    """A signature of the list's own domain that covers what one-click unsubscribing needs."""
    report, t, domain = inquiry.report, inquiry.t, inquiry.settings.list.domain
    signed = signatures(head)
    if not signed:
        report.doubt(
            "letter.dkim",
            t("The letter is not signed (DKIM). Some servers sign only what leaves them."),
            t(
                "Turn on DKIM for {domain} at the mail provider, or mail another provider and look there.",
                domain=domain,
            ),
        )
        return
    own = [tags for tags in signed if aligned(tags.get("d", ""), domain)]
    if not own:
        report.doubt(
            "letter.dkim",
            t("The letter is signed by {signer}, not by {domain}.", signer=signed[0].get("d", "?"), domain=domain),
            t("Turn on DKIM for {domain} at the mail provider.", domain=domain),
        )
        return
    covered = {name.lower() for tags in own for name in tags.get("h", "").split(":")}
    if missing := [name for name in SIGNED if name not in covered]:
        report.doubt(
            "letter.dkim",
            t(
                "The signature leaves out {headers}: mail programs then hide their unsubscribe button.",
                headers=", ".join(missing),
            ),
            t("Ask the mail provider to sign List-Unsubscribe and List-Unsubscribe-Post too."),
        )
    else:
        report.good("letter.dkim", t("The letter is signed by {signer}, unsubscribing included.", signer=own[0]["d"]))
