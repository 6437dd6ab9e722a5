"""How many answers that others have collected are told from the mail they answer, by each of their forms.

A folder of `NAME.eml`; beside it `NAME_reply_text` holds what the person wrote, else it is "Hello". A signature may
stay or go: some of the collected texts end in one. `score_talon(folder)` → (right, of).
"""

import sys
from dataclasses import replace
from pathlib import Path

from bot.reading.texts import Words, answer_words
from bridges.mail.parse import Mail, parse

#: Its HTML says something else than its plain form.
_HTML_SAYS = {"outlook": "Allo! Follow up MIME!"}


def score_talon(folder: Path) -> tuple[int, int]:
    """How many forms of the folder's mails were read rightly, and how many there are."""
    found = [right for file in sorted(folder.glob("*.eml")) for right in _forms(file)]
    return sum(found), len(found)


def _forms(file: Path) -> list[bool]:
    """Whether the mail as it is, and its HTML alone, give what the person wrote."""
    beside = file.with_name(f"{file.stem}_reply_text")
    wanted = beside.read_text("utf-8") if beside.exists() else "Hello"
    mail = parse(file.read_bytes())
    right = [_is(wanted, answer_words(mail))]
    if mail.plain is not None and mail.html is not None:
        right.append(_is(_HTML_SAYS.get(file.stem, wanted), _html_alone(mail)))
    return right


def _html_alone(mail: Mail) -> Words:
    return answer_words(replace(mail, plain=None))


def _is(wanted: str, words: Words) -> bool:
    """The text, or the text and the signature that was cut below it."""
    text, whole = words.text.split(), wanted.replace("\\", "").split()
    trimmed = words.trimmed.replace("\\", "").split()
    rest = whole[len(text) :]
    return bool(text) and whole[: len(text)] == text and (not rest or trimmed[: min(len(rest), 2)] == rest[:2])


if __name__ == "__main__":
    print("{} of {} forms of answers are told from what they answer".format(*score_talon(Path(sys.argv[1]))))
