"""What stands below a closing: titles, telephones and notices are a card; a postscript or a question is the person's."""

import re
from collections.abc import Sequence

from bridges.mail.replies.closings import is_name, undressed

_CONTACT = re.compile(
    r"(?:\+|\b00?)[1-9]?\d?[\d\s()/–.-]{5,}\d"  # a telephone; dates begin with no zero
    r"|[\w.+'-]{1,64}@[\w.-]{1,255}\.\w{2,}"
    r"|https?://|\bwww\.|\b[\w-]{2,60}\.(?:se|com|nu|org|eu|net|fi|no|dk|io|de)\b"
    r"|\b\d{3} ?\d{2} +[A-ZÅÄÖ][a-zåäöA-ZÅÄÖ]+|\bBox \d|\b[A-ZÅÄÖ][a-zåäö]+(?:gatan|vägen|gränd|torget|allén|stigen|backen|plan) \d"
    r"|\[(?:cid:|image|bild|logo)[^\]]{0,200}\]|!\[[^\]]{0,200}\]",
)
_CONTACT_LABEL = re.compile(
    r"(?:tel|telefon|tfn|mobil|mob|mobile|phone|direkt|växel|fax|e-post|epost|e-mail|email|mail|mejl|webb|web|adress|besöksadress"
    r"|postadress|leveransadress|fakturaadress|besök|post|org\.?\s?nr|organisationsnummer|swish|bankgiro|bg|hemsida|m|t|e|w)\b\.?\s?:",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:ledare|chef|rådgivare|ansvarig|utvecklare|lektor|professor|forskare|strateg|samordnare|koordinator|konsult|ordförande"
    r"|sekreterare|agronom|hortonom|kommunikatör|handläggare|assistent|lärare|rektor|journalist|redaktör|tekniker|ingenjör|jurist"
    r"|manager|officer|advis[eo]r|director|coordinator|researcher|student|lecturer|docent|rådgjevar|rådgiver|konsulent)\b"
    r"|\b(?:vd|ceo|phd|fil\.? ?dr|agr\.? ?dr|civ\.? ?ing|doktorand|controller)\b",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"(?:ps|p\.\s?s\.?|pps|obs|n\.?b)\b(?!-\w)[\s.:!,–-]*", re.IGNORECASE)
_BULLET = re.compile(r"(?:[-–•·▪◦*+]|\d{1,2}[.)])\s+\S")
_RULE = re.compile(r"[\W_]{1,200}")
_LIST_INTRO = re.compile(
    r"(?:deltagare|anmälda|närvarande|bilag\w*|bifogat|bifogas|kopia till|allergi\w*|dagordning|förslag|frågor|punkter)\b.{0,60}",
    re.IGNORECASE,
)
#: Fields of an invitation or an application, which no card has.
_FIELD = re.compile(
    r"(?:tid|plats|när|var|datum|dag|talare|program|osa|anmälan|kostnad|pris|lokal|ämne|kost|förslag ?\d?|punkt ?\d?)\s?:\s?\S",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"(?:hej|tack|ok|okej|jo|ja|nej|förresten|glömde|jag)\b", re.IGNORECASE)
