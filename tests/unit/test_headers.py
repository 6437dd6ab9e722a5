"""Names and subjects arrive as they were written, and can never become anything else."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridges.mail.headers import display_name, mailbox, one_line, unstructured
from tests.fixtures.require import FULL

SWEDISH = st.text(alphabet="abcåäöÅÄÖé–”\"'(),.:;<>@=?_ \t\r\n\\x7é\u202e\u0000", max_size=120)


def parsed(header: str, value: str):
    return message_from_bytes(f"{header}: {value}\r\nX-Next: yes\r\n\r\ntext".encode(), policy=policy.default)


@settings(max_examples=400 if FULL else 100, deadline=None)
@given(SWEDISH)
def test_any_subject_arrives_as_one_header_and_as_written(text: str):
    line = unstructured("Subject", text)

    mail = parsed("Subject", line)

    assert mail["Subject"] == one_line(text)
    assert (mail["X-Next"], len(mail.items())) == ("yes", 2)
    assert all(len(part) <= 998 for part in line.split("\r\n"))


def name_in(line: str) -> str:
    """The name that programs show: white space between encoded words is none (RFC 2047 §6.2). The policy of Python's own
    parser keeps it in names of several words, which its older functions do not.
    """
    return str(make_header(decode_header(parseaddr(line)[0])))


@settings(max_examples=400 if FULL else 100, deadline=None)
@given(SWEDISH)
@example("7777777777777777ÄÄÄÄÄÄÄÄÄ–––")
def test_any_name_arrives_before_its_one_address(text: str):
    name = display_name(text)

    line = mailbox(name, "kluster@lista.example.se")
    mail = parsed("From", line)

    (address,) = mail["From"].addresses
    assert address.addr_spec == "kluster@lista.example.se"
    assert name_in(line) == name
    assert not mail["From"].defects
    assert len(mail.items()) == 2


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Anna Ek", "Anna Ek"),
        ('Anna "Annis" Ek', "Anna Annis Ek"),
        ("chef@bank.se", ""),
        ("Anna chef＠bank.se", "Anna"),  # the wide @ is one too
        ("Anna <chef@bank.se>", "Anna"),
        ("Anna\r\nBcc: alla@exempel.se", "Anna Bcc"),
        ("\u202eesrever", "esrever"),
        ('"; DROP', "DROP"),
        ("=cmd()", "=cmd"),
        ("Åsa " + "Ö" * 200, "Åsa " + "Ö" * 75 + "…"),
    ],
)
def test_a_name_never_shows_a_second_address_nor_another_header(given_name: str, shown: str):
    assert display_name(given_name) == shown


def test_encoded_words_keep_their_lawful_length():
    line = unstructured("Subject", "Välkommen till fältvandring om mellangrödor på Norrby gård i Östergötland")
    assert all(len(word) <= 75 for word in line.split())
