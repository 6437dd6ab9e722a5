"""How machines begin the mail that they answer with: subjects and first sentences, in the languages our members meet."""

import re

_LONGEST = 1_500  # characters of a text in which an automatic answer says what it is

#: "Automatic reply" in so many words. A machine puts a colon and our own subject behind it.
_SURE = (
    # Swedish
    r"automatisk(?:t|a)? (?:e-?post|mejl|mail)?-?(?:svar|meddelande)|auto(?:mat)?-?svar(?: från [^:]{1,60})?|frånvaro(?:assistent|meddelande|besked|svar)"
    r"|(?:e-?post|mejl)?autosvar|semester(?:svar|meddelande|hälsning)|autosvar från [^:]{1,60}"
    # English
    r"|automat(?:ic|ed)[ -](?:e-?mail )?(?:reply|response|answer)|auto[- ]?(?:reply|response|respond(?:er)?|answer)"
    r"|out[- ]of[- ](?:the[- ])?office(?:[- ](?:auto[- ]?)?(?:reply|response|message|notice|notification|assistant))?|vacation (?:reply|response|message|notice)"
    r"|(?:away|absence) (?:from (?:the )?office|notice|notification|message)"
    # Norwegian and Danish, Finnish, German, Dutch
    r"|automatisk (?:svar|besvarelse|autosvar)|fravær(?:smelding|sbesked|svar|sassistent|smeddelelse)|feriesvar|automaattinen (?:vastaus|poissaoloviesti|paluuviesti)"
    r"|poissaolo(?:ilmoitus|viesti)|automatische (?:antwort|beantwortung|abwesenheits\w*|reaktion)|abwesenheits(?:notiz|assistent|meldung|nachricht)"
    r"|automatisch(?:e)? (?:antwoord|beantwoording|bericht)|afwezigheidsbericht"
    # French, Spanish, Italian, Portuguese, Polish, the Baltic and Czech, Russian
    r"|r[ée]ponse automatique|absence du bureau|message d.absence|respuesta autom[áa]tica|risposta automatica|resposta autom[áa]tica|automatyczna odpowied[źz]"
    r"|odpowied[źz] automatyczna|automaatvastus|autom[āa]tisk[āa] atbilde|automatinis atsakymas|automatick[áa] odpov[ěe][ďd]|автоматический ответ|автоответ"
)
#: Words that people write as well. They tell only with more beside them.
_LIKELY = (
    r"(?:tillfällig )?frånvaro|frånvarande|borta|bortrest|ej på kontoret|inte på kontoret|på semester|semester|föräldraledig|tjänstledig|ledig|ej anträffbar"
    r"|away|on (?:vacation|holiday|leave)|absent|absence|annual leave|maternity leave|fravær|fraværende|på ferie|ferie|poissa|lomalla|abwesen(?:d|heit)|urlaub|afwezig|absent du bureau"
    r"|(?:tack för|bekräftelse(?: på)?|mottagnings(?:kvitto|bekräftelse)|vi har (?:tagit emot|mottagit)|thank you for|we (?:have )?received)[^:]{0,60}"
)
_FENCE = r"[\[(]?\s*"
_SURE_COLON = re.compile(
    rf"^{_FENCE}(?:{_SURE})\s*[\])]?\s*(?::|[-–—] |\s(?:re|sv|aw|vs)\s*:|(?<=[\])])\s)", re.IGNORECASE
)
#: The older form of the same: enough when the text says that somebody is away.
_ABSENT_COLON = re.compile(
    r"^(?:(?:tillfällig )?frånvaro|frånvarande|ej på kontoret|fravær|fraværende|poissa|absen(?:ce|t)|abwesen(?:d|heit))\s*:",
    re.IGNORECASE,
)
_SURE_WHOLE = re.compile(rf"^{_FENCE}(?:{_SURE})\s*[\])]?\s*[.!]*$|\s[\[(](?:{_SURE})[\])]$", re.IGNORECASE)
_LIKELY_START = re.compile(
    rf"^{_FENCE}(?:{_LIKELY}|{_SURE})\s*[\])]?\s*(?:[:,.(–—-]|$|\s(?:re|sv)\s*:|\s(?:t\.?o\.?m|till|until|from|från)\b)",
    re.IGNORECASE,
)
#: Notes: "Anna Ek is out of the office (returning 2026-08-10)".
_NAMED = re.compile(
    r"^.{2,60}\b(?:is (?:currently )?(?:out of (?:the )?office|away|on (?:vacation|holiday|leave))|är (?:inte|ej) på kontoret|är (?:frånvarande|på semester|bortrest|tjänstledig|föräldraledig)"
    r"|er (?:ikke på kontoret|på ferie|fraværende)|ist (?:nicht im büro|abwesend)|on poissa)\b",
    re.IGNORECASE,
)

