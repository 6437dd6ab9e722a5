"""The digest in Slack: what is read and heard there, whole; and within Slack's limits whatever is in it."""

import re
from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from bridges.edition import Edition
from bridges.slack.drawing.digest import MOST_POSTS, digest_posts
from bridges.slack.drawing.message import Message
from bridges.texts import Texts
from storage.ids import Week
from storage.words import Kind, Section
from tests.fixtures.editions import MONDAY, WEEK_48, crowded, editions, row
from tests.fixtures.require import FULL
from tests.fixtures.slack_posts import objections, shown

URL = "https://kluster.example.se/d/2026-W48"
SV, EN = Texts("sv"), Texts("en")

SWEDISH = """*Veckobrev v. 48*
I morgon är det *sista dagen* att anmäla sig till krisdagen i Vreta, och sedan är det snart jul.

Hör av er.
<https://kluster.example.se/d/2026-W48|Läs på webben>

*Svara senast*
Vreta Kluster
*<https://kluster.example.se/i/11|Krisberedskap på gården>*
ons 2 dec kl. 09.30–15.00 · Vreta, Linköping
*Sista anmälningsdag: tis 24 nov (i morgon)*
Vi övar på strömavbrott och vattenbrist, och går igenom vad en gård behöver ha hemma.
<https://exempel.se/anmalan?a=1&amp;b=2|Anmäl dig>
12 kommer från 5 kluster · 3 svar i tråden
FRÅGA · Matvalley
*<https://kluster.example.se/i/12|Vem vill vara med i en ansökan om lokal mat?>*
mån 1 feb 2027
Sista dag: fre 4 dec

*Den här veckan*
Agro Örebro
*<https://kluster.example.se/i/13|Lunchsamtal om nya regler>*
tors 26 nov kl. 12.00–12.45 · Digitalt via Teams
1 kommer

*Längre fram*
*v. 50*
Agro Örebro
*<https://kluster.example.se/i/14|Studieresa till Gotland>*
ons 9 dec – tors 10 dec
<mailto:resa@exempel.se|Anmäl dig>
*v. 51*
*<https://kluster.example.se/i/15|Julmöte>*
1 svar i tråden
*v. 3 2027*
Gröna Uppland
*Spara datumet:* *<https://kluster.example.se/i/16|Kapital för gårdar>*
ons 20 jan 2027 kl. 13.00 · Uppsala

*Ändrat och inställt*
Gröna Uppland
*Flyttat:* *<https://kluster.example.se/i/17|Workshop om affärsmodeller>*
tors 3 dec kl. 10.00
<https://exempel.se/workshop|Anmäl dig>
Vreta Kluster
*Inställt:* *<https://kluster.example.se/i/18|Fältdag>*
fre 27 nov

*Omvärld*
Vreta Kluster
*<https://kluster.example.se/i/19|Stöd till vattenhushållning>*
Ansökan öppnar i januari.
<https://www.myndigheten.example.se/stod/vatten|Läs på myndigheten.example.se>
4 röster
*<https://kluster.example.se/i/20|Food resilience in the North>*
<https://food.example.org|Läs på food.example.org>

*Nyhetsbrev*
Agro Örebro
*<https://kluster.example.se/i/21|Nytt från Agro Örebro, november>*

*Frågor till nätverket*
Matvalley
*<https://kluster.example.se/i/22|Vem har prövat solceller på ladan?>*
2 svar i tråden

*Se i efterhand*
Gröna Uppland
*<https://kluster.example.se/i/23|Vad händer med marknaden?>*
tis 17 nov kl. 09.00 · Digitalt"""

ENGLISH = """*Weekly digest, week 48*
<https://kluster.example.se/d/2026-W48|Read on the web>

*Answer soonest*
Vreta Kluster
*<https://kluster.example.se/i/11|Krisberedskap på gården>*
Wed 2 Dec, 09:30–15:00 · Vreta, Linköping
*Last day to sign up: Tue 24 Nov (tomorrow)*
Vi övar på strömavbrott och vattenbrist, och går igenom vad en gård behöver ha hemma.
<https://exempel.se/anmalan?a=1&amp;b=2|Sign up>
12 are coming from 5 clusters · 3 answers in the thread

*Changed and cancelled*
Vreta Kluster
*Cancelled:* *<https://kluster.example.se/i/18|Fältdag>*
Fri 27 Nov"""


def numbers(posts: list[Message]) -> list[int]:
    """The items that the words of the posts lead to, in order."""
    return [int(n) for post in posts for n in re.findall(r"<https://kluster\.example\.se/i/(\d+)\|", post.text)]


