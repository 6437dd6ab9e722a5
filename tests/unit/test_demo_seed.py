"""The files of the seeded network: right on whatever day the demo is started, in good Swedish, and clear when broken."""

import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo import seed
from bot.demo.seed.days import day_of, day_words, easter, is_off, time_words
from bot.demo.seed.pdf import pdf_of
from bot.demo.seed.story import ZONE, Shared
from storage.roster import read_clusters, read_members
from storage.words import ClusterType, Kind

#: The day before summer time ends; in week 53; Good Friday, the day before the night when summer time begins.
DAYS = (date(2026, 10, 23), date(2026, 12, 30), date(2027, 3, 26))
FOLDER = Path(seed.__file__).parent
MONTHS = [
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
WEEKDAYS = ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"]
_DAY_IN_WORDS = re.compile(rf"\b({'|'.join(WEEKDAYS)}) (\d{{1,2}}) ({'|'.join(MONTHS)})(?: (\d{{4}}))?")
_HOST = re.compile(r"https?://([^/\s,\"'<>]+)|[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")


def texts(shared: Shared) -> Iterator[str]:
    """Everything that a reader of it sees."""
    yield from (shared.title, shared.text, shared.html)
    yield from (reply.text for reply in shared.replies)
    if shared.occasion:
        yield from (shared.occasion.place, shared.occasion.online, shared.occasion.sign_up)


def words_of(text: str) -> list[str]:
    without = re.sub(r"<style.*?</style>|<[^>]+>|https?://\S+|\S+@\S+", " ", text, flags=re.DOTALL)
    return re.findall(r"[^\W\d_]+", without.lower())


# -- who is there -----------------------------------------------------------------------------------------------------


def test_six_clusters_one_area_and_somebody_of_each_sort():
    town = seed.town()
    kinds = [row.type for row in read_clusters(town.clusters_csv)]
    assert kinds.count(ClusterType.CLUSTER) == 6
    assert kinds.count(ClusterType.AREA) == 1
    sorts = {person.sort for person in town.people}
    assert sorts >= {"staff", "mail", "area", "authority", "digest", "english", "mine", "paused", "editor", "admin"}
    assert sorts >= {"guest", "unknown", "stranger"}
    assert [person.sort for person in town.people].count("editor") == 2


def test_who_is_no_member_is_not_in_the_file_of_members():
    town = seed.town()
    members = {row.email for row in read_members(town.members_csv)}
    outside = {person.email for person in town.people if not person.member}
    assert outside == {town.named(key).email for key in ("gustav", "tove", "sven")}
    assert members == {person.email for person in town.people} - outside


def test_the_three_that_others_count_on_are_who_they_are():
    town = seed.town()
    anna, cecilia, hanna = (town.named(key) for key in ("anna", "cecilia", "hanna"))
    assert (anna.cluster, anna.role, bool(anna.slack_user)) == ("vreta", "staff", True)
    assert (cecilia.cluster, cecilia.slack_user, cecilia.mode) == ("gavleborg", "", "each")
    assert (hanna.role, bool(hanna.slack_user)) == ("editor", True)


def test_everybody_is_described_in_one_sentence_in_both_languages():
    for person in seed.town().people:
        for about in (person.about, person.about_en):
            assert re.fullmatch(r"[A-ZÅÄÖ][^.!?]+\.", about), about


# -- what they share --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("today", DAYS)
def test_everything_lies_ahead_and_nobody_meets_on_a_day_off(today):
    for shared in seed.story(today):
        occasion = shared.occasion
        if occasion is None:
            continue
        assert today < occasion.start.date() <= today + timedelta(days=45), shared.where
        assert occasion.start < occasion.end
        first, last = occasion.start.date(), occasion.end.date()
        meets = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        assert all(day.weekday() < 5 and not is_off(day) for day in meets), shared.where
        if occasion.last_day:
            assert today < occasion.last_day < first
            assert occasion.last_day.weekday() < 5


@pytest.mark.parametrize("today", DAYS)
def test_somebody_must_answer_within_a_week(today):
    last_days = [shared.occasion.last_day for shared in seed.story(today) if shared.occasion]
    assert any(day and day <= today + timedelta(days=7) for day in last_days)


@pytest.mark.parametrize("today", DAYS)
def test_the_clock_on_the_wall_is_the_same_on_both_sides_of_summer_time(today):
    webinar = next(shared for shared in seed.story(today) if shared.title.startswith("Landet lär"))
    assert webinar.occasion is not None
    assert (webinar.occasion.start.hour, webinar.occasion.start.tzinfo) == (12, ZONE)
    summer = date(2027, 3, 28) <= webinar.occasion.start.date() < date(2027, 10, 31)
    assert webinar.occasion.start.utcoffset() == timedelta(hours=2 if summer else 1)


@pytest.mark.parametrize("today", DAYS)
def test_weekdays_in_words_are_those_of_their_dates(today):
    found = [match for shared in seed.story(today) for text in texts(shared) for match in _DAY_IN_WORDS.findall(text)]
    assert len(found) >= 8
    for weekday, day, month, year in found:
        meant = date(int(year or today.year), MONTHS.index(month) + 1, int(day))
        assert WEEKDAYS[meant.weekday()] == weekday
        assert meant > today


@pytest.mark.parametrize("today", DAYS)
def test_links_and_addresses_lead_to_example_hosts_alone(today):
    town = seed.town()
    everything = [text for shared in seed.story(today) for text in (*texts(shared), *shared.headers.values())]
    everything += [town.clusters_csv.decode(), town.members_csv.decode(), *(person.email for person in town.people)]
    hosts = {host or domain for text in everything for host, domain in _HOST.findall(text)}
    assert len(hosts) > 15
    assert [host for host in hosts if not re.search(r"(^|\.)example\.(se|org)$", host)] == []


def test_no_word_has_lost_its_dots_and_rings():
    """A word that is written both ways is suspect, but for those that are words both ways."""
    both = {"for", "har", "at", "vara", "stod", "kort"}
    found = {word for shared in seed.story(DAYS[0]) for text in texts(shared) for word in words_of(text)}
    found |= {word for person in seed.town().people for word in words_of(person.about)}
    bare = {word.translate(str.maketrans("åäöé", "aaoe")): word for word in found if re.search("[åäöé]", word)}
    assert len(bare) > 150
    assert {word: bare[word] for word in found if word in bare}.keys() <= both
    lost = r"pa|fran|nar|ar|da|sa|mote|moten|traff|oppet|anmal|anmalan|nasta|ocksa|aven|lank"
    assert [word for word in found if re.fullmatch(lost, word)] == []


def test_what_readers_see_keeps_to_the_words_of_the_house():
    for shared in seed.story(DAYS[0]):
        for text in texts(shared):
            said = re.sub(r"<!DOCTYPE|<style.*?</style>|!important", "", text, flags=re.DOTALL)
            assert "!" not in said, shared.where
            assert not re.search(r"\b(?:vänligen|email|e-mail|maila?r?)\b", said.lower()), shared.where
            assert not re.search(r"\bkl\.? ?\d{1,2}:\d\d", said), shared.where


def test_there_is_one_of_each_thing_that_the_network_does():
    story = seed.story(DAYS[0])
    assert {shared.kind for shared in story if shared.road == "form"} >= {Kind.INVITATION, Kind.TIP, Kind.QUESTION}
    assert sum(shared.road == "form" for shared in story) > len(story) // 3
    assert [shared.by for shared in story if shared.held] == ["sven", "tove"]
    assert [shared.audience for shared in story].count("areas") == 1
    assert any(len(shared.votes) >= 3 for shared in story)
    assert any(shared.files for shared in story)
    assert any(shared.occasion and shared.occasion.cancelled for shared in story)


def test_the_newsletter_is_as_its_tool_sends_it():
    letter = next(shared for shared in seed.story(DAYS[0]) if shared.html)
    assert {"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"} <= letter.headers.keys()
    assert 'width="1" height="1"' in letter.html
    assert "display:none" in letter.html
    assert letter.html.count("<table") >= 5
    assert all('alt="' in image for image in re.findall(r"<img[^>]*>", letter.html))


# -- days -------------------------------------------------------------------------------------------------------------


def test_easter_is_when_the_almanac_says():
    assert [easter(year) for year in (2024, 2025, 2026, 2027, 2038)] == [
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
    ]


@pytest.mark.parametrize(
    ("words", "today", "day"),
    [
        ("+1 wed", date(2026, 11, 27), date(2026, 12, 2)),
        ("+1 tue", date(2026, 12, 30), date(2027, 1, 12)),  # the Tuesday after is still Christmas
        ("+3 thu", date(2027, 4, 15), date(2027, 5, 13)),  # 6 May is Ascension
        ("+1 fri", date(2026, 6, 11), date(2026, 6, 26)),  # Midsummer Eve is never a day for a meeting
        ("+4", date(2026, 11, 27), date(2026, 12, 1)),
        ("+4", date(2026, 11, 24), date(2026, 11, 27)),  # a Saturday: the day before
        ("+1", date(2026, 11, 27), date(2026, 11, 30)),  # a Saturday with nothing before it: the Monday
    ],
)
def test_days_are_counted_as_people_count(words, today, day):
    assert day_of(words, today) == day


def test_two_days_are_both_free():
    assert day_of("+1 wed", date(2027, 4, 29), length=2) == date(2027, 5, 12)  # 5 and 6 May would take Ascension


def test_days_in_words():
    start = datetime(2026, 12, 3, 13, tzinfo=ZONE)
    today = date(2026, 11, 27)
    assert time_words(start, start.replace(hour=15, minute=30), today, "sv") == "torsdag 3 december kl. 13.00–15.30"
    assert time_words(start, start.replace(day=4), today, "en") == (
        "Thursday 3 December at 13:00 to Friday 4 December at 13:00"
    )
    assert day_words(date(2027, 1, 7), today, "sv") == "torsdag 7 januari 2027"


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_pdf_says_where_its_objects_are():
    data = pdf_of("Mall\n\n1. Vad säljer ni (mest)?")
    start = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert data[start:].startswith(b"xref\n0 7\n")
    places = [int(line[:10]) for line in data[start:].split(b"\n")[3:9]]
    assert [data[place : place + 7] for place in places] == [b"%d 0 obj" % number for number in range(1, 7)]
    assert "(1. Vad säljer ni \\(mest\\)?) Tj".encode("cp1252") in data


BROKEN = (
    ("people.csv", "anna,staff,", "anna,,", "people.csv, line 2: “sort” is empty"),
    ("people.csv", ",gavleborg,reader,", ",gavle,reader,", "people.csv, line 7: there is no cluster “gavle”"),
    ("people.csv", ",reader,sv,none,", ",läsare,sv,none,", "people.csv, line 13: 'läsare' is not a valid Role"),
    ("people.csv", "bo,staff", "anna,staff", "people.csv, line 3: “anna” is there already"),
    ("people.csv", "bo.oberg@", "bo.öberg@", "people.csv, its members: line 3: “bo.öberg@"),
    ("clusters.csv", ",area", ",område", "clusters.csv: line 8: type “område”"),
    (
        "shared/02-landet-lar.toml",
        'by = "anna"',
        'by = "ana"',
        "shared/02-landet-lar.toml: by: “ana” is none of anna, bo",
    ),
    ("shared/02-landet-lar.toml", "$last_day", "$sista", "shared/02-landet-lar.toml: nothing says what $sista is"),
    ("shared/02-landet-lar.toml", '"+2 thu"', '"torsdag"', "shared/02-landet-lar.toml, event: “torsdag” is no day"),
    (
        "shared/02-landet-lar.toml",
        '"12.45"',
        '"12.75"',
        "shared/02-landet-lar.toml, event: to: “12.75” is no time of day",
    ),
    ("shared/02-landet-lar.toml", "title =", "titel =", "shared/02-landet-lar.toml: “title” must be some text"),
    ("shared/02-landet-lar.toml", "topics =", "topic =", "shared/02-landet-lar.toml: nobody knows what “topic” is for"),
    ("shared/02-landet-lar.toml", '"+6"', '"+20"', "shared/02-landet-lar.toml, event: the last day to sign up is not"),
    (
        "shared/02-landet-lar.toml",
        'by = "olga"',
        'by = "petra"',
        "shared/02-landet-lar.toml, answers 3: by: “petra” is none",
    ),
    ("shared/02-landet-lar.toml", "[event]", "[event", "shared/02-landet-lar.toml: Expected ']'"),
    ("shared/05-nyhetsbrev.toml", '"nyhetsbrev.html"', '"brev.html"', "shared/05-nyhetsbrev.toml: html: "),
    ("shared/nyhetsbrev.html", "$cheese", "$ost", "shared/nyhetsbrev.html: nothing says what $ost is"),
)


@pytest.mark.parametrize(("name", "old", "new", "said"), BROKEN, ids=[f"{row[0]}: {row[1]}" for row in BROKEN])
def test_a_broken_file_is_told_in_one_line(tmp_path, name, old, new, said):
    folder = tmp_path / "seed"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(seed.BadSeed) as failed:
        seed.town(folder)
    assert str(failed.value).startswith(said)
    assert "\n" not in str(failed.value)
