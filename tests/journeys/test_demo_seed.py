"""The demo begins with a network that has something to show: forms filled in, mails sent, letters answered."""

import asyncio
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bot.demo.seeded import seeded_play
from tests.fixtures.mailrooms import until
from tests.fixtures.stage import Stage

USES = ("invitations", "newsletters", "tips", "questions", "desk")


@dataclass(frozen=True)
class Harvest:
    """What there was when everything was planted and quiet."""

    ledger: Path
    posts: Mapping[str, Sequence[dict[str, Any]]]  # by channel, with those in threads
    letters: Mapping[str, Sequence[EmailMessage]]  # by person
    seconds: float

    def rows(self, sql: str) -> list[Any]:
        connection = sqlite3.connect(self.ledger)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def subjects(self, key: str) -> list[str]:
        return [str(letter["Subject"]) for letter in self.letters[key]]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Harvest:
    """Planted once for all that look at it."""
    return asyncio.run(_plant(tmp_path_factory.mktemp("seed") / "demo"))


async def _plant(folder: Path) -> Harvest:
    stage = Stage(folder, seeded_play())
    begun = time.monotonic()
    async with stage.open():
        await until(lambda: not stage.scene.seeding, 60)
        await stage.scene.quiet()
        seconds = time.monotonic() - begun
        posts = {}
        for use in USES:
            channel = stage.scene.channel(use)
            roots = stage.scene.workspace.messages(channel)
            posts[use] = [post for root in roots for post in stage.scene.workspace.messages(channel, root["ts"])]
        people = [person.key for person in stage.play.cast if person.email]
        letters = {key: await stage.scene.letters(key) for key in people}
    return Harvest(folder / "brygga.db", posts, letters, seconds)


def titled(words: str) -> str:
    return f"(select id from items where title like '%{words}%')"


def test_it_takes_no_longer_than_one_waits(planted):
    assert planted.seconds < 30  # ten on a machine with nothing else to do


def test_every_sort_of_thing_is_there_and_nothing_else(planted):
    kinds = dict(planted.rows("select kind, count(*) from items group by kind"))
    assert kinds == {"invitation": 6, "newsletter": 1, "tip": 4, "question": 2}
    assert len(planted.rows("select id from items")) == 13
    assert planted.rows("select count(*) from inbox where state in ('new', 'parked', 'aside')") == [(0,)]
    assert planted.rows("select key, reason from outbox where state = 'parked'") == []


def test_two_posts_wait_at_the_desk(planted):
    assert sorted(planted.rows("select reason, state, title from held")) == [
        ("unknown_sender", "waiting", "Visning av elhacka och ogräsrobot på Raska gård"),
        ("unknown_user", "waiting", "Gratis bildbank med svenska grödor"),
    ]
    desk = " ".join(str(post) for post in planted.posts["desk"])
    assert "Raska gård" in desk
    assert "bildbank" in desk
    assert sum("Att avgöra" in subject for subject in planted.subjects("ingrid")) == 2


def test_what_is_for_areas_reaches_no_cluster(planted):
    title = "Till er utan kluster: en timme på skärmen om hur ni kan vara med"
    assert {key for key in planted.letters if title in planted.subjects(key)} == {"cecilia"}
    assert planted.rows(f"select audience from items where title = '{title}'") == [("areas",)]


def test_people_come_from_both_sides(planted):
    webinar = dict(
        planted.rows(
            f"select answer, count(*) from sign_ups where item_id = {titled('Landet lär: Ett')} group by answer"
        )
    )
    assert webinar == {"yes": 5, "maybe": 1}
    ways = planted.rows("select distinct via from sign_ups")
    assert sorted(ways) == [("mail",), ("slack",)]


def test_threads_are_in_the_order_they_were_said(planted):
    thread = next(post for post in planted.posts["invitations"] if "Temadag" in str(post["text"]))["ts"]
    said = [str(post) for post in planted.posts["invitations"] if post.get("thread_ts") == thread][1:]
    assert len(said) == 4
    for post, words in zip(said, ("lokal och lunch", "morning slides", "short notes", "projektor"), strict=True):
        assert words in post
        assert "skrev" not in post  # the letter that was answered is not said again


def test_the_newsletter_comes_without_what_reports_back(planted):
    ((text,),) = planted.rows("select text from items where kind = 'newsletter'")
    assert "Dammen som räddade vallen" in text
    assert "| Ystningskurs" in text.replace("[", "")
    assert "o/7f3a.gif" not in text
    assert "<img" not in text
    letter = next(
        one for one in planted.letters["cecilia"] if str(one["Subject"]).startswith("Nytt från Agro Sörmland")
    )
    assert "utskick.example.org" not in str(letter["List-Unsubscribe"])
    html = letter.get_body(("html",)).get_content()
    assert "o/7f3a.gif" not in html


def test_a_workshop_by_mail_is_an_event_with_its_template(planted):
    rows = planted.rows(f"select start, mode, place from events where item_id = {titled('Workshop i')}")
    assert [(start[10:], mode, place) for start, mode, place in rows] == [
        ("T10:00", "onsite", "Matnod Skåne, Kristianstad")
    ]
    letter = next(one for one in planted.letters["cecilia"] if str(one["Subject"]).startswith("Workshop i"))
    files = {part.get_filename(): part.get_content_type() for part in letter.iter_attachments()}
    assert files["Mall för behovsinventering.pdf"] == "application/pdf"


def test_what_is_off_says_so(planted):
    rows = planted.rows(
        "select items.title from items join events on item_id = items.id where events.status = 'cancelled'"
    )
    assert [title for (title,) in rows] == ["Inställt: studiebesök på biogasanläggningen i Valla"]


def test_who_paused_or_reads_threads_alone_gets_no_more_than_that(planted):
    assert planted.subjects("lars") == []
    assert all("Vem har ett bra avtal" in subject for subject in planted.subjects("maja"))
    assert any(subject.startswith(("Re:", "Sv:")) for subject in planted.subjects("maja"))


def test_every_tip_says_what_it_is_about(planted):
    tips = [text for (text,) in planted.rows("select text from items where kind = 'tip'")]
    assert len(tips) == 4
    assert all("https://" in text for text in tips)


def test_the_best_tip_has_votes(planted):
    votes = planted.rows(f"select count(*) from votes where item_id = {titled('Utlysning: stöd')}")
    assert votes == [(4,)]
