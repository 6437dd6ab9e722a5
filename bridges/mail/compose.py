"""Letters made once for all who get them: an item, a comment, the digest, a post for the desk, a notice. Pure: no I/O."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from bridges.mail.calendar_out import EventView, calendar_file, method
from bridges.mail.copies import File, SharedLetter, Slot, file_part, message, multipart, text_part
from bridges.mail.digest_plain import digest_plain
from bridges.mail.digest_sheet import DigestSheet, digest_html, digest_sheet
from bridges.mail.headers import display_name, mailbox, unstructured
from bridges.mail.letter import (
    Author,
    CommentLetter,
    DeskLetter,
    DigestLetter,
    FileView,
    ItemLetter,
    Letter,
    ListHouse,
    NoticeLetter,
)
from bridges.mail.notices import Matter, say
from bridges.mail.own import list_id
from bridges.mail.sheet import Sheet, as_html, as_plain
from bridges.mail.wording import comment_sheet, desk_sheet, item_sheet, notice_sheet
from bridges.markdown import to_plain
from bridges.texts import Texts
from storage.ids import MessageId

Headers = list[tuple[str, str]]


def compose(letter: Letter, house: ListHouse) -> SharedLetter:
    """The letter with gaps for what differs from copy to copy. A notice nobody gave words to raises KeyError."""
    t = Texts(letter.language)
    match letter:
        case ItemLetter():
            return _item(letter, house, t)
        case CommentLetter():
            return _comment(letter, house, t)
        case DigestLetter():
            return _digest(letter, house, t)
        case DeskLetter():
            return _desk(letter, house, t)
        case NoticeLetter():
            return _notice(letter, house, t)


# -- one of each ------------------------------------------------------------------------------------------------------


def _item(letter: ItemLetter, house: ListHouse, t: Texts) -> SharedLetter:
    sheet = item_sheet(letter, house, t)
    files = _attachments(letter.files)
    if letter.event is not None and not letter.event.uncertain:
        files.append(_invitation(letter.event, letter, house, t))
    headers = [
        ("From", _from(letter.author, house, t)),
        *_thread_headers(letter.thread, house),
        *_opening(sheet, letter.message_id, letter.created_at, letter.references, house),
        *_list_headers(house, f"i/{letter.item_id}"),
    ]
    return _finish(headers, sheet, files, letter.message_id, automatic=False)


def _comment(letter: CommentLetter, house: ListHouse, t: Texts) -> SharedLetter:
    sheet = comment_sheet(letter, house, t)
    headers = [
        ("From", _from(letter.author, house, t)),
        *_thread_headers(letter.thread, house),
        *_opening(sheet, letter.message_id, letter.created_at, letter.references, house),
        *_list_headers(house, f"i/{letter.item_id}"),
    ]
    return _finish(headers, sheet, _attachments(letter.files), letter.message_id, automatic=False)


def _digest(letter: DigestLetter, house: ListHouse, t: Texts) -> SharedLetter:
    sheet = digest_sheet(letter.edition, house, t)
    headers = [
        ("From", mailbox(display_name(house.name), house.address)),
        ("Reply-To", house.sub("help")),  # an answer to the digest is no post
        *_opening(sheet, MessageId(Slot.MESSAGE.mark), letter.created_at, (), house),
        *_list_headers(house, f"d/{letter.edition.week}"),
    ]
    return _finish(headers, sheet, [], letter.message_id, automatic=False)


def _desk(letter: DeskLetter, house: ListHouse, t: Texts) -> SharedLetter:
    sheet = desk_sheet(letter, house, t)
    headers = [
        ("From", mailbox(display_name(house.name), house.address)),
        ("Reply-To", house.sub(f"desk-{Slot.DESK.mark}")),
        *_opening(sheet, letter.message_id, letter.created_at, (), house),
        *_automatic_headers(house),
    ]
    return _finish(headers, sheet, [], letter.message_id, automatic=True)


def _notice(letter: NoticeLetter, house: ListHouse, t: Texts) -> SharedLetter:
    matter = Matter(
        params=letter.params,
        kind=letter.kind,
        network=house.name,
        address=house.address,
        timezone=house.timezone,
        today=house.today(letter.now),
    )
    said = say(str(letter.params.get("notice")), matter, t)
    sheet = notice_sheet(said, house, t, member=letter.member)
    # An answer to a notice is no post: it gets the help, unless it undoes or says the day.
    answers = house.sub("help")
    if said.undo and letter.member:
        answers = house.sub(f"undo-{Slot.UNDO.mark}")
    elif said.choices is not None:
        answers = house.sub(f"when-{Slot.WHEN.mark}")
    headers = [
        ("From", mailbox(display_name(house.name), house.address)),
        ("Reply-To", answers),
        *_opening(sheet, letter.message_id, letter.created_at, letter.references, house),
        *_automatic_headers(house),
    ]
    return _finish(headers, sheet, [], letter.message_id, automatic=True)


# -- headers ------------------------------------------------------------------------------------------------------------


def _from(author: Author, house: ListHouse, t: Texts) -> str:
    """Such as "Anna Ek via Nätverket": from our own address, or DMARC would refuse it for the author's (RFC 7489 §3.1)."""
    network = display_name(house.name)
    name = display_name(author.name) or display_name(author.cluster)
    return mailbox(t.t("{name} via {network}", name=name, network=network) if name else network, house.address)


