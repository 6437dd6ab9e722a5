"""The digest as a letter: what a reader reads, whole; how much of a crowded week fits; lawful whatever is in it."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings

from bridges.edition import Edition
from bridges.mail.compose import compose
from bridges.mail.copies import Copy, Slot
from bridges.mail.digest_sheet import MOST_HTML, digest_sheet
from bridges.mail.letter import DigestLetter, ListHouse
from bridges.mail.own import own_mail
from bridges.mail.parse import parse
from bridges.texts import Texts
from bridges.tokens import Tokens
from storage.ids import MessageId, Week
from storage.words import Kind, Section
from tests.fixtures.editions import MONDAY, WEEK_48, crowded, editions, row
from tests.fixtures.letters import words_of
from tests.fixtures.require import FULL

HOUSE = ListHouse(
    name="Nätverket",
    address="kluster@lista.example.se",
    public_url="https://kluster.example.se",
    timezone="Europe/Stockholm",
)
COPY = Copy(
    "grace@uni.example.org",
    "Grace Höll",
    {
        Slot.LEAVE: "lamnatoken",
        Slot.VOTE: "rosttoken",
        Slot.DIGEST: "veckotoken",
        Slot.MESSAGE: "<digest.2026-w48.grace@lista.example.se>",
    },
)

SWEDISH = """Nätverket
Veckobrev v. 48
Läs på webben:
https://kluster.example.se/d/2026-W48?k=veckotoken

I morgon är det sista dagen att anmäla sig till krisdagen i Vreta, och
sedan är det snart jul.

Hör av er.


=== Svara senast ===

Vreta Kluster
Krisberedskap på gården
ons 2 dec kl. 09.30–15.00 · Vreta, Linköping
Sista anmälningsdag: tis 24 nov (i morgon)
Vi övar på strömavbrott och vattenbrist, och går igenom vad en gård
behöver ha hemma.
Anmäl dig: https://exempel.se/anmalan?a=1&b=2
Läs hela:
https://kluster.example.se/i/11?k=veckotoken
12 kommer från 5 kluster · 3 svar i tråden

FRÅGA · Matvalley
Vem vill vara med i en ansökan om lokal mat?
mån 1 feb 2027
Sista dag: fre 4 dec
Läs hela:
https://kluster.example.se/i/12?k=veckotoken


=== Den här veckan ===

Agro Örebro
Lunchsamtal om nya regler
tors 26 nov kl. 12.00–12.45 · Digitalt via Teams
Läs hela:
https://kluster.example.se/i/13?k=veckotoken
1 kommer


=== Längre fram ===

-- v. 50 --

Agro Örebro
Studieresa till Gotland
ons 9 dec – tors 10 dec
Anmäl dig: resa@exempel.se
Läs hela:
https://kluster.example.se/i/14?k=veckotoken

-- v. 51 --

Julmöte
Läs hela:
https://kluster.example.se/i/15?k=veckotoken
1 svar i tråden

-- v. 3 2027 --

Gröna Uppland
SPARA DATUMET: Kapital för gårdar
ons 20 jan 2027 kl. 13.00 · Uppsala
Läs hela:
https://kluster.example.se/i/16?k=veckotoken


=== Ändrat och inställt ===

Gröna Uppland
FLYTTAT: Workshop om affärsmodeller
tors 3 dec kl. 10.00
Anmäl dig: https://exempel.se/workshop
Läs hela:
https://kluster.example.se/i/17?k=veckotoken

Vreta Kluster
INSTÄLLT: Fältdag
fre 27 nov
Läs hela:
https://kluster.example.se/i/18?k=veckotoken


=== Omvärld ===

Vreta Kluster
Stöd till vattenhushållning
Ansökan öppnar i januari.
Läs på myndigheten.example.se:
https://www.myndigheten.example.se/stod/vatten
Rösta:
https://kluster.example.se/vote/19/rosttoken
Läs hela:
https://kluster.example.se/i/19?k=veckotoken
4 röster

Food resilience in the North
Läs på food.example.org: https://food.example.org
Rösta:
https://kluster.example.se/vote/20/rosttoken
Läs hela:
https://kluster.example.se/i/20?k=veckotoken


