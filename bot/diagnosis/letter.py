"""Sends letters from the list to itself: do subaddresses arrive, does the envelope sender survive, is the null one taken?"""

import asyncio
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from bot.connections import imap_server, smtp_server
from bot.diagnosis.findings import Inquiry
from bot.diagnosis.letter_verdict import Outcome, judge
from bot.diagnosis.mail_out import signed_in
from bot.diagnosis.trouble import in_one_line
from bridges.mail.imap import Connection, ImapTrouble
from bridges.mail.own import list_id

#: Says in the head which letter it is.
HEADER = "X-Brygga-Check"
#: Seconds between two looks into the mailbox.
LOOK_EVERY = 0.5
#: Larger mail that happens to come meanwhile is not ours.
_LARGEST = 100_000


@dataclass(slots=True)
class Letter:
    """One letter on its way from the list to itself."""

    name: str
    sender: str  # of the envelope; "" = null
    recipient: str
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))
    refused: str = ""  # what the sending server said
    back: Message | None = None  # its head, when it came


async def look(inquiry: Inquiry) -> None:
    """Send, wait, and say what became of them."""
    settings, report, t = inquiry.settings, inquiry.report, inquiry.t
    if settings.imap is None or settings.smtp is None or not inquiry.send_letter:
        return
    if not (inquiry.learned.imap and inquiry.learned.smtp):
        report.doubt("letter.sent", t("No letter was tried: it takes both the mailbox and the sending server."))
        return
    bounce = settings.list.sub(f"bounce-check{secrets.token_hex(4)}")
    to = settings.list.sub(f"check-{secrets.token_hex(4)}")
    letters = [
        Letter("verp", bounce, to),
        Letter("null", "", to),
        Letter("plain", settings.list.address, settings.list.address),
    ]
    try:
        await _there_and_back(inquiry, letters)
    except (ImapTrouble, SMTPException, OSError) as error:
        report.bad("letter.sent", t("The letter to itself failed: {error}", error=in_one_line(error)))
        return
    judge(inquiry, {each.name: Outcome(each.sender, each.recipient, each.refused, each.back) for each in letters})
    inquiry.learned.letter = next((each.back for each in letters if each.back), None)


async def _there_and_back(inquiry: Inquiry, letters: list[Letter]) -> None:
    imap, smtp = imap_server(inquiry.settings), smtp_server(inquiry.settings)
    async with Connection(imap, inquiry.patience.answer) as mailbox:
        _, uid = await mailbox.select(imap.mailbox)
        async with signed_in(smtp, inquiry.patience.answer) as line:
            for letter in letters:
                await _send(inquiry, line, letter)
            if letters[0].refused and letters[1].refused:
                # Was it the sender or the recipient that was not liked? A usual sender to a subaddress tells.
                letters.append(Letter("subaddress", letters[2].sender, letters[0].recipient))
                await _send(inquiry, line, letters[-1])
        await _wait(inquiry, mailbox, uid, letters)


async def _send(inquiry: Inquiry, line: SMTP, letter: Letter) -> None:
    data = written(inquiry, letter).as_bytes()
    try:
        await line.sendmail(letter.sender, [letter.recipient], data)
    except SMTPResponseException as error:
        letter.refused = f"{error.code} {in_one_line(error.message)}"
    except SMTPException as error:
        refusals = getattr(error, "recipients", None)
        first = refusals[0] if refusals else None
        letter.refused = f"{first.code} {in_one_line(first.message)}" if first else in_one_line(error)


def written(inquiry: Inquiry, letter: Letter) -> EmailMessage:
    """A letter with the head of those that members get, so that the sending server treats it as one of them."""
    settings, t = inquiry.settings, inquiry.t
    address, page = settings.list.address, f"{settings.network.public_url}/unsubscribe/check"
    # Lines are not folded: a fold in the middle of a header can break its signature.
    message = EmailMessage(policy=SMTP_POLICY.clone(max_line_length=998))
    message["From"] = f'"brygga check" <{address}>'
    message["To"] = letter.recipient
    message["Subject"] = t("A letter from brygga check")
    message["Date"] = format_datetime(inquiry.now())
    message["Message-ID"] = f"<check-{letter.nonce}@{settings.list.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Loop"] = address  # a running Brygga that meets it sets it aside
    message["List-Id"] = list_id(address)
    message["List-Unsubscribe"] = f"<{page}>, <mailto:{settings.list.sub('leave')}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message[HEADER] = letter.nonce
    message.set_content(t("brygga check sent this to see that mail comes and goes. You can throw it away."))
    return message


async def _wait(inquiry: Inquiry, mailbox: Connection, uid: int, letters: list[Letter]) -> None:
    """Look into the mailbox until all that were taken are back, or the time is up; what is found is marked read."""
    until = time.monotonic() + inquiry.patience.letter
    looked: set[int] = set()
    while (away := _away(letters)) and time.monotonic() < until:
        await mailbox.poll()
        new = [each for each in await mailbox.uids(uid - 1) if each not in looked][:100]
        small = [mail for mail in await mailbox.look(new) if mail.size < _LARGEST]
        found = []
        for mail in await mailbox.fetch(small):
            head = message_from_bytes(mail.raw)
            for letter in away:
                if head.get(HEADER, "").strip() == letter.nonce:
                    letter.back = head
                    found.append(mail.uid)
        looked.update(new)
        await mailbox.mark_seen(found)
        if _away(letters):
            await asyncio.sleep(min(LOOK_EVERY, inquiry.patience.letter / 10))


def _away(letters: Iterable[Letter]) -> list[Letter]:
    return [letter for letter in letters if not letter.refused and letter.back is None]
