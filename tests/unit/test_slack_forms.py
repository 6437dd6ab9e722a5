"""The form in Slack: always one that Slack takes, read back as it was filled in, and objected to where it is wrong."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bridges.mail.calendar_out import EventView
from bridges.markdown import to_html, to_plain
from bridges.slack.form_draft import LONGEST_TEXT, cut
from bridges.slack.form_event import NoSuchWeek, week_of
from bridges.slack.forms import (
    FORM,
    Draft,
    EventFields,
    Meta,
    SlackFile,
    draft_of,
    errors_by_block,
    event_of,
    form,
    kept,
    objections,
    prefilled,
    read,
    shown,
    skeleton,
    text_in,
    told,
    topic_names,
    typed,
    whole_text,
)
from bridges.slack.limits import objections_to_view
from bridges.slack.message import ItemView
from bridges.standins.workspace import blocks as workspace
from bridges.texts import Texts
from storage.ids import ItemId
from storage.words import Attendance, Audience, Kind, Precision
from tests.fixtures.require import FULL

SV, EN = Texts("sv"), Texts("en")
ZONE = "Europe/Stockholm"
TZ = ZoneInfo(ZONE)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
MANY = 500 if FULL else 60
TOPICS = ("krisberedskap", "kapitalförsörjning", "regler och villkor")
FIELDS = {
    "kind": "static_select",
    "title": "plain_text_input",
    "text": "plain_text_input",
    "start": "datetimepicker",
    "end": "datetimepicker",
    "all_day": "checkboxes",
    "when_text": "plain_text_input",
    "mode": "static_select",
    "place": "plain_text_input",
    "online_url": "url_text_input",
    "registration_url": "url_text_input",
    "registration_deadline": "datepicker",
    "topics": "multi_static_select",
    "audience": "static_select",
    "files": "file_input",
}
WALK = Draft(
    kind=Kind.INVITATION,
    title="Fältvandring om mellangrödor",
    text="Välkommen ut.\n\n- stövlar\n- fika",
    start=datetime(2027, 8, 26, 13, 0, tzinfo=TZ),
    end=datetime(2027, 8, 26, 15, 30, tzinfo=TZ),
    mode=Attendance.HYBRID,
    place="Norrby gård, Tuna",
    online_url="https://teams.example.se/a?b=1&c=å",
    registration_url="https://example.se/anmäl",
    registration_deadline=date(2027, 8, 19),
    topics=("krisberedskap",),
    audience=Audience.CLUSTERS,
)


def shows(view: dict[str, Any]) -> None:
    """Slack takes it: by its own models, by what they do not count, and by the local workspace."""
    assert objections_to_view(view) == []
    assert workspace.objections_to_view(view) == []
    assert View(**json.loads(json.dumps(view))).to_dict() == view
    assert len(json.dumps(view, ensure_ascii=False)) < 250_000


def inputs(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {block["element"]["action_id"]: block for block in view["blocks"] if block["type"] == "input"}


def as_submitted(view: dict[str, Any]) -> dict[str, Any]:
    """The view as Slack hands it back when nothing is changed in it."""
    values: dict[str, Any] = {}
    for field, block in inputs(view).items():
        element = block["element"]
        answer: dict[str, Any] = {"type": element["type"]}
        match element["type"]:
            case "plain_text_input" | "url_text_input":
                answer["value"] = element.get("initial_value")
            case "static_select":
                answer["selected_option"] = element.get("initial_option")
            case "multi_static_select" | "checkboxes":
                answer["selected_options"] = element.get("initial_options", [])
            case "datetimepicker":
                answer["selected_date_time"] = element.get("initial_date_time")
            case "datepicker":
                answer["selected_date"] = element.get("initial_date")
            case "file_input":
                answer["files"] = []
        values[block["block_id"]] = {field: answer}
    return view | {"id": "V1", "state": {"values": values}}


def open_form(draft: Draft, *, t: Texts = SV, meta: Meta = Meta(), refill: int = 0) -> dict[str, Any]:  # noqa: B008
    return form(t, meta, draft, topics=TOPICS, refill=refill)


def said(draft: Draft, t: Texts = SV, **more: Any) -> dict[str, str]:
    return objections(draft, t, NOW, ZONE, **more)


# -- the views --------------------------------------------------------------------------------------------------------


def test_the_skeleton_has_no_fields_and_says_what_it_is():
    view = skeleton(SV, Meta("sv", "C1", "1764288000.000100"))
    shows(view)
    assert inputs(view) == {}
    assert view["callback_id"] == FORM == "share"
    assert Meta.of(view) == Meta("sv", "C1", "1764288000.000100")


@pytest.mark.parametrize("t", [SV, EN])
def test_the_form_has_the_fields_that_people_rely_on(t: Texts):
    view = open_form(Draft(), t=t)
    shows(view)
    assert {field: block["element"]["type"] for field, block in inputs(view).items()} == FIELDS
    assert all(block["block_id"] == field for field, block in inputs(view).items())
    assert [field for field, block in inputs(view).items() if not block["optional"]] == ["kind", "title"]
    assert inputs(view)["files"]["element"]["max_files"] == 10
    assert view["callback_id"] == "share"


def test_the_form_speaks_the_readers_language():
    swedish, english = open_form(Draft()), open_form(Draft(), t=EN)
    assert (swedish["title"]["text"], swedish["submit"]["text"]) == ("Dela med nätverket", "Dela")
    assert (english["title"]["text"], english["submit"]["text"]) == ("Share with the network", "Share")
    assert inputs(swedish)["registration_deadline"]["label"]["text"] == "Sista anmälningsdag"


def test_a_form_that_edits_says_so():
    view = open_form(WALK, meta=Meta("sv", item_id=7))
    assert (view["title"]["text"], view["submit"]["text"]) == ("Ändra det som är delat", "Spara")
    assert Meta.of(view).item_id == 7
    assert open_form(WALK, meta=Meta("sv", held_id=3))["title"]["text"] == "Rätta inlägget"


def test_a_refill_gives_every_field_a_new_block_so_that_slack_forgets_what_stood_there():
    view = open_form(WALK, refill=2)
    shows(view)
    assert {field: block["block_id"] for field, block in inputs(view).items()} == {f: f"{f}:2" for f in FIELDS}
    assert read(as_submitted(view), ZONE) == WALK


def test_without_topics_the_field_is_left_out():
    view = form(SV, Meta(), Draft(), topics=())
    shows(view)
    assert "topics" not in inputs(view)


def test_what_is_filled_in_comes_back():
    assert read(as_submitted(open_form(WALK)), ZONE) == WALK
    assert read(as_submitted(open_form(Draft())), ZONE) == Draft()
    assert read(as_submitted(open_form(Draft(all_day=True))), ZONE) == Draft(all_day=True)


def test_long_topics_are_named_by_a_value_that_stays_the_same():
    long = ["krisberedskap " * 30, "krisberedskap " * 31]
    view = form(SV, Meta(), Draft(topics=(long[1],)), topics=[*long, " ", long[0]])
    shows(view)
    assert len(inputs(view)["topics"]["element"]["options"]) == 2
    assert topic_names(read(as_submitted(view), ZONE).topics, long) == (long[1],)


def test_a_topic_that_an_item_has_stays_though_the_network_no_longer_has_it():
    view = open_form(Draft(topics=("gammalt ämne",)))
    assert read(as_submitted(view), ZONE).topics == ("gammalt ämne",)


def test_what_the_form_cannot_show_is_kept():
    file = SlackFile(id="F1", name="program.pdf")
    before = replace(WALK, text="ord 🌱\n" * 1500, registration_url="mailto:anna@example.se", files=(file,))
    view = open_form(before)
    shows(view)
    assert "Hela texten ryms inte" in inputs(view)["text"]["hint"]["text"]
    assert "anna@example.se" in inputs(view)["registration_url"]["hint"]["text"]
    assert "program.pdf" in inputs(view)["files"]["hint"]["text"]
    answered = read(as_submitted(view), ZONE)
    assert len(answered.text) <= LONGEST_TEXT
    assert kept(answered, before) == before
    new = replace(answered, text="Annat", files=(file, SlackFile(id="F2")))
    assert kept(new, before).text == "Annat"
    assert [file.id for file in kept(new, before).files] == ["F1", "F2"]


def test_a_view_says_one_thing():
    shows(told(SV, "Inlägget finns inte kvar."))
    shows(told(SV, "x" * 10_000 + "\x00"))
    shows(told(EN, ""))


def item(**more: Any) -> ItemView:
    given: dict[str, Any] = {
        "item_id": ItemId(7),
        "kind": Kind.INVITATION,
        "title": WALK.title,
        "text": "Hej **alla**.",
        "author": "Anna Åkesson",
        "cluster": "Vreta Kluster",
        "by_mail": True,
        "url": "https://lista.example.se/i/7",
        "today": TODAY,
    }
    return ItemView(**given | more)


def event(**more: Any) -> EventView:
    given: dict[str, Any] = {
        "title": WALK.title,
        "start": "2027-08-26T13:00",
        "end": "2027-08-26T15:30",
        "timezone": ZONE,
        "starts_at": datetime(2027, 8, 26, 11, tzinfo=UTC),
        "place": "Norrby gård",
        "uid": "1@example.se",
    }
    return EventView(**given | more)


def test_the_whole_text_opens_over_the_channel():
    view = whole_text(item(event=event()), SV)
    shows(view)
    everything = json.dumps(view, ensure_ascii=False)
    for words in ("INBJUDAN · Vreta Kluster", WALK.title, "tors 26 aug 2027 kl. 13.00–15.30 · Norrby gård", "*alla*"):
        assert words in everything
    assert "<https://lista.example.se/i/7|Läs på webben>" in everything


def test_a_text_that_no_view_holds_is_read_on_its_page():
    view = whole_text(item(text="Ett ord till. " * 20_000), SV)
    shows(view)
    assert "Resten finns på sidan" in json.dumps(view, ensure_ascii=False)


# -- whatever is in it, Slack takes it ------------------------------------------------------------------------------------

HOSTILE = st.one_of(
    st.text(st.characters(), max_size=400),
    st.sampled_from(["<!channel>", "&amp;|>", "x" * 4000, "🌱" * 2999, " \n\t\x00", "\u202e\u200b", "a|b>c\n" * 900]),
)
URLS = st.one_of(HOSTILE, st.just("https://example.se/?q=å&x=1"), st.just("mailto:a@b.se"), st.just("http://[::1"))
MOMENTS = st.one_of(
    st.none(),
    st.datetimes().map(lambda naive: naive),
    st.datetimes(timezones=st.just(TZ), allow_imaginary=False),
)
DRAFTS = st.builds(
    Draft,
    kind=st.sampled_from(Kind),
    title=HOSTILE,
    text=HOSTILE,
    start=MOMENTS,
    end=MOMENTS,
    all_day=st.booleans(),
    when_text=HOSTILE,
    mode=st.sampled_from([None, *Attendance]),
    place=HOSTILE,
    online_url=URLS,
    registration_url=URLS,
    registration_deadline=st.one_of(st.none(), st.dates()),
    topics=st.lists(HOSTILE, max_size=6).map(tuple),
    audience=st.sampled_from(Audience),
    files=st.lists(st.builds(SlackFile, id=st.text(min_size=1, max_size=9), name=HOSTILE), max_size=12).map(tuple),
)
METAS = st.builds(Meta, lang=st.text(), channel=HOSTILE, ts=HOSTILE, item_id=st.one_of(st.none(), st.integers()))


@settings(max_examples=MANY, deadline=None)
@given(DRAFTS, METAS, st.lists(HOSTILE, max_size=130), st.integers(0, 50), st.sampled_from([SV, EN]))
def test_slack_takes_every_form(draft: Draft, meta: Meta, topics: list[str], refill: int, t: Texts):
    view = form(t, meta, draft, topics=topics, refill=refill)
    shows(view)
    shows(skeleton(t, meta))
    # What was shown is a fixed point: filled in again it is the same.
    answered = read(as_submitted(view), ZONE)
    assert read(as_submitted(form(t, meta, answered, topics=topics)), ZONE) == answered


@settings(max_examples=MANY, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, URLS)
def test_slack_takes_every_text_in_full(title: str, text: str, name: str, url: str):
    shows(whole_text(item(title=title, text=text, author=name, cluster=name, url=url), SV))
    shows(told(EN, text))


WORDS = st.text(st.characters(exclude_categories=("C", "Z")), max_size=60)
SECONDS = st.integers(1_000_000_000, 9_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC).astimezone(TZ))
PLAIN_DRAFTS = st.builds(
    Draft,
    kind=st.sampled_from(Kind),
    title=WORDS,
    text=st.lists(WORDS, max_size=5).map(lambda lines: "\n".join(lines).strip()),
    start=st.one_of(st.none(), SECONDS),
    end=st.one_of(st.none(), SECONDS),
    all_day=st.booleans(),
    when_text=WORDS,
    mode=st.sampled_from([None, *Attendance]),
    place=WORDS,
    online_url=st.sampled_from(["", "https://example.se/å?x=1"]),
    registration_url=st.sampled_from(["", "http://example.se"]),
    registration_deadline=st.one_of(st.none(), st.dates(date(1901, 1, 1), date(2199, 1, 1))),
    topics=st.lists(st.sampled_from(TOPICS), unique=True).map(tuple),
    audience=st.sampled_from(Audience),
)


@settings(max_examples=MANY, deadline=None)
@given(PLAIN_DRAFTS, st.integers(0, 9))
def test_every_draft_comes_back_from_its_form(draft: Draft, refill: int):
    assert read(as_submitted(open_form(draft, refill=refill)), ZONE) == draft


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
START = WALK.start
assert START is not None


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


BARE = Draft(kind=Kind.INVITATION, title="Fältvandring")


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


# -- words in and out of the text field -----------------------------------------------------------------------------------


def test_links_stand_bare_in_the_field_and_are_links_when_shared():
    md = "Läs <https://example.se/a_b> och [www.slu.se](<https://www.slu.se>), skriv till <anna@example.se>.\n\n* **fet**"
    field = shown(md)
    assert field == "Läs https://example.se/a_b och www.slu.se, skriv till anna@example.se.\n\n* **fet**"
    assert to_html(typed(field)) == to_html(md)


@pytest.mark.parametrize("md", ["Hej &copy; [a]: b", "rad\n" * 3000, "Läs <https://example.se>.\r\n\r\n* **fet**\n"])
def test_a_text_left_as_it_stood_is_the_same_to_the_letter(md: str):
    answered = read(as_submitted(open_form(Draft(text=shown(md)))), ZONE)
    assert text_in(answered, md) == md
    assert text_in(replace(answered, text="Nytt: https://example.se"), md) == "Nytt: <https://example.se>"


@pytest.mark.parametrize(
    "field",
    [
        "[1]: https://example.se/x",
        "Se [sidan](https://example.se/x) och `https://kod.se`",
        "AT&amp;T &copy; x",
        "```\n<https://example.se> [a]: b\n```",
        "www.example.se/å, (https://example.se/x).",
        "<https://example.se>",
    ],
)
def test_no_typed_word_vanishes(field: str):
    plain = to_plain(typed(field))
    for word in field.replace("```", "").replace("`", "").replace("[sidan](", "sidan ").split():
        assert word.strip("<>().,`") in plain


@settings(max_examples=MANY, deadline=None)
@given(HOSTILE)
def test_showing_and_typing_changes_nothing_that_is_seen(md: str):
    assert to_html(typed(shown(md))) == to_html(md) or shown(md) == md


# -- filled in from a message ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("md", "kind", "title"),
    [
        ("<https://vinnova.se/utlysning>", Kind.TIP, "https://vinnova.se/utlysning"),
        ("Ny utlysning: <https://vinnova.se/utlysning>", Kind.TIP, "Ny utlysning"),
        ("Har ni provat biokol?", Kind.QUESTION, "Har ni provat biokol?"),
        ("Vi söker ett kluster som vill vara med.", Kind.QUESTION, "Vi söker ett kluster som vill vara med."),
        ("Efterlysning\n\nTips på lokal", Kind.QUESTION, "Efterlysning"),
        ("\n\n---\n\n**Fältvandring** på Norrby\n\nVälkommen!", Kind.INVITATION, "Fältvandring på Norrby"),
        ("", Kind.INVITATION, ""),
    ],
)
def test_a_message_fills_in_the_form(md: str, kind: Kind, title: str):
    draft = prefilled(md)
    assert (draft.kind, draft.title) == (kind, title)
    assert to_html(typed(draft.text)) == to_html(md)
    assert prefilled(md, kind=Kind.NEWSLETTER).kind is Kind.NEWSLETTER


def test_a_long_first_line_is_cut_at_a_word():
    title = prefilled("ord " * 100).title
    assert len(title) <= 150
    assert title.endswith("ord…")


def test_topics_that_the_text_names_are_chosen():
    assert prefilled("Om Krisberedskap i Tuna", topics=TOPICS).topics == ("krisberedskap",)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Träff 2026-11-26 13:00 på Norrby", "2026-11-26T13:00", None),
        ("Träff 2026-11-26 kl. 13.00–15.30", "2026-11-26T13:00", "2026-11-26T15:30"),
        ("Anmäl dig senast 2026-11-26 13:00", None, None),
        ("2026-11-26 13:00 eller 2026-11-27 13:00", None, None),
        ("2026-13-26 13:00", None, None),
        ("26 nov kl. 13", None, None),
    ],
)
def test_only_an_exact_moment_is_taken_for_the_start(text: str, start: str | None, end: str | None):
    draft = prefilled(text)
    walls = [moment.strftime("%Y-%m-%dT%H:%M") if moment else None for moment in (draft.start, draft.end)]
    assert walls == [start, end]


@settings(max_examples=MANY, deadline=None)
@given(
    st.one_of(
        HOSTILE, st.lists(st.sampled_from(["2026-11-26 13:00", "<https://x.se>", "*", "?", "\n", "a"])).map("".join)
    )
)
def test_any_message_fills_in_a_form_that_slack_takes(md: str):
    draft = prefilled(md, topics=TOPICS)
    shows(open_form(draft))
    assert len(draft.title) <= 150


def test_text_is_cut_as_slack_counts():
    assert cut("abc", 3) == "abc"
    assert cut("🌱🌱🌱", 5) == "🌱🌱…"
    assert cut("ett två tre", 9) == "ett två…"
