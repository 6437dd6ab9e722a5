"""What stands in an edition: each item in the first one after it, and again only when its day is near or it changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.digest import Candidate, Occasion, Place, choose, end_of_week, keep_arranged
from storage.ids import ItemId
from storage.words import EventStatus, Intent, Kind, Section

MONDAY = date(2026, 11, 23)
SENT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
LAST_WEEK = SENT - timedelta(days=7)
SINCE = SENT - timedelta(days=14)


def item(number: int = 1, kind: Kind = Kind.INVITATION, **more: object) -> Candidate:
    values = {"intent": Intent.NEW, "created_at": SENT - timedelta(days=2)} | more
    return Candidate(item_id=ItemId(number), kind=kind, **values)  # type: ignore[arg-type]


def on(first: str, last: str | None = None, deadline: str | None = None, **more: object) -> Occasion:
    day = date.fromisoformat
    end = day(last) if last else day(first)
    return Occasion(first=day(first), last=end, deadline=day(deadline) if deadline else None, **more)  # type: ignore[arg-type]


def section(one: Candidate) -> Section | None:
    places = choose([one], MONDAY, SINCE)
    return places[0].section if places else None


@pytest.mark.parametrize(
    ("candidate", "stands"),
    [
        # The last day to answer is this week: before all else.
        (item(occasion=on("2026-12-10", deadline="2026-11-23")), Section.DEADLINES),
        (item(occasion=on("2026-12-10", deadline="2026-11-29")), Section.DEADLINES),
        (item(occasion=on("2026-12-10", deadline="2026-11-30")), Section.LATER),
        (item(occasion=on("2026-12-10", deadline="2026-11-22")), Section.LATER),
        (item(occasion=on("2026-11-25", deadline="2026-11-24")), Section.DEADLINES),
        # This week, later, or over.
        (item(occasion=on("2026-11-23")), Section.THIS_WEEK),
        (item(occasion=on("2026-11-29")), Section.THIS_WEEK),
        (item(occasion=on("2026-11-30")), Section.LATER),
        (item(occasion=on("2026-11-22")), None),
        (item(occasion=on("2026-11-20", "2026-11-24")), Section.THIS_WEEK),
        (item(), Section.LATER),  # its day is not known yet
        # What is called off or moved.
        (item(occasion=on("2026-12-10", status=EventStatus.CANCELLED)), Section.CHANGED),
        (item(occasion=on("2026-12-10", status=EventStatus.MOVED)), Section.CHANGED),
        (item(intent=Intent.CANCELLATION), Section.CHANGED),
        # The rest by kind.
        (item(kind=Kind.TIP), Section.HORIZON),
        (item(kind=Kind.NEWSLETTER), Section.NEWSLETTERS),
        (item(kind=Kind.QUESTION), Section.QUESTIONS),
        (item(intent=Intent.RECORDING, occasion=on("2026-10-19")), Section.RECORDINGS),
        # Too old, and never in an edition.
        (item(kind=Kind.TIP, created_at=SINCE - timedelta(seconds=1)), None),
        (item(occasion=on("2026-11-25"), created_at=SINCE - timedelta(seconds=1)), None),
    ],
)
def test_where_what_is_new_stands(candidate: Candidate, stands: Section | None):
    assert section(candidate) is stands


@pytest.mark.parametrize(
    ("candidate", "stands"),
    [
        (item(kind=Kind.TIP), None),
        (item(kind=Kind.NEWSLETTER), None),
        (item(kind=Kind.QUESTION), None),
        (item(occasion=on("2026-12-10")), None),
        (item(occasion=on("2026-12-10", deadline="2026-11-27")), Section.DEADLINES),
        (item(occasion=on("2026-11-26")), Section.THIS_WEEK),
        (item(occasion=on("2026-12-10"), changed_at=SENT - timedelta(days=1)), Section.CHANGED),
        (item(occasion=on("2026-12-10"), changed_at=LAST_WEEK - timedelta(days=1)), None),  # it said so last week
        (item(occasion=on("2026-11-26", status=EventStatus.CANCELLED), changed_at=LAST_WEEK - timedelta(days=1)), None),
        (item(occasion=on("2026-11-26", status=EventStatus.MOVED)), Section.THIS_WEEK),  # it was said that it moves
        (item(intent=Intent.RECORDING), None),
    ],
)
def test_what_stood_in_an_earlier_edition(candidate: Candidate, stands: Section | None):
    shown = replace(candidate, shown_at=LAST_WEEK, created_at=LAST_WEEK - timedelta(days=2))
    assert section(shown) is stands


def test_what_an_editor_took_out_does_not_come_back_by_itself():
    assert section(item(kind=Kind.TIP, dropped=True)) is None
    assert section(item(occasion=on("2026-11-26"), dropped=True)) is None
    assert (
        section(item(occasion=on("2026-11-26"), dropped=True, shown_at=LAST_WEEK, changed_at=SENT)) is Section.CHANGED
    )


def test_the_order():
    found = choose(
        [
            item(1, Kind.QUESTION),
            item(2, Kind.TIP, votes=1),
            item(3, Kind.TIP, votes=4),
            item(4, Kind.TIP, votes=1, created_at=SENT - timedelta(days=1)),
            item(5, occasion=on("2026-12-20")),
            item(6, occasion=on("2026-12-02")),
            item(7, occasion=on("2026-12-10", deadline="2026-11-27")),
            item(8, occasion=on("2026-12-24", deadline="2026-11-24")),
            item(9, occasion=on("2026-11-25")),
            item(10, Kind.NEWSLETTER),
        ],
        MONDAY,
        SINCE,
    )
    assert [place.item_id for place in found] == [8, 7, 9, 6, 5, 3, 4, 2, 10, 1]


def test_the_week_of_an_edition_on_another_day():
    assert end_of_week(MONDAY) == date(2026, 11, 29)
    assert end_of_week(date(2026, 11, 26)) == date(2026, 11, 29)
    assert end_of_week(date(2026, 11, 29)) == date(2026, 12, 6)  # on a Sunday the week that comes


def place(number: int, where: Section, dropped: bool = False) -> Place:
    return Place(item_id=ItemId(number), section=where, dropped=dropped)


def test_what_editors_arranged_stays_and_what_is_new_comes_last_there():
    tips, later = Section.HORIZON, Section.LATER
    kept = [place(1, later), place(2, later, dropped=True), place(12, tips), place(11, tips)]
    chosen = [place(3, later), place(1, later), place(2, later), place(13, tips), place(11, tips), place(12, tips)]
    assert keep_arranged(chosen, kept, [tips]) == [
        place(3, later),
        place(1, later),
        place(2, later, dropped=True),
        place(12, tips),
        place(11, tips),
        place(13, tips),
    ]


MOMENTS = st.integers(0, 60 * 24).map(lambda hours: SENT - timedelta(hours=hours))


@given(
    st.lists(
        st.builds(
            Candidate,
            item_id=st.integers(1, 10_000).map(ItemId),
            kind=st.sampled_from(Kind),
            intent=st.sampled_from(Intent),
            created_at=MOMENTS,
            changed_at=st.none() | MOMENTS,
            occasion=st.none()
            | st.builds(
                Occasion,
                first=st.dates(date(2026, 11, 1), date(2027, 1, 31)),
                last=st.dates(date(2026, 11, 1), date(2027, 1, 31)),
                deadline=st.none() | st.dates(date(2026, 11, 1), date(2027, 1, 31)),
                status=st.sampled_from(EventStatus),
            ),
            votes=st.integers(0, 50),
            shown_at=st.none() | st.just(LAST_WEEK),
            dropped=st.booleans(),
        ),
        max_size=30,
        unique_by=lambda one: one.item_id,
    )
)
def test_each_item_stands_once_and_sections_come_in_their_order(candidates: list[Candidate]):
    found = choose(candidates, MONDAY, SINCE)
    assert len({one.item_id for one in found}) == len(found)
    order = [list(Section).index(one.section) for one in found]
    assert order == sorted(order)
    assert choose(list(reversed(candidates)), MONDAY, SINCE) == found, "the order they come in does not matter"