def _thread_headers(thread: str, house: ListHouse) -> Headers:
    return [("Reply-To", house.sub(f"thread-{thread}"))]


def _opening(
    sheet: Sheet | DigestSheet,
    message_id: MessageId,
    created_at: datetime,
    references: Sequence[MessageId],
    house: ListHouse,
) -> Headers:
    headers = [
        ("To", Slot.TO.mark),
        ("Subject", unstructured("Subject", sheet.subject)),
        ("Date", format_datetime(created_at.astimezone(ZoneInfo(house.timezone)))),
        ("Message-ID", message_id),
    ]
    if chain := _chain(references):
        headers += [("In-Reply-To", chain[-1]), ("References", " ".join(chain))]
    return [*headers, ("Content-Language", sheet.lang)]


def _chain(references: Sequence[MessageId]) -> list[str]:
    """The ids that fit a line of 998 characters unfolded (RFC 5322 §2.1.1): the first, which begins the thread, and
    the latest. What is no Message-ID is left out: some programs make them with spaces or without brackets.
    """
    ids: list[str] = [i for i in dict.fromkeys(references) if i.startswith("<") and i.endswith(">") and _is_id(i)]
    while sum(len(i) + 1 for i in ids) > 900 and len(ids) > 1:
        del ids[1 if len(ids) > 2 else 0]
    return ids


def _is_id(message_id: str) -> bool:
    inner = message_id[1:-1]
    return inner.isascii() and inner.isprintable() and not set(" <>") & set(inner) and len(inner) < 400


def _list_headers(house: ListHouse, page: str) -> Headers:
    leave = Slot.LEAVE.mark
    return [
        ("List-Id", mailbox(display_name(house.name), list_id(house.address)[1:-1])),  # RFC 2919 §2
        ("List-Post", f"<mailto:{house.address}>"),
        ("List-Help", f"<mailto:{house.sub('help')}>"),
        ("List-Archive", f"<{house.page('')}>"),
        ("Archived-At", f"<{house.page(page)}>"),  # RFC 5064
        # Both: Microsoft heeds the mailto alone, Gmail and Yahoo the one-click POST (RFC 8058 §3.1).
        ("List-Unsubscribe", f"<{house.page(f'unsubscribe/{leave}')}>, <mailto:{house.sub(f'leave-{leave}')}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("X-Loop", house.address),
        ("Precedence", "list"),
    ]


def _automatic_headers(house: ListHouse) -> Headers:
    return [
        ("X-Loop", house.address),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834 §5
        ("X-Auto-Response-Suppress", "All"),  # Exchange's way to say the same
    ]


# -- body -----------------------------------------------------------------------------------------------------------------


def _finish(
    headers: Headers, sheet: Sheet | DigestSheet, files: Sequence[File], message_id: MessageId, *, automatic: bool
) -> SharedLetter:
    plain, html = _twins(sheet)
    twins = [text_part("plain", plain), text_part("html", html)]
    body = multipart("alternative", twins, message_id)
    if files:
        body = multipart("mixed", [body, *(file_part(file) for file in files)], message_id)
    return SharedLetter.of(message(headers, body), subject=sheet.subject, plain=plain, automatic=automatic)


def _twins(sheet: Sheet | DigestSheet) -> tuple[str, str]:
    if isinstance(sheet, DigestSheet):
        return digest_plain(sheet), digest_html(sheet)
    return as_plain(sheet), as_html(sheet)


def _attachments(files: Sequence[FileView]) -> list[File]:
    return [File(file.name, file.content_type, file.content) for file in files if file.content is not None]


def _invitation(event: EventView, letter: ItemLetter, house: ListHouse, t: Texts) -> File:
    """The calendar file, as an attachment alone. As an alternative text, Exchange takes the whole letter for a meeting
    and shows that in place of the invitation, and Gmail may fill the calendar by itself.
    """
    content = calendar_file(
        event,
        text=to_plain(letter.text, width=10_000),
        url=house.page(f"i/{letter.item_id}"),
        organiser=(display_name(letter.author.cluster) or display_name(house.name), house.address),
        stamp=letter.created_at,
        t=t,
    )
    name = "inbjudan.ics" if t.lang == "sv" else "invitation.ics"
    return File(name, "text/calendar", content, method(event))
