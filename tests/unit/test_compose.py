"""A letter as a member reads it: who, what, when, where, by which day and what to press; and lawful to the last byte."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.mail.calendar_out import EventView
from bridges.mail.compose import compose
from bridges.mail.copies import Copy, SharedLetter, Slot, text_part
from bridges.mail.letter import (
    Author,
    CommentLetter,
    DeskLetter,
    FileView,
    ItemLetter,
    ListHouse,
    NoticeLetter,
    choose_attached,
)
from bridges.mail.notices import NOTICES
from bridges.mail.own import list_id, own_mail
from bridges.mail.parse import parse
from bridges.mail.sheet import as_html, as_plain
from bridges.mail.wording import item_sheet
from bridges.markdown import from_plain
from bridges.texts import Texts
from bridges.tokens import Tokens
from storage.ids import ItemId, MessageId
from storage.words import Attendance, EventStatus, Intent, Kind, Precision
from tests.fixtures.letters import words_of
from tests.fixtures.require import FULL

NOW = datetime(2026, 8, 14, 8, tzinfo=UTC)
HOUSE = ListHouse(
    name="Nätverket",
    address="kluster@lista.example.se",
    public_url="https://kluster.example.se",
    timezone="Europe/Stockholm",
)
TOKENS = Tokens("nyckel")
EVENT = EventView(
    title="Fältvandring om mellangrödor",
    start="2026-08-26T13:00",
    end="2026-08-26T15:30",
    timezone="Europe/Stockholm",
    starts_at=datetime(2026, 8, 26, 11, tzinfo=UTC),
    ends_at=datetime(2026, 8, 26, 13, 30, tzinfo=UTC),
    mode=Attendance.ONSITE,
    place="Norrby gård, Tuna",
    registration_url="https://exempel.se/anmalan?a=1&b=2",
    registration_deadline="2026-08-19",
    uid="item-12@lista.example.se",
)
ANNA = Author(name="Anna Ek", email="anna@vreta.example.se", cluster="Vreta Kluster")
TEXT = "Vi går ut i fält och tittar på mellangrödor.\n\n• oljerättika\n• honungsört\n\nTa med stövlar!"


def item(**changes: object) -> ItemLetter:
    letter = ItemLetter(
        language="sv",
        message_id=TOKENS.new_message_id("lista.example.se"),
        created_at=NOW,
        now=NOW,
        thread="traadtoken",
        item_id=ItemId(12),
        kind=Kind.INVITATION,
        title="Fältvandring om mellangrödor",
        text=from_plain(TEXT),
        topics=("växtodling",),
        author=ANNA,
        event=EVENT,
    )
    return replace(letter, **changes)


def comment(**changes: object) -> CommentLetter:
    letter = CommentLetter(
        language="sv",
        message_id=MessageId("<svar@lista.example.se>"),
        created_at=NOW,
        references=(MessageId("<annas@vreta.example.se>"), MessageId("<ours@lista.example.se>")),
        thread="traadtoken",
        item_id=ItemId(12),
        title="Fältvandring om mellangrödor",
        text="Vi kommer två.",
        author=Author(name="Bo Öberg", email="bo@agro.example.se", cluster="Agro Örebro"),
    )
    return replace(letter, **changes)


def notice(name: str, *, language: str = "sv", **params: object) -> NoticeLetter:
    return NoticeLetter(
        language=language,
        message_id=MessageId("<besked@lista.example.se>"),
        created_at=NOW,
        now=NOW,
        params={"notice": name, **params},
        kind=Kind.INVITATION,
    )


def desk(**changes: object) -> DeskLetter:
    letter = DeskLetter(
        language="sv",
        message_id=MessageId("<bord@lista.example.se>"),
        created_at=NOW,
        now=NOW,
        title="Kurs i ekonomi",
        kind=Kind.INVITATION,
        text="Kom och räkna.",
        sender="okand@exempel.se",
        sender_name="Okänd Person",
        reason="unknown_sender",
        people=143,
        files=(("kurs.pdf", 240_000),),
    )
    return replace(letter, **changes)


COPY = Copy(
    "grace@uni.example.org",
    "Grace Höll",
    {
        Slot.LEAVE: "lamnatoken",
        Slot.MUTE: "tystatoken",
        Slot.UNDO: "angratoken",
        Slot.DESK: "bordstoken",
        Slot.VOTE: "rosttoken",
        Slot.WHEN: "dagtoken",
    },
)


def received(letter: object, house: ListHouse = HOUSE, copy: Copy = COPY) -> EmailMessage:
    shared = compose(letter, house)
    return message_from_bytes(dressed(shared, copy), policy=policy.default)


def dressed(shared: SharedLetter, copy: Copy = COPY) -> bytes:
    return shared.dress(replace(copy, tokens={slot: copy.tokens[slot] for slot in shared.tokens}))


def plain(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html(mail: EmailMessage) -> str:
    return mail.get_body(("html",)).get_content()


ALL_LETTERS = [
    item(),
    item(language="en"),
    comment(),
    comment(language="en"),
    desk(),
    desk(language="en"),
    *(
        notice(name, language=lang, title="Höstmöte", url="https://x.se", week="2026-W48")
        for name in NOTICES
        for lang in ("sv", "en")
    ),
]


# -- what people read -----------------------------------------------------------------------------------------------------


def test_an_invitation_says_everything_at_once_in_plain_text():
    assert plain(received(item())) == (
        """Svar går till tråden och läses av dem som följer den.
