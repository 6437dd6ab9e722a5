"""What we send, as it leaves us, read by ourselves: known on every road back, in each kind of letter and language."""

import email
import email.policy
from datetime import UTC, datetime

import pytest

from bridges.mail.automatic import answerable, auto_reply
from bridges.mail.compose import compose
from bridges.mail.copies import Copy, SharedLetter, Slot
from bridges.mail.letter import Author, CommentLetter, DeskLetter, ItemLetter, ListHouse, NoticeLetter
from bridges.mail.own import content_key, fingerprints, own_mail
from bridges.mail.parse import parse
from bridges.tokens import Purpose, Tokens
from storage.ids import ItemId
from storage.words import Kind

NOW = datetime(2026, 8, 3, 7, 0, tzinfo=UTC)
HOUSE = ListHouse(
    name="Gröna kluster",
    address="kluster@lista.example.se",
    public_url="https://lista.example.se",
    timezone="Europe/Stockholm",
)
TOKENS = Tokens("hemlig nyckel")
ANNA = Author(name="Anna Ek", email="anna@vreta.se", cluster="Vreta Kluster")
TEXT = "Välkommen till *Norrby gård* i Tuna. Vi går genom odlingarna & talar om sorter.\n\nSe https://vreta.se/faltvandring?utm=1"


def letters(language: str) -> dict[str, ItemLetter | CommentLetter | DeskLetter | NoticeLetter]:
    ours = {"language": language, "created_at": NOW}
    thread = TOKENS.sign(Purpose.THREAD, 12)
    first = TOKENS.new_message_id("lista.example.se")
    return {
        "item": ItemLetter(
            **ours,
            message_id=first,
            now=NOW,
            thread=thread,
            item_id=ItemId(12),
            kind=Kind.INVITATION,
            title="Fältvandring om mellangrödor",
            text=TEXT,
            author=ANNA,
        ),
        "comment": CommentLetter(
            **ours,
            message_id=TOKENS.new_message_id("lista.example.se"),
            references=(first,),
            thread=thread,
            item_id=ItemId(12),
            title="Fältvandring om mellangrödor",
            text="Vi kommer fyra personer och tar med spadar.",
            author=ANNA,
        ),
        "desk": DeskLetter(
            **ours,
            message_id=TOKENS.new_message_id("lista.example.se"),
            now=NOW,
            title="Fältvandring",
            kind=Kind.INVITATION,
            text=TEXT,
            sender="okand@annan.se",
            reason="unknown_sender",
            people=143,
        ),
        "notice": NoticeLetter(
            **ours,
            message_id=TOKENS.new_message_id("lista.example.se"),
            now=NOW,
            params={"notice": "held", "title": "Fältvandring", "reason": "unknown_sender"},
        ),
    }


def copy_of(shared: SharedLetter, number: int) -> bytes:
    tokens = {slot: TOKENS.sign(Purpose.LEAVE, number) for slot in Slot if slot is not Slot.TO}
    return shared.dress(Copy(f"eva{number}@tuna.se", f"Eva {number}", tokens))


def stripped(raw: bytes, *names: str, **changes: str) -> bytes:
    """The letter after a gateway that takes these headers away and writes others."""
    message = email.message_from_bytes(raw, policy=email.policy.SMTP.clone(max_line_length=998))
    for name in names:
        del message[name]
    for name, value in changes.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    return message.as_bytes()


KINDS = pytest.mark.parametrize("kind", ["item", "comment", "desk", "notice"])
LANGUAGES = pytest.mark.parametrize("language", ["sv", "en"])
GATEWAY = {"Message_ID": "<ny@gateway.se>", "From": "Gateway <post@gateway.se>"}


@KINDS
@LANGUAGES
def test_our_letter_comes_back_as_it_left(kind, language):
    raw = copy_of(compose(letters(language)[kind], HOUSE), 1)
    expected = "own_list_id" if kind in ("item", "comment") else "own_x_loop"
    assert own_mail(parse(raw), TOKENS, HOUSE.address) == expected
    assert not answerable(parse(raw))


@KINDS
def test_each_mark_alone_is_enough(kind):
    raw = copy_of(compose(letters("sv")[kind], HOUSE), 1)

    def known(*names: str, **changes: str) -> str | None:
        return own_mail(parse(stripped(raw, *names, **changes)), TOKENS, HOUSE.address)

    assert known("List-Id", **GATEWAY) == "own_x_loop"
    assert known("List-Id", "X-Loop", From=GATEWAY["From"]) == "own_message_id"
    assert known("List-Id", "X-Loop", Message_ID=GATEWAY["Message_ID"]) == "own_sender"
    assert known("List-Id", "X-Loop", **GATEWAY) == "own_reply_to"
    listed = "own_list_headers" if kind in ("item", "comment") else None
    assert known("List-Id", "X-Loop", "Reply-To", **GATEWAY) == listed
    ways = ("List-Post", "List-Help", "List-Unsubscribe")
    assert known("List-Id", "X-Loop", "Reply-To", *ways, **GATEWAY) is None  # nothing left but the words: below


@KINDS
@LANGUAGES
def test_the_words_alone_tell_whose_copy_it_was_does_not_matter(kind, language):
    shared = compose(letters(language)[kind], HOUSE)
    key = content_key(shared.subject, shared.plain)
    bare = ("List-Id", "X-Loop", "List-Unsubscribe", "Auto-Submitted", "X-Auto-Response-Suppress", "Precedence")
    for number in (1, 2):
        raw = stripped(copy_of(shared, number), *bare, **GATEWAY, Subject=f"[annan] {shared.subject}")
        assert fingerprints(parse(raw)).content_key == key is not None


def test_a_persons_answer_and_forward_of_our_letter_are_a_persons():
    """As clients write them: our id in References, our words as a quote, none of our headers."""
    shared = compose(letters("sv")["item"], HOUSE)
    quoted = "\r\n".join(f"> {line}" for line in shared.plain.splitlines())
    theirs = parse(copy_of(shared, 1)).message_id
    for prefix, said in (("SV", "Vi kommer gärna!"), ("VB", "Något för oss?"), ("VB", "")):
        raw = (
            f"From: Eva <eva@tuna.se>\r\nTo: {HOUSE.address}\r\nSubject: {prefix}: {shared.subject}\r\n"
            f"Message-ID: <1@tuna.se>\r\nIn-Reply-To: {theirs}\r\nReferences: {theirs}\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n"
            f"{said}\r\n\r\nDen 3 aug. 2026 skrev {HOUSE.name}:\r\n{quoted}\r\n"
        ).encode()
        mail = parse(raw)
        assert own_mail(mail, TOKENS, HOUSE.address) is None
        assert auto_reply(mail) is None
        assert fingerprints(mail).content_key != content_key(shared.subject, shared.plain)
