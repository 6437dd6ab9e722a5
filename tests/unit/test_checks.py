"""May it come in? One test for each line of the policy, and for the order of the lines."""

from dataclasses import replace

import pytest

from bot.checks import CHECKS, Disposition, Facts, Limits, Sender, check
from bridges.mail.addresses import Tag
from bridges.mail.parse import Mail, parse
from bridges.mail.trust import Standing
from storage.ids import MemberId
from storage.words import MemberStatus, Role

ANNA = Sender(MemberId(1), Role.STAFF, MemberStatus.ACTIVE, first=False, items_last_hour=0)
KNOWN = Facts(sender=ANNA, trust=Standing.PASSED)
RAW = b"From: Anna <anna@vreta.se>\r\nSubject: Traff\r\nMessage-ID: <1@vreta.se>\r\n\r\nHej, kom den 3 maj."


def answer(facts: Facts = KNOWN, raw: bytes = RAW) -> tuple[str, str]:
    verdict = check(parse(raw), replace(facts, raw=raw))
    return verdict.disposition.value, verdict.reason


def test_a_members_mail_comes_in():
    assert answer() == ("post", "")
    assert answer(replace(KNOWN, trust=Standing.UNSET)) == ("post", "")
    assert answer(replace(KNOWN, is_answer=True)) == ("post", "")


def test_bytes_that_are_no_mail_are_parked():
    assert answer(raw=b"\x00\xff\x89PNG") == ("park", "unreadable")
    assert answer(raw=b"") == ("park", "unreadable")


def test_what_came_before_or_from_us_is_set_aside():
    assert answer(replace(KNOWN, own="own_list_id")) == ("aside", "loop")
    assert answer(replace(KNOWN, seen_mail=True)) == ("aside", "duplicate")
    assert answer(replace(KNOWN, seen_content=True)) == ("aside", "duplicate")


def test_an_answer_or_an_errand_may_have_the_same_words_as_another():
    assert answer(replace(KNOWN, seen_content=True, is_answer=True)) == ("post", "")
    assert answer(replace(KNOWN, seen_content=True, tag=Tag("leave"))) == ("post", "")