def left(posts: list[Message]) -> int:
    return sum(
        int(n.replace("\xa0", "").replace(" ", ""))
        for post in posts
        for n in re.findall(r"och ([\d\xa0 ]+) till på webben", post.text)
    )


def test_a_week_in_swedish_is_one_post():
    [post] = digest_posts(WEEK_48, URL, SV)
    assert post.text == SWEDISH
    assert objections(post) == []


def test_some_of_it_in_english():
    [post] = digest_posts(replace(WEEK_48.only([11, 18]), lead=""), URL, EN)
    assert post.text == ENGLISH


def test_what_is_seen_is_what_is_heard():
    [post] = digest_posts(WEEK_48, URL, SV)
    seen = re.sub(r"\s+", " ", shown(post).replace("*", ""))
    heard = re.sub(r"\s+", " ", post.text.replace("*", ""))
    assert seen.replace(" Rösta", "").strip() == heard.strip()
    headings = [block["text"]["text"] for block in post.blocks if block["type"] == "header"]
    assert headings[:2] == ["Veckobrev v. 48", "Svara senast"]
    assert len(headings) == 9


def test_a_tip_can_be_voted_for_and_a_screen_reader_hears_which():
    [post] = digest_posts(WEEK_48, URL, SV)
    votes = [block["accessory"] for block in post.blocks if "accessory" in block]
    assert [(vote["action_id"], vote["value"]) for vote in votes] == [("vote", "19"), ("vote", "20")]
    assert votes[1]["accessibility_label"] == "Rösta – Food resilience in the North"


def test_a_crowded_week_goes_on_in_the_thread_and_the_rest_is_on_the_web():
    posts = digest_posts(crowded(400), URL, SV)
    assert len(posts) == MOST_POSTS
    assert [objections(post) for post in posts] == [[]] * MOST_POSTS
    items = numbers(posts)
    assert items == sorted(set(items))
    assert len(items) > 50
    assert len(items) + left(posts) == 400
    assert posts[0].text.endswith("Resten står i tråden.")
    assert not any("Resten står i tråden." in post.text for post in posts[1:])
    assert all(post.text.lstrip().startswith("*") for post in posts)  # each begins with its heading
    assert any("*Svara senast, fortsättning*" in post.text for post in posts)


def test_the_same_edition_gives_the_same_posts():
    assert digest_posts(crowded(90), URL, SV) == digest_posts(crowded(90), URL, SV)


def test_a_week_that_fills_two_posts_leaves_nothing_out():
    posts = digest_posts(crowded(20), URL, SV)
    assert 2 <= len(posts) < MOST_POSTS
    assert numbers(posts) == list(range(20))
    assert left(posts) == 0
    weeks = [re.findall(r"^\*(v\. \d+)\*$", post.text, re.MULTILINE) for post in posts]
    assert all(found == list(dict.fromkeys(found)) for found in weeks)  # a week stands once above its items


def test_a_title_of_three_thousand_characters():
    long = row(1, Section.HORIZON, Kind.TIP, "Fältvandring & mer " * 160, beginning="&<>" * 100)
    [post] = digest_posts(Edition(week=Week("2026-W48"), day=MONDAY, rows=(long,)), URL, SV)
    assert objections(post) == []
    assert "Fältvandring &amp; mer" in post.text


@settings(max_examples=80 if FULL else 20, deadline=None, suppress_health_check=list(HealthCheck))
@given(editions)
def test_whatever_is_in_it_slack_takes_it_nobody_is_called_and_no_item_is_forgotten(edition):
    posts = digest_posts(edition, URL, SV)
    assert 1 <= len(posts) <= MOST_POSTS
    assert [objections(post) for post in posts] == [[]] * len(posts)
    items = numbers(posts)
    assert set(items) <= {row.item_id for row in edition.rows}
    assert len(items) + left(posts) >= len(edition.rows)


def test_what_is_taken_back_leaves_its_place_and_moves_nothing():
    """Some posts may stand there already when others are drawn."""
    whole = crowded(90)
    posts = digest_posts(whole, URL, SV)
    gone = [item.item_id for item in whole.rows if f"/i/{item.item_id}|" in posts[0].text][:2]
    left = digest_posts(whole, URL, SV, gone)
    assert len(gone) == 2
    assert len(posts) > 2
    assert left[1:] == posts[1:]
    assert not any(f"/i/{item_id}|" in left[0].text for item_id in gone)
    assert left[0].text.count("Tillbakadra") == 2
    assert objections(left[0]) == []