Bara till Anna: anna@vreta.example.se

INBJUDAN · Vreta Kluster
Fältvandring om mellangrödor
ons 26 aug kl. 13.00–15.30 · Norrby gård, Tuna
Sista anmälningsdag: ons 19 aug (om 5 dagar)
Anmäl dig: https://exempel.se/anmalan?a=1&b=2

"""
        + TEXT
        + """

Ämnen: växtodling
Från: Anna Ek, Vreta Kluster · anna@vreta.example.se

--\x20
Läs på webben: https://kluster.example.se/i/12
Avsluta: https://kluster.example.se/unsubscribe/lamnatoken
Du får det här för att du är med i Nätverket och har valt att få det som delas.
"""
    )


def test_the_frame_is_in_the_readers_language_and_the_text_in_its_own():
    mail = received(item(language="en"))
    assert "INVITATION · Vreta Kluster\n" in plain(mail)
    assert "Wed 26 Aug, 13:00–15:30 · Norrby gård, Tuna" in plain(mail)
    assert "Last day to sign up: Wed 19 Aug (in 5 days)" in plain(mail)
    assert "Vi går ut i fält" in plain(mail)
    assert '<html lang="en"' in html(mail)
    assert '<div lang="sv">' in html(mail)


@pytest.mark.parametrize("letter", ALL_LETTERS)
def test_the_two_twins_say_the_same(letter):
    mail = received(letter)
    in_html = set(re.findall(r"\w{3,}", words_of(html(mail))))
    in_plain = set(re.findall(r"\w{3,}", plain(mail)))
    links = " ".join(re.findall(r'href="([^"]*)"', html(mail)))
    assert in_html <= in_plain
    assert {word for word in in_plain - in_html if word not in links} == set()


@pytest.mark.parametrize("letter", ALL_LETTERS)
def test_html_fits_outlook_and_watches_nobody(letter):
    page = html(received(letter))
    assert len(page.encode()) < 80_000
    assert page.count("<h1") == 1
    assert "<!--[if mso" in page
    assert "prefers-color-scheme: dark" in page
    assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", page))
    assert "<img" not in page
    assert "<script" not in page
    assert not re.search(r"(?:src=|url\(|<link|@import)", page)  # nothing is fetched when it is opened
    assert all(re.match(r"https://|mailto:", link) for link in re.findall(r'href="([^"]*)"', page))


def test_a_near_last_day_presses_and_a_far_one_does_not():
    t = Texts("sv")
    near = item_sheet(item(), HOUSE, t)
    far = item_sheet(item(event=replace(EVENT, registration_deadline="2026-08-24")), HOUSE, t)
    past = item_sheet(item(event=replace(EVENT, registration_deadline="2026-08-13")), HOUSE, t)
    clock = item_sheet(item(event=replace(EVENT, registration_deadline="2026-08-15T12:00+02:00")), HOUSE, t)
    assert (near.pressing, far.pressing, past.pressing) == (True, False, False)
    assert far.deadline == "Sista anmälningsdag: mån 24 aug"
    assert past.deadline == "Sista anmälningsdag var tors 13 aug."
    assert clock.deadline == "Sista anmälningsdag: lör 15 aug kl. 12.00 (i morgon)"


def test_online_meetings_name_their_service_and_link():
    online = replace(EVENT, mode=Attendance.ONLINE, place="", online_url="https://teams.microsoft.com/l/meetup/1")
    text = plain(received(item(event=online)))
    assert "kl. 13.00–15.30 · Digitalt via Teams\nDelta digitalt: https://teams.microsoft.com/l/meetup/1\n" in text
    hybrid = replace(online, mode=Attendance.HYBRID, place="Norrby gård")
    assert "Norrby gård, och digitalt via Teams" in plain(received(item(event=hybrid)))


def test_what_is_not_known_is_not_invented():
    week = replace(EVENT, precision=Precision.WEEK, start="2026-11-16", end=None, registration_deadline="", place="")
    assert "\nv. 47\nAnmäl dig" in plain(received(item(event=week)))


def test_a_cancelled_event_says_so_first_and_asks_nobody_to_sign_up():
    mail = received(item(event=replace(EVENT, status=EventStatus.CANCELLED), intent=Intent.CANCELLATION))
    assert mail["Subject"] == "Inställt: Fältvandring om mellangrödor"
    assert "* INSTÄLLT *" in plain(mail)
    assert "Anmäl dig" not in plain(mail)
    (calendar,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert "METHOD:CANCEL" in calendar.get_content()


def test_nobody_is_named_when_the_author_is_not_known():
    text = plain(received(item(author=Author())))
    assert "Bara till" not in text
    assert "Från:" not in text


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Anna Ek", "Anna"),
        ("Vreta Kluster", "Vreta Kluster"),
        ("Länsstyrelsen Uppsala", "Länsstyrelsen Uppsala"),
        ("Ek, Anna", "Ek Anna"),
    ],
)
def test_people_are_called_by_their_first_name_and_offices_by_their_whole(name, called):
    text = plain(received(item(author=Author(name=name, email="a@b.example.se"))))
    assert text.splitlines()[1].startswith(f"Bara till {called.split()[0] if ',' in name else called}")


# -- comments, desk and notices ---------------------------------------------------------------------------------------------


def test_an_answer_is_small_threads_and_can_be_muted():
    mail = received(comment())
    assert mail["Subject"] == "Re: Fältvandring om mellangrödor"
    assert mail["In-Reply-To"] == "<ours@lista.example.se>"
    assert mail["References"] == "<annas@vreta.example.se> <ours@lista.example.se>"
    assert "Bara till Bo: bo@agro.example.se" in plain(mail)
    assert "Tysta tråden: https://kluster.example.se/mute/tystatoken" in plain(mail)
    assert "SVAR · Agro Örebro" in plain(mail)


def test_the_desk_sees_what_why_and_how_many_and_two_ways_to_decide():
    mail = received(desk())
    text = plain(mail)
    assert mail["Subject"] == "Att avgöra: Kurs i ekonomi"
    assert mail["Reply-To"] == "kluster+desk-bordstoken@lista.example.se"
    for said in (
        "svara på det här mejlet med ett ord: ja eller nej",
        "Från: Okänd Person · okand@exempel.se",
        "Adressen är inte känd här.",
        "Det går till 143 personer om du skickar det vidare.",
        "Skicka vidare: https://kluster.example.se/desk/bordstoken",
        "Avvisa: https://kluster.example.se/desk/bordstoken",
        "Kom och räkna.",
        "kurs.pdf (240 kB)",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("letter", "said"),
    [
        (
            notice("shared", title="Höstmöte", people=143, clusters=19, undo_seconds=120),
            """Tack! Din inbjudan "Höstmöte" går nu till 143 personer i 19 kluster.

            Ångra inom 2 minuter: tryck på knappen, eller svara på det här mejlet med ordet "ångra".

            Ångra: https://kluster.example.se/undo/angratoken""",
        ),
        (
            notice("shared", language="en", title="Höstmöte", people=143, clusters=19, undo_seconds=120),
            'Thank you. Your invitation "Höstmöte" is going to 143 people in 19 clusters.\n\nUndo within 2 minutes:',
        ),
        (notice("shared", title="Höstmöte", people=1, clusters=0, undo_seconds=0), '"Höstmöte" går nu till 1 person.'),
        (
            notice("held", title="Höstmöte", reason="unknown_sender"),
            "Ditt mejl väntar på en redaktör, eftersom adressen inte är känd här. Du får besked.",
        ),
        (notice("held", title="Höstmöte", reason="något nytt"), "Ditt mejl väntar på en redaktör. Du får besked."),
        (notice("undone", title="Höstmöte"), "Ångrat. Ingen har fått mejlet, och inlägget är borttaget."),
        (notice("too_late", title="Höstmöte", sent=2000), '"Höstmöte" har redan gått till 2 000 personer'),
        (
            notice("tip_gone", title="Höstmöte"),
            "Tipset ”Höstmöte” som du också tipsade om är tillbakadraget.\n\nVill du att nätverket ser sidan, tipsa om den",
        ),
        (notice("left"), "Vill du hellre bara ha veckobrevet? Tryck på knappen.\n\nBara veckobrevet: https://kluster.example.se/unsubscribe/lamnatoken"),
        (notice("paused", until="2027-02-01"), "Du får inga mejl från Nätverket förrän mån 1 feb 2027."),
        (notice("paused", until=None), "förrän du börjar igen.\n\nMejla kluster+start@lista.example.se"),
        (notice("too_big", title="Film", megabytes=31, limit=25), 'Ditt mejl "Film" är 31 MB, och gränsen är 25 MB.'),
        (notice("link", title="Höstmöte", url="https://kluster.example.se/i/12?k=abc"), "Läs på webben: https://kluster.example.se/i/12?k=abc"),
        (notice("desk_already", title="Höstmöte", decision="rejected", by="Hanna", at="2026-08-14T07:12:00+00:00"), 'Hanna har redan avvisat "Höstmöte". Det avgjordes kl. 09.12.'),
        (
            notice("alarm", part="smtp", since="2026-08-14T07:12:00+00:00", reason="servern smtp.example.se svarar inte", waiting=38),
            "E-post går inte ut sedan 09.12: servern smtp.example.se svarar inte. 38 mejl väntar och skickas när den svarar.",
        ),
        (
            notice("paused", until=None, unread="till sommaren"),
            'Ingen kommande dag gick att läsa i "till sommaren", så pausen tar inte slut av sig själv.',
        ),
        (
            notice("wants_in", address="x;$(rm)@y.se", person="Nya", certain=False),
            "Nya (x;$(rm)@y.se) vill gå med i Nätverket. Det är inte säkert att adressen är personens egen: fråga först.",
        ),
        (notice("wants_in", address="x;$(rm)@y.se", person="Nya", certain=True), "kommandot: brygga members add 'x;$(rm)@y.se'"),
        (notice("asked_in", language="en"), "Once they have added you, mail begins to come."),
        (notice("not_yet", asked="sok"), "Det du bad om genom att mejla kluster+sok@lista.example.se går inte att göra än"),
        (notice("not_understood", title="Ja", reason="link_expired"), "Adressen du skrev till är för gammal eller inte hel"),
        (notice("empty", title=""), "Det fanns ingen text av dig i mejlet, så inget har delats."),
        (notice("help"), "Dela något: mejla kluster@lista.example.se."),
        (
            notice("backup_failed", folder="/srv/brygga/backups", reason="denied", last="2026-08-13T01:45:00+00:00"),
            "Brygga får inte skriva i /srv/brygga/backups. Den senaste hela gjordes tors 13 aug kl. 03.45.\n\nLåt användaren som",
        ),
        (notice("backup_failed", folder="/x", reason="full", last=""), "blev gjord: disken är full. Det finns ingen tidigare."),
    ],
)  # fmt: skip
def test_each_notice_says_what_happened_and_what_to_do(letter, said):
    assert " ".join(said.split()) in " ".join(plain(received(letter)).split())


