"""Days as Norwegian and Danish letters write them, put as Swedish ones do, so that one grammar reads all."""

import re

_MONTHS = {
    "januar": "januari", "februar": "februari", "marts": "mars", "mai": "maj", "juni": "juni", "juli": "juli", "august": "augusti",
    "oktober": "oktober", "desember": "december", "mars": "mars", "april": "april", "september": "september",
    "november": "november", "december": "december", "maj": "maj",
}  # fmt: skip
_WEEKDAYS = {"mandag": "måndag", "tirsdag": "tisdag", "fredag": "fredag", "lørdag": "lördag", "søndag": "söndag"}
_ITS_OWN = re.compile(r"\b(?:januar|februar|marts|mai|august|desember|mandag|tirsdag|lørdag|søndag)\b", re.IGNORECASE)
_DAY = re.compile(rf"\b(\d{{1,2}})\.(?=\s?(?:[-–—]\s?\d{{1,2}}\.\s?)?(?:{'|'.join(_MONTHS)})\b)", re.IGNORECASE)
_DAY_WITH_ORDINAL = re.compile(rf"\b\d{{1,2}}\.\s(?:{'|'.join(_MONTHS)})\b", re.IGNORECASE)
_WORD = re.compile(rf"\b(?:{'|'.join((*_MONTHS, *_WEEKDAYS))})\b", re.IGNORECASE)


def in_swedish(text: str) -> str:
    """A text whose days read as Swedish ones: "torsdag 18. februar" is "torsdag 18 februari". Swedish stays as it is."""
    if not (_ITS_OWN.search(text) or _DAY_WITH_ORDINAL.search(text)):
        return text
    names = _MONTHS | _WEEKDAYS
    return _WORD.sub(lambda word: names[word[0].lower()], _DAY.sub(r"\1", text))
