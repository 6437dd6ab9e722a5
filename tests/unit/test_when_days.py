"""Days and weeks in every way that people write them, read in a mail of Thursday 1 October 2026."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.reading.when import Span, spans

#: A Thursday.
SENT = datetime(2026, 10, 1, 9, tzinfo=ZoneInfo("Europe/Stockholm"))


def told(span: Span) -> str:
    """start/end, a star for a whole day, a question mark and why for what is uncertain."""
    end = f"/{span.end}" if span.end else ""
    doubt = f"?{span.uncertain.doubt.value}" if span.uncertain else ""
    return f"{span.start}{end}{'*' if span.all_day else ''}{doubt}"


def read(text: str, sent: datetime = SENT) -> str:
    return " ".join(map(told, spans(text, sent)))


DAYS = [
    ("torsdagen den 19:e november 2026", "2026-11-19"),
    ("tors. 19 nov.", "2026-11-19"),
    ("19 okt", "2026-10-19"),
    ("den 19:e oktober", "2026-10-19"),
    ("den nittonde oktober", "2026-10-19"),
    ("19/10", "2026-10-19"),
    ("19/10-26", "2026-10-19"),
    ("19/10 2026", "2026-10-19"),
    ("19/10/2026", "2026-10-19"),
    ("den 3/11", "2026-11-03"),
    ("2026-10-19", "2026-10-19"),
    ("2026/10/19", "2026-10-19"),
    ("26-10-19", "2026-10-19"),
    ("19.10.2026", "2026-10-19"),
    ("October 19th, 2026", "2026-10-19"),
    ("Oct 19", "2026-10-19"),
    ("the 19th of October", "2026-10-19"),
    ("Monday, October 19", "2026-10-19"),
    ("19 October 2026", "2026-10-19"),
    ("datum 261019", "2026-10-19"),
    ("Datum: 20261019", "2026-10-19"),
    ("fre 30/10", "2026-10-30"),
    ("fredag (30/10)", "2026-10-30"),
    ("LÖRDAGEN DEN 31:A OKTOBER", "2026-10-31"),
    ("**Torsdag** den **19** *november*", "2026-11-19"),
    ("torsdag 19 november", "2026-11-19"),
    ("Torsdag 19 nov‐ember", "2026-11-19"),
    ("30 okt", "2026-10-30"),
    ("2 januari", "2027-01-02"),
    ("15 mars", "2027-03-15"),
    ("1 maj", "2027-05-01"),
    ("första maj", "2027-05-01"),
    ("29 september", "2026-09-29"),
    ("30 september", "2026-09-30"),
    ("28 september", "2027-09-28?year"),
    ("3–4 februari", "2027-02-03/2027-02-04"),
    ("3-4 november 2026", "2026-11-03/2026-11-04"),
    ("den 3—4 november", "2026-11-03/2026-11-04"),
    ("3 - 4 november", "2026-11-03/2026-11-04"),
    ("den 3 till 5 november", "2026-11-03/2026-11-05"),
    ("3 t.o.m. 5 november", "2026-11-03/2026-11-05"),
    ("mellan den 3 och 5 november", "2026-11-03/2026-11-05"),
    ("tis–ons 3–4/11", "2026-11-03/2026-11-04"),
    ("tisdag–onsdag 3–4 november", "2026-11-03/2026-11-04"),
    ("28 okt–2 nov", "2026-10-28/2026-11-02"),
    ("28 oktober till 2 november", "2026-10-28/2026-11-02"),
    ("28 dec–2 jan", "2026-12-28/2027-01-02"),
    ("den 30 december 2026 – 2 januari 2027", "2026-12-30/2027-01-02"),
    ("3 och 4 november", "2026-11-03/2026-11-04"),
    ("3, 4 och 5 november", "2026-11-03/2026-11-05"),
    ("14/11 och 15/11", "2026-11-14/2026-11-15"),
    ("from 3 to 5 November 2026", "2026-11-03/2026-11-05"),
    ("24–25 November", "2026-11-24/2026-11-25"),
    ("2026-11-03–2026-11-05", "2026-11-03/2026-11-05"),
    ("3, 10 och 17 november", "2026-11-03 2026-11-10 2026-11-17"),
    ("den 4 och 11 november", "2026-11-04 2026-11-11"),
    ("4/11 och 11/11", "2026-11-04 2026-11-11"),
    ("3 november, 10 november och 24 november", "2026-11-03 2026-11-10 2026-11-24"),
    ("tisdagarna 3, 10 och 17 november", "2026-11-03 2026-11-10 2026-11-17"),
    ("den 3 eller 5 november", "2026-11-03 2026-11-05"),
    ("3-4 och 10-11 november", "2026-11-03/2026-11-04 2026-11-10/2026-11-11"),
    ("28 oktober och 4 november 2026", "2026-10-28 2026-11-04"),
    ("v. 47", "2026-11-16?week"),
    ("v 47", "2026-11-16?week"),
    ("v47", "2026-11-16?week"),
    ("vecka 47", "2026-11-16?week"),
    ("Vecka 47", "2026-11-16?week"),
    ("V.47", "2026-11-16?week"),
    ("vecka 47-48", "2026-11-16/2026-11-23?week"),
    ("v. 47–48", "2026-11-16/2026-11-23?week"),
    ("v. 53", "2026-12-28?week"),
    ("vecka 1", "2027-01-04?week"),
    ("week 47", "2026-11-16?week"),
    ("v. 47 2027", "2027-11-22?week"),
    ("fredag v. 45", "2026-11-06"),
    ("fre v 45", "2026-11-06"),
    ("onsdagen i vecka 46", "2026-11-11"),
    ("tis–ons v. 46", "2026-11-10/2026-11-11"),
    ("torsdagen (v. 43)", "2026-10-22"),
    ("tisdag 17 november (v. 47)", "2026-11-17"),
    ("v. 47 (tisdag 17 november)", "2026-11-17"),
    ("idag", "2026-10-01"),
    ("i dag", "2026-10-01"),
    ("today", "2026-10-01"),
    ("imorgon", "2026-10-02"),
    ("i morgon", "2026-10-02"),
    ("tomorrow", "2026-10-02"),
    ("i övermorgon", "2026-10-03"),
    ("ikväll", "2026-10-01"),
    ("på torsdag", "2026-10-08"),
    ("på fredag", "2026-10-02"),
    ("nu på fredag", "2026-10-02"),
    ("nu på torsdag", "2026-10-08"),
    ("kommande måndag", "2026-10-05"),
    ("på måndag i nästa vecka", "2026-10-05"),
    ("torsdag nästa vecka", "2026-10-08"),
    ("tisdag i nästa vecka", "2026-10-06"),
    ("nästa vecka på onsdag", "2026-10-07"),
    ("next week on Tuesday", "2026-10-06"),
    ("Friday this week", "2026-10-02"),
    ("nästa onsdag", "2026-10-07?near"),
    ("nästa fredag", "2026-10-09?near"),
    ("next Tuesday", "2026-10-06?near"),
    ("i nästa vecka", "2026-10-05?week"),
    ("nästa vecka", "2026-10-05?week"),
    ("om två veckor", "2026-10-15"),
    ("om 14 dagar", "2026-10-15"),
    ("in two weeks", "2026-10-15"),
    ("tisdag om två veckor", "2026-10-20"),
    ("fredagen den 16:e", "2026-10-16"),
    ("första torsdagen i november", "2026-11-05"),
    ("sista fredagen i oktober", "2026-10-30"),
    ("den 20 nästa månad", "2026-11-20"),
    ("torsdag 20 oktober", "2026-10-20?weekday"),
    ("måndag 19 november 2026", "2026-11-19?weekday"),
    ("tisdag den 1 december 2027", "2027-12-01?weekday"),
    ("12 september", "2027-09-12?year"),
    ("den 12 november 2025", "2025-11-12?past"),
    ("29 februari", "2028-02-29?year"),
    ("30 september 2026", "2026-09-30"),
]


@pytest.mark.parametrize(("phrase", "days"), DAYS)
def test_days_are_read_as_they_are_written(phrase, days):
    assert read(phrase) == days


@pytest.mark.parametrize(("phrase", "days"), DAYS)
def test_days_are_read_within_a_sentence(phrase, days):
    first = phrase[0].lower() + phrase[1:] if not phrase.isupper() else phrase
    assert read(f"Hej, vi träffas {first} och det blir fika.") == days


@pytest.mark.parametrize("dash", ["-", "–", "—", "\u2010", "\u2212"])
@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2009", "\u202f"])
def test_all_sorts_of_dashes_and_spaces_are_one(dash, space):
    assert read(f"3{dash}4{space}november") == "2026-11-03/2026-11-04"


@pytest.mark.parametrize(
    ("sent", "phrase", "day"),
    [
        ("2026-12-20", "15 januari", "2027-01-15"),  # the year to come
        ("2026-12-20", "fredag 15 januari", "2027-01-15"),
        ("2026-11-27", "26 november", "2026-11-26"),  # passed on a day late
        ("2026-11-27", "torsdag 26 november", "2026-11-26"),
        ("2026-11-27", "fredag 26 november", "2027-11-26"),  # over, and next year it fits
        ("2026-11-27", "torsdag 12 november", "2026-11-12?past"),  # told of as over
        ("2026-11-27", "tisdag 1 december", "2026-12-01"),
        ("2026-12-30", "v. 53", "2026-12-28?week"),
        ("2026-12-30", "v. 1", "2027-01-04?week"),
        ("2027-01-02", "v. 53", "2026-12-28?week"),  # not over yet
        ("2027-02-01", "v. 53", ""),  # 2027 has none
        ("2027-01-05", "v. 2", "2027-01-11?week"),
        ("2026-11-27", "imorgon", "2026-11-28"),
        ("2026-12-31", "imorgon", "2027-01-01"),
        ("2026-02-27", "30 februari", ""),
        ("2026-10-01", "31 november", ""),
        ("2026-10-01", "v. 54", ""),
        ("2028-02-01", "29 februari", "2028-02-29"),
    ],
)
def test_the_year_that_nobody_wrote_is_the_one_that_is_meant(sent, phrase, day):
    assert read(phrase, datetime.fromisoformat(f"{sent}T12:00:00+01:00")) == day


@pytest.mark.parametrize(
    ("phrase", "choices"),
    [
        ("torsdag 20 oktober", ("2026-10-20", "2026-10-22")),  # the day as written, and the nearest Thursday
        ("torsdag 20 oktober kl 13", ("2026-10-20T13:00", "2026-10-22T13:00")),
        ("nästa onsdag kl 10", ("2026-10-07T10:00", "2026-10-14T10:00")),
        ("next Friday", ("2026-10-09", "2026-10-02")),
        ("28 september", ("2027-09-28", "2026-09-28")),
        ("3 november kl 3", ("2026-11-03T15:00", "2026-11-03T03:00")),
        ("v. 47", ()),
    ],
)
def test_what_is_uncertain_can_be_asked(phrase, choices):
    (span,) = spans(phrase, SENT)
    assert span.uncertain.choices == choices
    assert span.uncertain.said == phrase


def test_a_span_is_where_the_words_stand():
    text = "Hej! *Välkommen* den **19**\u00ad oktober\u00a0kl\\. 13 till oss."
    (span,) = spans(text, SENT)
    assert text[span.begin : span.stop] == "den **19**\u00ad oktober\u00a0kl\\. 13"
    assert span.start == "2026-10-19T13:00"
