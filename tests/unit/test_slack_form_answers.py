"""What people answer in the form: read however odd, objected to at its field, and an event with the network's times."""

import json
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.mail.calendar_out import EventView
from bridges.slack.form.event import NoSuchWeek, week_of
from bridges.slack.form.views import (
    Draft,
    EventFields,
    Meta,
    SlackFile,
    draft_of,
    errors_by_block,
    event_of,
    form,
    kept,
    read,
)
from storage.words import Attendance, Kind, Precision
from tests.fixtures.slack_forms import (
    BARE,
    EN,
    FIELDS,
    MANY,
    NOW,
    START,
    SV,
    TODAY,
    WALK,
    ZONE,
    as_submitted,
    event,
    item,
    open_form,
    said,
    shows,
)

# -- odd answers ------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=12), inner, max_size=4)),
    max_leaves=12,
)
KEYS = ["value", "selected_option", "selected_options", "selected_date_time", "selected_date", "files"]
ANSWERS = st.dictionaries(
    st.sampled_from([*FIELDS, *(f"{field}:1" for field in FIELDS)]),
    st.dictionaries(
        st.sampled_from(list(FIELDS)), st.one_of(JSON, st.dictionaries(st.sampled_from(KEYS), JSON)), max_size=3
    ),
    max_size=6,
)


@settings(max_examples=MANY * 2, deadline=None)
@given(
    st.one_of(JSON, st.builds(lambda values, blocks: {"state": {"values": values}, "blocks": blocks}, ANSWERS, JSON))
)
def test_no_answer_is_too_odd_to_read(view: Any):
    draft = read(view, ZONE)
    Meta.of(view)
    Meta.of({"private_metadata": json.dumps(view)})
    found = said(draft)
    assert bool(errors_by_block(view, found)) == bool(found)
    event_of(draft, ZONE, TODAY)
    shows(open_form(draft))


def test_answers_are_read_by_their_field_whatever_the_block():
    state = {"values": {"Xy1": {"title": {"value": "  Hej \r\n där "}}, "q": {"kind": {"selected_option": None}}}}
    assert read({"state": state}, ZONE).title == "Hej där"


def test_of_two_blocks_with_a_field_the_latest_counts():
    values = {"title:2": {"title": {"value": "ny"}}, "title": {"title": {"value": "gammal"}}}
    assert read({"state": {"values": values}}, ZONE).title == "ny"


def test_text_that_no_database_keeps_is_put_right():
    text = "a\x00b\ud83cc\r\nd\te"
    values = {"text": {"text": {"value": text}}}
    assert read({"state": {"values": values}}, ZONE).text == "ab\ufffdc\nd\te"


def test_files_are_read_as_slack_names_them():
    file = {
        "id": "F1",
        "name": "a.pdf",
        "mimetype": "application/pdf",
        "size": 10,
        "url_private": "https://files.example/1",
        "url_private_download": "https://files.example/1/download",
        "permalink": "https://x.example/F1",
        "mode": "hosted",
    }
    draft = read({"state": {"values": {"files": {"files": {"files": [file, {}, None, "F2"]}}}}}, ZONE)
    assert draft.files == (
        SlackFile(
            id="F1",
            name="a.pdf",
            content_type="application/pdf",
            size=10,
            url="https://files.example/1/download",
            permalink="https://x.example/F1",
            mode="hosted",
        ),
    )


@pytest.mark.parametrize("packed", ["", "{", "[]", "null", '"x"', '{"item_id": "7x", "lang": 3}', "[" * 5000])
def test_foreign_memory_of_a_form_says_nothing(packed: str):
    assert Meta.of({"private_metadata": packed}) == Meta()


