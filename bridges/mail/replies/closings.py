"""The words that end a letter: "Med vänlig hälsning", a name, "/Anna", and what telephones add by themselves."""

import re
import unicodedata
from collections.abc import Sequence

#: Lines that telephones and programs add by themselves, in the languages of the north, German and English.
_DEVICE = (
    r"i-?phone|i-?pad|ipod|mac|android|galaxy|samsung|smart-?(?:phone|telefon)|mobil\w*|telefon\w*|phone|mobile|surfplatta\w*|blackberry"
    r"|device|tablet|pixel|xperia|sony|huawei|oneplus|nokia|motorola|htc|lg|windows"
)
_PROGRAM = r"outlook|e-post för|mail (?:för|for|til|fra|på)|mail\b|yahoo|gmail|proton|samsung|spark|windows|e-post|iphone|ipad|android|canary|superhuman"
_MACHINE = re.compile(
    rf"(?:(?:skickat|skickades|skickad) (?:från|med|via) (?:(?:min|mitt|en|ett) (?:[\w®-]+ ){{0,3}}(?:{_DEVICE})|{_PROGRAM})"
    rf"|(?:hämta|skaffa) outlook för|(?:mvh|hälsningar) från min (?:{_DEVICE})|skickat från min [\w®-]+$"
    rf"|sent (?:from|with|via|using) (?:(?:my|an?) (?:[\w®-]+ ){{0,4}}(?:{_DEVICE})\b|{_PROGRAM}|typeapp|sparrow|mailbird)|get outlook for"
    rf"|sendt (?:fra|med|via) (?:(?:min|mitt|en) (?:[\w®-]+ ){{0,3}}(?:{_DEVICE})|{_PROGRAM})|hent outlook (?:for|til)|få outlook (?:for|för|til)"
    rf"|von meine[mr] .{{1,30}} gesendet|gesendet (?:von|mit|über) (?:(?:meine[mr]) |{_PROGRAM}|der )|outlook für .{{1,20}} (?:herunterladen|beziehen)"
    rf"|holen sie sich outlook|lähetetty (?:{_DEVICE}|{_PROGRAM}|puhelimesta|laitteesta)|hanki outlook)[^?!]{{0,160}}",
    re.IGNORECASE,
)
#: What Microsoft puts above the text of somebody who seldom writes.
_BANNER = re.compile(r".{0,200}aka\.ms/LearnAboutSenderIdentification.{0,80}", re.IGNORECASE)

_ADJECTIVES = r"(?:[a-zåäöé-]{2,15}(?:a|ig|g|st)\b,?\s+(?:(?:och|&)\s+)?){0,3}"
_PHRASE = (
    rf"(?:med\s+)?(?:de\s+)?{_ADJECTIVES}[a-zåäö-]{{0,15}}hälsning(?:ar(?:na)?|en)?|med\s+vänlig\b|hälsn\b\.?"
    r"|mvh|m\.\s?v\.\s?h\.?|vh|v\.h\.?|bästa hälsn\b\.?|vänligen|högaktningsfullt|allt gott|hälsar|kram(?:ar)?|många kramar"
    r"|(?:kind|best|warm|warmest|many|kindest)(?:\s+(?:regards|wishes))?|regards|sincerely|yours(?:\s+(?:sincerely|truly|faithfully))?"
    r"|all the best|cheers|rgds|br|b\.r\.|(?:yours )?sincerely(?: yours)?"
    r"|(?:med\s+)?(?:de\s+)?(?:venn?lig|venn?lige|beste|bedste|mange|gode|kærlig|kjærlig|varm|varme|hjertelig|hjertelige)\s+hils(?:en|ener|ner)|hils(?:en|ener|ner)"
    r"|(?:ystävällisin|parhain|lämpimin)\s+terveisin|terveisin|yst\.?\s?terv\.?|terv\.?"
    r"|(?:mit\s+)?(?:freundlichen|freundliche|besten|beste|vielen|viele|lieben|liebe|herzlichen|herzliche|schöne|schönen)\s+grü(?:ß|ss)en?"
    r"|(?:mit\s+)?grü(?:ß|ss)en?|gru(?:ß|ss)|mfg|hochachtungsvoll"
)
_CLOSING = re.compile(
    rf"(?P<phrase>{_PHRASE})(?:\s*[/|,]\s*(?:{_PHRASE}))?\s*[,.!:;–-]{{0,2}}\s*(?P<rest>.{{0,70}})", re.IGNORECASE
)
#: English "best", "yours" and "many" alone are words like others; so is "hälsar".
_NEED_NAME = frozenset({"best", "many", "warm", "kind", "warmest", "kindest", "yours", "hälsar", "med vänlig"})
#: After these a name may be written small: "mvh anna".
_BRIEF = re.compile(r"mvh|m\.\s?v\.\s?h\.?|vh|hälsn\.?|hälsningar|kram|kramar|/+", re.IGNORECASE)
_NAME_WORD = r"(?-i:[A-ZÅÄÖÉØÆÜ][\w.'-]{0,25})"
_SMALL = r"(?:och|o|and|und|og|ja|&|\+|/|från|fr\.?|i|på|vid|at|gm|genom|von|van|de|af|av|la|för|med|\([^()]{1,40}\))"
#: In a closing line, where somebody sits: "Mvh Anna på kansliet", "/Anna och gänget".
_PLACE = r"(?:och|&|på|i|vid|hos|för) (?-i:[a-zåäö]{2,20})"
_NAMED = (
    r"(?:(?:från|from|fra|fr\.?|av|önskar|alla|oss|vi|i|på)\s+)*[/~|]{{0,3}}\s?{0}(?:[\s,]{{1,3}}(?:{1}{0}|{2})){{0,7}}"
)
_NAME = re.compile(_NAMED.format(_NAME_WORD, "", _SMALL) + r"(?:,\s*[^.?!]{2,50})?[.,!]?", re.IGNORECASE)
_NAME_AND_PLACE = re.compile(
    _NAMED.format(_NAME_WORD, f"{_PLACE}|", _SMALL) + r"(?:,\s*[^.?!]{2,50})?[.,!]?", re.IGNORECASE
)
_SLASHED = re.compile(
    rf"(?:/{{1,3}}|~)\s?(?:{_NAME_WORD}(?:[ ,]{{1,2}}(?:{_PLACE}|{_NAME_WORD}|{_SMALL})){{0,6}}|[a-zåäöé]{{2,15}})[.!,]?"
)
_ORNAMENT = re.compile(r"(?:[:;8=][-o']?[)D(P]|<3|\^_\^)+\s*$")
_LETTERS = re.compile(r"[^\W\d_]+")
#: Some write a link as Markdown even in plain text: "Sent with [Proton Mail](https://…)".
_LINK = re.compile(r"\[([^\[\]]{1,80})\]\([^()\s]{1,200}\)")


