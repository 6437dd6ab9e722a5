"""Words, dates and numbers come out as the reader's language writes them, and no Swedish is missing."""

import re
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from bridges.occasions import headline
from bridges.texts import LANGUAGES, Texts

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 8, 14)
SV, EN = Texts("sv"), Texts("en")


@dataclass
class Meeting:
    start: str
    end: str | None = None
    precision: str = "time"


@pytest.mark.parametrize(
    ("meeting", "swedish", "english"),
    [
        (Meeting("2026-08-26T13:00", "2026-08-26T15:30"), "ons 26 aug kl. 13.00–15.30", "Wed 26 Aug, 13:00–15:30"),
        (Meeting("2027-03-04T09:05"), "tors 4 mars 2027 kl. 09.05", "Thu 4 Mar 2027, 09:05"),
        (
            Meeting("2026-10-05T12:00", "2026-10-06T12:00"),
            "mån 5 okt kl. 12.00 – tis 6 okt kl. 12.00",
            "Mon 5 Oct, 12:00 – Tue 6 Oct, 12:00",
        ),
        (Meeting("2026-12-30", "2027-01-02", "day"), "ons 30 dec – lör 2 jan 2027", "Wed 30 Dec – Sat 2 Jan 2027"),
        (Meeting("2026-08-26", None, "day"), "ons 26 aug", "Wed 26 Aug"),
        (Meeting("2026-11-16", None, "week"), "v. 47", "week 47"),
        (Meeting("2027-01-04", None, "week"), "v. 1 2027", "week 1 2027"),
    ],
)
def test_when_is_said_no_more_exactly_than_it_is_known(meeting: Meeting, swedish: str, english: str):
    assert SV.when(meeting, TODAY) == swedish
    assert EN.when(meeting, TODAY) == english


def test_the_year_stands_only_when_it_is_another():
    assert SV.day(date(2026, 8, 26), TODAY) == "ons 26 aug"
    assert SV.day(date(2027, 8, 26), TODAY) == "tors 26 aug 2027"


def test_clocks_weeks_numbers_and_durations():
    assert (SV.clock(time(13)), EN.clock(time(13))) == ("kl. 13.00", "13:00")
    assert SV.week(date(2026, 11, 23)) == "v. 48"
    assert (SV.number(1200), EN.number(1200)) == ("1 200", "1,200")
    assert [SV.duration(s) for s in (1, 5, 60, 90, 120, 3600, 86_400)] == [
        "1 sekund",
        "5 sekunder",
        "1 minut",
        "90 sekunder",
        "2 minuter",
        "1 timme",
        "1 dag",
    ]
    assert (SV.size(1_240_000), EN.size(1_240_000), SV.size(340_400), SV.size(3)) == (
        "1,2 MB",
        "1.2 MB",
        "340 kB",
        "1 kB",
    )
    assert [SV.in_days(n) for n in (0, 1, 5)] == ["i dag", "i morgon", "om 5 dagar"]


def test_an_unknown_language_is_answered_in_swedish_and_regions_are_understood():
    assert [Texts(lang).lang for lang in ("en-GB", "SV", "fi", "")] == ["en", "sv", "sv", "sv"]


def test_values_with_braces_are_shown_as_they_are():
    assert "{x.__class__}" in EN.plural("{n} day", "{n} days", 2) + EN("{title}", title="{x.__class__}")


# -- no Swedish is missing ---------------------------------------------------------------------------------------------


def english_in_code() -> dict[str, str]:
    """Every English text that the code asks for, with the place that asks."""
    found: dict[str, str] = {}
    for path in sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("bridges/**/*.py")]):
        for line, message, _comments, _context in extract_from_file(
            "python", path, keywords={"t": None, "plural": (1, 2)}
        ):
            found.setdefault(message if isinstance(message, str) else message[0], f"{path.relative_to(ROOT)}:{line}")
    for path in sorted([*ROOT.glob("bot/**/templates/**/*"), *ROOT.glob("bridges/**/templates/**/*")]):
        if path.suffix in {".html", ".mjml", ".txt", ".xml", ".j2"}:
            for message in _english_in_template(path):
                found.setdefault(message, str(path.relative_to(ROOT)))
    return found


def _english_in_template(path: Path) -> list[str]:
    tree = Environment(autoescape=True, extensions=["jinja2.ext.do"]).parse(path.read_text("utf-8"))
    calls = (call for call in tree.find_all(nodes.Call) if call.args and isinstance(call.args[0], nodes.Const))
    return [
        call.args[0].value
        for call in calls
        if (isinstance(call.node, nodes.Name) and call.node.name in {"t", "plural"})
        or (isinstance(call.node, nodes.Getattr) and call.node.attr in {"t", "plural"})
    ]


def swedish() -> dict[str, tuple[str, ...]]:
    """Every Swedish text by its English."""
    texts: dict[str, tuple[str, ...]] = {}
    for path in (ROOT / "bridges/locale/sv").glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="sv", abort_invalid=True):
                if message.id:
                    one = message.id if isinstance(message.id, str) else message.id[0]
                    texts[one] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return texts


def test_every_text_has_its_swedish():
    known = swedish()
    missing = {text: where for text, where in english_in_code().items() if not all(known.get(text, ("",)))}
    assert not missing, "\n".join(f"{where}: {text}" for text, where in missing.items())


def test_every_swedish_text_says_the_same_values_as_its_english():
    for english, forms in swedish().items():
        for form in forms:
            assert set(re.findall(r"{\w*}", form)) == set(re.findall(r"{\w*}", english)), english


def test_the_words_are_calm():
    for english, forms in swedish().items():
        for form in forms:
            assert "vänligen" not in form.casefold(), english
            # But for the thanks of a receipt, and the sign of a warning at the command line.
            assert "!" not in form.replace("Tack!", "").replace("(!)", ""), english


def test_there_is_a_folder_for_each_language_but_english():
    folders = {path.name for path in (ROOT / "bridges/locale").iterdir() if path.is_dir()}
    assert folders | {"en"} == set(LANGUAGES)


def test_no_two_rooms_say_the_same_thing_differently():
    said: dict[str, object] = {}
    for path in sorted((ROOT / "bridges/locale/sv").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="sv"):
                if message.id:
                    assert said.setdefault(str(message.id), message.string) == message.string, (
                        f"{path.name}: {message.id}"
                    )


@pytest.mark.parametrize(
    ("word", "title", "said"),
    [
        ("Inställt", "Fältvandring", "Inställt: Fältvandring"),
        ("Inställt", "INSTÄLLT: Fältvandring", "INSTÄLLT: Fältvandring"),
        ("Inställt", "[Inställt] Fältvandring", "[Inställt] Fältvandring"),
        ("Cancelled", "Inställt: Fältvandring", "Inställt: Fältvandring"),
        ("", "Fältvandring", "Fältvandring"),
    ],
)
def test_what_must_be_known_first_is_said_once(word: str, title: str, said: str):
    assert headline(word, title) == said