def test_a_stranger_is_offered_nothing_that_only_members_can_do():
    letter = replace(notice("shared", title="Höstmöte", people=3, undo_seconds=120), member=False)
    shared = compose(letter, HOUSE)
    assert shared.tokens == frozenset()


def test_a_notice_nobody_gave_words_to_is_found():
    with pytest.raises(KeyError):
        compose(notice("nonsense"), HOUSE)


# -- headers ------------------------------------------------------------------------------------------------------------------


def test_the_headers_of_an_item():
    raw = dressed(compose(letter := item(), HOUSE))
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["From"].addresses[0].display_name == "Anna Ek via Nätverket"
    assert mail["From"].addresses[0].addr_spec == "kluster@lista.example.se"
    assert mail["Reply-To"] == "kluster+thread-traadtoken@lista.example.se"
    assert mail["To"] == "Grace Höll <grace@uni.example.org>"
    assert mail["Subject"] == "Fältvandring om mellangrödor"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == letter.message_id
    assert mail["List-Id"] == "Nätverket <kluster.lista.example.se>"
    assert list_id("kluster@lista.example.se") in mail["List-Id"]
    assert mail["List-Post"] == "<mailto:kluster@lista.example.se>"
    assert mail["List-Help"] == "<mailto:kluster+help@lista.example.se>"
    assert mail["List-Archive"] == "<https://kluster.example.se/>"
    assert mail["Archived-At"] == "<https://kluster.example.se/i/12>"
    assert (
        b"\r\nList-Unsubscribe: <https://kluster.example.se/unsubscribe/lamnatoken>,"
        b" <mailto:kluster+leave-lamnatoken@lista.example.se>\r\n"
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    ) in raw
    assert mail["X-Loop"] == "kluster@lista.example.se"
    assert mail["Precedence"] == "list"
    assert mail["Auto-Submitted"] is None
    assert "token" not in mail["Archived-At"]


