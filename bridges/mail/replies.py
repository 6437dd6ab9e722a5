"""What is new in an answer: the person's own lines, apart from quotes and signature; nothing is lost, the rest is kept.

Written line by line: the libraries for this take a Swedish list for a signature, lose text that follows a closing
phrase, or need quadratic time for a page of empty lines. When in doubt a line is kept as text.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from bridges.mail.words import Mailbox, mailboxes


class Split(NamedTuple):
    """A text in two; together they hold every line of it."""

    text: str  # what the person wrote
    trimmed: str  # quotes, history and signature, in the order they stood


def new_text(plain: str) -> Split:
    """The answer, and what was cut from it."""
    lines = plain.replace("\r\n", "\n").split("\n")
    keep = [True] * len(lines)
    end = _history(lines)
    keep[end:] = [False] * (len(lines) - end)
    _drop_quotes(lines, keep, end)
    _drop_signatures(lines, keep)
    text = _MANY_BLANKS.sub("\n\n", _joined(lines, keep, True)) if not all(keep) else _joined(lines, keep, True)
    return Split(text, _joined(lines, keep, False))


_MANY_BLANKS = re.compile(r"\n{3,}")  # left where lines were cut


def _joined(lines: Sequence[str], keep: Sequence[bool], wanted: bool) -> str:
    chosen = [
        line.rstrip() if line != "-- " else line for line, kept in zip(lines, keep, strict=True) if kept is wanted
    ]
    while chosen and not chosen[-1]:
        chosen.pop()
    first = next((number for number, line in enumerate(chosen) if line), len(chosen))
    return "\n".join(chosen[first:])


# -- history that runs to the end -------------------------------------------------------------------------------------

_SEPARATOR = re.compile(
    r"[-_–— ]{2,}\s*(?:ursprungligt meddelande|ursprungligt mejl|originalmeddelande|ursprunglig mötesförfrågan|original message"
    r"|original appointment|opprinnelig melding|oprindelig meddelelse|ursprüngliche nachricht"
    r"|alkuperäinen viesti|vidarebefordrat meddelande|forwarded message)\s*[-_–— ]{2,}",
    re.IGNORECASE,
)
_RULE = re.compile(r"[_-]{20,}|[-–—]{4,} ?\w[\w' ]{3,40} ?[-–—]{4,}")
#: What mail programs call From, Sent, To and Subject in Swedish, English, Norwegian, Danish, Finnish and German.
_FROM = r"från|from|fra|von|lähettäjä"
_LABEL = re.compile(
    rf"[*_ ]*(?P<label>{_FROM}|skickat|datum|sent|date|sendt|dato|gesendet|lähetetty|till|to|til|an|vastaanottaja"
    r"|kopia|cc|kopi|ämne|rubrik|subject|emne|betreff|aihe|prioritet|importance|svar till|reply-to)[*_ ]*:[*_]*(?:\s|$)",
    re.IGNORECASE,
)
_FROM_LABEL = re.compile(rf"[*_ ]*(?:{_FROM})[*_ ]*:", re.IGNORECASE)
_SENT_LABEL = re.compile(r"[*_ ]*(?:skickat|datum|sent|date|sendt|dato|gesendet|lähetetty)[*_ ]*:", re.IGNORECASE)
_SUBJECT_LABEL = re.compile(r"[*_ ]*(?:ämne|rubrik|subject|emne|betreff|aihe)[*_ ]*:", re.IGNORECASE)

_WROTE = re.compile(r"\b(?:skrev|wrote|schrieb|kirjoitti)\b", re.IGNORECASE)
_STARTS = re.compile(
    r"\s*(?:den|on|am|kl\.?|mån|tis|ons|tors?|fre|lör|sön|man|tir|mon|tue|wed|thu|fri|sat|sun|\d)", re.IGNORECASE
)
_DATE = re.compile(r"\d{1,4}[-/. ]\s?(?:\d{1,2}|[a-zåäö]{3,9})\b|\b[a-z]{3,9}\.? \d{1,2}\b", re.IGNORECASE)
_CLOCK = re.compile(r"\b\d{1,2}[.:]\d{2}\b")
_BRACKETED = re.compile(r"<\s?(?:mailto:)?[\w.+-]{1,64}@[\w.-]{1,255}\s?>[^<>:]{0,30}:$")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")


def _history(lines: Sequence[str]) -> int:
    """Where the mail that was answered begins, if it stands unquoted below; else the number of lines."""
    for number, line in enumerate(lines):
        bare = line.strip()
        if not bare:
            continue
        if _SEPARATOR.fullmatch(bare) or _outlook_head(lines, number):
            return _with_rule(lines, number)
        wrapped = _attribution(lines, number)
        if wrapped and not _quoted_below(lines, number + wrapped) and _sure(lines, number, wrapped):
            return number
    return len(lines)


def _with_rule(lines: Sequence[str], number: int) -> int:
    """The line that Outlook draws above goes with it."""
    above = number - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and _RULE.fullmatch(lines[above].strip()) else number


def _outlook_head(lines: Sequence[str], number: int) -> bool:
    """Från, Skickat, Till, Ämne: at least From and, near it, when it was sent or what it was about, and a third."""
    if not _FROM_LABEL.match(lines[number]):
        return False
    block: list[str] = []
    blanks = 0
    for line in lines[number : number + 14]:
        if line.strip():
            block.append(line)
        else:
            blanks += 1
            if blanks > 4 or (len([1 for one in block if _LABEL.match(one)]) >= 3 and blanks):
                break
    labels = {match["label"].lower() for line in block if (match := _LABEL.match(line))}
    sent = any(_SENT_LABEL.match(line) for line in block)
    subject = any(_SUBJECT_LABEL.match(line) for line in block)
    return len(labels) >= 3 and (sent or subject)


def _attribution(lines: Sequence[str], number: int) -> int:
    """How many lines "Den … skrev Anna <a@b>:" takes here, wrapped or not; 0 when it is none."""
    first = lines[number].strip().lstrip("*_ ")
    if first.startswith(">"):
        return 0
    text = ""
    for count, line in enumerate(lines[number : number + 4], 1):
        bare = line.strip()
        if not bare or (bare.startswith(">") and bare != ">:"):  # Gmail wraps before the last bracket
            return 0
        text = f"{text} {bare}" if text else bare
        if len(text) > 400:
            return 0
        wrote = _WROTE.search(text)  # Den 3 maj 2026 skrev Anna <a@b>:  ·  On 3 May 2026, Anna wrote:
        complete = wrote is not None and (text.endswith(":") or wrote.end() == len(text))
        dated = _DATE.search(text) is not None
        if complete and (dated or _STARTS.match(first) or _ADDRESS.search(text)):
            return count
        if dated and _BRACKETED.search(text):  # the same in any language
            return count
        if count == 1 and not (dated or _STARTS.match(first) or _ADDRESS.search(text)):
            return 0
    return 0


def _sure(lines: Sequence[str], number: int, count: int) -> bool:
    """Nothing below is marked as a quote: then it must look like a mail program's own line, not a person's."""
    text = " ".join(lines[number : number + count])
    return bool(_ADDRESS.search(text) and (_DATE.search(text) or _CLOCK.search(text))) or bool(
        _DATE.search(text) and _CLOCK.search(text) and text.rstrip().endswith(":")
    )


# -- quotes ----------------------------------------------------------------------------------------------------------


def _quoted_below(lines: Sequence[str], number: int) -> bool:
    for line in lines[number : number + 4]:
        if line.strip():
            return line.lstrip().startswith(">")
    return False


def _drop_quotes(lines: Sequence[str], keep: list[bool], end: int) -> None:
    """Lines marked with ">" and the lines that say whose they are; what stands between or below them is kept."""
    quoted = [line.lstrip().startswith(">") for line in lines[:end]]
    if not any(quoted):
        return
    introduced = False
    for number in range(end):
        if quoted[number] or not keep[number]:
            continue
        wrapped = _attribution(lines, number)
        if wrapped and _quoted_below(lines, number + wrapped):
            keep[number : number + wrapped] = [False] * wrapped
            introduced = True
    own = any(line.strip() and not mark and kept for line, mark, kept in zip(lines, quoted, keep, strict=False))
    if not own and not introduced and end == len(lines):
        return  # nothing but quotes, and nobody said whose: then it is what the person sends
    for number, mark in enumerate(quoted):
        if mark:
            keep[number] = False


# -- signatures ------------------------------------------------------------------------------------------------------

#: Lines that telephones and programs add by themselves.
_SENT_FROM = re.compile(
    r"[*_ ]*(?:skickat från (?:min |mitt |outlook|e-post|mail|yahoo|gmail|proton|samsung)"
    r"|skickades från (?:min |outlook)|hämta outlook för|skaffa outlook för|mvh från min"
    r"|sent from (?:my [\w ]{1,30}$|my i|outlook|mail for|yahoo|proton|gmail|samsung)|get outlook for"
    r"|sendt fra (?:min |outlook)|von meinem .{1,30} gesendet|gesendet von (?:meinem|outlook|mail)"
    r"|lähetetty (?:iphone|outlook)|få outlook for)[\w .<>:/®()?=&%+*-]{0,90}",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[*_ ]*(?:(?:med )?(?:vänlig|vänliga|bästa|många|varma|glada|hjärtliga|soliga|de bästa) hälsning(?:ar)?"
    r"|med vänlig hälsning|hälsningar|hälsning|mvh|m\.v\.h\.?|bästa hälsn\.?|vänligen|allt gott"
    r"|(?:kind|best|warm|many) (?:regards|wishes)|regards|sincerely|yours sincerely|kindly|cheers)"
    r"(?:\s*/\s*(?:kind|best) regards)?[*_ ]*[,.!]?(?:\s+(?:från\s+)?/?(?-i:[A-ZÅÄÖÉ][\w.-]*(?: [A-ZÅÄÖÉ][\w.-]*){0,3}))?[*_ ]*[,.]?",
    re.IGNORECASE,
)
_SLASH_NAME = re.compile(r"[/~]\s?[A-ZÅÄÖÉ][\w-]+(?: [A-ZÅÄÖÉ][\w-]+){0,2}")
_POSTSCRIPT = re.compile(r"(?:ps|p\.s\.?|obs|nb)\b", re.IGNORECASE)
_LONGEST_SIGNATURE = 15  # lines with text
_LONGEST_LINE = 90  # in a signature without the "-- " mark; longer is a sentence


def _drop_signatures(lines: Sequence[str], keep: list[bool]) -> None:
    """The mark "-- ", what a telephone adds, and a closing phrase with the name and number below it."""
    for number, line in enumerate(lines):
        if keep[number] and _SENT_FROM.fullmatch(line.strip()):
            keep[number] = False
    start = _signature_start(lines, keep)
    for number in range(start, len(lines)):
        keep[number] = False


def _signature_start(lines: Sequence[str], keep: Sequence[bool]) -> int:
    own = [number for number, line in enumerate(lines) if keep[number] and line.strip()]
    if not own:
        return len(lines)
    start = len(lines)
    for position, number in enumerate(own):
        line, follow = lines[number], len(own) - position - 1
        if line == "-- " or (line.rstrip() == "--" and follow <= _LONGEST_SIGNATURE):
            start = number
            break
    above = [number for number in own if number < start]
    for position in range(max(0, len(above) - _LONGEST_SIGNATURE), len(above)):
        number, below = above[position], above[position + 1 :]
        if position and _closes(lines[number].strip(), [lines[one].strip() for one in below]):
            return number
    return start


def _closes(line: str, below: list[str]) -> bool:
    if _SLASH_NAME.fullmatch(line):
        return not below
    if not _CLOSING.fullmatch(line):
        return False
    return not any(
        len(one) > _LONGEST_LINE or one.endswith(("?", "!")) or _POSTSCRIPT.match(one) or one.startswith(("- ", "* "))
        for one in below
    )


# -- HTML ------------------------------------------------------------------------------------------------------------

#: Where Outlook, its mobile and its web kin begin what was answered; it runs to the end of the letter.
_HTML_HISTORY = re.compile(
    r"(?:<hr\b[^>]{0,300}>\s*)?<(?:div|span|table|hr)\b[^>]{0,300}?(?:"
    r"\bid=[\"']?(?:x_)*(?:divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container"
    r"|stopSpelling)\b"
    r"|\bborder-top:\s*solid\s+#(?:E1E1E1|B5C4DF)\b)",
    re.IGNORECASE,
)


def new_html(html: str) -> Split:
    """The same for an answer that is HTML alone: cut where Outlook draws its line. Blockquotes become `>` lines later."""
    found = _HTML_HISTORY.search(html)
    if found is None:
        return Split(html, "")
    return Split(html[: found.start()], html[found.start() :])


# -- subjects --------------------------------------------------------------------------------------------------------

_REPLY = "re|sv|aw|ang|antw|svar|vs"
_FORWARD = "fw|fwd|vb|wg|vidarebefordrat"
_PREFIX = re.compile(
    rf"\s*(?P<word>{_REPLY}|{_FORWARD})\s?(?:\[\d{{1,3}}\]|\(\d{{1,3}}\)|\^\d{{1,3}})?\s?[:：]", re.IGNORECASE
)
_FORWARD_HEAD = re.compile(
    r"(?:[-–— ]{2,}\s*(?:vidarebefordrat meddelande|vidarebefordrat mejl|forwarded message)\s*[-–— ]{2,}"
    r"|(?:början av |början på )?vidarebefordrat (?:brev|meddelande)\s*:|begin forwarded message\s*:)",
    re.IGNORECASE,
)


def bare_subject(subject: str) -> str:
    """`SV: VB: Re[2]: Träff` → `Träff`."""
    position = 0
    while (match := _PREFIX.match(subject, position)) is not None:
        position = match.end()
    return " ".join(subject[position:].split())


def is_answer(subject: str) -> bool:
    """The outermost prefix says that it answers something."""
    match = _PREFIX.match(subject)
    return match is not None and match["word"].lower() in _REPLY.split("|")


def is_forward(subject: str, text: str) -> bool:
    """The outermost prefix says that it passes something on; without any, the first such head in the text does."""
    match = _PREFIX.match(subject)
    if match is not None and match["word"].lower() in _FORWARD.split("|"):
        return True
    if match is not None and match["word"].lower() != "vs":  # "videresendt" in Norway, "vastaus" in Finland
        return False
    return any(_FORWARD_HEAD.fullmatch(line.strip(" *_")) for line in text.split("\n", 200)[:200])


def forwarded_from(text: str) -> Mailbox | None:
    """Whose mail is passed on: the first From line in the text that names an address."""
    for line in text.split("\n", 300)[:300]:
        if match := _FROM_LABEL.match(line.lstrip("> ")):
            value = line.lstrip("> ")[match.end() :].strip("*_ ").replace("[mailto:", "<").replace("]", ">")
            people = mailboxes(value[:1_000])
            if people:
                return people[0]
    return None