def is_machine(line: str) -> bool:
    """`Skickat från min iPhone`: nobody wrote it."""
    plain = _LINK.sub(r"\1", undressed(line)[:600]).strip("[]()")
    return len(plain) <= 300 and (_MACHINE.fullmatch(plain) is not None or _BANNER.fullmatch(plain) is not None)


def undressed(line: str) -> str:
    """A line without emphasis, faces and pictures of flowers."""
    text = line.strip()
    if len(text) > 300:
        return text
    if text and max(text) >= "\u200b":
        text = "".join(char for char in text if unicodedata.category(char) not in ("So", "Cf", "Mn", "Sk"))
    return _ORNAMENT.sub("", text.strip()).strip().strip("*_").strip()


def closing(line: str) -> str | None:
    """The name that stands in a closing line, "" when it is the phrase alone; None when the line closes nothing."""
    if len(line) > 150:
        return None
    text = undressed(line)
    if not text or len(text) > 90:
        return None
    if _SLASHED.fullmatch(text):
        return text.lstrip("/~ ")
    match = _CLOSING.fullmatch(text)
    if match is None or (match["rest"][:1].isalnum() and text[match.start("rest") - 1].isalnum()):
        return None
    rest = match["rest"].strip()
    phrase = match["phrase"].casefold().strip()
    if not rest:
        return None if phrase in _NEED_NAME and text[-1:] not in ",-–" else ""
    if _NAME_AND_PLACE.fullmatch(rest) or (
        _BRIEF.fullmatch(phrase) and re.fullmatch(r"/{0,2}\s?[a-zåäöé]{2,15}[.!]?", rest)
    ):
        return rest
    return None


def is_slashed(line: str) -> bool:
    """`/Anna`, `//Anna Svensson`."""
    return _SLASHED.fullmatch(undressed(line)) is not None


def is_name(line: str) -> bool:
    """It could be a name, or that of an office: a few words that begin with capitals."""
    text = undressed(line)
    return 0 < len(text) <= 60 and len(text.split()) <= 7 and _NAME.fullmatch(text) is not None


def names_of(author: str) -> frozenset[str]:
    """The words of a sender's name or address, as `is_author` compares them."""
    return frozenset(word for word in words_of(author) if len(word) > 1)


def words_of(text: str) -> Sequence[str]:
    """Words of letters, without case and accents: addresses have none."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return _LETTERS.findall("".join(char for char in folded if not unicodedata.combining(char)))


def is_author(line: str, names: frozenset[str]) -> bool:
    """The line is the sender's own name, whole or in part, perhaps with somebody else's: "Anna och Bo"."""
    text = undressed(line).strip("/~-–— ,.!")
    if not names or not 0 < len(text) <= 60 or any(char.isdigit() for char in text):
        return False
    words = [word for word in words_of(text) if word not in ("och", "o", "and", "m", "med", "via")]
    if not words or len(words) > 5:
        return False
    known = sum(word in names for word in words)
    if known == len(words) or (known and all(word in names or len(word) == 1 for word in words)):
        return True
    together = re.search(r"\b(?:och|and)\b|&|\+", text) is not None and "," not in text
    return bool(known) and together and is_name(line)