@pytest.mark.parametrize(
    "letter", [letter for letter in ALL_LETTERS if not isinstance(letter, ItemLetter | CommentLetter)]
)
def test_what_brygga_writes_itself_says_so_and_is_answered_by_nobody(letter):
    shared = compose(letter, HOUSE)
    mail = received(letter)
    assert shared.automatic
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Precedence"] is None
    assert mail["List-Unsubscribe"] is None
    assert mail["Reply-To"].addresses[0].username.startswith("kluster+")  # an answer to it never becomes a post
    assert mail["From"] == "Nätverket <kluster@lista.example.se>"


@pytest.mark.parametrize("letter", ALL_LETTERS)
def test_we_know_our_own_mail_when_it_comes_back(letter):
    raw = dressed(compose(letter, HOUSE))
    assert own_mail(parse(raw), TOKENS, HOUSE.address) is not None


def test_references_are_never_folded_nor_too_long():
    long = tuple(MessageId(f"<{'x' * 90}{n}@exempel.se>") for n in range(40))
    odd = (MessageId("<two words@x.se>"), MessageId("bare@x.se"), MessageId("<a@b>\r\nBcc: x@y.se"))
    raw = dressed(compose(comment(references=(*long, *odd)), HOUSE))
    (line,) = re.findall(rb"^References: (.*)\r\n", raw, re.MULTILINE)
    ids = line.decode().split()
    assert len(line) < 998
    assert (ids[0], ids[-1]) == (long[0], long[-1])
    assert b"Bcc" not in raw


