"""How receipts, challenges and statistics look that come without the form which standards give them."""

import re

from bridges.mail.patterns import compiled, either

_RECEIPTS = (
    r"(?:har )?lästs?|oläst|(?:ej|inte|har inte) lästs?|borttage[nt]|(?:raderad|togs bort)\b.{0,30}|läskvitto|läsbekräftelse",
    r"mottagningskvitto|levererat?|read|not read|deleted|return receipt|read receipt|delivered|lest|ikke lest|læst|ikke læst",
    r"gelesen|ungelesen|gelöscht|lesebestätigung|luettu|lu|non lu",
)
_OF_OURS = (
    r"ditt meddelande|ditt mejl|your (?:message|mail)|meddelandet|din melding|din meddelelse|ihre nachricht|viestisi",
    r"this is a return receipt",
)
_WAS_READ = (
    r"läst|lästes|lästs|raderades|togs bort|har visats|visades|read|displayed|deleted|lest|læst|gelesen|gelöscht|luettu",
)
_CHALLENGES = (
    r"verification (?:is )?(?:required|needed)|(?:please )?(?:confirm|verify) (?:your (?:e-?mail|message|mail)|that you|you are)",
    r"are you (?:a )?human|sender (?:verification|confirmation)|confirmation required|verifiering krävs",
    r"bekräfta (?:ditt (?:mejl|meddelande)|att du|din e-?post)|(?:avsändar|mejl|e-?post)\w*(?:verifiering|kontroll|bekräftelse)",
)
_PRESS = r"(?:click|follow|visit|reply to|klicka|följ|svara på|besök)\b"
_PROVE = r"(?:confirm|verif|bekräft)\w*"
_PROVED = r"(?:confirm|verif|human|real person|deliver|bekräft|människa|levereras|släpps)"

#: "Läst: Inbjudan"; a person may well begin a title with "Läst:", so what follows must say that it was our letter.
receipt_subject = compiled(rf"^{either(*_RECEIPTS)}\b\W{{0,3}}(?:\(.{{1,40}}\))?\s*[:–-]").match
#: "Ditt meddelande … lästes den …".
receipt_text = compiled(rf"{either(*_OF_OURS)}\b[^\0]{{0,600}}?\b{either(*_WAS_READ)}\b").match
#: "Prove that you are a person": the subject, and a text that wants something pressed.
challenge_subject = compiled(either(*_CHALLENGES)).search
challenge_text = compiled(
    rf"{_PRESS}[^\0]{{0,250}}{_PROVED}|{_PROVE}[^\0]{{0,250}}(?:click|klicka|link|länk|reply|svara)"
).search
#: "Report Domain: lista.example.se Submitter: google.com Report-ID: …" (RFC 7489 §7.2.1.1).
aggregate_subject = compiled(r"^\W*(?:(?:\[.{1,60}\]|dmarc.{0,40}?)\s*)?report domain\s*:.{1,300}submitter\s*:").match
#: `google.com!lista.example.se!1753999200!1754085599.xml.gz`.
aggregate_file = re.compile(
    r"[\w.-]+!+[\w.-]+!+\d{9,}!+\d{9,}[^!\s]*(?:!+[^!\s]{1,200})?\.(?:xml|json|gz|zip)$", re.IGNORECASE
).match
