"""A person's mail program: how their mails are written and handed in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, make_msgid

import aiosmtplib

from bot.demo.cast import Character

#: A file as somebody attaches it: name, type, bytes.
FileIn = tuple[str, str, bytes]

_POLICY = SMTP.clone(max_line_length=998)
#: Seconds for the mail room to answer; `slow@` takes five.
_PATIENCE = 30.0


class NotTaken(Exception):
    """The mail room did not take a mail. The message is what it answered: "550 5.1.1 …"."""


def written(
    author: Character,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    files: Sequence[FileIn] = (),
    headers: Mapping[str, str] | None = None,
    *,
    date: datetime,
) -> EmailMessage:
    """A mail from somebody. `headers`: further ones, or others than the usual."""
    domain = author.email.rpartition("@")[2]
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(author.name, addr_spec=author.email)
    mail["To"] = to
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = format_datetime(date)
    mail["Message-ID"] = make_msgid(domain=domain)
    for name, value in (headers or {}).items():
        del mail[name]
        mail[name] = value
    mail.set_content(text, charset="utf-8")
    if html:
        mail.add_alternative(html, subtype="html", charset="utf-8")
    for name, kind, content in files:
        _attach(mail, name, kind, content)
    return mail


def _attach(mail: EmailMessage, name: str, kind: str, content: bytes) -> None:
    described = EmailMessage()
    described["Content-Type"] = kind or "application/octet-stream"
    params = dict(described["Content-Type"].params)
    maintype, subtype = described.get_content_maintype(), described.get_content_subtype()
    if maintype in ("multipart", "message"):  # a file, whatever it holds
        maintype, subtype, params = "application", "octet-stream", {}
    mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=name, params=params)


async def hand_in(mail: EmailMessage, sender: str, host: str, port: int) -> None:
    """Give a mail to the mail room, for everybody in To. Raises NotTaken with what it answered."""
    recipients = [address for _, address in getaddresses([str(mail["To"])]) if address]
    if not recipients:
        raise NotTaken("501 5.1.3 no address to send it to")
    try:
        refused, _ = await aiosmtplib.send(
            mail,
            sender=sender,
            recipients=recipients,
            hostname=host,
            port=port,
            use_tls=False,
            start_tls=False,
            local_hostname=sender.rpartition("@")[2],
            timeout=_PATIENCE,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        one = error.recipients[0]
        raise NotTaken(f"{one.code} {one.message}") from error
    except aiosmtplib.SMTPResponseException as error:
        raise NotTaken(f"{error.code} {error.message}") from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise NotTaken(f"{type(error).__name__}: {error}") from error
    if refused:
        raise NotTaken("; ".join(f"{answer.code} {answer.message}" for answer in refused.values()))
