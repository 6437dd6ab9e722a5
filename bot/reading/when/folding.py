"""A text as the grammar of dates reads it: small letters, one sort of dash and space, and what only looks like a date covered.

Every place in the folded text can be told as a place in the text that was written.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

#: What stands for something that is no date: nothing in the grammar matches it.
COVER = "¤"

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u207b\ufe58\ufe63\uff0d"
_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000_"
_ALIKE = str.maketrans(
    {**dict.fromkeys(_DASHES, "-"), **dict.fromkeys(_SPACES, " "), "’": "'", "‘": "'", "：": ":", "∶": ":", "⁄": "/"}
)
#: Signs that stand between the letters without being read: bold marks, Markdown's escapes, soft hyphens, joiners.
_UNREAD = re.compile(r"[*\\\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e]+|(?<=[aAoO])[\u0308\u030a]")
#: å ä ö as two characters each, as some Macs write them.
_COMPOSED = {"a\u030a": "å", "a\u0308": "ä", "o\u0308": "ö"}

_UNITS = (
    r"ton|kg|hg|gram|ha|hektar|tunnland|procent|procentenheter|%|‰|km|mil|meter|m2|m²|kvm|kvadratmeter|grader|°|mm|cm|st"
    r"|stycken|personer|deltagare|besökare|platser|företag|kluster|gårdar|kommuner|länder|år|åringar|månader|timmar|tim"
    r"|timme|h|min|minuter|sekunder|poäng|hp|kw|kwh|mwh|mw|gw|liter|l|dl|sidor|dagar|veckor|gånger|djur|kor|grisar|höns"
    r"|miljoner|miljarder|tusen|mkr|msek|tkr|kr|kronor|sek|euro|eur|usd|dollar|öre|av|of|people|participants|percent"
    r"|pages|years|hours|minutes|days|weeks|hectares|tonnes|companies|seats|del|delar|delen|dels|kopp|koppar|portioner"
)
_BEFORE_NUMBERS = (
    r"sid(?:an|or|orna)?|s\.|punkt(?:erna)?|nr|nummer|kapitel|kap\.?|§+|artikel|rum(?:met)?|sal(?:en)?|plan|våning(?:en)?"
    r"|hus(?:et)?|port(?:en)?|spår|gate|room|floor|pages?|p\.|fas|modul|etapp|version(?:en)?|ver\.|bilaga|figur|tabell"
    r"|paragraf|protokoll|ärende|betyg|skala|skalan|matcher|platform|linje|buss|väg|riksväg|e"
)
#: Numbers that are no dates, with what they are. Each is bounded, so that the time taken grows with the text alone.
_NO_DATES = re.compile(
    "|".join(
        (
            r"\]\(\s?<?[^\s()<>]{1,2000}>?\)",  # where a Markdown link leads
            r"(?:https?://|www\.)[^\s<>()]{1,2000}",
            r"[\w.+-]{1,80}@[\w-]{1,80}(?:\.[\w-]{1,80}){1,5}",
            r"\b(?:tel|tfn|telefon|mobil|mob|phone|fax|ring|sms)\w{0,12}[.:]{0,2} ?\+?\d[\d ()/-]{5,18}\d",
            r"\+\d[\d ()-]{6,18}\d",
            r"(?<![\d.:-])0\d{1,3} ?- ?\d{2,3}(?:[ -]?\d{2,3}){2,3}(?![\d:.])",  # 070-123 45 67
            r"(?<![\d.:-])0\d{8,10}(?!\d)",
            r"(?<!\d)\d{6,8} ?[-+] ?\d{4}(?!\d)",  # organisations and persons
            r"\b(?:bankgiro|bg|plusgiro|pg|swish|orgnr|org\.? ?nr|organisationsnummer|iban|dnr|diarienr|diarienummer)"
            r"[ .:]{0,3}[\d][\d -]{3,20}",
            r"\b(?:meeting id|mötes-?id|passcode|lösenord|kod|pin|conference id|konferens-id)[ .:]{0,3}[\d ]{4,20}",
            r"\b(?:sfs|sou|prop\.?|proposition(?:en)?|bet\.|dir\.|ds) {0,2}\d{4}(?:/\d{2,4})?:\d{1,5}",
            r"\(\d{4}:\d{1,4}\)|(?<![\d-])(?:1[6-9]|20)\d\d:\d{1,4}(?![\d:])",  # lag (2003:389)
            r"(?<![\d/-])(?:19|20)\d\d ?/ ?(?:\d\d|\d{4})(?![\d/])",  # 2025/26, (EU) 2021/2115
            r"(?<![\d.,])\d[\d ]{0,9}(?:[.,]\d{1,2})? ?(?:kr\b|kronor\b|sek\b|:-|€|euro\b|eur\b|tkr\b|mkr\b|msek\b)",
            r"(?:€|\$|£) ?\d[\d .,]{0,12}",
            rf"(?<![\d/.,-])\d{{1,5}}(?:[.,]\d{{1,3}})? ?[-/] ?\d{{1,5}}(?:[.,]\d{{1,3}})?[ -]?(?:{_UNITS})(?![\wåäö])",
            rf"(?<![\wåäö])(?:{_BEFORE_NUMBERS}) ?\d{{1,4}}(?:[.,]\d{{1,3}})*(?: ?- ?\d{{1,4}})?(?![\d/:.-])",
            r"(?<![\w/])24/7(?![\w/])",
            r"\biso[ -]?\d{3,5}(?:[:-]\d{1,4})?",
        )
    )
)
#: Lines that tell when somebody can be reached, not when something happens.
_OPENING = re.compile(
    r"[^\n]{0,200}(?:\böppettid|\böppet:|\böppet (?:alla dagar|vardag|mån|dagl|tis|ons|tor|fre|lör|sön)"
    r"|\böppen (?:vardag|mån|dagl)|telefontid|besökstid|kontorstid|opening hours|open(?:ing)? (?:weekdays|mon|daily)"
    r"|\bväxel(?:n)? (?:är )?öpp)[^\n]{0,200}"
)
_NAMES = r"från|from|fra|avsändare|skickat|sent|sendt|datum|date|dato|till|to|til|kopia|cc|bcc|ämne|subject|emne|svar till|reply-to"
#: The head of a mail inside a mail.
_HEAD = re.compile(rf"(?:(?:^|\n)[ >|]{{0,6}}(?:{_NAMES}) ?:[^\n]{{0,400}}){{3,8}}")
_WHO = re.compile(r"\n?[ >|]*(?:från|from|fra|avsändare) ?:")
#: "Den tors 10 sep. 2026 kl 09:14 skrev Anna Ek:"
_WROTE = re.compile(
    r"(?:^|\n)[ >]{0,6}(?:den|on|på|le|am|i)? ?(?=[^\n]{0,100}\d)[^\n]{6,200}(?:\n[^\n]{0,120})?\b(?:skrev|wrote|schrieb)\b"
    r"[^\n]{0,120}"
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made plain, and the way back to what was written."""

    text: str
    _at: tuple[int, ...]  # places in the folded text before which something was left out
    _gone: tuple[int, ...]  # how many characters, up to there

    def place(self, position: int) -> int:
        """Where that character stands in the text that was written."""
        found = bisect_right(self._at, position)
        return position + (self._gone[found - 1] if found else 0)

    def written(self, begin: int, stop: int) -> tuple[int, int]:
        """The part of the text that was written, which begins and ends with characters that were read."""
        return self.place(begin), self.place(stop - 1) + 1