#: Notices of offices, in the words that all of them share.
_NOTICE = re.compile(
    r"personuppgift|\bgdpr\b|dataskydd|konfidentiell|sekretess|\bavse(?:tt|dd|dda)\b.{0,30}\b(?:för|mottagare)|endast för (?:den|mottagare)"
    r"|rätt(?:e|a)? mottagare|av misstag (?:fått|mottagit)|skriver? ut (?:detta|det här|mejlet)|på miljön|allmän(?:na)? handling"
    r"|confidential|intended (?:recipient|addressee|only|solely)|privileged|disclos|personal data|privacy polic|print this|before printing"
    r"|integritetspolicy|innehåll.{0,30}virus|vertraulich|taushets|fortrolig|luottamuksel|personopplysning|personoplysning",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"\bfölj (?:oss|mig|gärna)|nyhetsbrev|prenumerera|\b(?:facebook|linkedin|instagram|youtube|twitter)\b|besök (?:oss|vår|gärna)"
    r"|\bläs mer\b|follow us|newsletter|subscribe|visit (?:us|our)|klicka här|click here|välkommen (?:in )?till (?:vår|oss)",
    re.IGNORECASE,
)
#: A notice that needs no closing above it to be known.
_OWN_NOTICE = re.compile(
    r"(?:när|om|då|genom att) (?:du|ni) (?:skickar|mejlar|mailar|kontaktar|kommunicerar|e-postar|skriver till).{0,160}personuppgift"
    r"|.{2,60}\bbehandlar (?:dina |alla )?personuppgifter\b.{0,80}(?:läs mer|information|enligt|gdpr|dataskydd|när du)"
    r"|information om (?:vår |hur vi )?(?:behandl|hanter)\w*.{0,40}personuppgift|så (?:här )?(?:behandlar|hanterar) .{2,40} personuppgift"
    r"|läs (?:mer )?om (?:hur|vår).{0,60}personuppgift|e-?mailing .{2,60} personal data|(?:this|the (?:information|contents?)).{0,60}e-?mail.{0,80}(?:confidential|intended)"
    r"|(?:detta|det här|informationen i) .{0,20}(?:mejl|mail|meddelande|e-post)\w* .{0,60}(?:konfidentiell|avse(?:tt|dd)|sekretess)"
    r"|(?:tänk på|värna om) miljön|(?:please )?(?:consider|think of) the environment|behöver du (?:verkligen )?skriva ut",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"\bmailing ?list\b|listinfo/|sändlista|e-postlista|google (?:grupper|groups)|groups\.google\.com|mailman/",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
#: Words that somebody says, and does not put on a card.
_TALK = frozenset(
    _WORD.findall(
        "jag du vi ni han hon det den mig dig oss er min mitt mina din ditt dina är var har hade blir kommer"
        " kan ska skulle vill måste behöver inte att om när tack hoppas gärna glöm ses hörs ring skicka svara"
        " meddela återkom låt säg tar tog får fick gör gick går bra kul också även men så we you is are can"
        " will would please do not have see let thanks jeg ikke skal vil og kanskje hej hei hi tänkte undrar"
        " undrade vet tror håller bifogar bokar"
    )
)
_TO_SOMEBODY = frozenset(
    _WORD.findall(
        "jag mig min mitt mina du dig din ditt dina ni er ert era ses hörs återkom hoppas glöm kan ska"
        " skicka meddela svara säg låt hör tack you your please can let see jeg deg dere skal du"
    )
)
_AT_WORK = re.compile(
    r"\b(?:ledig|lediga|arbetar|jobbar|arbetstid\w*|tjänstgör\w*|kontorstid\w*|föräldraledig|telefontid\w*|tjänstledig|deltid|på plats)\b",
    re.IGNORECASE,
)
_LONG = 60  # characters; a title is shorter
_MOST_SAID = 5  # lines; with more below it, the closing closed something inside the text


def has_contact(line: str) -> bool:
    """A telephone, an address of some sort, or the word for one."""
    part = line[:500]
    return _CONTACT.search(part) is not None or _CONTACT_LABEL.match(undressed(part)) is not None


def has_title(line: str) -> bool:
    """The line says what somebody works as."""
    return len(line) <= 120 and _TITLE.search(line) is not None


def is_postscript(line: str) -> bool:
    """`PS`, `P.S.`, `OBS`: whatever follows is said to somebody."""
    return _POSTSCRIPT.match(undressed(line)) is not None


def is_own_notice(line: str) -> bool:
    """An office's notice on personal data, secrecy or printers, known by itself."""
    return _OWN_NOTICE.match(undressed(line[:1_000])) is not None


def is_footer(line: str) -> bool:
    """What a list server puts below every mail."""
    return _FOOTER.search(line[:500]) is not None


def is_rule(line: str) -> bool:
    """A line without letters or figures."""
    return _RULE.fullmatch(line.strip()) is not None


def is_bullet(line: str) -> bool:
    """A line of a list."""
    return _BULLET.match(line.strip()) is not None


def is_short(line: str) -> bool:
    """A line as cards have them: no sentence, no question, no list."""
    text = undressed(line)
    return has_contact(line) or (
        len(text) <= _LONG
        and not text.endswith(("?", ":"))
        and not is_bullet(text)
        and not _FIELD.match(text)
        and not _speaks(text, carded=False)
    )


def said_below(lines: Sequence[str], below: Sequence[int], *, sure: bool) -> list[int] | None:
    """Which of these lines, that stand below a closing, the person wrote all the same; None: it is no signature at all.

    `sure`: a mark says that it is a signature, so only a postscript or a question is the person's.
    """
    carded = sure or any(has_contact(lines[number]) for number in below)
    said: list[int] = []
    mood = ""  # of the paragraph: "said", "notice", ""
    noticed = False
    previous = -2
    for number in below:
        text = undressed(lines[number])
        if number > previous + 1:
            mood = ""
        previous = number
        if _POSTSCRIPT.match(text):
            mood = "said"
        elif mood == "said":
            if has_contact(lines[number]) and not is_bullet(text) and not _speaks(text, carded=True):
                mood = ""
        elif _NOTICE.search(text[:1_000]):
            mood, noticed = "notice", True
        elif mood != "notice" and not noticed and _is_said(text, carded=carded, sure=sure):
            mood = "said"
        if mood == "said":
            said.append(number)
    return None if len(said) > _MOST_SAID and not sure else said


def _is_said(text: str, *, carded: bool, sure: bool) -> bool:
    words = [word.casefold() for word in _WORD.findall(text[:1_000])]
    if is_rule(text) or not words:
        return False
    if text.endswith("?"):
        return not _OFFER.search(text) or ("kan" in words and "du" in words)
    if sure:
        return False
    if is_bullet(text):
        return not has_contact(text)
    if _LIST_INTRO.fullmatch(text) or _FIELD.match(text):
        return True
    if _AGAIN.match(text) and text.endswith(("!", ".")) and not _AT_WORK.search(text):
        return True
    return not has_contact(text) and not _OFFER.search(text) and _speaks(text, carded=carded)


def _speaks(text: str, *, carded: bool) -> bool:
    """A sentence of somebody to somebody. `carded`: there is a card around it, where slogans stand."""
    words = [word.casefold() for word in _WORD.findall(text[:1_000])]
    ended = text.endswith((".", "!", "?", ":", ")")) or len(text) > _LONG
    if carded:
        return len(words) >= 3 and ended and any(word in _TO_SOMEBODY for word in words) and not _AT_WORK.search(text)
    talk = sum(word in _TALK for word in words)
    if is_name(text) and talk < 2:
        return False
    return (talk >= 1 and ended and len(words) >= 2) or talk >= 2