HOSTILE = st.text(alphabet="aå\"'<>&{}%=.@\r\n\t\\;:, \u202e\x00—", max_size=60)


@settings(max_examples=60 if FULL else 20, deadline=None)
@given(title=HOSTILE, name=HOSTILE, place=HOSTILE, text=HOSTILE, reader=HOSTILE)
def test_whatever_people_write_stays_where_it_belongs(title, name, place, text, reader):
    letter = item(
        title=title,
        author=Author(name=name, email="a@b.example.se", cluster=place),
        event=replace(EVENT, place=place, title=title, organiser=name),
        text=from_plain(text),
        topics=(title,),
        files=(FileView(id=1, name=name or "x", content_type=f"text/calendar;{title}", size=3, content=b"abc"),),
    )
    raw = dressed(compose(letter, HOUSE), replace(COPY, name=reader))
    mail = message_from_bytes(raw, policy=policy.default)
    expected = "From Reply-To To Subject Date Message-ID Content-Language List-Id List-Post List-Help List-Archive"
    expected += " Archived-At List-Unsubscribe List-Unsubscribe-Post X-Loop Precedence MIME-Version Content-Type"
    assert mail.keys() == expected.split()
    assert [part.get_content_type() for part in mail.walk()][:4] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert len(list(mail.walk())) == 6
    assert [a.addr_spec for a in mail["To"].addresses] == ["grace@uni.example.org"]
    assert [a.addr_spec for a in mail["From"].addresses] == ["kluster@lista.example.se"]
    assert not re.search(r'(?:aria-label|lang|href|class)="[^"]*[<>]', html(mail))


# -- bytes --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", ALL_LETTERS)
def test_every_line_is_lawful(letter):
    raw = dressed(compose(letter, HOUSE), replace(COPY, tokens=dict.fromkeys(Slot, "t" * 50)))
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    head, body = raw.split(b"\r\n\r\n", 1)
    assert max(map(len, head.split(b"\r\n"))) < 998
    assert max(map(len, body.split(b"\r\n"))) <= 76 + len('"multipart/alternative; boundary=="')
    assert raw.endswith(b"\r\n")


