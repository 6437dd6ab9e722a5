"""A seat at a mail program: what lies in one person's mailbox, and what they answer."""

import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import date, datetime
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default
from email.utils import parseaddr
from html import unescape
from typing import Any

from bot.demo.cast import Character
from bot.demo.pen import FileIn, NotTaken, written
from bot.demo.replying import calendar_answer, headers_of_answer, quoted, subject_of_answer, where_to
from bot.demo.scene import Scene
from bot.demo.slack_seat import day_with_year, iso_of, words_of
from bridges.mail.calendar_in import CalendarEvent, CalendarUnreadable, first_event
from bridges.standins.mailroom_imap import Shelved
from bridges.texts import Texts

_PREVIEW = 140  # characters
#: What senders put after a preheader, so that nothing else is shown with it.
_FILLING = " \t\r\n\u00a0\u00ad\u034f\u200c\u200b\ufeff"
_PARSER = BytesParser(EmailMessage, policy=default)
Json = dict[str, Any]


class MailSeat:
    """One person's mail program."""

    def __init__(self, scene: Scene, key: str) -> None:
        """Raises LookupError when there is nobody by that key, or they have no mail."""
        self._scene = scene
        self._person: Character = scene.person(key)
        if not self._person.email:
            raise LookupError(f"{key} has no mail")

    # -- what they see -------------------------------------------------------------------------------------------------

    async def inbox(self) -> Json:
        """Every mail in one line, the newest first."""
        mails = await self._scene.boxes.mails(self._person.email)
        return {"mails": [self._line(mail) for mail in reversed(mails)]}

    async def unread(self) -> int:
        """How many are not read yet."""
        return sum(not mail.seen for mail in await self._scene.boxes.mails(self._person.email))

    def _line(self, shelved: Shelved) -> Json:
        mail = _PARSER.parsebytes(shelved.raw)
        return {
            "uid": shelved.uid,
            "from": _address(mail, "From"),
            "subject": _header(mail, "Subject"),
            "when": words_of(shelved.arrived.timestamp(), self._scene),
            "iso": iso_of(shelved.arrived.timestamp(), self._scene),
            "seen": shelved.seen,
            "preview": " ".join(f"{_preheader(mail)} {_text(mail)}".split())[:_PREVIEW],
            "files": len(_files(mail)),
            "calendar": _calendar(mail) is not None,
        }

    async def mail(self, uid: int) -> Json:
        """One mail, whole. Raises KeyError."""
        shelved = await self._scene.boxes.mail(self._person.email, uid)
        mail = _PARSER.parsebytes(shelved.raw)
        files = enumerate(_files(mail))
        return {
            "uid": uid,
            "from": _address(mail, "From"),
            "to": _header(mail, "To"),
            "subject": _header(mail, "Subject"),
            "when": words_of(shelved.arrived.timestamp(), self._scene),
            "iso": iso_of(shelved.arrived.timestamp(), self._scene),
            "html": _with_pictures(mail),
            "text": _text(mail),
            "headers": [[name, str(value)] for name, value in mail.items()],
            "attachments": [
                {"n": n, "name": name, "type": kind, "size": len(content)} for n, (name, kind, content) in files
            ],
            "calendar": self._event(mail),
        }

    async def file(self, uid: int, number: int) -> FileIn:
        """A file of a mail. Raises LookupError."""
        shelved = await self._scene.boxes.mail(self._person.email, uid)
        return _files(_PARSER.parsebytes(shelved.raw))[number]

    def _event(self, mail: EmailMessage) -> Json | None:
        event = self._calendar_event(mail)
        if event is None:
            return None
        start, end = (moment.isoformat() for moment in (event.start, event.end or event.start))
        facts = {"method": event.method, "title": event.title, "uid": event.uid}
        return facts | {"when": _when(event), "start": start, "end": end}

    def _calendar_event(self, mail: EmailMessage) -> CalendarEvent | None:
        data = _calendar(mail)
        if data is None:
            return None
        try:
            return first_event(data, self._scene.settings.network.timezone)
        except CalendarUnreadable:
            return None

    # -- what they do --------------------------------------------------------------------------------------------------

    async def read(self, uid: int) -> Json:
        """Mark a mail read. Raises KeyError."""
        await self._scene.boxes.mark_seen(self._person.email, uid)
        return {"ok": True}

    def let_fail(self, how: str) -> Json:
        """Make the mailbox refuse what comes: "temporary" or "permanent"; "" = it works, as after every start."""
        faults = self._scene.door.faults
        if how:
            faults[self._person.email] = how
        else:
            faults.pop(self._person.email, None)
        self._scene.changes()
        return {"ok": True}

    async def send(
        self, to: str, subject: str, text: str, files: Sequence[FileIn] = (), reply_to_uid: int | None = None
    ) -> Json:
        """Write a mail, or answer one. What the server answered when it does not take it."""
        headers: dict[str, str] = {}
        if reply_to_uid is not None:
            shelved = await self._scene.boxes.mail(self._person.email, reply_to_uid)
            mail = _PARSER.parsebytes(shelved.raw)
            to, subject = to.strip() or where_to(mail), subject.strip() or subject_of_answer(mail)
            headers = headers_of_answer(mail)
            text = quoted(text, mail, _text(mail), shelved.arrived.astimezone(self._scene.zone))
        try:
            await self._scene.mail(self._person.key, to, subject, text, files=files, headers=headers)
        except NotTaken as error:
            return {"ok": False, "said": str(error)}
        return {"ok": True}

    async def answer_invitation(self, uid: int, answer: str) -> Json:
        """Send what a calendar program sends when its owner presses yes, maybe or no. Raises KeyError."""
        shelved = await self._scene.boxes.mail(self._person.email, uid)
        event = self._calendar_event(_PARSER.parsebytes(shelved.raw))
        if event is None or not event.organiser_email:
            return {"ok": False, "said": Texts("sv")("There is no invitation in this mail that can be answered.")}
        now = self._scene.clock()
        subject, text, calendar = calendar_answer(event, self._person, answer, now)
        mail = written(self._person, event.organiser_email, subject, text, date=now)
        mail.add_alternative(calendar, subtype="calendar", charset="utf-8", params={"method": "REPLY"})
        try:
            await self._scene.send(mail, self._person)
        except NotTaken as error:
            return {"ok": False, "said": str(error)}
        return {"ok": True}