# -- objections -------------------------------------------------------------------------------------------------------

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {}),
        ({"title": ""}, {"title": "Skriv en rubrik."}),
        ({"title": "\u200b \u202e"}, {"title": "Skriv en rubrik."}),
        ({"title": "x" * 301}, {"title": "Rubriken är längre än 300 tecken."}),
        ({"end": START - HOUR}, {"end": "Sluttiden ligger före starttiden."}),
        ({"end": START - DAY, "all_day": True}, {"end": "Sluttiden ligger före starttiden."}),
        ({"end": START - HOUR, "all_day": True}, {}),
        ({"end": START}, {}),
        ({"start": None}, {"start": "Välj också när det börjar."}),
        ({"registration_deadline": date(2027, 8, 26)}, {}),
        (
            {"registration_deadline": date(2027, 8, 27)},
            {"registration_deadline": "Sista anmälningsdagen ligger efter starten."},
        ),
        (
            {"start": NOW - 2 * DAY, "end": None, "registration_deadline": None},
            {"start": "Starten har redan varit. Stämmer dagen?"},
        ),
        ({"start": NOW - 2 * DAY, "end": NOW, "registration_deadline": None}, {}),  # it goes on
        ({"start": NOW - HOUR, "end": None, "registration_deadline": None}, {}),
        ({"kind": Kind.NEWSLETTER, "start": NOW - 9 * DAY, "registration_deadline": None}, {}),
        ({"online_url": "ftp://x.se"}, {"online_url": "Länken ska börja med https:// eller http://."}),
        ({"online_url": "https:// x"}, {"online_url": "Länken ska börja med https:// eller http://."}),
        (
            {"registration_url": "javascript:alert(1)"},
            {"registration_url": "Skriv en länk som börjar med https://, eller en mejladress."},
        ),
        ({"registration_url": "mailto:anna@example.se"}, {}),
        ({"registration_url": "anna@example.se"}, {}),
        (
            {"files": tuple(SlackFile(id=f"F{n}") for n in range(11))},
            {"files": "Högst 10 filer följer med. Ta bort några."},
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(change: dict[str, Any], expected: dict[str, str]):
    assert said(replace(WALK, **change)) == expected


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (BARE, "start"),
        (replace(BARE, text="Vi ses i augusti."), None),  # the text may say when, as that of a mail may
        (replace(BARE, when_text="när snön har gått"), None),
        (replace(BARE, when_text="v. 47"), None),
        (replace(BARE, when_text="v. 54"), "when_text"),
        (replace(BARE, when_text="vecka 53 2027"), "when_text"),
        (replace(BARE, when_text="v. 10 2026"), "when_text"),  # long past
        (replace(BARE, when_text="v. 2", registration_deadline=date(2027, 1, 17)), None),
        (replace(BARE, when_text="v. 2", registration_deadline=date(2027, 1, 18)), "registration_deadline"),
        (Draft(kind=Kind.QUESTION, title="Vem har provat biokol?"), None),
        (Draft(kind=Kind.NEWSLETTER, title="Nyhetsbrev november"), None),
        (Draft(kind=Kind.TIP, title="Utlysning", text="Läs den."), "online_url"),
        (Draft(kind=Kind.TIP, title="Utlysning", text="Se www.vinnova.se/x"), None),
        (Draft(kind=Kind.TIP, title="Utlysning", online_url="https://vinnova.se"), None),
    ],
)
def test_each_kind_needs_what_it_is_about(draft: Draft, field: str | None):
    assert list(said(draft)) == ([field] if field else [])


def test_an_event_that_has_been_can_be_edited():
    past = replace(WALK, start=NOW - 90 * DAY, end=None, registration_deadline=None)
    assert list(said(past)) == ["start"]
    assert said(past, editing=True) == {}


def test_objections_speak_the_readers_language():
    assert said(replace(WALK, title=""), EN) == {"title": "Write a title."}
    assert said(replace(BARE, when_text="week 53 2027"), EN) == {"when_text": "There is no week 53 in 2027."}


def test_errors_stand_at_the_blocks_of_the_view_that_was_sent():
    view = as_submitted(open_form(WALK, refill=3))
    assert errors_by_block(view, {"end": "a", "title": "b"}) == {"end:3": "a", "title:3": "b"}
    assert errors_by_block({"state": view["state"]}, {"end": "a"}) == {"end:3": "a"}
    without = form(SV, Meta(), replace(WALK, topics=()), topics=())
    assert errors_by_block(as_submitted(without), {"topics": "a", "title": "b"}) == {"title": "a b"}
    assert errors_by_block({}, {"end": "a"}) == {"end": "a"}


# -- the event --------------------------------------------------------------------------------------------------------


