"""How machines begin the mail that they answer with: subjects and first sentences, in the languages our members meet."""

from bridges.mail.patterns import compiled, either

LONGEST = 1_500  # characters of a text in which an automatic answer says what it is; a longer one is a person's
_LONGEST_SUBJECT = 300
_TOP = 400  # characters in which it says so first

#: "Automatic reply" in so many words. A machine puts a colon and our own subject behind it.
_SURE = (
    r"automatisk(?:t|a)? (?:e-?post|mejl|mail)?-?(?:svar|meddelande)",
    r"(?:e-?post|mejl)?auto(?:mat)?-?svar(?: från [^:]{1,60})?",
    r"frånvaro(?:assistent|meddelande|besked|svar)|semestersvar",
    r"automat(?:ic|ed)[ -](?:e-?mail )?(?:reply|response|answer)|auto[- ]?(?:reply|response|responder|respond|answer)",
    r"out[- ]of[- ](?:the[- ])?office[- ](?:auto[- ]?)?(?:reply|response|message|notice|notification|assistant)",
    r"vacation (?:reply|response|message|notice)|absence (?:notice|notification|message)",
    # Norwegian and Danish, Finnish, German, Dutch
    r"automatisk (?:svar|besvarelse)|fravær(?:smelding|sbesked|svar|sassistent|smeddelelse)|feriesvar",
    r"automaattinen (?:vastaus|poissaoloviesti|paluuviesti)|poissaolo(?:ilmoitus|viesti)",
    r"automatische (?:antwort|beantwortung|abwesenheits\w*|reaktion)|abwesenheits(?:notiz|assistent|meldung|nachricht)",
    r"automatische? (?:antwoord|beantwoording|bericht)|automatisch (?:antwoord|bericht)|afwezigheidsbericht",
    # French, Spanish, Italian, Portuguese, Polish, Estonian, Latvian, Lithuanian, Czech, Russian
    r"r[ée]ponse automatique|absence du bureau|message d.absence|respuesta autom[áa]tica|risposta automatica",
    r"resposta autom[áa]tica|automatyczna odpowied[źz]|odpowied[źz] automatyczna|automaatvastus",
    r"autom[āa]tisk[āa] atbilde|automatinis atsakymas|automatick[áa] odpov[ěe][ďd]|автоматический ответ|автоответ",
)
#: The older form of the same: enough when the text says that somebody is away.
_ABSENT = (
    r"(?:tillfällig )?frånvaro|frånvarande|ej på kontoret|out[- ]of[- ](?:the[- ])?office|fravær|fraværende|poissa",
    r"absen(?:ce|t)|abwesen(?:d|heit)|afwezig",
)
#: Words that people write as well. They tell only in an answer, with a text that says so too.
_LIKELY = (
    r"borta|bortrest|inte på kontoret|(?:på )?semester|semestermeddelande|föräldraledig|tjänstledig|ledig|ej anträffbar",
    r"away|on (?:vacation|holiday|leave)|(?:annual|maternity|parental) leave|(?:på )?ferie|lomalla|urlaub",
    r"tack för (?:ditt|din|ert|er) (?:mejl|mail|e-?post(?:meddelande)?|meddelande|förfrågan|ärende)",
    r"mottagnings(?:kvitto|bekräftelse)|bekräftelse:? (?:vi har|ditt|din|på mottag\w+)[^:]{0,60}",
    r"vi har (?:tagit emot|mottagit) (?:ditt|din|ert|er)[^:]{0,60}|(?:thank you for|we (?:have )?received) your[^:]{0,60}",
)
#: Notes: "Anna Ek is out of the office (returning 2026-08-10)".
_NAMED = (
    r"is (?:currently )?(?:out of (?:the )?office|away|on (?:vacation|holiday|leave))|är (?:inte|ej) på kontoret",
    r"är (?:frånvarande|på semester|bortrest|tjänstledig|föräldraledig)|er (?:ikke på kontoret|på ferie|fraværende)",
    r"ist (?:nicht im büro|abwesend)|on poissa",
)

