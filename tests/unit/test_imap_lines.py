"""How IMAP writes names, sets and dates."""

import base64
import re
import socket
import ssl
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.mail.imap_lines import clean, day, modified_utf7, moment, uid_set, waiting
from bridges.mail.imap_protocol import reason


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", "INBOX"),
        ("Grön lista", "Gr&APY-n lista"),
        ("Från & till", "Fr&AOU-n &- till"),
        ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),  # RFC 3501 §5.1.3
        ("🌲", "&2DzfMg-"),
        ("", ""),
    ],
)
def test_mailbox_names_are_written_as_rfc_3501_says(name: str, written: str):
    assert modified_utf7(name) == written


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_mailbox_name_is_plain_ascii_and_can_be_read_back(name: str):
    def decode(match: re.Match[str]) -> str:
        code = match[1].replace(",", "/")
        return base64.b64decode(code + "=" * (-len(code) % 4)).decode("utf-16-be") if code else "&"

    written = modified_utf7(name)
    assert written.isascii()
    assert written == "" or written.isprintable()
    assert re.sub(r"&([^-]*)-", decode, written) == name


@given(st.sets(st.integers(1, 2000)))
def test_a_set_of_uids_names_each_and_no_other(uids: set[int]):
    named: set[int] = set()
    for span in filter(None, uid_set(uids).split(",")):
        first, _, last = span.partition(":")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == uids


def test_neighbours_share_a_span():
    assert uid_set([3, 1, 2, 7, 9, 10]) == "1:3,7,9:10"


def test_dates_are_written_and_read_in_english_whatever_the_machine_speaks():
    assert day(date(2026, 5, 3)) == "3-May-2026"
    assert moment(" 3-May-2026 09:08:07 +0200") == datetime(2026, 5, 3, 9, 8, 7, tzinfo=timezone(timedelta(hours=2)))
    assert moment("17-Jul-1996 02:44:25 -0730") == datetime(1996, 7, 17, 10, 14, 25, tzinfo=UTC)
    for odd in ("", "yesterday", "31-Feb-2026 09:08:07 +0200", "03-Maj-2026 09:08:07 +0200", "3-May-2026 09:08:07"):
        assert moment(odd) is None


def test_sizes_are_found_wherever_they_stand():
    lines = [
        b'1 FETCH (INTERNALDATE "03-May-2026 09:08:07 +0000" UID 4 RFC822.SIZE 99)',
        b"2 FETCH (FLAGS (\\Seen))",
        b"3 FETCH (RFC822.SIZE 5 UID 6)",
        b"Fetch completed.",
    ]
    assert [(mail.uid, mail.size, mail.arrived is not None) for mail in waiting(lines)] == [
        (4, 99, True),
        (6, 5, False),
    ]


def test_what_a_server_says_fits_one_line_of_a_log():
    assert clean(b"NO \x1b[31m\x00 Konto l\xe5st\r\n\t!") == "NO [31m Konto l\ufffdst !"
    assert len(clean("x" * 1000)) == 200


def test_errors_are_told_in_a_persons_words():
    certificate = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] …")
    certificate.verify_message = "self-signed certificate"
    assert reason(certificate) == "self-signed certificate"
    assert reason(ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 1)")) == "Connection refused"
    assert reason(socket.gaierror(-2, "Name or service not known")) == "Name or service not known"
    assert reason(KeyError()) == "KeyError"
