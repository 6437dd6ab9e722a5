"""The head that a mail program writes above the mail it answers or passes on: Från, Skickat, Till, Ämne."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

#: What mail programs call the fields, in Swedish, English, Norwegian, Danish, Finnish, German, French and Dutch.
_LABELS = {
    "from": "från|from|fra|von|lähettäjä|avsändare|de|van",
    "sent": "skickat|skickades|sent|sendt|gesendet|lähetetty|envoyé|envoyé le|verzonden",
    "date": "datum|date|dato|päivämäärä|päiväys",
    "to": "till|to|til|an|vastaanottaja|saaja|mottagare|à|aan",
    "cc": "kopia|kopia till|cc|kopi|kopie|kopio|bcc|hemlig kopia",
    "subject": "ämne|rubrik|subject|emne|betreff|aihe|ärende|objet|onderwerp",
    "other": "prioritet|importance|priority|viktighet|vigtighed|wichtigkeit|tärkeys|svar till|svara till|reply-to"
    "|bifogade filer|bilagor|attachments|vedlegg|anlagen",
}
_ROLES = {word: role for role, words in _LABELS.items() for word in words.split("|")}
_LABEL = re.compile(r"[\s*_|]{0,40}(?P<word>[^\W\d_](?:[\w-]| (?=\w)){0,16})[*_ \xa0|]{0,4}:[*_|]*")
_IN_LINE = re.compile(
    r"\s[*_]*(?i:"
    + "|".join(rf"(?P<{role}>{words})" for role, words in _LABELS.items())
    + r")[*_ \xa0]{0,3}:(?=[*_\s])"
)
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w.-]{1,255}")
_TIME = re.compile(r"\b\d{1,2}[.:]\d\d\b|\b20\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d\d")
_LONGEST = 1_000  # characters of a line that is looked at; addressees may be many
_LINES = 40  # that a head takes at most, addressees wrapped and all
_SURE = 4  # points

_ORIGINAL = (
    r"ursprungligt (?:meddelande|mejl|mail|e-postmeddelande|brev)|originalmeddelande|ursprunglig (?:mötesförfrågan|avtalad tid)"
    r"|original(?:[ -](?:message|appointment|e-?mail))|opprinnelig (?:melding|avtale|e-post)|oprindelig (?:meddelelse|besked|mail)"
    r"|ursprüngliche(?:r termin| nachricht)|original-?nachricht|alkuperäinen (?:viesti|tapaaminen)|message d['’]origine"
)
_PASSED_ON = (
    r"vidarebefordrat (?:meddelande|mejl|mail|brev|e-postmeddelande)|forwarded (?:message|mail|e-?mail)"
    r"|videresendt (?:melding|meddelelse|besked|e-post|mail)|weitergeleitete (?:nachricht|e-mail)|välitetty viesti"
    r"|edelleenlähetetty viesti"
)
_RULED = r"[-_–— ]{{2,60}}\s?(?:{})\s?[-_–— ]{{2,60}}"
_SEPARATOR = re.compile(_RULED.format(f"{_ORIGINAL}|{_PASSED_ON}"), re.IGNORECASE)
_PASSING_ON = re.compile(
    _RULED.format(_PASSED_ON) + rf"|(?:början (?:av|på) |begin |start på |begynn på |anfang der )?"
    rf"(?:{_PASSED_ON}|weitergeleiteten nachricht|vidarebefordrat)(?: alkaa)?\s?:",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Head:
    """A head as it was found."""

    start: int  # its first line
    end: int = 0  # the line after its last field
    fields: dict[str, str] = field(default_factory=dict)  # by role, as they stand


def bare(line: str) -> str:
    """A line without the marks of emphasis around it."""
    return line.strip().strip("*_").strip()


def is_separator(line: str) -> bool:
    """`-----Ursprungligt meddelande-----`, in some language: what follows is the old mail."""
    return len(line) <= 200 and _SEPARATOR.fullmatch(bare(line)) is not None


def passes_on(line: str) -> bool:
    """`---------- Forwarded message ---------`, `Vidarebefordrat brev:`, in some language."""
    return len(line) <= 200 and _PASSING_ON.fullmatch(bare(line)) is not None


def label_of(line: str) -> tuple[str, str] | None:
    """The role of the field that a line begins with, and its value."""
    match = _LABEL.match(line, 0, _LONGEST)
    role = _ROLES.get(match["word"].lower()) if match is not None else None
    if match is None or role is None:
        return None
    return role, line[match.end() : match.end() + _LONGEST].replace("|", " ").strip(" *_\t\xa0")


def head_at(lines: Sequence[str], number: int) -> Head | None:
    """The head that begins at this line, sure or not; None when the line is no field. Fields may be wrapped or spaced."""
    first = label_of(lines[number])
    if first is None:
        return None
    head = Head(number)
    blanks = plain = 0
    last = ""
    for at in range(number, min(number + _LINES, len(lines))):
        line = lines[at]
        if not line.strip():
            blanks += 1
            if blanks > 2:
                break
            continue
        found = label_of(line)
        if found is not None:
            role, value = found
            if role in head.fields and role not in ("cc", "other"):
                break
            last, plain = role, 0
            head.fields[role] = value
            head.end = at + 1
            _inside(head, role, line)
        elif (blanks and head.fields[last]) or plain > 8 or len(line) > _LONGEST:
            break
        else:
            plain += 1
            if plain <= 2 or _ADDRESS.search(line) or line.rstrip().endswith((",", ";")):
                head.fields[last] = f"{head.fields[last]} {line.strip()}".strip()[:_LONGEST]
        blanks = 0
    return head


def _inside(head: Head, role: str, line: str) -> None:
    """Fields that lost their line breaks: `Från: Nils Skickat: den 12 … Till: Anna Ämne: Träff`."""
    first = _LABEL.match(line, 0, _LONGEST)
    matches = list(_IN_LINE.finditer(line, first.end() if first else 0, _LONGEST))
    if not matches or not line[matches[0].start() :].lstrip(" *_")[:1].isupper():
        return
    head.fields[role] = label_value(line[: matches[0].start()])
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        inner = next(name for name, found in match.groupdict().items() if found is not None)
        value = line[match.end() : following.start() if following else _LONGEST].strip(" *_")
        head.fields.setdefault(inner, value)


def label_value(line: str) -> str:
    """What stands after the first field's name."""
    found = label_of(line)
    return found[1] if found else ""


def is_sure(head: Head) -> bool:
    """A mail program wrote it, and no person who tells of a journey (Från, Till, Datum) or a meeting (Datum, Plats)."""
    fields = head.fields
    sender = fields.get("from", "")
    addressed = _ADDRESS.search(sender) is not None
    if "from" not in fields or (not addressed and (not sender or not sender[:1].strip("\"'( ").isalpha())):
        return False
    dated = any(char.isdigit() for char in fields.get("sent", ""))
    timed = dated or _TIME.search(fields.get("date", "")) is not None
    points = (
        (2 if addressed else 1)
        + ("sent" in fields)
        + dated
        + ("date" in fields)
        + ("to" in fields)
        + ("cc" in fields)
        + 2 * ("subject" in fields)
        + ("other" in fields)
    )
    return points >= _SURE and (addressed or timed)


def begins_history(lines: Sequence[str], number: int) -> bool:
    """Whether the old mail's head begins here: with its sender, or with another field if nearly all are there."""
    head = head_at(lines, number)
    if head is None or not is_sure(head):
        return False
    first = label_of(lines[number])
    return (first is not None and first[0] == "from") or len(head.fields) >= 4