@pytest.mark.parametrize("letter", ALL_LETTERS)
def test_all_copies_are_alike_but_for_what_is_each_ones_own(letter):
    shared = compose(letter, HOUSE)
    one = dressed(shared)
    two = dressed(shared, Copy("bo@agro.example.se", "Bo", {slot: f"bo{slot}" for slot in Slot}))
    mine = {b"Grace", b"grace", b"=?utf-8?", *(token.encode() for token in COPY.tokens.values())}
    differing = [a for a, b in zip(one.split(b"\r\n"), two.split(b"\r\n"), strict=True) if a != b]
    assert differing
    assert all(any(mark in line for mark in mine) for line in differing)
    assert b"slot" not in one


WRITTEN = st.lists(
    st.one_of(st.text(max_size=90), st.sampled_from([*Slot]).map(lambda slot: slot.mark), st.just("From \n"), st.just("Å" * 80)), max_size=8
)  # fmt: skip


@settings(max_examples=300 if FULL else 80, deadline=None)
@given(WRITTEN)
def test_gaps_never_break_the_text_around_them(pieces):
    text = "".join(pieces).replace("\r", "")
    part = text_part("plain", text)
    assert all(len(line) <= 76 for line in part.split(b"\r\n"))
    for slot in Slot:
        assert part.count(slot.mark.encode()) == text.count(slot.mark)
        part = part.replace(slot.mark.encode(), slot.value.encode() + b"token")
        text = text.replace(slot.mark, f"{slot.value}token")
    read = message_from_bytes(part, policy=policy.default).get_payload(decode=True).decode("utf-8")
    assert read.replace("\r\n", "\n").rstrip("\n") == text.encode("utf-8", "replace").decode().rstrip("\n")


def test_files_go_along_while_they_fit_and_are_links_after_that():
    files = [FileView(id=n, name=f"fil{n}.pdf", content_type="application/pdf", size=4_000_000) for n in range(3)]
    ics = FileView(id=9, name="invite.ics", content_type="text/calendar; method=REQUEST", size=10)
    assert choose_attached([*files, ics], 10, calendar=True) == {0, 1}
    assert choose_attached([ics], 10) == {9}
    letter = item(
        files=(
            replace(files[0], name="Program för dagen.pdf", content=b"%PDF"),
            replace(files[1], name="stor film.mp4"),
        )
    )
    mail = received(letter)
    attached = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert attached["Program för dagen.pdf"] == b"%PDF"
    assert "Bifogat: Program för dagen.pdf (4 MB)" in plain(mail)
    assert "stor film.mp4 (4 MB), på webben: https://kluster.example.se/a/1/stor%20film.mp4" in plain(mail)


def test_the_calendar_file_goes_along_once_and_is_not_the_letter_itself():
    mail = received(item())
    calendars = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    (calendar,) = calendars
    assert calendar.get_filename() == "inbjudan.ics"
    assert calendar.get_param("method") == "PUBLISH"
    assert calendar["Content-Disposition"].content_disposition == "attachment"
    assert mail.get_content_type() == "multipart/mixed"
    assert received(item(event=None)).get_content_type() == "multipart/alternative"


def test_dressing_a_copy_costs_next_to_nothing_beside_composing():
    compose(item(), HOUSE)  # the templates are made once
    composing = min(_seconds(lambda: compose(item(), HOUSE)) for _ in range(5))
    shared = compose(item(), HOUSE)
    copy = Copy("m@exempel.se", "Medlem Åke", {Slot.LEAVE: "x" * 40})
    dressing = min(_seconds(lambda: [shared.dress(copy) for _ in range(100)]) for _ in range(5)) / 100
    assert dressing < composing / 50


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def test_a_template_that_misses_a_value_fails_instead_of_showing_a_hole():
    sheet = item_sheet(item(), HOUSE, Texts("sv"))
    assert "{{" not in as_html(sheet)
    assert "{%" not in as_plain(sheet) + as_html(sheet)


def test_a_tip_is_voted_for_in_its_letter_by_its_reader_alone():
    mail = received(item(kind=Kind.TIP, event=None))
    link = f"{HOUSE.public_url}/vote/12/rosttoken"
    assert link in mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert link in html
    assert "Rösta på tipset" in html
    assert Slot.VOTE not in compose(item(), HOUSE).tokens
