"""What a mail's parts are to a reader: its text, the same as HTML, its files and its calendars."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bridges.mail.body_text import Text, as_enriched, read_text, without_uuencoded
from bridges.mail.charsets import decode, one_line
from bridges.mail.files import MailFile, safe_name
from bridges.mail.mime import Part, Tree, take_apart
from bridges.mail.words import decoded_words

__all__ = ["Bodies", "MailFile", "bodies"]

MAX_TEXT = 2_000_000  # bytes of text that are read, all parts together; the rest stays in the raw mail
MAX_HTML = 1_000_000  # bytes of one part, its pictures not counted
MAX_CALENDAR = 2_000_000  # bytes of one
MAX_CALENDARS = 200  # of one mail
MAX_ATTACHED = 5  # attached mails that are looked through for a calendar
MAX_ATTACHED_BYTES = 5_000_000  # of one

_TEXTS = frozenset({"text/plain", "text/html", "text/markdown", "text/enriched", "text/richtext"})
_CALENDARS = frozenset(
    {"text/calendar", "application/ics", "application/calendar", "application/x-ical", "text/ical"}
    | {"text/x-calendar", "text/x-icalendar", "text/x-vcalendar", "text/vcalendar"}
)
_MAILS = frozenset({"message/rfc822", "message/global"})
_PACKED = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_PICTURES = re.compile(rb"data:image/[a-z+.-]{1,30};base64,[A-Za-z0-9+/=%\r\n]+")
_CALENDAR_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,20}BEGIN:VCALENDAR", re.IGNORECASE)


@dataclass(slots=True)
class Bodies:
    """What was found in the parts."""

    plain: str | None = None
    html: str | None = None
    files: list[MailFile] = field(default_factory=list)
    calendars: list[bytes] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    room: int = MAX_TEXT  # bytes of text that may still be read
    packed: Text = field(default_factory=Text)  # what a winmail.dat says
    rtf: bytes = b""  # likewise, and not unpacked yet


def bodies(tree: Tree) -> Bodies:
    """Everything that a reader would see, and every file. Never raises."""
    found = Bodies()
    text = _read(tree.root, found, parent="", first=True) or Text()
    found.plain = text.plain if text.plain and text.plain.strip() else None
    found.html = text.html if text.html and text.html.strip() else None
    if found.packed.html or found.packed.plain or found.rtf:
        _take_packed(found)
    if not found.calendars and tree.root.content_type != "multipart/report":
        found.calendars = list(_calendars_of_attached(found.files))
    found.calendars = list(dict.fromkeys(found.calendars))[:MAX_CALENDARS]
    return found


def _read(part: Part, found: Bodies, parent: str, *, first: bool) -> Text | None:
    """The text of a part and all inside it; files are put aside on the way. Depth is bounded by `mime.MAX_DEPTH`."""
    kind = part.content_type
    if kind.startswith("multipart/"):
        return _read_parts(part, found) if part.children else None  # or the parts it promised are not there
    disposition, parameters = part.field("content-disposition")
    named = parameters.get("filename", "") or (part.parameters.get("name", "") if not first else "")
    is_file = bool(named) or (disposition == "attachment" and bool(parent))
    if first and disposition == "inline" and kind in ("text/plain", "text/html"):
        is_file = False  # some programs name the text itself
    if kind in _CALENDARS:
        found.calendars.append(_calendar(part))
        if not is_file or parent == "multipart/alternative":
            return None
    elif kind in _TEXTS and not is_file:
        return _text(part, found, parent)
    elif parent == "multipart/alternative" and kind.startswith("text/") and not is_file:
        return None  # a third form of the same text, for watches and such
    elif kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        found.warnings.append("encrypted")
    _take_file(part, found, named or part.parameters.get("name", ""), parent, disposition)
    return None


def _read_parts(part: Part, found: Bodies) -> Text | None:
    kind = part.content_type
    if kind == "multipart/encrypted":
        found.warnings.append("encrypted")
    texts: list[Text] = []
    for number, child in enumerate(part.children):
        # A related part begins with its text; pictures follow (RFC 2387)
        text = _read(child, found, kind, first=not texts if kind != "multipart/related" else number == 0)
        if text is not None:
            texts.append(text)
    return _one_of(texts) if kind == "multipart/alternative" else _together(texts)


# -- text ------------------------------------------------------------------------------------------------------------


def _text(part: Part, found: Bodies, parent: str) -> Text | None:
    if part.content_type in ("text/enriched", "text/richtext"):
        return as_enriched(part.beginning(found.room)) if parent != "multipart/alternative" else None
    data = _words_of(part, found)
    if _CALENDAR_BEGINS.match(data):
        found.calendars.append(decode(data[:MAX_CALENDAR], part.parameters.get("charset")).encode("utf-8", "replace"))
        return None
    text = read_text(part, data)
    found.calendars += _pasted_calendars(text.plain or "")
    if text.plain and "\nbegin " in f"\n{text.plain}":
        text.plain, files = without_uuencoded(text.plain)
        found.files += [MailFile(safe_name(name), "application/octet-stream", content) for name, content in files]
    return text


def _words_of(part: Part, found: Bodies) -> bytes:
    """The bytes of a text as far as there is room; pictures that stand in HTML itself take none."""
    html = part.content_type == "text/html"
    most = min(found.room, MAX_HTML) if html else found.room
    data = part.body if html else part.beginning(most + 1)
    if html and len(data) > most:
        data = _PICTURES.sub(b"", data)
    if len(data) > most:
        found.warnings.append("long_text")
        data = data[: data.rfind(b"\n", 0, most) + 1 or most]
    found.room -= len(data)
    return data


def _one_of(texts: list[Text]) -> Text | None:
    """Alternatives say the same: the first that is plain, and the last and richest that is HTML."""
    plain = next((text.plain for text in texts if text.plain and text.plain.strip()), None)
    html = next((text.html for text in reversed(texts) if text.html and text.html.strip()), None)
    return Text(plain, html) if plain or html else None


def _together(texts: list[Text]) -> Text | None:
    """Parts in a row are read one after the other; a form is given only when it holds all of them."""
    texts = [text for text in texts if (text.plain or "").strip() or (text.html or "").strip()]
    if not texts:
        return None
    if len(texts) == 1:
        return texts[0]
    plain = "\n\n".join(text.plain.strip("\n") for text in texts if text.plain is not None)
    html = "\n".join(text.html if text.html is not None else _as_html(text.plain or "") for text in texts)
    return Text(
        plain=plain if all(text.plain is not None for text in texts) else None,
        html=html if any(text.html is not None for text in texts) else None,
    )


def _as_html(text: str) -> str:
    escaped = text.strip("\n").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "<p>" + escaped.replace("\n\n", "</p>\n<p>").replace("\n", "<br>\n") + "</p>"


# -- files -----------------------------------------------------------------------------------------------------------


def _take_file(part: Part, found: Bodies, name: str, parent: str, disposition: str) -> None:
    content = part.body
    kind = part.content_type
    if kind in _PACKED or name.lower() == "winmail.dat":
        if _take_winmail(content, found):
            return
        found.warnings.append("winmail")
    if not name and kind in _MAILS:
        inner = take_apart(content[:200_000]).root.raw("subject")
        name = (decoded_words(one_line(decode(inner, None))) if inner else "") or "mejl"
        name = name.replace("/", "_").replace("\\", "_") + ".eml"
    shown = part.raw("content-id") is not None
    inline = kind.startswith("image/") and shown and (parent == "multipart/related" or disposition != "attachment")
    file = MailFile(safe_name(name, kind), kind, content, inline)
    found.files.append(file)
    if kind not in _CALENDARS and (
        file.name.lower().endswith((".ics", ".ical", ".vcs")) or _CALENDAR_BEGINS.match(content)
    ):
        found.calendars.append(_calendar(part))


def _calendar(part: Part) -> bytes:
    """In UTF-8, the charset it must have (RFC 5545 §3.1.4)."""
    return decode(part.beginning(MAX_CALENDAR), part.parameters.get("charset")).encode("utf-8", "replace")


def _pasted_calendars(text: str) -> Iterator[bytes]:
    """Calendars that stand in the text itself."""
    position = 0
    while (start := text.find("BEGIN:VCALENDAR", position)) >= 0 and (end := text.find("END:VCALENDAR", start)) >= 0:
        yield text[start : end + len("END:VCALENDAR")].encode("utf-8")
        position = end


def _calendars_of_attached(files: Iterable[MailFile]) -> Iterator[bytes]:
    """An invitation that is passed on as a file is an invitation, when the mail around it is none itself."""
    attached = [file for file in files if file.content_type in _MAILS and file.size <= MAX_ATTACHED_BYTES]
    for file in attached[:MAX_ATTACHED]:
        if b"BEGIN:VCALENDAR" in file.content or b"QkVHSU46VkNBTEVOREFS" in file.content:  # the same in base64
            yield from bodies(take_apart(file.content)).calendars


def _take_winmail(content: bytes, found: Bodies) -> bool:
    """Everything in a winmail.dat; whether it was whole, so that nobody needs it any longer."""
    from bridges.mail.tnef import unpack  # noqa: PLC0415  few mails hold one

    packed = unpack(content)
    for file in packed.files:
        name = safe_name(file.name, file.content_type)
        found.files.append(
            MailFile(name, file.content_type or "application/octet-stream", file.content, inline=file.shown)
        )
        if name.lower().endswith(".ics"):
            found.calendars.append(decode(file.content[:MAX_CALENDAR], None).encode("utf-8", "replace"))
    if packed.calendar:
        found.calendars.append(packed.calendar)
    found.packed.plain = found.packed.plain or packed.plain or None
    found.packed.html = found.packed.html or packed.html or None
    found.rtf = found.rtf or packed.rtf
    return packed.whole


def _take_packed(found: Bodies) -> None:
    """A winmail.dat says what the mail around it says, or all of it: rich text is unpacked only when nothing else is."""
    if found.html is None and (found.packed.html or found.plain is None):
        found.html = found.packed.html
    found.plain = found.plain or found.packed.plain
    if found.plain is None and found.html is None:
        from bridges.mail.rtf import decompressed, words_of  # noqa: PLC0415  as above

        text, is_html = words_of(decompressed(found.rtf))
        found.plain, found.html = (None, text or None) if is_html else (text or None, None)
