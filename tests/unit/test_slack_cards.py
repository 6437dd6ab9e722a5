"""An item, an answer and a held post as Slack shows them: what, when, where, by which day and what to press."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.mail.calendar_out import EventView
from bridges.markdown import from_plain
from bridges.slack.drawing.cards import byline, comment_post, item_card
from bridges.slack.drawing.desk_card import desk_card
from bridges.slack.drawing.message import CommentView, DeskView, FileLink, ItemView
from bridges.texts import Texts
from storage.ids import CommentId, HeldId, ItemId
from storage.words import Attendance, EventStatus, Intent, ItemStatus, Kind
from tests.fixtures.require import FULL
from tests.fixtures.slack_posts import buttons, objections, shown, texts, urls, words

SV, EN = Texts("sv"), Texts("en")
TODAY = date(2026, 8, 14)
EVENT = EventView(
    title="Fältvandring om mellangrödor",
    start="2026-08-26T13:00",
    end="2026-08-26T15:30",
    timezone="Europe/Stockholm",
    starts_at=datetime(2026, 8, 26, 11, tzinfo=UTC),
    mode=Attendance.ONSITE,
    place="Norrby gård, Tuna",
    registration_url="https://exempel.se/anmalan?a=1&b=2",
    registration_deadline="2026-08-19",
    uid="item-12@lista.example.se",
)
ITEM = ItemView(
    item_id=ItemId(12),
    kind=Kind.INVITATION,
    title="Fältvandring om mellangrödor",
    text=from_plain("Vi går ut i fält. Ta med stövlar & kikare."),
    author="Anna Åkesson",
    cluster="Vreta Kluster",
    by_mail=True,
    event=EVENT,
    topics=("växtodling", "teknik"),
    sign_ups={"yes": 12, "maybe": 3},
    sign_up_clusters=5,
    comments=3,
    url="https://kluster.example.se/i/12",
    today=TODAY,
)
COMMENT = CommentView(
    comment_id=CommentId(5),
    text="Vi kommer **två**.",
    author="Bo Öberg",
    cluster="Agro Örebro",
    url="https://kluster.example.se/i/12",
)
DESK = DeskView(
    held_id=HeldId(7),
    title="Kurs i ekonomi",
    text="Kom och räkna.",
    kind=Kind.INVITATION,
    sender="okand@exempel.se",
    sender_name="Okänd Person",
    reason="unknown_sender",
    people=143,
    files=(("kurs.pdf", 240_000),),
    today=TODAY,
)


def invited(**changes: object) -> ItemView:
    return replace(ITEM, event=replace(EVENT, **changes))


# -- the card -----------------------------------------------------------------------------------------------------------


def test_the_card_of_an_invitation_says_the_same_in_words_as_in_blocks():
    card = item_card(ITEM, SV)
    assert card.text.split("\n") == [
        "*INBJUDAN* · Vreta Kluster",
        "*Fältvandring om mellangrödor*",
        "ons 26 aug kl. 13.00–15.30 · Norrby gård, Tuna",
        "*Sista anmälningsdag: ons 19 aug (om 5 dagar)*",
        "Vi går ut i fält. Ta med stövlar &amp; kikare.",
        "<https://exempel.se/anmalan?a=1&amp;b=2|Anmäl dig>",
        "Du anmäler dig hos arrangören. Kommer, Kanske och Kan inte berättar bara för nätverket.",
        "12 kommer från 5 kluster · 3 svar i tråden",
        "Anna Åkesson (Vreta Kluster, via e-post) · Ämnen: växtodling, teknik · <https://kluster.example.se/i/12|Läs på webben>",
    ]
    seen = shown(card)
    assert all(line.strip("*") in seen for line in card.text.split("\n") if "Anmäl dig" not in line)
    assert card.username == "Anna Åkesson (Vreta Kluster, via e-post)"
    assert objections(card) == []


def test_english_readers_get_an_english_card():
    card = item_card(ITEM, EN)
    assert "Wed 26 Aug, 13:00–15:30 · Norrby gård, Tuna" in card.text
    assert "12 are coming from 5 clusters · 3 answers in the thread" in card.text
    assert buttons(card)["rsvp_no"]["text"]["text"] == "I cannot come"


def test_the_buttons_of_an_invitation_say_what_they_are_about():
    pressed = buttons(item_card(ITEM, SV))
    assert list(pressed) == ["register", "rsvp_yes", "rsvp_maybe", "rsvp_no", "follow", "edit", "withdraw"]
    assert pressed["register"]["url"] == "https://exempel.se/anmalan?a=1&b=2"
    assert pressed["rsvp_yes"]["accessibility_label"] == "Kommer – Fältvandring om mellangrödor"
    assert {button["text"]["text"] for button in pressed.values()} >= {
        "Anmäl dig",
        "Kommer",
        "Kanske",
        "Kan inte",
        "Följ",
        "Ändra",
    }
    assert {button.get("value", "12") for button in pressed.values()} == {"12"}
    assert "confirm" in pressed["withdraw"]


@pytest.mark.parametrize(
    ("view", "missing"),
    [
        (replace(ITEM, event=None), {"register", "rsvp_yes", "rsvp_maybe", "rsvp_no"}),
        (replace(ITEM, kind=Kind.TIP), {"rsvp_yes", "rsvp_maybe", "rsvp_no"}),
        (invited(status=EventStatus.CANCELLED), {"register", "rsvp_yes", "rsvp_maybe", "rsvp_no"}),
        (invited(start="2026-08-12T13:00", end=None), {"register", "rsvp_yes", "rsvp_maybe", "rsvp_no"}),
        (invited(registration_deadline="2026-08-13"), {"register"}),
        (invited(registration_url="javascript:alert(1)"), {"register"}),
        (invited(registration_url="", registration_email="a@b.se"), {"register"}),
    ],
)
def test_nothing_is_offered_that_cannot_be_done(view, missing):
    pressed = buttons(item_card(view, SV))
    assert {"register", "rsvp_yes", "rsvp_maybe", "rsvp_no"} - set(pressed) == missing


def test_a_week_lasts_until_its_sunday():
    week = {"start": "2026-08-10", "end": None, "precision": "week", "registration_deadline": ""}
    assert "rsvp_yes" in buttons(item_card(invited(**week), SV))
    assert "rsvp_yes" not in buttons(item_card(replace(invited(**week), today=date(2026, 8, 17)), SV))


def test_where_people_sign_up_by_mail_the_address_is_a_link():
    card = item_card(invited(registration_url="", registration_email="anmalan@exempel.se"), SV)
    assert "Anmäl dig: <mailto:anmalan@exempel.se|anmalan@exempel.se>" in card.text
    assert "Du anmäler dig hos arrangören." in card.text


def test_who_is_registered_by_coming_is_not_told_otherwise():
    assert "arrangören" not in item_card(invited(registration_url="", registration_deadline=""), SV).text


def test_a_last_day_presses_in_words_not_in_colour():
    far = item_card(invited(registration_deadline="2026-08-25"), SV).text
    assert "\nSista anmälningsdag: tis 25 aug\n" in far
    assert "*Sista anmälningsdag: i" not in far
    assert (
        "*Sista anmälningsdag: fre 14 aug (i dag)*" in item_card(invited(registration_deadline="2026-08-14"), SV).text
    )


def test_an_online_meeting_has_its_link():
    card = item_card(invited(mode=Attendance.ONLINE, place="", online_url="https://teams.microsoft.com/l/1|2"), SV)
    assert "Digitalt via Teams\n" in card.text
    assert "<https://teams.microsoft.com/l/1%7C2|Delta digitalt>" in card.text


@pytest.mark.parametrize(("status", "word"), [(EventStatus.CANCELLED, "Inställt"), (EventStatus.MOVED, "Flyttat")])
def test_what_no_longer_stands_says_so_first(status, word):
    card = item_card(invited(status=status), SV)
    assert f"*{word}: Fältvandring om mellangrödor*" in card.text
    assert f"{word}: Fältvandring om mellangrödor" in shown(card)
    assert ("Sista anmälningsdag" in card.text) is (status is EventStatus.MOVED)


def test_a_reminder_says_so_and_an_edited_item_when():
    assert "*INBJUDAN* · Vreta Kluster · *Påminnelse*" in item_card(replace(ITEM, intent=Intent.REMINDER), SV).text
    edited = replace(ITEM, edited_at=datetime(2026, 8, 14, 7, 12, tzinfo=UTC))
    assert " · Ändrad kl. 09.12 · " in item_card(edited, SV).text
    assert (
        " · Ändrad ons 12 aug kl. 09.12 · "
        in item_card(replace(edited, edited_at=datetime(2026, 8, 12, 7, 12, tzinfo=UTC)), SV).text
    )


def test_what_is_withdrawn_has_nothing_to_press():
    card = item_card(replace(ITEM, status=ItemStatus.WITHDRAWN), SV)
    assert "~Fältvandring om mellangrödor~" in card.text
    assert "Tillbakadraget" in card.text
    assert "stövlar" not in shown(card) + card.text
    assert buttons(card) == {}
    assert objections(card) == []


def test_a_long_text_begins_and_can_be_read_whole():
    card = item_card(replace(ITEM, text="Vi går ut i fält och tittar. " * 100), SV)
    assert buttons(card)["read"]["accessibility_label"] == "Läs hela – Fältvandring om mellangrödor"
    assert buttons(card)["read"]["value"] == "12"
    assert 300 < card.text.count("Vi går ut") * 29 < 600
    letter = item_card(replace(ITEM, kind=Kind.NEWSLETTER, event=None, text="Vi går ut i fält och tittar. " * 100), SV)
    assert letter.text.count("Vi går ut") < card.text.count("Vi går ut")


def test_a_long_title_stands_whole_under_its_heading():
    title = "Fältvandring " * 20 + "sist"
    card = item_card(replace(ITEM, title=title), SV)
    (heading,) = [block["text"]["text"] for block in card.blocks if block["type"] == "header"]
    assert len(heading) <= 150
    assert heading.endswith("…")
    assert f"*{title}*" in shown(card)
    assert f"*{title}*" in card.text


def test_files_that_did_not_go_along_are_links():
    files = [
        FileLink(name=f"film {n} <a|b>.mp4", size=80_000_000, url=f"https://kluster.example.se/a/{n}/film")
        for n in range(30)
    ]
    card = item_card(replace(ITEM, files=files), SV)
    assert "Fil: <https://kluster.example.se/a/0/film|film 0 &lt;a¦b&gt;.mp4> (80 MB)" in card.text
    assert "<https://kluster.example.se/i/12|24 filer till på webben>" in card.text
    assert objections(card) == []


@pytest.mark.parametrize(
    ("author", "cluster", "by_mail", "expected"),
    [
        ("Anna Åkesson", "Vreta Kluster", True, "Anna Åkesson (Vreta Kluster, via e-post)"),
        ("Anna Åkesson", "Vreta Kluster", False, "Anna Åkesson (Vreta Kluster)"),
        ("Anna", "", True, "Anna (via e-post)"),
        ("", "", False, "En medlem"),
        ("Slack\u202ebot <@U1>\n", "", False, "Slackbot"),
    ],
)
def test_a_byline_says_who_and_by_which_road(author, cluster, by_mail, expected):
    assert byline(author, cluster, by_mail, SV) == expected


# -- an answer ----------------------------------------------------------------------------------------------------------


def test_an_answer_stands_whole_in_its_thread():
    post = comment_post(COMMENT, SV)
    assert (post.text, post.username) == ("Vi kommer *två*.", "Bo Öberg (Agro Örebro, via e-post)")
    assert shown(post) == "Vi kommer *två*."


def test_a_correction_says_that_it_is_one():
    assert comment_post(replace(COMMENT, correction=True), SV).text == "*Rättelse:*\nVi kommer *två*."


def test_a_long_answer_is_whole_in_blocks_when_its_words_are_not():
    post = comment_post(replace(COMMENT, text="Vi kommer gärna båda två. " * 300), SV)
    assert post.text.endswith("<https://kluster.example.se/i/12|Läs hela svaret>")
    assert shown(post).count("gärna") == 300
    assert "Läs hela svaret" not in shown(post)
    assert objections(post) == []


def test_an_answer_too_long_for_a_post_leads_to_the_rest():
    post = comment_post(replace(COMMENT, text="Vi kommer gärna båda två. " * 2_500), SV)
    assert shown(post).endswith("<https://kluster.example.se/i/12|Läs hela svaret>")
    assert shown(post).count("gärna") > 150
    assert objections(post) == []


def test_an_answer_of_files_alone_and_one_of_nothing():
    file = FileLink(name="film.mp4", size=80_000_000, url="https://kluster.example.se/a/1/film.mp4")
    assert comment_post(replace(COMMENT, text="", files=(file,)), SV).text == (
        "Fil: <https://kluster.example.se/a/1/film.mp4|film.mp4> (80 MB)"
    )
    assert comment_post(replace(COMMENT, text=" "), SV).text == "(ingen text)"


# -- the desk -----------------------------------------------------------------------------------------------------------


def test_a_held_post_says_what_why_from_whom_and_how_many_get_it():
    post = desk_card(DESK, SV)
    assert post.text.split("\n") == [
        "*VÄNTAR PÅ EN REDAKTÖR* · Inbjudan",
        "*Kurs i ekonomi*",
        "Från: Okänd Person · okand@exempel.se",
        "Adressen är inte känd här.",
        "Det går till 143 personer om du skickar det vidare.",
        "Kom och räkna.",
        "Fil: kurs.pdf (240 kB)",
    ]
    pressed = buttons(post)
    assert {action: button["value"] for action, button in pressed.items()} == {
        "approve": "7",
        "trust": "7",
        "reject": "7",
    }
    assert pressed["approve"]["confirm"]["title"]["text"] == "Skicka till 143 personer?"
    assert (pressed["approve"]["style"], pressed["reject"]["style"]) == ("primary", "danger")
    assert objections(post) == []


def test_only_newcomers_can_be_trusted_from_now_on():
    assert "trust" in buttons(desk_card(replace(DESK, reason="first_share"), SV))
    assert "trust" not in buttons(desk_card(replace(DESK, reason="too_many"), SV))


def test_a_long_held_text_says_that_it_goes_on():
    post = desk_card(replace(DESK, text="Kom och räkna. " * 5_000), SV)
    assert "Texten fortsätter." in shown(post)
    assert "Texten fortsätter." in post.text
    assert objections(post) == []


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("released", "Hanna skickade ”Kurs i ekonomi” vidare kl. 09.12."),
        ("rejected", "Hanna avvisade ”Kurs i ekonomi” kl. 09.12."),
    ],
)
def test_once_decided_it_says_who_and_when(decision, said):
    at = datetime(2026, 8, 14, 7, 12, tzinfo=UTC)
    post = desk_card(replace(DESK, decision=decision, decided_by="Hanna", decided_at=at), SV)
    assert said in post.text
    assert said in shown(post)
    assert buttons(post) == {}


# -- whatever people write ------------------------------------------------------------------------------------------------

LANGUAGES = st.sampled_from([SV, EN])
EVENTS = st.none() | st.builds(
    lambda **changes: replace(EVENT, **changes),
    place=words,
    online_url=urls,
    registration_url=urls,
    registration_email=words,
    registration_deadline=st.sampled_from(["", "2026-08-15", "2026-08-19T12:00+02:00", "snart"]),
    mode=st.sampled_from([None, *Attendance]),
    status=st.sampled_from(EventStatus),
)
FILES = st.lists(st.builds(FileLink, name=words, size=st.integers(0, 10**12), url=urls), max_size=30)


@settings(max_examples=80 if FULL else 15, deadline=None)
@given(
    t=LANGUAGES, kind=st.sampled_from(Kind), intent=st.sampled_from(Intent), status=st.sampled_from(ItemStatus), title=words, text=texts,
    author=words, cluster=words, by_mail=st.booleans(), event=EVENTS, topics=st.lists(words, max_size=3) | st.just(["teknik"] * 200), files=FILES,
    url=urls,
)  # fmt: skip
def test_slack_takes_every_card_whatever_it_holds(t, **fields):
    view = replace(ITEM, edited_at=datetime(2026, 8, 14, tzinfo=UTC), **fields)
    assert objections(item_card(view, t)) == []


@settings(max_examples=80 if FULL else 15, deadline=None)
@given(t=LANGUAGES, text=texts, author=words, cluster=words, correction=st.booleans(), files=FILES, url=urls)
def test_slack_takes_every_answer_whatever_it_holds(t, **fields):
    assert objections(comment_post(replace(COMMENT, **fields), t)) == []


@settings(max_examples=80 if FULL else 15, deadline=None)
@given(
    t=LANGUAGES, title=words, text=texts, sender=words, sender_name=words, reason=words | st.sampled_from(["unknown_sender", "first_share"]),
    people=st.integers(0, 10**6), files=st.lists(st.tuples(words, st.integers(0, 10**12)), max_size=30), kind=st.none() | st.sampled_from(Kind),
    decision=st.sampled_from(["", "released", "rejected"]), decided_by=words,
)  # fmt: skip
def test_slack_takes_every_held_post_whatever_it_holds(t, **fields):
    assert objections(desk_card(replace(DESK, **fields), t)) == []


def test_a_tip_is_voted_for_and_says_how_many_have():
    card = item_card(replace(ITEM, kind=Kind.TIP, event=None, votes=3), SV)
    assert buttons(card)["vote"]["value"] == "12"
    assert "3 röster" in shown(card)
    assert "3 röster" in card.text
    assert "vote" not in buttons(item_card(replace(ITEM, votes=3), SV))
    assert "röst" not in item_card(replace(ITEM, kind=Kind.TIP, event=None), SV).text.lower()
