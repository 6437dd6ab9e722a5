"""What only looks like a day or an hour, and whatever else people write: never a day made up, never an exception."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.when import hours, spans
from storage.words import Precision
from tests.fixtures.require import FULL

SENT = datetime(2026, 10, 1, 9, tzinfo=ZoneInfo("Europe/Stockholm"))


@pytest.mark.parametrize(
    "text",
    [
        "070-123 45 67",
        "Ring 011-15 00 00 eller +46 70 123 45 67",
        "Tel: 0510-12 11 26",
        "Org.nr 556677-8899",
        "SFS 2018:585 och lagen (2003:389)",
        "prop. 2019/20:12",
        "förordning (EU) 2021/2115",
        "budgetåret 2026/27",
        "sedan 1992",
        "10-12 ton per hektar",
        "1/2 hektar, 3/4 av gården, 1/3 del",
        "4.22",
        "version 4.11.26",
        "kapitel 3.11",
        "sid 10-12",
        "öppet dygnet runt, 24/7",
        "Öppettider: mån-fre 9-16",
        "Växeln är öppen måndag till fredag 8-17",
        "1 250:- eller 12,50 kr",
        "https://example.se/2026/11/03/kl-13",
        "[läs mer](<https://example.se/2026-11-03>)",
        "anna.3-11@example.se",
        "Bankgiro 123-4567",
        "Mötes-ID: 312 456 789 12",
        "ISO 9001:2015",
        "en V8 med 300 hästkrafter",
        "10-15 deltagare och 3-4 dagar",
        "på måndagar och varje tisdag",
        "i november",
        "under 2026",
        "fri entré, sön",
        "Rum 12, plan 3",
        "30 februari och 31 november",
        "Från: Anna Ek\nSkickat: den 6 november 2026 08:41\nTill: Kalle\nÄmne: Träff",
        "Från: Anna Ek <anna@example.se>\nDatum: torsdag 5 november 2026 08:41\nTill: Kalle\nÄmne: Träff",
        "Den tors 5 nov. 2026 kl 09:14 skrev Anna Ek <anna@example.se>:\n",
        "On Thu, Nov 5, 2026 at 9:14 AM Anna Ek wrote:\n",
    ],
)
def test_what_is_no_day_is_none(text):
    assert spans(text, SENT) == ()


@given(st.text(max_size=400), st.datetimes(timezones=st.just(UTC)))
def test_any_text_of_any_day_can_be_read(text, sent):
    for span in spans(text, sent):
        assert 0 <= span.begin < span.stop <= len(text)


_PIECES = st.sampled_from(
    [*"0123456789", "11", "19", "2026", "-", "–", "/", ".", ":", ",", " ", "\n", "\xad", "**", "(", ")", "kl", "den", "och", "till", "november", "nov", "torsdag", "v.", "vecka", "nästa", "på", "imorgon", "halv", "nio", "fm", "pm", "May", "the", "från", "ca", "heldag"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=25))
def test_a_time_is_never_made_up(pieces):
    text = " ".join(pieces)
    for span in spans(text, SENT):
        words = text[span.begin : span.stop].lower()
        assert text[span.begin].strip()
        date.fromisoformat(span.day)
        if span.precision is Precision.TIME:
            assert any(char.isdigit() for char in words) or any(word in words for word in ("nio", "halv", "noon"))
            moment = datetime.fromisoformat(span.start)
            assert span.end is None or datetime.fromisoformat(span.end) > moment
        elif span.end is not None:
            assert date.fromisoformat(span.end) > date.fromisoformat(span.start)
        if span.precision is Precision.WEEK:
            assert date.fromisoformat(span.start).weekday() == 0
    for hour in hours(text):
        assert any(char.isdigit() for char in text[hour.begin : hour.stop]) or "nio" in text[hour.begin : hour.stop]


@given(st.integers(0, 1500), st.integers(0, 700))
def test_every_day_is_read_as_the_day_it_is(since, ahead):
    sent = datetime(2025, 1, 1, 12, tzinfo=UTC) + timedelta(days=since)
    day = (sent + timedelta(days=ahead)).date()
    months = [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ]
    weekdays = ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"]
    written = f"{weekdays[day.weekday()]} den {day.day} {months[day.month - 1]} {day.year}"
    (span,) = spans(f"Vi ses {written} kl. 13.", sent)
    assert (span.start, span.uncertain) == (f"{day.isoformat()}T13:00", None)
    if ahead < 300:
        (bare,) = spans(f"Vi ses {day.day} {months[day.month - 1]}.", sent)
        assert (bare.start, bare.uncertain) == (day.isoformat(), None)


#: Characters.
LONG = 400_000 if FULL else 100_000


@pytest.mark.parametrize(
    "piece",
    ["1 ", "1,", "3, ", "3 och ", "mån-", "den ", " ", "\n", "v. 4 ", "kl 3 ", "0", "3 nov, ", "3 nov - ", "-", "tel 1", "2026-", "12 e ", "](", "a@", "\xad", "Anna skrev 3 11:11:\n", "öppettider ", "från: \n", "insläpp från "],
)  # fmt: skip
def test_the_time_taken_grows_with_the_text_alone(piece):
    text = (piece * LONG)[:LONG]
    spans(text[:1000], SENT)
    begun = time.process_time()
    spans(text, SENT)
    assert time.process_time() - begun < 15, "quadratic time would be minutes"