#: What an automatic answer says of itself or of its owner. Enough with a subject or a header that says so too.
_ABSENCE = re.compile(
    # it is automatic
    r"automat(?:iskt?|genererat?|svar)|autosvar|auto-?(?:reply|response|generated|mated)|automatic(?:ally)?\b|automatisch|automaattinen|automatique"
    # Swedish
    r"|\b(?:är|har|är just nu|är för närvarande|kommer att vara) (?:jag )?(?:nu |åter |för närvarande |just nu |tyvärr |helt |även )?(?:på (?:semester|tjänsteresa|resande fot|kurs|konferens)"
    r"|(?:föräldra|tjänst|sjuk|studie)?ledig|ledigt|semester|sjukskriven|frånvarande|bortrest|borta|(?:inte|ej) (?:på kontoret|i tjänst|anträffbar|tillgänglig|på plats)|pensionerad|gått i pension|slutat)"
    r"|\b(?:åter|tillbaka|nåbar|i tjänst|på plats|på kontoret)(?: igen| på (?:kontoret|jobbet|plats|arbetet)| i (?:tjänst|arbete))*[ ,]+(?:den |på |från |fr\.? ?o\.? ?m\.? |efter |i |måndag|tisdag|onsdag|torsdag|fredag|vecka|v\.|\d)"
    r"|åter(?:kommer|vänder)?(?: till (?:arbetet|kontoret|jobbet))? (?:den |på |i |igen|måndag|tisdag|onsdag|torsdag|fredag|vecka|v\.|\d)"
    r"|(?:läser|svarar|besvarar|kollar) (?:jag |vi )?(?:inte|ej|endast|bara|sporadiskt|oregelbundet)|(?:begränsad|sporadisk|oregelbunden|ingen) (?:tillgång|möjlighet)"
    r"|arbetar (?:inte|ej)(?: längre| kvar)|har (?:slutat|avslutat)|finns (?:inte|ej) (?:längre )?kvar|vid brådskande|i brådskande|(?:är det|om det är|ärendet är) (?:akut|brådskande|bråttom)"
    r"|under (?:min|tiden|denna) (?:frånvaro|semester|ledighet|period)|hänvisar? (?:jag )?till|(?:vidarebefordras|vidaresänds) (?:inte|ej)"
    r"|tack för (?:ditt|att du|din|er)\b.{0,80}(?:svar|återkom|tagit emot|mottag|behandl|hantera|registrer|så snart|kontakta|mejla|hör av)"
    r"|(?:vi|jag) har (?:tagit emot|mottagit) (?:ditt|din|er)|(?:ditt|din|ert) (?:ärende|meddelande|mejl|e-?post(?:meddelande)?|mail|förfrågan) (?:har|är|kommer)\b.{0,60}(?:tagits emot|mottag|registrer|besvara|hantera|skapat)"
    # English
    r"|\b(?:i am|i.m|i will be|we are|is) (?:currently |now )?(?:out of|away|on (?:annual |parental |maternity |sick |a )?(?:vacation|holiday|leave|business|trip)|not (?:in the office|available)|travell?ing|absent)"
    r"|return(?:ing)? (?:to (?:the office|work) )?(?:on|by|to|\d|monday)|will (?:not )?(?:be back|return|respond|reply|get back)|limited access|no longer (?:work|employed|with|available|monitored)|out of (?:the )?office|for urgent|if (?:it is |your (?:matter|request) is )?urgent"
    r"|(?:we have|we.ve|has been) received|in my absence|thank you for (?:your|contacting)"
    # Norwegian, Danish, Finnish, German, French, Dutch
    r"|(?:jeg|eg) er (?:på|ute|fraværende|bortreist|ikke|i ferie)|tilbake (?:på|igjen|den|\d|mandag)|tilbage (?:på|igen|den|\d|mandag)|ikke (?:til stede|på kontoret|tilgængelig)|takk for|tak for din"
    r"|\bolen (?:lomalla|poissa|matkoilla)|palaan|kiitos viestist|ich bin (?:vom|bis|ab|im|zur|derzeit|nicht|ab)|zurück|abwesend|nicht im büro|je suis (?:absent|en congé)|absent(?:e)? (?:du|jusqu)|afwezig|niet aanwezig",
    re.IGNORECASE,
)
#: The first sentence, after a greeting and a thank-you at most.
_SAYS_SO = re.compile(
    r"^\W*(?:(?:hej|hejsan|hello|hi|dear|god dag|tack för (?:ditt|att du)|thank you for)\b[^.!?\n]{0,80}[.!,?\n]\s*){0,2}\W*"
    r"(?:(?:detta|det här|detta mejl|detta meddelande|this|this message|this e-?mail) (?:är|is|has been|har|skickas)(?: ett| en| an?)? (?:auto(?:matisk?t?|mated|matic|matiskt genererat|-?svar|-?reply|-?genererat|-?generated|-?response)|automat(?:svar|iskt svar|genererat))"
    r"|\[?(?:autosvar|automatiskt svar|automatic reply|auto-?reply)\]?\s*[:.\n])",
    re.IGNORECASE,
)
#: "Ärende #20461 har registrerats", "[Ticket 1234]".
_CASE = re.compile(
    r"(?:ärende|ärendenummer|supportärende|ticket|case|request|diarienr|dnr|incident|sak)\W{0,3}(?:nr|nummer|id|number|no)?\W{0,3}[#:]?\s?[A-Z]{0,6}-?\d{3,}|\[[#A-Z]{1,8}-?\d{3,}\]|\[[\w. ]{1,30}#\d{3,}\]"
    r"|(?:ärende|request|ticket|case)\b.{0,20}(?:mottaget|registrerat|skapat|received|created)",
    re.IGNORECASE,
)
_ACKNOWLEDGES = re.compile(
    r"(?:ärende|förfrågan|mejl|meddelande|e-?post|mail|felanmälan)\w* (?:har|är|med|till)\b.{0,80}(?:mottagit|mottaget|mottagits|tagits emot|registrerat|registrerats|skapat|skapats)|har (?:tagit emot|mottagit|registrerat) (?:ditt|din|er)"
    r"|(?:request|ticket|case|message|e-?mail|inquiry) .{0,60}(?:has been|was) (?:received|created|registered|logged|opened)|(?:have|.ve) received your",
    re.IGNORECASE,
)
_HOLIDAY = re.compile(
    r"automat\w*[ -](?:svar|reply|response|antwort|vastaus)|autosvar|auto-?reply|"
    r"\b(?:jag är|jag har|i am|i.m|jeg er|ich bin|olen)\b.{0,40}(?:semester|ledig|kontoret|bortrest|slutat|vacation|holiday|office|leave|ferie|urlaub|lomalla|abwesend)",
    re.IGNORECASE,
)
_QUOTE = re.compile(
    r"^(?:>|-{2,}\s*(?:original|ursprungl)|(?:från|from|fra|von)\s*:|_{10,}|(?:den|on|am|le|op) .{5,120}(?:skrev|wrote|schrieb|écrit|schreef)|.{0,120}\b(?:skrev|wrote|skrev följande)\b.{0,60}:\s*$)",
    re.IGNORECASE,
)


