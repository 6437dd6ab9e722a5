"""Whether somebody says that they correct themselves: "Rättelse: …", at the beginning of a subject or of a text."""

import re

_CORRECTION = re.compile(r"\W*(?:rättelse|korrigering|correction|erratum)\b", re.IGNORECASE)


def says_correction(title: str, text: str) -> bool:
    """Whether the title or the text of an answer begins by saying that it corrects."""
    return bool(_CORRECTION.match(title) or _CORRECTION.match(text))
