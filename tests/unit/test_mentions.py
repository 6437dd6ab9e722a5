"""What a letter tells of, as its card, its mail and its page list it."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mentions import told_in
from bot.reading import EventReading, Reading, TipReading
from bot.slack.prefill import draft_of_mention
from bridges.mail.letter import ListHouse
from bridges.mail.sheet import as_html, as_plain
from bridges.mail.wording import item_sheet
from bridges.mentions import MentionView
from bridges.slack.arrivals import IN_VIEWS, Opener, arrival
from bridges.slack.drawing.cards import item_card
from bridges.slack.drawing.limits import objections_to_view
from bridges.slack.form.draft import Meta
from bridges.slack.form.views import told_rows
from bridges.texts import Texts
from storage.ids import ItemId, MentionId
from storage.words import Attendance, Doubt, EventStatus, Intent, Kind, Precision
from tests.fixtures.require import FULL
from tests.fixtures.slack_posts import objections, urls, words
from tests.unit.test_compose import item
from tests.unit.test_slack_cards import ITEM

SV, EN = Texts("sv"), Texts("en")
HOUSE = ListHouse(
    name="Nätverket",
    address="kluster@lista.example.se",
    public_url="https://kluster.example.se",
    timezone="Europe/Stockholm",
)
FIELD_DAY = MentionView(
    id=MentionId(1),
    kind=Kind.INVITATION,
    title="Fältdag om vall",
    start="2026-11-12T09:00",
    place="Norrby gård",
    mode=Attendance.ONSITE,
)
REPORT = MentionView(
    id=MentionId(9), kind=Kind.TIP, title="Ny rapport <om> klöver", url="https://agro.example.se/rapport?a=1&b=2"
)
LETTER = replace(ITEM, kind=Kind.NEWSLETTER, title="Agronytt", event=None, sign_ups={}, comments=0)


def many(number: int) -> tuple[MentionView, ...]:
    return tuple(replace(FIELD_DAY, id=MentionId(n), title=f"Träff {n}") for n in range(1, number + 1))


def buttons_of(message) -> list[str]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [one["action_id"] for row in rows for one in row]


# -- the card -------------------------------------------------------------------------------------------------------------


def test_a_card_lists_what_the_letter_tells_of_and_has_one_button():
    shared = replace(FIELD_DAY, id=MentionId(2), title="Webbinarium", shared_as=ItemId(31))
    card = item_card(replace(LETTER, mentions=(FIELD_DAY, shared, REPORT)), SV)
    assert objections(card) == []
    assert "*I brevet:*\n• tors 12 nov kl. 09.00 Fältdag om vall · Norrby gård\n" in card.text
    assert "Webbinarium · Norrby gård · <https://kluster.example.se/i/31|redan delad>" in card.text
    assert "<https://agro.example.se/rapport?a=1&amp;b=2|Ny rapport &lt;om&gt; klöver> · Tips" in card.text
    [button] = [
        one
        for block in card.blocks
        if block["type"] == "actions"
        for one in block["elements"]
        if one["action_id"] == "share_told"
    ]
    assert (button["text"]["text"], button["value"]) == ("Dela något ur brevet", "12")
    assert "Thu 12 Nov, 09:00 Fältdag om vall" in item_card(replace(LETTER, mentions=(FIELD_DAY,)), EN).text


@pytest.mark.parametrize(("number", "rest"), [(5, ""), (6, "… och 1 till"), (60, "… och 55 till")])
def test_five_rows_stand_on_a_card_and_the_rest_on_its_page(number, rest):
    card = item_card(replace(LETTER, mentions=many(number), text="Lång text. " * 3_000), SV)
    assert objections(card) == []
    assert "Träff 5 " in card.text
    assert "Träff 6 " not in card.text
    assert (f"<https://kluster.example.se/i/12|{rest}>" in card.text) == bool(rest)
    assert "Dela en träff ur brevet" in str(card.blocks)


@pytest.mark.parametrize(
    "change",
    [
        {"shared_as": ItemId(3)},
        {"status": EventStatus.CANCELLED},
        {"start": "2026-08-01T09:00"},
    ],
)
def test_there_is_no_button_where_there_is_nothing_to_share(change):
    card = item_card(replace(LETTER, mentions=(replace(FIELD_DAY, **change),)), SV)
    assert "share_told" not in buttons_of(card)
    assert "Fältdag om vall" in card.text


def test_of_an_event_without_a_certain_day_a_card_says_no_day():
    card = item_card(replace(LETTER, mentions=(replace(FIELD_DAY, start=""),)), SV)
    assert "• Fältdag om vall · Norrby gård" in card.text
    week = replace(FIELD_DAY, start="2026-11-09", precision=Precision.WEEK)
    assert "• v. 46 Fältdag om vall" in item_card(replace(LETTER, mentions=(week,)), SV).text


views = st.builds(
    MentionView,
    id=st.integers(1, 10**12).map(MentionId),
    kind=st.sampled_from([Kind.INVITATION, Kind.TIP]),
    title=words,
    start=st.sampled_from(["", "2026-11-12", "2026-11-12T09:00"]),
    place=words,
    online_url=urls,
    url=urls,
    mode=st.sampled_from([None, *Attendance]),
    status=st.sampled_from(list(EventStatus)),
    shared_as=st.sampled_from([None, ItemId(7)]),
)


@given(told=st.lists(views, max_size=8), times=st.sampled_from([1, 15]), text=words)
@settings(max_examples=60 if FULL else 20, deadline=None)
def test_whatever_letters_tell_of_slack_takes_the_card_and_the_list(told, times, text):
    view = replace(LETTER, mentions=tuple(told) * times, text=text)
    assert objections(item_card(view, SV)) == []
    assert objections_to_view(told_rows(view, SV)) == []


# -- chosen in Slack ------------------------------------------------------------------------------------------------------


def test_the_list_has_a_button_for_each_that_can_be_shared():
    shared = replace(FIELD_DAY, id=MentionId(2), shared_as=ItemId(3))
    view = told_rows(replace(LETTER, mentions=(FIELD_DAY, shared, *many(120))), SV)
    assert objections_to_view(view) == []
    first, second = view["blocks"][1:3]
    assert (first["accessory"]["action_id"], first["accessory"]["value"]) == ("share_mention", "1")
    assert "accessory" not in second
    assert second["text"]["text"].endswith("redan delad")
    assert "Resten finns på sidan: https://kluster.example.se/i/12" in view["blocks"][-1]["text"]["text"]


def test_a_press_in_the_list_opens_in_its_place_and_others_in_views_do_nothing():
    press = {
        "type": "block_actions",
        "trigger_id": "1.2",
        "user": {"id": "U1"},
        "view": {"type": "modal", "id": "V1", "hash": "h"},
        "actions": [{"action_id": "share_mention", "value": "7"}],
    }
    found = arrival(press, None)
    assert isinstance(found, Opener)
    assert (found.kind, found.value, found.view_id, found.view_hash) == ("mention", "7", "V1", "h")
    assert arrival(press | {"actions": [{"action_id": "withdraw", "value": "7"}]}, None) is None
    assert {"share_mention"} == IN_VIEWS


def test_the_form_remembers_what_it_was_opened_for():
    packed = Meta(lang="sv", mention_id=12).packed()
    assert Meta.of({"private_metadata": packed}).mention_id == 12


def test_the_form_is_filled_with_only_what_is_certain():
    from bot.reading import Uncertain

    event = EventReading(title="Fältdag", start="2026-12-09T13:00", place="Norrby")
    reading = Reading(kind=Kind.INVITATION, intent=Intent.NEW, title="Fältdag", text="", event=event)
    sure = draft_of_mention(reading)
    assert (sure.title, sure.place, sure.start.isoformat()) == ("Fältdag", "Norrby", "2026-12-09T13:00:00+01:00")
    choices = ("2026-12-09T13:00", "2026-12-10T13:00")
    doubt = replace(event, uncertain=Uncertain(Doubt.WEEKDAY, "torsdag 9 december", choices))
    unsure = draft_of_mention(replace(reading, event=doubt))
    assert (unsure.start, unsure.when_text, unsure.place) == (None, "v. 50 2026", "Norrby")


def test_a_tip_tells_of_nothing_beside_its_own():
    tip = TipReading(title="Rapport", url="https://agro.example.se/r")
    reading = Reading(kind=Kind.TIP, intent=Intent.NEW, title="Rapport", text="", tips=(tip,))
    assert told_in(reading) == ()
    assert told_in(replace(reading, kind=Kind.NEWSLETTER)) == (tip,)


# -- the letter -----------------------------------------------------------------------------------------------------------


def letter(**changes):
    return item(kind=Kind.NEWSLETTER, title="Agronytt", event=None, **changes)


def test_a_mail_lists_them_before_its_text_with_links_to_the_page():
    shared = replace(FIELD_DAY, id=MentionId(2), title="Webbinarium", shared_as=ItemId(31))
    sheet = item_sheet(letter(mentions=(FIELD_DAY, shared, REPORT)), HOUSE, SV)
    plain, html = as_plain(sheet), as_html(sheet)
    assert (
        "I brevet:\ntors 12 nov kl. 09.00 Fältdag om vall · Norrby gård\n"
        "tors 12 nov kl. 09.00 Webbinarium · Norrby gård · redan delad\n"
        "Ny rapport <om> klöver · Tips\n"
        "Dela något ur brevet: https://kluster.example.se/i/12\n"
    ) in plain
    assert plain.index("I brevet:") < plain.index("Vi går ut i fält")
    assert 'href="https://kluster.example.se/i/12" style="color:#1f5d43">Fältdag om vall</a> · Norrby gård' in html
    assert 'href="https://kluster.example.se/i/31"' in html
    assert "Ny rapport &lt;om&gt; klöver" in html
    assert "I brevet" not in as_plain(item_sheet(letter(), HOUSE, SV))
    assert "In the letter:\nThu 12 Nov, 09:00 Fältdag om vall" in as_plain(
        item_sheet(letter(mentions=(FIELD_DAY,)), HOUSE, EN)
    )


def test_a_mail_of_sixty_lists_twenty_and_stays_small():
    long = tuple(replace(one, title="Mycket lång rubrik " * 20, place="Norrby gård, Tuna " * 20) for one in many(60))
    sheet = item_sheet(letter(mentions=long), HOUSE, SV)
    html = as_html(sheet)
    assert len(html.encode()) < 40_000
    assert "… och 40 till" in as_plain(sheet)
    assert len(re.findall(r">Mycket lång rubrik", html)) == 20


def test_is_open_until_it_has_been():
    today = date(2026, 11, 12)
    assert FIELD_DAY.is_open(today)
    assert not FIELD_DAY.is_open(date(2026, 11, 13))
    assert replace(FIELD_DAY, start="").is_open(today)