def is_auto_subject(subject: str) -> bool:
    """Whether a subject has the form in which machines put theirs before ours: "Automatiskt svar: Inbjudan".

    "Frånvarohantering i lantbruket" is a person's title, and "SV: Automatiskt svar: Inbjudan" a person's answer.
    """
    return _SURE_COLON.match(subject[:300].strip()) is not None


def is_likely_auto_subject(subject: str) -> bool:
    """Whether a subject is one of an absence, as machines write and people may: "Out of office", "Frånvarande"."""
    subject = subject[:300].strip()
    return any(pattern.search(subject) for pattern in (_SURE_COLON, _SURE_WHOLE, _LIKELY_START, _NAMED))


def is_whole_auto_subject(subject: str) -> bool:
    """Whether a subject says "automatic reply" and nothing else, or that somebody is away: "Frånvaro: Inbjudan"."""
    subject = subject[:300].strip()
    return any(pattern.search(subject) for pattern in (_SURE_WHOLE, _NAMED, _ABSENT_COLON))


def says_away(text: str) -> bool:
    """Whether the beginning of a text says that nobody is there, or that it is automatic."""
    return _ABSENCE.search(beginning(text)) is not None


def is_holiday(text: str) -> bool:
    """Whether a text begins with a person's absence, which a server may have sent for them without saying so."""
    return _HOLIDAY.search(beginning(text)[:400]) is not None


def says_automatic(text: str) -> bool:
    """Whether the first sentence says that the mail is an automatic answer."""
    return _SAYS_SO.match(beginning(text)[:400]) is not None


def acknowledges_case(subject: str, text: str) -> bool:
    """Whether a ticket system says that it has a new case."""
    top = beginning(text)[:600]
    return _CASE.search(subject[:300]) is not None and _ACKNOWLEDGES.search(f"{subject[:300]}\n{top}") is not None


def beginning(text: str) -> str:
    """What stands above the first quote, at most so much as says what a mail is."""
    kept: list[str] = []
    for line in text[: 2 * _LONGEST].split("\n"):
        if _QUOTE.match(line[:300]):
            break
        kept.append(line)
    return "\n".join(kept)[:_LONGEST]