def fold(text: str) -> Folded:
    """The text made plain, with covers over what only looks like dates."""
    pieces: list[str] = []
    at: list[int] = []
    gone: list[int] = []
    last = left_out = 0
    for found in _UNREAD.finditer(text):
        begin, stop = found.span()
        piece = text[last:begin]
        if found.group() in "\u0308\u030a" and piece:
            piece = piece[:-1] + _COMPOSED.get(piece[-1].lower() + found.group(), piece[-1])
        pieces.append(piece)
        at.append(begin - left_out)
        left_out += stop - begin
        gone.append(left_out)
        last = stop
    pieces.append(text[last:])
    return Folded(_covered(_small("".join(pieces).translate(_ALIKE))), tuple(at), tuple(gone))


def _small(text: str) -> str:
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _covered(text: str) -> str:
    if ":" in text and (text.count("\n") >= 2):
        text = _HEAD.sub(lambda head: _cover(head) if _WHO.search(head.group()) else head.group(), text)
    if "skrev" in text or "wrote" in text or "schrieb" in text:
        text = _WROTE.sub(_cover, text)
    if "pp" in text or "tid" in text or "open" in text:
        text = _OPENING.sub(_cover, text)
    return _NO_DATES.sub(_cover, text)


def _cover(found: re.Match[str]) -> str:
    """As long as what it covers, its lines kept."""
    return re.sub(r"[^\n]", COVER, found.group())
