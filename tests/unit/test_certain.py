"""What is known of an event in doubt, what an answer of one word means, and what it makes of the event."""

from datetime import date

import pytest

from bot.reading import EventReading, Uncertain
from bot.reading.certain import as_kept, chosen, from_kept, known_part, settled
from bridges.texts import Texts
from bridges.which_day import WhichDay, asks, labels, until_then
from storage.words import Attendance, Doubt, Precision

TODAY = date(2026, 10, 5)
TUESDAY, THURSDAY = "2026-10-20T13:00", "2026-10-22T13:00"


def event(doubt: Doubt, *choices: str, start: str = TUESDAY, **more) -> EventReading:
    return EventReading(title="Rybs", start=start, uncertain=Uncertain(doubt, "torsdag 20 oktober", choices), **more)


@pytest.mark.parametrize(
    ("uncertain", "start", "precision"),
    [
        (event(Doubt.WEEKDAY, TUESDAY, THURSDAY), "2026-10-19", Precision.WEEK),
        (event(Doubt.WEEKDAY, "2026-10-18", "2026-10-19"), None, None),
        (event(Doubt.NEAR, "2026-10-07", "2026-10-14"), None, None),
        (event(Doubt.WEEK, start="2026-10-19", date_precision=Precision.WEEK), "2026-10-19", Precision.WEEK),
        (event(Doubt.CLOCK, "2026-10-20T08:00", "2026-10-20T20:00"), "2026-10-20", Precision.DAY),
        (event(Doubt.YEAR, TUESDAY), None, None),
        (event(Doubt.PAST, TUESDAY), None, None),
        (event(Doubt.SEVERAL, "2026-10-20", "2026-11-20"), None, None),
    ],
)
def test_only_what_all_readings_share_is_known(uncertain, start, precision):
    known = known_part(uncertain)
    assert (known and known.start, known and known.date_precision) == (start, precision)
    assert known is None or (known.end, known.needs_confirmation) == (None, True)


def test_what_is_not_in_doubt_is_known_as_it_is():
    certain = EventReading(title="Rybs", start=TUESDAY)
    assert known_part(certain) is certain
    assert known_part(None) is None


@pytest.mark.parametrize(
    ("uncertain", "answer", "start", "end", "precision"),
    [
        (event(Doubt.WEEKDAY, TUESDAY, end="2026-10-20T15:30"), THURSDAY, THURSDAY, "2026-10-22T15:30", "time"),
        (event(Doubt.WEEKDAY, TUESDAY, end="2026-10-20T15:30"), "2026-10-22", THURSDAY, "2026-10-22T15:30", "time"),
        (event(Doubt.NEAR, start="2026-10-20", date_precision=Precision.DAY), THURSDAY, THURSDAY, None, "time"),
        (event(Doubt.WEEK, start="2026-10-19", date_precision=Precision.WEEK), "2026-10-22", "2026-10-22", None, "day"),
        (event(Doubt.CLOCK, end="2026-10-20T15:00"), "2026-10-20T20:00", "2026-10-20T20:00", None, "time"),
        (event(Doubt.CLOCK), "2026-10-20", "2026-10-20", None, "day"),
        (
            event(Doubt.WEEKDAY, start="2026-10-20", end="2026-10-21", all_day=True),
            *("2026-10-22", "2026-10-22", "2026-10-23", "time"),
        ),
    ],
)
def test_an_answer_settles_the_event(uncertain, answer, start, end, precision):
    found = settled(uncertain, answer)
    assert (found.start, found.end, found.date_precision.value, found.uncertain) == (start, end, precision, None)


DAYS = (TUESDAY, THURSDAY)


@pytest.mark.parametrize(
    ("text", "choices", "answer"),
    [
        ("2", DAYS, THURSDAY),
        ("tisdag", DAYS, TUESDAY),
        ("Tors 22 okt.", DAYS, THURSDAY),
        ("den 22:a", DAYS, THURSDAY),
        ("Thursday!", DAYS, THURSDAY),
        ("22 October", DAYS, THURSDAY),
        ("22/10", DAYS, THURSDAY),
        ("2026-10-22", DAYS, THURSDAY),
        ("\n\n  *torsdagen* \n\nMvh Anna", DAYS, THURSDAY),
        ("kl. 20", ("2026-10-20T08:00", "2026-10-20T20:00"), "2026-10-20T20:00"),
        ("8.00", ("2026-10-20T08:00", "2026-10-20T20:00"), "2026-10-20T08:00"),
        ("torsdag 20 oktober", DAYS, None),  # as wrong as before
        ("onsdag", DAYS, None),
        ("22 november", DAYS, None),
        ("3", DAYS, None),
        ("Tack!", DAYS, None),
        ("", DAYS, None),
        ("tisdag", ("2026-10-20", "2026-10-27"), None),
        ("1", (), None),
    ],
)
def test_one_word_answers(text, choices, answer):
    assert chosen(text, choices) == answer


def test_an_event_is_kept_whole_until_it_is_answered():
    whole = event(Doubt.YEAR, TUESDAY, mode=Attendance.HYBRID, place="Ås", co_organisers=("Torsta",))
    kept = as_kept(whole)
    assert "uncertain" not in kept
    again = from_kept(kept)
    assert again == from_kept(as_kept(again))
    assert (again.mode, again.co_organisers, again.start, again.needs_confirmation) == (
        *(Attendance.HYBRID, ("Torsta",), TUESDAY),
        False,
    )


@pytest.mark.parametrize(
    ("doubt", "said", "sv", "en"),
    [
        (
            Doubt.WEEKDAY,
            "torsdag 20 oktober",
            'Du skrev "torsdag 20 oktober", men den 20 oktober är en tisdag. Vilken dag menar du?',
            'You wrote "torsdag 20 oktober", but 20 October is a Tuesday. Which day do you mean?',
        ),
        (Doubt.NEAR, "nästa onsdag", 'Du skrev "nästa onsdag". Vilken dag menar du?', None),
        (Doubt.WEEK, "v. 43", 'Du skrev "v. 43". Vilken dag är det?', None),
        (Doubt.YEAR, "20 oktober", 'Du skrev "20 oktober", utan år. Vilken dag menar du?', None),
        (Doubt.PAST, "20 sept", 'Du skrev "20 sept", och den dagen har varit. Vilken dag menar du?', None),
        (Doubt.CLOCK, "kl. 8", 'Du skrev "kl. 8". Vilken tid menar du?', None),
        (Doubt.SEVERAL, "", "Vilken dag menar du?", "Which day do you mean?"),
    ],
)
def test_the_question_in_words(doubt, said, sv, en):
    which = WhichDay(doubt=doubt, said=said, choices=DAYS)
    assert asks(which, TODAY, Texts("sv")) == sv
    assert en is None or asks(which, TODAY, Texts("en")) == en
    assert WhichDay.of(which.params) == which


def test_the_choices_and_what_stands_meanwhile_in_words():
    sv = Texts("sv")
    assert labels(DAYS, TODAY, sv) == ["tis 20 okt", "tors 22 okt"]
    assert labels(("2026-10-20T08:00", "2026-10-20T20:00"), TODAY, sv) == [
        "tis 20 okt kl. 08.00",
        "tis 20 okt kl. 20.00",
    ]
    week = WhichDay(doubt=Doubt.WEEKDAY, said="", choices=DAYS, known="2026-10-19", precision=Precision.WEEK)
    assert "står det v. 43 i inlägget" in until_then(week, TODAY, sv)
    assert "står ingen dag i inlägget" in until_then(WhichDay(doubt=Doubt.NEAR, said="", choices=DAYS), TODAY, sv)
