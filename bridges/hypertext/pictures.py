"""What stands in for a picture: its alternative text, where somebody wrote one for a reader."""

import re

#: Longer ones are descriptions by machines, or whole letters that were drawn (characters).
_LONGEST = 1_000

#: Words that only say that there is a picture.
_ORNAMENT = re.compile(
    r"\W*(?:(?:bild|image|img|picture|photo|foto|logga|logo(?:typ)?e?|icon|ikon|spacer|banner|header|footer|divider|linje|line"
    r"|pil|arrow|bullet|dekoration|decorative|illustration|bakgrund|background|null|undefined|alt|blank|inline image|untitled"
    r"|skärmbild|screenshot)\W*(?:\d+|av|of)?\W*)*",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"[^\s/]+\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?)|[0-9a-f-]{16,}|(?:image|img|bild|dsc|imag)[_-]?\d+", re.IGNORECASE
)
#: Outlook writes what it believes to see.
_BY_MACHINE = re.compile(
    r"\b(?:automatiskt genererad|automatically generated|AI-genererat|AI-generated)\b", re.IGNORECASE
)


def alternative(words: str) -> str:
    """The words for a picture; "" for an ornament."""
    words = " ".join(words.split())[:_LONGEST]
    if _ORNAMENT.fullmatch(words) or _FILE.fullmatch(words) or _BY_MACHINE.search(words):
        return ""
    return words