_DAY = (
    r"(?:den |på |från |fr\.? ?o\.? ?m\.? |efter |i |igen|måndag|tisdag|onsdag|torsdag|fredag|vecka|v\.|\d"
    r"|januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december)"
)
#: What an automatic answer says of itself or of its owner. Enough with a subject or a header that says so too.
_AWAY = (
    r"automat(?:iskt?|genererat?|svar)|autosvar|auto-?(?:reply|response|generated|mated)|automatic(?:ally)?\b",
    r"automatisch|automaattinen|automatique",
    # Swedish
    (
        r"\b(?:är|har|vara) (?:jag )?(?:(?:nu|åter|för närvarande|just nu|tyvärr|helt|även) ){0,2}(?:på (?:semester|tjänsteresa"
        r"|resande fot|kurs|konferens)|(?:föräldra|tjänst|sjuk|studie)?ledigt?|semester|sjukskriven|frånvarande|bortrest|borta"
        r"|(?:inte|ej) (?:på kontoret|i tjänst|anträffbar|tillgänglig|på plats)|pensionerad|gått i pension|slutat|stängt)"
    ),
    rf"\b(?:åter|tillbaka|nåbar|i tjänst|på plats|på kontoret)(?: igen| på (?:kontoret|jobbet|plats)| i (?:tjänst|arbete))?[ ,]+{_DAY}",
    rf"åter(?:kommer|vänder)?(?: till (?:arbetet|kontoret|jobbet))? {_DAY}",
    r"(?:läser|svarar|besvarar|kollar) (?:jag |vi )?(?:inte|ej|endast|bara|sporadiskt|oregelbundet)",
    r"(?:begränsad|sporadisk|oregelbunden|ingen) (?:tillgång|möjlighet)|arbetar (?:inte|ej)|har (?:slutat|avslutat)",
    r"(?:i|vid) brådskande|(?:det|ärendet) är (?:akut|brådskande|bråttom)|hänvisar? (?:jag )?till",
    r"under (?:min|tiden|denna) (?:frånvaro|semester|ledighet|period)|(?:vidarebefordras|vidaresänds) (?:inte|ej)",
    r"tack för (?:ditt|att du|din|er)\b.{0,80}(?:svar|återkom|tagit emot|mottag|behandl|hantera|registrer|så snart|hör av)",
    r"(?:vi|jag) har (?:tagit emot|mottagit) (?:ditt|din|er)",
    (
        r"(?:ditt|din|ert) (?:ärende|meddelande|mejl|e-?post(?:meddelande)?|mail|förfrågan) (?:har|är|kommer)\b.{0,60}"
        r"(?:tagits emot|mottag|registrer|besvara|hantera|skapat)"
    ),
    # English
    (
        r"\b(?:i am|i.m|i will be|we are|is) (?:(?:currently|now) )?(?:out of|away|on (?:annual |parental |maternity |sick |a )?"
        r"(?:vacation|holiday|leave|business|trip)|not (?:in the office|available)|travell?ing|absent)"
    ),
    r"return(?:ing)? (?:to (?:the office|work) )?(?:on|by|to|\d|monday)|will (?:not )?(?:be back|return|respond|reply|get back)",
    r"limited access|no longer (?:work|employed|with|available|monitored)|out of (?:the )?office|for urgent|urgent matters",
    r"if (?:it is |your (?:matter|request) is )?urgent|(?:we have|we.ve|has been) received|in my absence|thank you for (?:your|contacting)",
    # Norwegian, Danish, Finnish, German, French, Dutch
    r"(?:jeg|eg) er (?:på|ute|fraværende|bortreist|ikke|i ferie)|tilba(?:k|g)e (?:på|igjen|igen|den|\d|mandag)",
    r"ikke (?:til stede|på kontoret|tilgængelig)|takk for|tak for din|\bolen (?:lomalla|poissa|matkoilla)|palaan|kiitos viestist",
    r"ich bin (?:vom|bis|ab|im|zur|derzeit|nicht)|zurück|abwesend|nicht im büro|je suis (?:absent|en congé)",
    r"absente? (?:du|jusqu)|afwezig|niet aanwezig|estoy (?:de vacaciones|fuera)|sono (?:in ferie|fuori)",
)
#: What nobody but somebody away, or a machine, begins a mail with.
_HOLIDAY = (
    r"automat\w*[ -](?:svar|reply|response|antwort|vastaus)|autosvar|auto-?reply",
    rf"^\W*(?:hej\W{{1,3}})?(?:jag är )?(?:åter|tillbaka)(?: på (?:kontoret|jobbet|plats)| i (?:tjänst|arbete))? {_DAY}",
    (
        r"\b(?:jag är|jag har|i am|i.m|jeg er|ich bin|olen)\b.{0,40}(?:semester|ledig|kontoret|bortrest|slutat|vacation|holiday"
        r"|office|leave|ferie|urlaub|lomalla|abwesend)"
    ),
)
_GREETING = r"(?:hej|hejsan|hello|hi|dear|god dag|tack för (?:ditt|att du)|thank you for)\b[^.!?\n]{0,80}[.!,?\n]\s*"
#: The first sentence, after a greeting and a thank-you at most.
_SAYS_SO = (
    (
        r"(?:detta|det här|detta mejl|detta meddelande|this|this message|this e-?mail) (?:är|is|has been|har|skickas)(?: ett| en| an?)? "
        r"(?:auto(?:matisk?t?|mated|matic|-?svar|-?reply|-?genererat|-?generated|-?response)|automat(?:svar|genererat))"
    ),
    r"\[?(?:autosvar|automatiskt svar|automatic reply|auto-?reply)\]?\s*[:.\n]",
)
#: "Ärende #20461 har registrerats", "[Ticket 1234]".
_CASE = (
    r"(?:ärende(?:nummer)?|ticket|case|request|diarienr|dnr|incident)\W{0,3}(?:nr|nummer|id|number|no)?\W{0,3}[A-Z]{0,6}-?\d{3,}",
    r"\[[#A-Z]{1,8}-?\d{3,}\]|\[[\w. ]{1,30}#\d{3,}\]",
    r"(?:ärende|request|ticket|case)\b.{0,20}(?:mottaget|registrerat|skapat|received|created)",
)
_ACKNOWLEDGES = (
    (
        r"(?:ärende|förfrågan|mejl|meddelande|e-?post|mail|felanmälan)\w* (?:har|är|med|till)\b.{0,80}"
        r"(?:mottagit|mottaget|tagits emot|registrerat|skapat)"
    ),
    r"har (?:tagit emot|mottagit|registrerat) (?:ditt|din|er)|(?:have|.ve) received your",
    r"(?:request|ticket|case|message|e-?mail|inquiry) .{0,60}(?:has been|was) (?:received|created|registered|logged|opened)",
)
_BY_ITSELF = (
    r"automat|svara (?:inte|ej) på|går (?:inte|ej) att svara|kan (?:inte|ej) (?:svara|besvara)|do not (?:reply|respond)",
    r"reply above this line|svara ovanför",
)
_QUOTE = (
    r">|-{2,}\s*(?:original|ursprungl)|(?:från|from|fra|von)\s*:|_{10,}",
    r"(?:den|on|am|le|op) .{5,120}(?:skrev|wrote|schrieb|écrit|schreef)|.{0,120}\b(?:skrev|wrote)\b.{0,60}:\s*$",
)