def test_the_event_has_the_networks_wall_times():
    utc = replace(WALK, start=START.astimezone(UTC), end=START.astimezone(UTC) + HOUR)
    assert event_of(utc, ZONE, TODAY) == EventFields(
        start="2027-08-26T13:00",
        end="2027-08-26T14:00",
        mode=Attendance.HYBRID,
        place="Norrby gård, Tuna",
        online_url=WALK.online_url,
        registration_url=WALK.registration_url,
        registration_deadline="2027-08-19",
    )


def test_all_day_leaves_out_the_clock_and_counts_the_last_day_in():
    draft = replace(BARE, start=START, end=START + DAY, all_day=True)
    fields = event_of(draft, ZONE, TODAY)
    assert fields == EventFields(start="2027-08-26", end="2027-08-27", precision=Precision.DAY, all_day=True)
    one = event_of(replace(draft, end=START + HOUR), ZONE, TODAY)
    assert one is not None
    assert one.end is None


def test_registration_by_mail_is_an_address():
    for words in ("anna@example.se", "mailto:anna@example.se", "mailto:anna@example.se?subject=Anm%C3%A4lan"):
        fields = event_of(replace(WALK, registration_url=words), ZONE, TODAY)
        assert fields is not None
        assert (fields.registration_url, fields.registration_email) == ("", "anna@example.se")


@pytest.mark.parametrize(
    ("words", "monday"),
    [
        ("v. 47", "2026-11-16"),  # this week, Sunday though it is
        ("vecka 48", "2026-11-23"),
        ("V.46", "2027-11-15"),
        ("v 47 2026", "2026-11-16"),
        ("v. 10, 2028", "2028-03-06"),
        ("week 2", "2027-01-11"),
        ("w53", "2026-12-28"),
        ("2027-W05", "2027-02-01"),
        ("v. 47-48", None),
        ("v 47, onsdag", None),
        ("vid skörd", None),
        ("47", None),
        ("", None),
    ],
)
def test_weeks_are_the_next_of_their_number(words: str, monday: str | None):
    found = week_of(words, TODAY)
    assert (found and found.isoformat()) == monday
    fields = event_of(replace(BARE, when_text=words), ZONE, TODAY)
    if monday:
        assert fields == EventFields(start=monday, precision=Precision.WEEK)
    elif words:
        assert fields == EventFields(when_words=words)
    else:
        assert fields is None


@pytest.mark.parametrize(
    ("words", "today"), [("v. 0", TODAY), ("v 54", TODAY), ("v. 53", date(2027, 2, 1)), ("v 99", TODAY)]
)
def test_a_week_that_is_none_is_no_guess(words: str, today: date):
    with pytest.raises(NoSuchWeek):
        week_of(words, today)
    assert event_of(replace(BARE, when_text=words), ZONE, today) == EventFields(when_words=words)


def test_a_link_alone_makes_no_event_of_a_tip():
    tip = Draft(kind=Kind.TIP, title="Läs", online_url="https://example.se")
    assert event_of(tip, ZONE, TODAY) is None
    assert event_of(replace(tip, kind=Kind.INVITATION), ZONE, TODAY) == EventFields(online_url="https://example.se")


@pytest.mark.parametrize(
    "view",
    [
        event(),
        event(end=None, registration_email="anna@example.se", registration_deadline="2027-08-19"),
        event(start="2027-08-26", end="2027-08-27", precision=Precision.DAY, all_day=True),
        event(start="2027-08-26", end=None, precision=Precision.DAY),
        event(start="2027-08-26", end="2027-08-28", precision=Precision.DAY),
        event(start="2027-08-23", end=None, precision=Precision.WEEK, mode=Attendance.ONSITE),
    ],
)
def test_an_event_edited_without_a_change_is_the_same(view: EventView):
    before = draft_of(item(), view)
    fields = event_of(kept(read(as_submitted(open_form(before)), ZONE), before), ZONE, TODAY)
    assert fields is not None
    for name in (
        "start",
        "end",
        "precision",
        "all_day",
        "mode",
        "place",
        "registration_email",
        "registration_deadline",
    ):
        assert getattr(fields, name) == getattr(view, name), name
