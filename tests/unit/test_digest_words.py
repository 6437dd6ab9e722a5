"""What the digest says wherever it is drawn: its subject counts what is there, its rows say first what matters."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges import digest_words
from bridges.edition import Edition
from bridges.texts import Texts
from storage.ids import Week
from storage.words import EventStatus, Intent, Kind, Precision, Section
from tests.fixtures.editions import MONDAY, WEEK_48, event, invitation, row

SV, EN = Texts("sv"), Texts("en")


def edition(*rows, week="2026-W48"):
    return Edition(week=Week(week), day=MONDAY, rows=rows)


def words(one, t=SV):
    return digest_words.row_words(one, MONDAY, t)


@pytest.mark.parametrize(
    ("kept", "swedish", "english"),
    [
        ([11], "Veckobrev v. 48: 1 träff", "Weekly digest, week 48: 1 event"),
        ([11, 13, 19, 20], "Veckobrev v. 48: 2 träffar, 2 tips", "Weekly digest, week 48: 2 events, 2 tips"),
        ([21, 12], "Veckobrev v. 48: 1 nyhetsbrev, 1 fråga", "Weekly digest, week 48: 1 newsletter, 1 question"),
        ([18], "Veckobrev v. 48", "Weekly digest, week 48"),  # cancelled: nothing to come to
        ([23], "Veckobrev v. 48", "Weekly digest, week 48"),  # was recorded
        ([], "Veckobrev v. 48", "Weekly digest, week 48"),
    ],
)
def test_the_subject_counts_what_is_there_and_never_nothing(kept, swedish, english):
    assert digest_words.subject(WEEK_48.only(kept), SV) == swedish
    assert digest_words.subject(WEEK_48.only(kept), EN) == english


def test_the_first_week_of_a_year():
    assert digest_words.heading(edition(week="2027-W01"), SV) == "Veckobrev v. 1"
    assert digest_words.heading(edition(week="2026-W53"), SV) == "Veckobrev v. 53"


def test_the_preview_is_the_first_three_titles():
    rows = [row(n, Section.LATER, Kind.INVITATION, f"Träff {n}" + " x" * 100 * n) for n in range(5)]
    said = digest_words.preview(edition(*rows), SV)
    assert said.startswith("Träff 0 · Träff 1 x x")
    assert said.count(" · ") == 2
    assert len(said) < 200


def test_the_sections_have_their_names():
    assert list(digest_words.section_headings(SV).values()) == [
        "Svara senast",
        "Den här veckan",
        "Längre fram",
        "Ändrat och inställt",
        "Omvärld",
        "Nyhetsbrev",
        "Frågor till nätverket",
        "Se i efterhand",
    ]
    assert set(digest_words.section_headings(EN)) == set(Section)


def test_the_kind_is_said_only_where_the_section_does_not():
    assert words(row(1, Section.HORIZON, Kind.TIP, "T", cluster="Vreta")).kicker == "Vreta"
    assert words(row(1, Section.DEADLINES, Kind.TIP, "T", cluster="Vreta")).kicker == "TIPS · Vreta"
    assert words(row(1, Section.CHANGED, Kind.NEWSLETTER, "T")).kicker == "NYHETSBREV"
    assert words(row(1, Section.THIS_WEEK, Kind.INVITATION, "T")).kicker == ""


def test_dates_are_said_as_seen_on_the_day_of_the_edition():
    when = event("2026-12-02T09:30", registration_deadline="2026-11-24")
    one = invitation(1, Section.DEADLINES, "Kris", when)
    assert words(one).deadline == "Sista anmälningsdag: tis 24 nov (i morgon)"
    assert words(one).near
    far = replace(one, event=event("2026-12-20", registration_deadline="2026-12-15"))
    assert (words(far).deadline, words(far).near) == ("Sista anmälningsdag: tis 15 dec", False)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": EventStatus.CANCELLED},
        {"registration_deadline": "2026-11-20"},
        {"start": "2026-11-20T09:30"},
    ],
)
def test_nobody_is_asked_to_sign_up_where_it_is_too_late(changes):
    when = replace(event("2026-12-02T09:30", registration_url="https://x.se/a"), **changes)
    assert words(invitation(1, Section.CHANGED, "Kris", when)).sign_up == ""
    assert words(invitation(1, Section.CHANGED, "Kris", replace(when, **{**changes, "status": EventStatus.MOVED, "registration_deadline": "", "start": "2026-12-02"}))).sign_up == "https://x.se/a"  # fmt: skip


def test_links_that_are_no_pages_and_links_too_long_for_a_row_stand_in_none():
    for link in ("javascript:alert(1)", "https://x.se/" + "a" * 500, "https://x.se/\n", ""):
        assert (words(row(1, Section.HORIZON, Kind.TIP, "T", link=link)).link, link) == ("", link)
    named = words(row(1, Section.HORIZON, Kind.TIP, "T", link="https://www.Jordbruksverket.se:443/a"))
    assert (named.host, named.votes) == ("jordbruksverket.se", True)


def test_a_changed_item_says_so_and_a_recording_need_not():
    assert words(row(1, Section.CHANGED, Kind.INVITATION, "T", intent=Intent.UPDATE)).flag == "Ändrat"
    assert words(row(1, Section.RECORDINGS, Kind.INVITATION, "T", intent=Intent.RECORDING)).flag == ""


def test_below_a_week_only_what_the_week_does_not_say():
    julmote = invitation(1, Section.LATER, "Julmöte", event("2026-12-14", precision=Precision.WEEK, place="Umeå"))
    assert (words(julmote).week, words(julmote).when) == ("v. 51", "Umeå")
    assert words(replace(julmote, section=Section.CHANGED)).when == "v. 51 · Umeå"


def test_long_words_are_cut_where_a_reader_would_stop():
    long = words(row(1, Section.LATER, Kind.INVITATION, "Möte " * 600, beginning="Vi ses i ladan. " * 18))
    assert len(long.title) <= 160
    assert long.title.endswith("…")
    assert len(long.beginning) <= 181
    assert long.beginning.endswith(("ladan…", "ses…", "Vi…", "i…"))
    assert words(row(1, Section.LATER, Kind.INVITATION, " \n ")).title == "(inget ämne)"


# -- shares -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.lists(st.integers(1, 50), max_size=20), max_size=8), st.integers(-5, 900))
def test_shares_fit_and_are_fair(costs, room):
    shown = digest_words.shares(costs, room)
    spent = sum(sum(of_section[:n]) for of_section, n in zip(costs, shown, strict=True))
    assert spent <= max(room, 0)
    for of_section, n in zip(costs, shown, strict=True):
        if n < len(of_section):  # what is left out would not have fitted when its turn came
            rivals = sum(sum(other[: n + 1]) for other in costs) - of_section[n]
            assert rivals + of_section[n] > room


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.integers(0, 200))
def test_when_all_rows_cost_the_same_nobody_shows_two_more_than_one_who_goes_without(lengths, room):
    shown = digest_words.shares([[1] * length for length in lengths], room)
    assert sum(shown) == min(room, sum(lengths))
    waiting = [n for n, length in zip(shown, lengths, strict=True) if n < length]
    assert all(n <= min(waiting) + 1 for n in shown) if waiting else shown == lengths
    assert waiting == sorted(waiting, reverse=True)  # the most urgent first