=== Nyhetsbrev ===

Agro Örebro
Nytt från Agro Örebro, november
Läs hela:
https://kluster.example.se/i/21?k=veckotoken


=== Frågor till nätverket ===

Matvalley
Vem har prövat solceller på ladan?
Läs hela:
https://kluster.example.se/i/22?k=veckotoken
2 svar i tråden


=== Se i efterhand ===

Gröna Uppland
Vad händer med marknaden?
tis 17 nov kl. 09.00 · Digitalt
Läs hela:
https://kluster.example.se/i/23?k=veckotoken

--\x20
Läs på webben:
https://kluster.example.se/d/2026-W48?k=veckotoken
Ändra hur du får det, eller avsluta:
https://kluster.example.se/unsubscribe/lamnatoken
Du får det här för att du är med i Nätverket. Varje rubrik leder till
hela texten.
"""

ENGLISH = """Nätverket
Weekly digest, week 48
Read on the web:
https://kluster.example.se/d/2026-W48?k=veckotoken


=== Answer soonest ===

Vreta Kluster
Krisberedskap på gården
Wed 2 Dec, 09:30–15:00 · Vreta, Linköping
Last day to sign up: Tue 24 Nov (tomorrow)
Vi övar på strömavbrott och vattenbrist, och går igenom vad en gård
behöver ha hemma.
Sign up: https://exempel.se/anmalan?a=1&b=2
Read all:
https://kluster.example.se/i/11?k=veckotoken
12 are coming from 5 clusters · 3 answers in the thread


=== Later on ===

-- week 3 2027 --

Gröna Uppland
SAVE THE DATE: Kapital för gårdar
Wed 20 Jan 2027, 13:00 · Uppsala
Read all:
https://kluster.example.se/i/16?k=veckotoken


=== The world around us ===

Vreta Kluster
Stöd till vattenhushållning
Ansökan öppnar i januari.
Read on myndigheten.example.se:
https://www.myndigheten.example.se/stod/vatten
Vote:
https://kluster.example.se/vote/19/rosttoken
Read all:
https://kluster.example.se/i/19?k=veckotoken
4 votes

