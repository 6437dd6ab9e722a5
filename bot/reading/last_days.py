"""The last day of a call: until when one may apply, answer or sign up."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.reading.when import Span

#: What stands before the day, or a few words before it.
_SAYS = re.compile(
    r"\b(?:sen[ae]st|sista (?:dag(?:en)?|ansöknings\w*|anmälnings\w*|svars\w*|datum\w*)|deadline|öpp(?:en|et|na)(?: för ansökan)?(?: fram)? till"
    r"|fram till|stänger|(?:ansök\w*|sök|anmäl\w*|nominera|skicka(?: in)?|svara|boka) (?:\w+ ){0,4}?(?:före|innan|till)|slutdatum|ansökningstid\w*|till och med|t\.? ?o\.? ?m\.?|apply (?:by|before)|no later than|closes?|until|by)\b"
    r"[^.!?\n]{0,60}",
    re.IGNORECASE,
)
#: "Utlysningen är öppen 1 oktober–15 november": the last of two days.
_WINDOW = re.compile(
    r"\b(?:utlysning\w*|ansök\w*|öpp(?:en|et|nar)|söka?|call|apply|applications?)\b[^.!?\n]{0,120}", re.IGNORECASE
)
_BETWEEN = re.compile(r"\b(?:mellan|between)\b\W*(?:den\b)?\W*$", re.IGNORECASE)
#: "Från den 15 februari till den 15 mars kan du söka".
_FROM = re.compile(r"\b(?:från|from|mellan)\b[^.!?\n]{0,80}\b(?:söka?|ansök\w*|nominera|apply)\b", re.IGNORECASE)
_FAR = 60  # characters between the word and its day


def last_day(text: str, sent: datetime) -> str:
    """The day as ISO 8601, with its hour and offset where an hour is told; "" when none is told.

    `sent`: days without a year come after it, and hours are of its zone.
    """
    from bot.reading.when import spans  # noqa: PLC0415  few texts tell one

    if not (_SAYS.search(text) or _WINDOW.search(text) or _FROM.search(text)):
        return ""
    found = spans(text[:20_000], sent)
    for said in _SAYS.finditer(text[:20_000]):
        for span in found:
            if said.start() <= span.begin and span.begin - said.start() <= _FAR and span.begin < said.end() + 3:
                return _until(span, sent)
    for said in _WINDOW.finditer(text[:20_000]):
        within = [span for span in found if said.start() <= span.begin < said.end()]
        for span in within:
            if span.end and span.end[:10] != span.start[:10]:
                return span.end[:10]
        if len(within) == 2 and _BETWEEN.search(text, said.start(), within[0].begin):  # "mellan 4 februari och 4 mars"
            return within[1].start[:10]
    for said in _FROM.finditer(text[:20_000]):
        for span in (span for span in found if said.start() <= span.begin < said.end()):
            if span.end and span.end[:10] != span.start[:10]:
                return span.end[:10]
            break
    return ""


def _until(span: "Span", sent: datetime) -> str:
    wall = span.end or span.start
    if "T" not in wall or span.uncertain is not None:
        return wall[:10]
    return datetime.fromisoformat(wall).replace(tzinfo=sent.tzinfo).isoformat()