def _address(mail: EmailMessage, name: str) -> Json:
    shown, address = parseaddr(_header(mail, name))
    return {"name": shown or address, "address": address}


def _header(mail: EmailMessage, name: str) -> str:
    return " ".join(str(mail[name] or "").split())


def _part(mail: EmailMessage, kind: str) -> str | None:
    part = mail.get_body((kind,))
    if part is None:
        return None
    try:
        content = part.get_content()
    except (LookupError, ValueError):  # a character set that nobody knows
        content = _bytes(part).decode("utf-8", "replace")
    return content if isinstance(content, str) else None


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _html(mail: EmailMessage) -> str | None:
    return _part(mail, "html")


def _text(mail: EmailMessage) -> str:
    plain = _part(mail, "plain")
    if plain is None:
        plain = re.sub(
            r"<(style|script|head)\b.*?</\1>|<[^>]*>", " ", _html(mail) or "", flags=re.DOTALL | re.IGNORECASE
        )
    return plain.replace("\r\n", "\n")


def _preheader(mail: EmailMessage) -> str:
    """The words that a letter hides at its top for lists of mails to show; "" when it has none."""
    found = re.search(r'<body\b.*?<div style="display:\s*none[^>]*>([^<]*)</div>', _html(mail) or "", re.DOTALL)
    return unescape(found[1]).strip(_FILLING) if found else ""


def _with_pictures(mail: EmailMessage) -> str | None:
    """The HTML, with the pictures that came along in place of what they are called."""
    html = _html(mail)
    if html is None or "cid:" not in html:
        return html
    for part in mail.walk():
        name, kind = str(part["Content-ID"] or "").strip(" <>"), part.get_content_type()
        if name and kind.startswith("image/"):
            html = html.replace(f"cid:{name}", f"data:{kind};base64,{b64encode(_bytes(part)).decode()}")
    return html


def _files(mail: EmailMessage) -> list[FileIn]:
    """What a mail program lists under a mail: attachments, and calendar files that have a name."""
    found: list[FileIn] = []
    for part in mail.walk():
        if part.is_multipart():
            continue
        if part.get_content_disposition() == "attachment" or part.get_filename():
            name = part.get_filename() or f"fil{len(found) + 1}"
            found.append((name, part.get_content_type(), _bytes(part)))
    return found


def _calendar(mail: EmailMessage) -> bytes | None:
    for part in mail.walk():
        if part.get_content_type() == "text/calendar" or (part.get_filename() or "").lower().endswith(".ics"):
            return _bytes(part)
    return None


def _when(event: CalendarEvent) -> str:
    """When it is, as a calendar program says it."""
    t = Texts("sv")
    start, end = event.start, event.end or event.start
    if isinstance(start, datetime) and isinstance(end, datetime) and start.date() == end.date() and start < end:
        return f"{day_with_year(start.date())} {t.clock(start.time())}–{t.clock(end.time()).removeprefix('kl. ')}"
    return " – ".join(
        f"{day_with_year(_day(moment))}{f' {t.clock(moment.time())}' if isinstance(moment, datetime) else ''}"
        for moment in dict.fromkeys((start, end))
    )


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
