"""What calendar programs send when their owner accepts: which event, and yes, maybe or no."""

import pytest

from bridges.mail.calendar_answers import CalendarReply, calendar_reply_in
from bridges.mail.parse import parse
from storage.words import Answer

HEAD = "From: Anna <anna@vreta.example.se>\r\nSubject: Accepterat: Träff\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"


def reply(*lines: str, method: str = "REPLY", head: str = HEAD):
    calendar = ["BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]
    return calendar_reply_in(parse((head + "\r\n".join(calendar)).encode()))


@pytest.mark.parametrize(
    ("state", "answer"),
    [("ACCEPTED", Answer.YES), ("TENTATIVE", Answer.MAYBE), ("DECLINED", Answer.NO), ('"accepted"', Answer.YES)],
)
def test_the_state_of_the_one_attendee_is_the_answer(state, answer):
    found = reply("UID:item-7@lista.example.se", f"ATTENDEE;PARTSTAT={state};CN=Anna:mailto:anna@vreta.example.se")
    assert found == CalendarReply("item-7@lista.example.se", answer, "anna@vreta.example.se", "Anna")


@pytest.mark.parametrize("state", ["NEEDS-ACTION", "DELEGATED", "IN-PROCESS", ""])
def test_what_is_neither_yes_maybe_nor_no_is_no_answer(state):
    assert reply("UID:1", f"ATTENDEE;PARTSTAT={state}:mailto:anna@vreta.example.se") is None


def test_lines_are_folded_and_parameters_come_in_any_order():
    found = reply(
        "uid:item-7@lista.example.",
        " se",
        'ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;CN="Åkesson; Anna";X-NUM-GUESTS=0;PART',
        " STAT=DECLINED:MAILTO:a.akesson@vreta.example.se",
    )
    assert found == CalendarReply("item-7@lista.example.se", Answer.NO, "a.akesson@vreta.example.se", "Åkesson; Anna")


def test_where_all_are_listed_the_senders_own_line_counts():
    both = (
        "ATTENDEE;PARTSTAT=DECLINED:mailto:bo@agro.example.se",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:Anna@vreta.example.se",
    )
    assert reply("UID:1", *both) == CalendarReply("1", Answer.YES, "anna@vreta.example.se")
    others = (
        "ATTENDEE;PARTSTAT=DECLINED:mailto:bo@agro.example.se",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:eva@x.example.se",
    )
    assert reply("UID:1", *others) is None


def test_without_an_event_or_an_attendee_there_is_no_answer():
    assert reply("ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@vreta.example.se") is None
    assert reply("UID:1") is None
    assert reply("UID:1", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@vreta.example.se", method="REQUEST") is None
    assert calendar_reply_in(parse(b"From: anna@vreta.example.se\r\n\r\nMETHOD:REPLY\r\n")) is None


def test_the_event_and_what_is_written_in_the_calendar_are_read_as_text():
    found = reply(
        "UID:1",
        "SUMMARY:Fältdag\\, Norrby",
        'COMMENT;ALTREP="http://x.example/1";LANGUAGE=sv:Jag kommer\\, men sent.\\nVem',
        "  hämtar?",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@vreta.example.se",
    )
    assert found is not None
    assert (found.title, found.comment) == ("Fältdag, Norrby", "Jag kommer, men sent.\nVem hämtar?")


def test_what_is_passed_on_answers_nothing_but_a_forward_below_ones_own_answer_does_not_matter():
    lines = ("UID:1", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@vreta.example.se")
    assert reply(*lines, head=HEAD.replace("Accepterat", "VB: Accepterat")) is None
    text = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n---------- Forwarded message ----------\r\n\r\n--b\r\n"
    head = HEAD.replace("Content-Type", f"{text}Content-Type", 1)
    assert reply(*lines, head=head) is not None
    assert reply(*lines, head=head.replace("anna@", "bo@")) is None