BOUNCE = b"""Return-Path: <>\r
From: MAILER-DAEMON@mx.se\r
Subject: x\r
Auto-Submitted: auto-replied\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.se\r
\r
Final-Recipient: rfc822; eva@vreta.se\r
Action: failed\r
Status: 5.1.1\r
\r
--b--\r
"""
ACCEPTED = (
    b"From: anna@vreta.se\r\nSubject: Accepted: Traff\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n"
    b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
COUNTER = ACCEPTED.replace(b"REPLY", b"COUNTER").replace(b"Accepted: ", b"Ny tid: ")


def test_machines_are_set_aside_even_at_an_address_with_a_token():
    for tag in (None, Tag("leave", "abc"), Tag("desk", "abc"), Tag("bounce", "abc")):
        facts = replace(KNOWN, tag=tag)
        assert answer(facts, BOUNCE) == ("aside", "bounce")
        assert answer(facts, b"Auto-Submitted: auto-replied\r\n" + RAW) == ("aside", "auto_reply")
    assert check(parse(BOUNCE), replace(KNOWN, raw=BOUNCE)).detail == "eva@vreta.se 5.1.1"


def test_a_calendars_accept_counts_for_a_member_who_is_who_they_say_and_is_set_aside_from_all_others():
    ours = replace(KNOWN, signs_up=True)
    assert answer(ours, ACCEPTED) == ("post", "")
    assert answer(KNOWN, ACCEPTED) == ("aside", "rsvp")  # an event that we do not know
    assert answer(replace(ours, sender=None), ACCEPTED) == ("aside", "rsvp")
    assert answer(replace(ours, trust=Standing.FAILED), ACCEPTED) == ("aside", "rsvp")
    many = ACCEPTED.replace(b"From: anna@vreta.se", b"From: anna@vreta.se, bo@agro.se")
    assert answer(ours, many) == ("aside", "rsvp")


def test_another_time_that_a_calendar_proposes_is_for_a_person_to_see_and_its_other_questions_are_for_nobody():
    assert answer(KNOWN, COUNTER) == ("hold", "counter_proposal")
    assert answer(replace(KNOWN, is_answer=True), COUNTER) == ("hold", "counter_proposal")  # it says nothing itself
    words = COUNTER.replace(
        b"Content-Type: text",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nKan vi ta halv elva?\r\n--b\r\nContent-Type: text",
    )
    assert answer(replace(KNOWN, is_answer=True), words) == ("post", "")
    assert answer(KNOWN, words) == ("hold", "counter_proposal")
    for method in (b"REFRESH", b"DECLINECOUNTER"):
        assert answer(KNOWN, COUNTER.replace(b"COUNTER", method)) == ("aside", "rsvp")


def test_a_person_who_writes_to_where_a_letter_left_from_is_heard():
    ours = replace(KNOWN, tag=Tag("bounce", "abc"))
    assert answer(replace(ours, is_answer=True), RAW) == ("post", "")
    assert answer(ours, RAW) == ("hold", "not_found")  # to whom it was written nobody can tell
    assert answer(replace(ours, sender=None), RAW) == ("hold", "unknown_sender")
    server = RAW.replace(b"anna@vreta.se", b"mailer-daemon@vreta.se")
    assert answer(replace(ours, sender=None), server) == ("aside", "bounce")  # one that nobody can read
    assert answer(replace(KNOWN, sender=None), server) == ("hold", "unknown_sender")


def test_a_calendars_accept_that_is_passed_on_is_an_ordinary_mail():
    passed_on = ACCEPTED.replace(b"Subject: ", b"Subject: VB: ")
    assert answer(KNOWN, passed_on) == ("aside", "empty")
    mixed = passed_on.replace(
        b"Content-Type: text",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSe svaret.\r\n--b\r\nContent-Type: text",
    )
    assert answer(KNOWN, mixed) == ("post", "")
    assert answer(replace(KNOWN, sender=None), mixed) == ("hold", "unknown_sender")


def test_a_calendars_accept_is_no_first_share_and_never_too_much():
    reader = replace(KNOWN.sender, role=Role.READER, first=True, items_last_hour=9)
    assert answer(replace(KNOWN, sender=reader, signs_up=True), ACCEPTED) == ("post", "")


@pytest.mark.parametrize(
    "body",
    [
        b"\r\n\r\n",
        b"\r\n \t\xc2\xa0\r\n",
        b"Content-Type: text/html; charset=utf-8\r\n\r\n<html><head><title>Hej</title></head><body><div><br>&nbsp;</div></body></html>",
    ],
)
def test_a_mail_with_nothing_in_it_is_empty(body):
    raw = b"From: anna@vreta.se\r\nSubject: Traff\r\n" + body
    assert answer(raw=raw) == ("aside", "empty")
    assert answer(replace(KNOWN, sender=None), raw) == ("aside", "empty")  # nothing for an editor to decide
    assert answer(replace(KNOWN, tag=Tag("leave", "abc")), raw) == ("post", "")  # the address says it all
    assert answer(replace(KNOWN, tag=Tag("thread", "abc"), is_answer=True), raw) == ("aside", "empty")


def test_a_picture_alone_is_not_nothing():
    raw = b'From: anna@vreta.se\r\nContent-Type: text/html\r\n\r\n<img src="https://vreta.se/affisch.png">'
    assert answer(raw=raw) == ("post", "")


def test_strangers_wait_for_an_editor():
    assert answer(replace(KNOWN, sender=None)) == ("hold", "unknown_sender")
    assert answer(replace(KNOWN, sender=replace(ANNA, status=MemberStatus.LEFT))) == ("hold", "unknown_sender")
    assert answer(replace(KNOWN, sender=replace(ANNA, status=MemberStatus.SUSPENDED))) == ("post", "")


def test_a_from_that_is_nobodys_word_waits():
    assert answer(replace(KNOWN, trust=Standing.FAILED)) == ("hold", "untrusted")
    assert answer(replace(KNOWN, sender=None), b"Subject: Traff\r\n\r\nHej") == ("hold", "no_sender")
    ten = b"From: " + b", ".join(b"p%d@vreta.se" % n for n in range(10)) + b"\r\nSubject: Traff\r\n\r\nHej"
    assert answer(raw=ten) == ("hold", "many_senders")


def test_too_large_a_mail_waits_and_the_limit_itself_passes():
    facts = replace(KNOWN, limits=Limits(mail_mb=1))
    assert answer(facts, RAW + b"x" * (1024 * 1024 - len(RAW))) == ("post", "")
    assert answer(facts, RAW + b"x" * (1024 * 1024 - len(RAW) + 1)) == ("hold", "too_big")
    assert answer(replace(facts, tag=Tag("leave")), RAW + b"x" * 1024 * 1024) == ("post", "")


def test_a_readers_first_item_waits_but_not_an_answer_or_an_errand():
    first = replace(KNOWN, sender=replace(ANNA, role=Role.READER, first=True))
    assert answer(first) == ("hold", "first_share")
    assert answer(replace(first, tag=Tag("tips"))) == ("hold", "first_share")
    assert answer(replace(first, is_answer=True)) == ("post", "")
    assert answer(replace(first, tag=Tag("paus"))) == ("post", "")
    assert answer(replace(first, sender=replace(ANNA, role=Role.READER, first=False))) == ("post", "")
    assert answer(replace(first, sender=replace(ANNA, role=Role.STAFF, first=True))) == ("post", "")


def test_the_fourth_item_in_an_hour_waits():
    for number, expected in ((2, ("post", "")), (3, ("hold", "too_many")), (9, ("hold", "too_many"))):
        busy = replace(KNOWN, sender=replace(ANNA, items_last_hour=number))
        assert answer(busy) == expected
    assert answer(replace(busy, is_answer=True)) == ("post", "")
    assert answer(replace(busy, limits=Limits(items_per_hour=10))) == ("post", "")


@pytest.mark.parametrize(
    ("tag", "errand", "shares"),
    [
        (None, False, True),
        (Tag("inbjudan"), False, True),
        (Tag("thread", "abc"), False, True),
        (Tag("leave"), True, False),
        (Tag("leave", "abc"), True, False),
        (Tag("desk", "abc"), True, False),
        (Tag("join"), True, False),
    ],
)
def test_an_errand_asks_brygga_and_shares_nothing(tag, errand, shares):
    facts = replace(KNOWN, tag=tag)
    assert (facts.errand, facts.shares) == (errand, shares)


def test_our_own_mail_is_set_aside_before_anything_can_answer_or_hold_it():
    """Every objection at once: the loop is what counts, then the duplicate; a stranger's machine is not held."""
    worst = Facts(sender=None, trust=Standing.FAILED, own="own_x_loop", seen_mail=True, seen_content=True)
    assert answer(worst, BOUNCE) == ("aside", "loop")
    assert answer(replace(worst, own=None), BOUNCE) == ("aside", "duplicate")
    assert answer(replace(worst, own=None, seen_mail=False), BOUNCE) == ("aside", "bounce")
    assert answer(Facts(sender=None, trust=Standing.FAILED), b"Precedence: auto_reply\r\n" + RAW) == (
        "aside",
        "auto_reply",
    )


def test_every_line_of_the_policy_can_object():
    """No line is dead: each is reached by some mail of these, and a mail that passes all comes in."""
    objections: dict[str, tuple[Mail, Facts]] = {
        "_unreadable": (parse(b""), KNOWN),
        "_own": (parse(RAW), replace(KNOWN, own="own_list_id")),
        "_seen": (parse(RAW), replace(KNOWN, seen_mail=True)),
        "_bounce": (parse(BOUNCE), replace(KNOWN, raw=BOUNCE)),
        "_automatic": (parse(b"Auto-Submitted: auto-replied\r\n" + RAW), KNOWN),
        "_calendar_answer": (parse(ACCEPTED), KNOWN),
        "_seen_words": (parse(RAW), replace(KNOWN, seen_content=True)),
        "_empty": (parse(b"From: anna@vreta.se\r\n\r\n"), KNOWN),
        "_nobody": (parse(b"Subject: x\r\n\r\nHej"), KNOWN),
        "_many_senders": (parse(b"From: a@b.se, c@d.se\r\n\r\nHej"), KNOWN),
        "_stranger": (parse(RAW), replace(KNOWN, sender=None)),
        "_untrusted": (parse(RAW), replace(KNOWN, trust=Standing.FAILED)),
        "_astray": (parse(RAW), replace(KNOWN, tag=Tag("bounce", "abc"))),
        "_counter": (parse(COUNTER), KNOWN),
        "_too_big": (replace(parse(RAW), size=26 * 1024 * 1024), KNOWN),
        "_first_share": (parse(RAW), replace(KNOWN, sender=replace(ANNA, role=Role.READER, first=True))),
        "_too_many": (parse(RAW), replace(KNOWN, sender=replace(ANNA, items_last_hour=3))),
    }
    assert [ask.__name__ for ask in CHECKS] == list(objections)
    for ask in CHECKS:
        mail, facts = objections[ask.__name__]
        verdict = ask(mail, facts)
        assert verdict is not None, ask.__name__
        assert verdict.disposition is not Disposition.POST, ask.__name__
        assert verdict == check(mail, facts), ask.__name__
        assert ask(parse(RAW), KNOWN) is None, ask.__name__