_OPEN, _SHUT = r"^[\[(]?\s*", r"\s*[\])]?\s*"
_ANSWERED = r"\s(?:re|sv|aw|vs)\s*:"
_SURE_COLON = compiled(rf"{_OPEN}{either(*_SURE)}{_SHUT}(?::|[-–—] |{_ANSWERED}|(?<=[\])])\s)")
_SURE_WHOLE = compiled(rf"{_OPEN}{either(*_SURE, *_ABSENT)}{_SHUT}[.!]*$|\s[\[(]{either(*_SURE, *_ABSENT)}[\])]$")
_SURE_ALONE = compiled(rf"{_OPEN}{either(*_SURE)}{_SHUT}[.!]*$")
_ABSENT_COLON = compiled(rf"{_OPEN}{either(*_ABSENT)}{_SHUT}(?::|{_ANSWERED})")
_LIKELY_START = compiled(
    rf"{_OPEN}{either(*_LIKELY, *_ABSENT, *_SURE)}{_SHUT}(?:[:,.(–—-]|$|{_ANSWERED}|\s(?:t\.?o\.?m|till|until|from|från)\b)"
)
_NAMED_START = compiled(rf"^.{{2,60}}\b{either(*_NAMED)}\b")
_says_away = compiled(either(*_AWAY)).search
_is_holiday = compiled(either(*_HOLIDAY)).search
_says_so = compiled(rf"^\W*(?:{_GREETING}){{0,2}}\W*{either(*_SAYS_SO)}").match
_names_case = compiled(either(*_CASE)).search
_acknowledges = compiled(either(*_ACKNOWLEDGES)).search
_is_by_itself = compiled(either(*_BY_ITSELF)).search
_is_quote = compiled(either(*_QUOTE)).match