--\x20
Read on the web:
https://kluster.example.se/d/2026-W48?k=veckotoken
Change how you get it, or leave:
https://kluster.example.se/unsubscribe/lamnatoken
You get this because you are a member of Nätverket. Each title leads to
the whole text.
"""


def letter(edition: Edition = WEEK_48, language: str = "sv") -> DigestLetter:
    return DigestLetter(
        language=language,
        message_id=MessageId("<delat@lista.example.se>"),
        created_at=datetime(2026, 11, 23, 6, 30, tzinfo=UTC),
        edition=edition,
    )


def dressed(edition: Edition = WEEK_48, language: str = "sv", copy: Copy = COPY) -> bytes:
    shared = compose(letter(edition, language), HOUSE)
    return shared.dress(replace(copy, tokens={slot: copy.tokens[slot] for slot in shared.tokens}))


def received(edition: Edition = WEEK_48, language: str = "sv") -> EmailMessage:
    return message_from_bytes(dressed(edition, language), policy=policy.default)


def plain(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html(mail: EmailMessage) -> str:
    return mail.get_body(("html",)).get_content()


def encoded_html(raw: bytes) -> bytes:
    return raw[raw.index(b"Content-Type: text/html") : raw.rindex(b"\r\n--=_")]


# -- what people read -----------------------------------------------------------------------------------------------------


def test_a_week_in_swedish():
    mail = received()
    assert mail["Subject"] == "Veckobrev v. 48: 6 träffar, 2 tips, 1 nyhetsbrev, 2 frågor"
    assert plain(mail) == SWEDISH


def test_some_of_it_in_english():
    mail = received(replace(WEEK_48.only([11, 16, 19]), lead=""), "en")
    assert mail["Subject"] == "Weekly digest, week 48: 2 events, 1 tip"
    assert plain(mail) == ENGLISH


def test_the_html_says_the_same_as_the_text_and_leads_to_the_same_places():
    mail = received()
    page, text = html(mail), plain(mail)
    said = {word.casefold() for word in re.findall(r"\w{3,}", words_of(page))}
    in_plain = {word.casefold() for word in re.findall(r"\w{3,}", re.sub(r"(?:https://|\w+@)\S+", "", text))}
    assert said - in_plain <= {"exempel", "resa"}
    assert in_plain - said <= {"hela"}  # in HTML the title leads there
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*)"', page)}
    assert {link for link in links if link.startswith("https:")} == set(re.findall(r"https://\S+", text))
    assert "mailto:resa@exempel.se" in links


def test_the_html_has_its_headings_in_order_and_says_each_language():
    page = html(received())
    levels = "".join(re.findall(r"<h([1-4])", page))
    assert levels == "1" + "233" + "23" + "2343434" + "233" + "233" + "23" + "23" + "23"
    assert page.count('lang="en"') == 1
    assert '<html lang="sv"' in page


def test_the_html_fits_outlook_and_watches_nobody():
    page = html(received())
    assert "<!--[if mso" in page
    assert "prefers-color-scheme: dark" in page
    assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", page))
    assert not re.search(r"<img|<script|src=|url\(|<link|@import", page)
    assert all(re.match(r"https://|mailto:", link) for link in re.findall(r'href="([^"]*)"', page))
    assert page.count("<table") == page.count("</table")
    assert page.count("<tr") == page.count("</tr")
    assert page.count("<td") == page.count("</td")


def test_a_link_says_what_it_is_about():
    page = html(received())
    assert 'aria-label="Anmäl dig: Krisberedskap på gården"' in page
    assert 'aria-label="Rösta: Food resilience in the North"' in page


def test_the_first_titles_are_seen_beside_the_subject():
    hidden = re.search(r'<div style="display:none[^>]*>(.*?)</div>', html(received()))[1]
    assert hidden == (
        "Krisberedskap på gården · Vem vill vara med i en ansökan om lokal mat? · Lunchsamtal om nya regler"
    )


# -- headers ----------------------------------------------------------------------------------------------------------------


def test_the_headers_of_a_digest():
    raw = dressed()
    mail = message_from_bytes(raw, policy=policy.default)
    expected = "From Reply-To To Subject Date Message-ID Content-Language List-Id List-Post List-Help List-Archive"
    expected += " Archived-At List-Unsubscribe List-Unsubscribe-Post X-Loop Precedence MIME-Version Content-Type"
    assert mail.keys() == expected.split()  # no Auto-Submitted: it is no answer to anything
    assert mail["From"] == "Nätverket <kluster@lista.example.se>"
    assert mail["Reply-To"] == "kluster+help@lista.example.se"
    assert mail["To"] == "Grace Höll <grace@uni.example.org>"
    assert mail["Message-ID"] == "<digest.2026-w48.grace@lista.example.se>"
    assert mail["Archived-At"] == "<https://kluster.example.se/d/2026-W48>"
    assert (
        b"\r\nList-Unsubscribe: <https://kluster.example.se/unsubscribe/lamnatoken>,"
        b" <mailto:kluster+leave-lamnatoken@lista.example.se>\r\n"
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    ) in raw
    assert mail.get_content_type() == "multipart/alternative"
    assert b"slot" not in raw


def test_a_copy_brings_its_own_message_id_and_its_tokens():
    shared = compose(letter(), HOUSE)
    assert not shared.automatic
    assert shared.tokens == {Slot.LEAVE, Slot.VOTE, Slot.DIGEST, Slot.MESSAGE}
    without_tips = compose(letter(WEEK_48.only([11])), HOUSE)
    assert without_tips.tokens == {Slot.LEAVE, Slot.DIGEST, Slot.MESSAGE}
    with pytest.raises(KeyError):
        shared.dress(Copy("a@b.se", "", dict.fromkeys(shared.tokens - {Slot.MESSAGE}, "x")))


def test_we_know_it_when_it_comes_back():
    assert own_mail(parse(dressed()), Tokens("nyckel"), HOUSE.address) == "own_list_id"


# -- how much of it ---------------------------------------------------------------------------------------------------------


def test_of_a_crowded_week_each_section_shows_its_share_and_says_what_is_left():
    raw = dressed(crowded(400))
    mail = message_from_bytes(raw, policy=policy.default)
    assert 70_000 < len(encoded_html(raw)) <= MOST_HTML
    for said in (plain(mail), html(mail)):
        left = [int(number) for number in re.findall(r"och (\d+) till på webben(?:</a>|:)", said)]
        shown = len(set(re.findall(r"kluster\.example\.se/i/(\d+)", said)))
        assert len(left) == 8
        assert sum(left) + shown == 400
        assert max(left) - min(left) <= 1
        assert left == sorted(left)  # the most urgent show most
    assert re.findall(r"/i/(\d+)", plain(mail)) == re.findall(r"/i/(\d+)", html(mail))


def test_a_quiet_section_leaves_its_room_to_a_crowded_one():
    few = [row(n, Section.DEADLINES, Kind.INVITATION, f"Snart {n}") for n in range(2)]
    many = [row(100 + n, Section.HORIZON, Kind.TIP, f"Tips {n}", beginning="å" * 300) for n in range(200)]
    sheet = digest_sheet(Edition(week=Week("2026-W48"), day=MONDAY, rows=(*few, *many)), HOUSE, Texts("sv"))
    assert len(sheet.parts[0].rows) == 2
    assert len(sheet.parts[1].rows) > 25
    assert sheet.parts[1].more == f"och {200 - len(sheet.parts[1].rows)} till på webben"


def test_a_title_of_three_thousand_characters_is_cut_and_the_letter_stays_whole():
    title = "Fältvandring " * 240
    mail = received(Edition(week=Week("2026-W48"), day=MONDAY, rows=(row(1, Section.LATER, Kind.INVITATION, title),)))
    text = plain(mail)
    assert text.count("Fältvandring") == 12
    assert "…\nLäs hela:" in text
    assert mail["Subject"] == "Veckobrev v. 48: 1 träff"


def test_what_people_write_is_never_html():
    nasty = '</a></td></table><script>alert("1")</script><img src=x onerror=alert(1)>" onmouseover="x'
    rows = [
        row(n, section, Kind.TIP, nasty, beginning=nasty, cluster=nasty, language=nasty, link=f"https://x.se/{nasty}")
        for n, section in enumerate(Section)
    ]
    page = html(received(Edition(week=Week("2026-W48"), day=MONDAY, lead=nasty, rows=tuple(rows))))
    assert not re.search(r"<script|<img|<[^>]* onmouseover=", re.sub(r'"[^"]*"', '""', page))
    assert page.count("&lt;script&gt;") > 8


def test_a_long_lead_is_cut_to_what_leaves_room_for_the_rest():
    words = "Mycket händer i nätverket den här veckan. " * 2_000
    sheet = digest_sheet(replace(WEEK_48, lead=words), HOUSE, Texts("sv"))
    assert 500 < len(sheet.lead) < 2_100
    assert sheet.lead.endswith("…")
    assert all(not part.more for part in sheet.parts)


# -- whatever comes ---------------------------------------------------------------------------------------------------------


@settings(max_examples=60 if FULL else 20, deadline=None, suppress_health_check=list(HealthCheck))
@given(editions)
def test_whatever_is_in_it_the_letter_is_short_enough_narrow_enough_and_tells_of_every_item(edition):
    raw = dressed(edition)
    assert len(encoded_html(raw)) <= MOST_HTML
    assert raw.isascii()
    mail = message_from_bytes(raw, policy=policy.default)
    text, page = plain(mail), html(mail)
    for line in text.split("\n"):
        assert len(line) <= 72 or re.fullmatch(r"[\s>]*<?(?:https?://|mailto:)\S+", line), line
    left = sum(int(n.replace("\xa0", "").replace(" ", "")) for n in re.findall(r"och ([\d ]+) till på webben", text))
    shown = re.findall(r"kluster\.example\.se/i/(\d+)", text)
    assert len(set(shown)) + left >= len(edition.rows)
    assert set(shown) <= {str(row.item_id) for row in edition.rows}
    assert set(shown) == set(re.findall(r'href="https://kluster\.example\.se/i/(\d+)\?k=\w+"', page))
    assert not re.search(r"<(?:script|img|b>)", page)
    assert page.count("<table") == page.count("</table")
