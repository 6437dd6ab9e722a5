"""Who gets what, as a table anybody in the network could check."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning import Reader, Shared, mode_on, readers_of, readers_of_comment
from storage.ids import MemberId
from storage.words import Audience, ClusterType, MemberStatus, Mode

TODAY = date(2026, 11, 23)
BO = Reader(
    member_id=MemberId(2),
    email="bo@agro.example.se",
    name="Bo",
    language="sv",
    mode=Mode.EACH,
    resume_mode=None,
    paused_until=None,
    status=MemberStatus.ACTIVE,
    topics=(),
    in_slack=False,
    cluster=ClusterType.CLUSTER,
)
TO_ALL = Shared(audience=Audience.ALL, topics=(), author_id=MemberId(1))


def gets(reader: Reader, item: Shared = TO_ALL) -> bool:
    return readers_of(item, [reader], TODAY) == [reader]


@pytest.mark.parametrize(("mode", "takes"), [("each", True), ("digest", False), ("mine", False), ("none", False)])
def test_only_each_takes_items_by_mail(mode: str, takes: bool):
    assert gets(replace(BO, mode=Mode(mode))) is takes


@pytest.mark.parametrize(
    ("audience", "cluster", "takes"),
    [
        ("all", "cluster", True),
        ("all", "area", True),
        ("all", None, True),
        ("clusters", "cluster", True),
        ("clusters", "area", False),
        ("clusters", None, False),
        ("areas", "cluster", False),
        ("areas", "area", True),
        ("areas", None, False),
    ],
)
def test_the_audience(audience: str, cluster: str | None, takes: bool):
    reader = replace(BO, cluster=ClusterType(cluster) if cluster else None)
    assert gets(reader, replace(TO_ALL, audience=Audience(audience))) is takes


@pytest.mark.parametrize(
    ("follows", "about", "takes"),
    [
        ((), (), True),
        ((), ("krisberedskap",), True),
        (("krisberedskap",), (), True),  # what concerns everyone
        (("krisberedskap",), ("Krisberedskap", "vatten"), True),
        (("krisberedskap",), ("vatten",), False),
    ],
)
def test_topics(follows: tuple[str, ...], about: tuple[str, ...], takes: bool):
    assert gets(replace(BO, topics=follows), replace(TO_ALL, topics=about)) is takes


def test_the_author_and_those_who_left_get_nothing():
    assert not gets(replace(BO, member_id=MemberId(1)))
    assert not gets(replace(BO, status=MemberStatus.LEFT))
    assert not gets(replace(BO, status=MemberStatus.SUSPENDED))
    assert not gets(replace(BO, email=None))


@pytest.mark.parametrize(
    ("until", "before", "takes"),
    [
        (date(2026, 11, 24), Mode.EACH, False),
        (date(2026, 11, 23), Mode.EACH, True),  # it ends on its day
        (date(2026, 11, 22), Mode.DIGEST, False),
        (date(2026, 11, 22), None, True),  # without Slack the usual mode is each
        (None, Mode.EACH, False),
    ],
)
def test_a_pause_ends_by_itself(until: date | None, before: Mode | None, takes: bool):
    assert gets(replace(BO, mode=Mode.NONE, paused_until=until, resume_mode=before)) is takes


def test_a_comment_goes_to_followers_but_its_author_and_the_paused():
    followers = [
        BO,
        replace(BO, member_id=MemberId(3), mode=Mode.MINE),
        replace(BO, member_id=MemberId(4), mode=Mode.DIGEST),
        replace(BO, member_id=MemberId(5), mode=Mode.NONE),
        replace(BO, member_id=MemberId(6), status=MemberStatus.LEFT),
        replace(BO, member_id=MemberId(7), mode=Mode.DIGEST, in_slack=True),
    ]

    def numbers(*, slack: bool) -> list[int]:
        return [reader.member_id for reader in readers_of_comment(MemberId(2), TO_ALL, followers, TODAY, slack=slack)]

    assert numbers(slack=False) == [3, 4, 7]
    assert numbers(slack=True) == [3, 4]  # who reads the thread in Slack is not told the same by mail


def test_a_comment_stays_in_the_audience_of_its_item():
    """Whoever was passed on an item that is not for them, and answered it, does not read on; its author does."""
    from_an_area = replace(BO, member_id=MemberId(3), cluster=ClusterType.AREA)
    for_clusters = replace(TO_ALL, audience=Audience.CLUSTERS)
    assert readers_of_comment(MemberId(9), for_clusters, [BO, from_an_area], TODAY, slack=False) == [BO]
    its_author = replace(for_clusters, author_id=MemberId(3))
    assert readers_of_comment(MemberId(9), its_author, [from_an_area], TODAY, slack=False) == [from_an_area]


READERS = st.builds(
    Reader,
    member_id=st.integers(1, 50).map(MemberId),
    email=st.none() | st.just("x@example.se"),
    name=st.just(""),
    language=st.sampled_from(["sv", "en"]),
    mode=st.sampled_from(Mode),
    resume_mode=st.none() | st.sampled_from(Mode),
    paused_until=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    status=st.sampled_from(MemberStatus),
    topics=st.lists(st.sampled_from(["vatten", "krisberedskap"]), max_size=2),
    in_slack=st.booleans(),
    cluster=st.none() | st.sampled_from(ClusterType),
)


@given(st.lists(READERS, max_size=20), st.sampled_from(Audience), st.integers(1, 50))
def test_whoever_is_planned_can_and_will_read_it(readers: list[Reader], audience: Audience, author: int):
    item = Shared(audience=audience, topics=("vatten",), author_id=MemberId(author))
    planned = readers_of(item, readers, TODAY)
    assert [reader for reader in readers if reader in planned] == planned  # nobody twice, nobody new, in order
    for reader in planned:
        assert reader.email
        assert reader.status is MemberStatus.ACTIVE
        assert mode_on(reader, TODAY) is Mode.EACH
        assert reader.member_id != author