def is_auto_subject(subject: str) -> bool:
    """Whether a subject has the form in which machines put theirs before ours: "Automatiskt svar: Inbjudan".

    "Frånvarohantering i lantbruket" is a person's title, and "SV: Automatiskt svar: Inbjudan" a person's answer.
    """
    return _SURE_COLON.match(_cut(subject)) is not None


def is_absent_subject(subject: str) -> bool:
    """Whether a subject says "automatic reply" and no more, or that somebody is away: "Frånvaro: Inbjudan"."""
    return any(pattern.search(_cut(subject)) for pattern in (_SURE_ALONE, _NAMED_START, _ABSENT_COLON))


def is_likely_auto_subject(subject: str) -> bool:
    """Whether a subject is one of an absence, as machines write and people may: "Out of office", "Semester"."""
    patterns = (_SURE_COLON, _SURE_WHOLE, _LIKELY_START, _NAMED_START)
    return any(pattern.search(_cut(subject)) for pattern in patterns)


def says_away(text: str) -> bool:
    """Whether the beginning of a text says that nobody is there, or that it is automatic."""
    return _says_away(beginning(text)) is not None


def is_holiday(text: str) -> bool:
    """Whether a text begins with somebody's absence, or by saying that it is an automatic answer."""
    return _is_holiday(beginning(text)[:_TOP]) is not None


def says_automatic(text: str) -> bool:
    """Whether the first sentence says that the mail is an automatic answer."""
    return _says_so(beginning(text)[:_TOP]) is not None


def acknowledges_case(subject: str, text: str) -> bool:
    """Whether a ticket system says that it has a new case."""
    said = f"{_cut(subject)}\n{beginning(text)[:600]}"
    return _names_case(_cut(subject)) is not None and _acknowledges(said) is not None


def is_by_itself(text: str) -> bool:
    """Whether a text says that nobody wrote it, or that nobody reads an answer."""
    return _is_by_itself(beginning(text)) is not None


def beginning(text: str) -> str:
    """What stands above the first quote, at most so much as says what a mail is."""
    kept: list[str] = []
    for line in text[: 2 * LONGEST].split("\n"):
        if _is_quote(line[:300]):
            break
        kept.append(line)
    return "\n".join(kept)[:LONGEST]


def _cut(subject: str) -> str:
    return subject[:_LONGEST_SUBJECT].strip()
