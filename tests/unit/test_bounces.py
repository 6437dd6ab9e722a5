"""What came back: whom it was for, whether it lasts and whose fault it is; and no person's mail is taken for it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.mail.automatic import auto_reply
from bridges.mail.bounces import bounced, bounces_in, refusal
from bridges.mail.faults import Fault
from bridges.mail.parse import parse
from tests.fixtures import bounces as letters


@pytest.mark.parametrize("name", letters.TABLE)
def test_a_bounce_says_who_was_not_reached_whether_it_lasts_and_whose_fault_it_is(name):
    raw, expected = letters.TABLE[name]
    found = bounced(parse(raw), raw)
    assert found is not None
    assert [(bounce.address, bounce.permanent, bounce.status, bounce.fault.value) for bounce in found] == expected
    assert found == bounces_in(raw)
    assert all(bounce.dead == (bounce.permanent and bounce.fault is Fault.ADDRESS) for bounce in found)


def fields(status: str, *, action: str = "failed", address: str = "Anna@Vreta.se", more: str = "") -> str:
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}{more}"


def report(*blocks: str) -> bytes:
    return letters.reported("MAILER-DAEMON@mx.se", "Kunde inte levereras", "Meddelandet nådde inte fram.", *blocks)


def read(raw: bytes) -> list[tuple[str, bool, str, str]] | None:
    found = bounces_in(raw)
    return None if found is None else [(each.address, each.permanent, each.status, each.fault.value) for each in found]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (fields("5.1.1"), (True, "5.1.1", "address")),
        (fields("5.2.1 (disabled)"), (True, "5.2.1", "address")),
        (fields("5.0.0"), (True, "5.0.0", "address")),
        (fields("5.0.0", more="\nDiagnostic-Code: smtp; 550 5.7.1 policy"), (False, "5.7.1", "ours")),
        (fields("5.0.0 (over quota)"), (True, "5.0.0", "mailbox")),
        (fields("5.2.2"), (False, "5.2.2", "mailbox")),  # full: tomorrow perhaps
        (fields("5.2.3"), (False, "5.2.3", "mailbox")),
        (fields("5.3.4"), (False, "5.3.4", "mailbox")),
        (fields("5.7.26"), (False, "5.7.26", "ours")),
        (fields("5.6.0"), (False, "5.6.0", "ours")),
        (fields("5.1.8"), (False, "5.1.8", "ours")),  # our sender's address is disliked
        (fields("5.4.4"), (True, "5.4.4", "road")),
        (fields("4.4.7"), (False, "4.4.7", "road")),
        (fields("4.4.1", action="delayed"), (False, "4.4.1", "road")),
        (fields("5.1.1", action="delayed (so far)"), (False, "5.1.1", "address")),
        (fields("4.2.2", action="DELAYED"), (False, "4.2.2", "mailbox")),
        (fields("5.1.1", action="error"), (True, "5.1.1", "address")),
        (fields("", more="\nDiagnostic-Code: smtp; 550 no such user"), (True, "", "address")),
        (fields("", more="\nDiagnostic-Code: smtp; 550 blocked as spam"), (False, "", "ours")),
    ],
)
def test_the_code_decides_whether_it_lasts_and_whose_fault_it_is(block, expected):
    assert read(report(block)) == [("anna@vreta.se", *expected)]


@pytest.mark.parametrize(
    "block",
    [
        fields("5.1.1", address="annan@vidare.se", more="\nOriginal-Recipient: rfc822;<Anna@vreta.se>"),
        "Original-Recipient: rfc822; anna@vreta.se\nFinal-Recipient: x400; /S=ek/G=anna/P=vreta/\nAction: failed\nStatus: 5.1.1",
        "Final-Recipient: <anna@vreta.se>\nAction: failed\nStatus: 5.1.1",
        "Final-Recipient: LOCAL; anna\nX-Actual-Recipient: rfc822; anna@vreta.se\nAction: failed\nStatus: 5.1.1",
        "final-recipient: RFC822;\n anna@vreta.se\nACTION: Failed\nstatus: 5.1.1",
        r"Final-Recipient: utf-8; anna@vr\x{65}ta.se" + "\nAction: failed\nStatus: 5.1.1",
    ],
)
def test_the_address_is_the_one_that_we_wrote_to_however_the_report_spells_it(block):
    assert read(report(block)) == [("anna@vreta.se", True, "5.1.1", "address")]


def test_a_report_about_several_names_each_that_failed_once_and_in_their_order():
    raw = report(
        fields("5.1.1"), fields("2.0.0", action="relayed", address="b@b.se"), fields("4.4.1", address="a@a.se")
    )
    assert [each.address for each in bounces_in(raw) or ()] == ["anna@vreta.se", "a@a.se"]
    together = fields("5.1.1") + "\n" + fields("5.2.2", address="c@c.se")  # a server that forgets the empty line
    assert [each.address for each in bounces_in(report(together)) or ()] == ["anna@vreta.se", "c@c.se"]
    assert [each.address for each in bounces_in(report(fields("5.1.1"), fields("5.1.1"))) or ()] == ["anna@vreta.se"]


def test_who_was_reached_did_not_bounce():
    for action in ("delivered", "relayed", "expanded"):
        assert read(report(fields("2.1.5", action=action))) is None


def test_a_bounce_that_names_nobody_is_one_all_the_same():
    raw = letters.written("MAILER-DAEMON@mx.se", "Undelivered mail", "Your message could not be delivered.")
    assert read(raw) == []
    masked = report(fields("5.1.1", address="anna...@vreta.se"))  # shortened by an archive on the road
    assert read(masked) == []


def test_what_came_back_is_not_taken_for_who_was_not_reached():
    for name, (raw, expected) in letters.TABLE.items():
        addresses = {address for address, *_ in expected}
        assert {each.address for each in bounces_in(raw) or ()} == addresses, name


QUOTED = letters.EXIM_TWO.decode().partition("\r\n\r\n")[2]


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("VB: Undelivered Mail Returned to Sender", QUOTED),
        ("Fwd: Det gick inte att leverera: Inbjudan", "Vad betyder det här?\n\n" + QUOTED),
        (
            "Det gick inte att leverera till Eva",
            "Hej,\n\nbrevet till eva@tuna.se kom i retur: 550 5.1.1. Har hon ny adress?\n\nAnna",
        ),
        ("Undelivered Mail Returned to Sender", "Hej! Jag fick det här tillbaka, vad gör jag?\n\n" + QUOTED),
        ("Leverans av utsäde", "Leveransen till bo@gard.se är försenad en vecka, så vi flyttar provsådden."),
        ("Leveransfel på maskinringen", "Vi har haft fel på leveranserna. Kontakta eva@tuna.se om ni väntar på något."),
        ("Studsande mejl", "Kan någon titta på varför mejlen till Tuna studsar? user unknown, säger servern."),
        ("SV: Undelivered Mail Returned to Sender", "Det är lagat nu.\n\n> " + QUOTED.replace("\r\n", "\r\n> ")),
        ("Kunde inte leverera i tid", "Vi kunde inte leverera rapporten i tid. Den kommer på måndag.\n\nPer"),
    ],
)
def test_a_person_who_writes_of_a_bounce_or_passes_one_on_bounced_nothing(subject, body):
    for address in (b"kluster@lista.example.se", letters.OURS.encode()):
        raw = letters.written("Anna Ek <anna@vreta.se>", subject, body).replace(letters.OURS.encode(), address)
        assert read(raw) is None
        assert auto_reply(parse(raw)) is None


@pytest.mark.parametrize(
    "sender", ["Postmaster Tuna <postmaster@tuna.se>", "Systemadministratör Bo Ek <bo.ek@tuna.se>"]
)
def test_whoever_looks_after_a_mail_server_may_write_of_bounces_themselves(sender):
    body = (
        "Hej!\n\nFlera av era brev kunde inte levereras till eva@tuna.se och bo@tuna.se i går. Felet är lagat nu.\n\nBo"
    )
    raw = letters.written(sender, "SV: Era brev till Tuna", body)
    assert read(raw) is None
    assert auto_reply(parse(raw)) is None


def test_a_bounce_attached_to_a_persons_mail_is_theirs_to_show():
    attached = f"--a\nContent-Type: text/plain\n\nSe bifogat.\n--a\nContent-Type: message/rfc822\n\n{letters.POSTFIX.decode()}\n--a--\n"
    raw = letters.written("Anna Ek <anna@vreta.se>", "Undelivered Mail", attached, kind='multipart/mixed; boundary="a"')
    assert read(raw) is None


@pytest.mark.parametrize(
    "subject", ["Automatiskt svar: Inbjudan", "Frånvaro: Inbjudan", "Re: Inbjudan", "Out of Office: Inbjudan"]
)
def test_a_holiday_is_no_bounce_though_a_server_sends_it(subject):
    away = "Hej! Jag är på semester till den 10 augusti. Brådskande ärenden: eva@vreta.se. Brev hit kan inte levereras vidare."
    raw = letters.written("Mail Delivery System <MAILER-DAEMON@vreta.se>", subject, away, "Return-Path: <>")
    assert read(raw) is None
    assert auto_reply(parse(raw)) is not None


@pytest.mark.parametrize(
    ("code", "text", "expected", "dead"),
    [
        (550, "5.1.1 <anna@vreta.se>: unknown", (True, "5.1.1", "address"), True),
        (550, "no such user here", (True, "", "address"), True),
        (550, "5.7.1 not allowed", (False, "5.7.1", "ours"), False),
        (550, "message looks like spam", (False, "", "ours"), False),
        (552, "5.2.2 mailbox full", (False, "5.2.2", "mailbox"), False),
        (552, "quota exceeded", (True, "", "mailbox"), False),
        (451, "4.7.1 greylisted", (False, "4.7.1", "ours"), False),
        (421, "closing", (False, "", "road"), False),
    ],
)
def test_what_our_own_server_answers_comes_in_the_same_shape(code, text, expected, dead):
    bounce = refusal("Anna@vreta.se", code, text)
    assert (bounce.permanent, bounce.status, bounce.fault.value) == expected
    assert (bounce.address, bounce.dead) == ("anna@vreta.se", dead)


@given(st.sampled_from(sorted(letters.TABLE)), st.integers(0, 4_000), st.binary(max_size=40))
def test_a_damaged_bounce_is_read_without_trouble_and_names_only_addresses(name, at, noise):
    raw = letters.TABLE[name][0]
    for broken in (raw[:at], raw[:at] + noise + raw[at:], raw[at:], raw[:at] + noise + raw[at + len(noise) :]):
        for bounce in bounces_in(broken) or ():
            assert "@" in bounce.address
            assert bounce.address == bounce.address.lower()
            assert not bounce.permanent or bounce.status[:1] in ("5", "")


@pytest.mark.parametrize(
    "piece",
    [
        b"a@b.se ",
        b"<a@b.se>:\r\n",
        b"Final-Recipient: rfc822;a@b.se\r\n",
        b"not delivered ",
        b"\r\n\r\n",
        b"a.",
        b"@",
        b"((",
        b"kan inte ",
    ],
)
def test_the_time_grows_with_the_length_and_no_faster(piece):
    def seconds(times: int) -> float:
        body = (piece * times).decode()
        raw = letters.written(
            "MAILER-DAEMON@mx.se", "Undelivered Mail", "Could not be delivered:\n" + body, "Return-Path: <>"
        )
        best = 9.0
        for _ in range(3):
            began = time.process_time()
            bounces_in(raw)
            best = min(best, time.process_time() - began)
        return best

    size = 100_000 // len(piece)
    assert seconds(size) < 3  # a guard against what never ends, on any machine
    assert seconds(8 * size) < 6
