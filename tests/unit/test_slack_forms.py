"""The views of Slack's that people share in: always ones that Slack takes, read back as they were filled in."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.slack.form.draft import LONGEST_TEXT
from bridges.slack.form.views import (
    FORM,
    Draft,
    Meta,
    SlackFile,
    form,
    kept,
    read,
    skeleton,
    told,
    topic_names,
    whole_text,
)
from bridges.texts import Texts
from storage.words import Attendance, Audience, Kind
from tests.fixtures.slack_forms import (
    EN,
    FIELDS,
    HOSTILE,
    MANY,
    SV,
    TOPICS,
    TZ,
    WALK,
    ZONE,
    as_submitted,
    event,
    inputs,
    item,
    open_form,
    shows,
)

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
