"""Every mail of tests/corpus is read as the file beside it says that a careful person reads it."""

import json
import re
from datetime import datetime
from email import message_from_bytes
from functools import cache
from pathlib import Path

import pytest

from bot.explain import Circumstances, Seen, explain

CORPUS = Path(__file__).parents[1] / "corpus"
MAILS = sorted(CORPUS.rglob("*.eml"))
NETWORK = Circumstances(address="kluster@lista.example.se")

#: What may be said of a text, a list of texts or a list of files when it is not said whole.
PARTIAL = ("_has", "_lacks", "_in")
#: Texts are compared by their lines that are not blank; where a paragraph ends is a matter of taste.
TEXTS = ("text", "trimmed")


def named(mail: Path) -> str:
    return mail.relative_to(CORPUS).with_suffix("").as_posix()


@cache
def said_of(mail: Path) -> dict:
    return explain(mail.name, mail.read_bytes(), NETWORK, Seen())


@cache
def meant_by(mail: Path) -> dict:
    return json.loads(mail.with_suffix(".json").read_text(encoding="utf-8"))


def plain_alone(mail: Path) -> str | None:
    """The text of a person's mail that has no other body, by the standard library; None of machines' mail and of HTML."""
    if meant_by(mail).get("disposition") not in ("post", "reply", "hold", "rsvp"):
        return None
    leaves = [part for part in message_from_bytes(mail.read_bytes()).walk() if not part.is_multipart()]
    if [part.get_content_type() for part in leaves if part.get_content_maintype() == "text"] != ["text/plain"]:
        return None
    leaf = next(part for part in leaves if part.get_content_type() == "text/plain")
    raw = leaf.get_payload(decode=True)
    for charset in (leaf.get_content_charset() or "utf-8", "utf-8", "cp1252"):
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return None


@pytest.mark.parametrize("mail", [pytest.param(mail, id=named(mail)) for mail in MAILS])
def test_a_mail_is_read_as_a_careful_person_reads_it(mail):
    meant, said = meant_by(mail), said_of(mail)
    wrong = [line for key, value in meant.items() if key != "about" for line in differences(key, value, said)]
    if wrong:
        pytest.fail("\n".join([f"{named(mail)}: {meant['about']}", *wrong]), pytrace=False)


@pytest.mark.parametrize("mail", [pytest.param(mail, id=named(mail)) for mail in MAILS if plain_alone(mail)])
def test_no_word_is_lost_between_what_is_kept_and_what_is_cut(mail):
    original = words(str(plain_alone(mail)))
    kept, cut = (words(str(said_of(mail)[name])) for name in TEXTS)
    met = shuffled(original, kept, cut)
    assert met == len(original), (
        f"{named(mail)}: lost, or out of order: {' '.join(original[max(0, met - 5) : met + 10])!r}"
    )


def test_there_are_mails_and_each_has_its_reading():
    assert len(MAILS) >= 100
    assert {mail.with_suffix(".json") for mail in MAILS} == set(CORPUS.rglob("*.json"))


# -- what differs ------------------------------------------------------------------------------------------------------


def differences(key: str, meant: object, said: dict) -> list[str]:
    """One line for each thing that is not as it should be."""
    if key == "events_certain":
        certain = [event for event in said["events"] if not event["needs_confirmation"]]
        return [] if len(certain) == meant else [f"  events: {meant} should be certain, are {certain!r}"]
    for ending in PARTIAL:
        if key.endswith(ending):
            return partly(ending, key.removesuffix(ending), meant, said)
    if key not in said:
        return [f"  {key}: is not said at all"]
    if key in TEXTS:
        return whole_text(key, str(meant), str(said[key]))
    if key in ("events", "tips", "attachments", "bounces"):
        return whole_list(key, meant, said[key])
    return [] if same(meant, said[key]) else [f"  {key}: should be {meant!r}, is {said[key]!r}"]


def partly(ending: str, key: str, meant: object, said: dict) -> list[str]:
    value = said.get(key)
    if ending == "_in":
        return [] if value in meant else [f"  {key}: should be one of {meant!r}, is {value!r}"]
    held = (lambda part: part in plainly(str(value or ""))) if not isinstance(value, list) else held_by(key, value)
    parts = [plainly(part) for part in ([meant] if isinstance(meant, str) else meant)]
    if ending == "_has":
        return [f"  {key}: lacks {part!r}; is {value!r}" for part in parts if not held(part)]
    return [f"  {key}: should not hold {part!r}; is {value!r}" for part in parts if held(part)]


def held_by(key: str, values: list) -> object:
    """Links are held whole or by a part of them; files by their names."""
    if key == "attachments":
        return lambda part: any(part == plainly(file["name"]) for file in values)
    return lambda part: any(part in value.casefold() for value in map(str, values))


def whole_text(key: str, meant: str, said: str) -> list[str]:
    should, is_ = ([line for line in map(bare, text.splitlines()) if line] for text in (meant, said))
    if should == is_:
        return []
    return [
        f"  {key} should be:",
        *(f"    | {line}" for line in should),
        "  and is:",
        *(f"    | {line}" for line in is_),
    ]


def whole_list(key: str, meant: list, said: list) -> list[str]:
    wrong = [
        f"  {key}[{index}].{line.strip()}"
        for index, (should, is_) in enumerate(zip(meant, said, strict=False))
        for name, value in should.items()
        for line in differences(name, value, is_)
    ]
    if len(meant) != len(said):
        wrong.append(f"  {key}: should be {len(meant)}, are {len(said)}")
    if wrong:
        wrong += [f"  {key} as read: {json.dumps(brief(one), ensure_ascii=False)}" for one in said]
    return wrong


def brief(one: dict) -> dict:
    return {name: value for name, value in one.items() if value not in (None, [], "", 0)}


def same(meant: object, said: object) -> bool:
    """Equal; two instants also when their offsets are written in two ways."""
    if meant == said:
        return True
    if not (isinstance(meant, str) and isinstance(said, str) and "T" in meant and "T" in said):
        return False
    try:
        return datetime.fromisoformat(meant) == datetime.fromisoformat(said)
    except (TypeError, ValueError):
        return False


# -- words and lines ---------------------------------------------------------------------------------------------------


def plainly(text: str) -> str:
    """A text on one line and in small letters, without what Markdown adds to it and without quote marks."""
    return spaced(re.sub(r"(?m)^[> ]*>|[*\\`]", "", text)).casefold()


def spaced(text: str) -> str:
    return " ".join(text.split())


def bare(line: str) -> str:
    """A line by its words: quote marks, what Markdown adds and addresses (which may be unwrapped) are not words."""
    return spaced(re.sub(r"[>*_\\`]", "", re.sub(r"https?://\S+|<mailto:\S+", " ", line)))


def words(text: str) -> list[str]:
    return [word for line in text.splitlines() for word in bare(line).split()]


def shuffled(original: list[str], kept: list[str], cut: list[str]) -> int:
    """How many words, from the first on, are those of the two texts put together without changing either's order."""
    known = set(original)
    one, two = ([word for word in text if word in known] for text in (kept, cut))
    reached = {0}  # how many words of the first have been met; the rest were of the second
    for count, word in enumerate(original):
        after = {met + 1 for met in reached if met < len(one) and one[met] == word}
        after |= {met for met in reached if count - met < len(two) and two[count - met] == word}
        if not after:
            return count
        reached = after
    return len(original)
