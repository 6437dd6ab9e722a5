"""What people write in Slack reads the same outside: their emphasis, lists, links, names, times and emoji."""

from typing import Any

import pytest

from bridges.markdown import to_html, to_plain
from bridges.slack.words.emoji_names import emoji_of
from bridges.slack.words.from_slack import Mentioned, Names, mentioned, plain_of, to_neutral

NAMES = Names(
    people={"U1": "Anna *Åkesson*", "U2": "Bo\nBerg"}, channels={"C1": "inbjudningar"}, groups={"S1": "redaktörer"}
)
SWEDISH: dict[str, Any] = {"zone": "Europe/Stockholm", "lang": "sv"}


def neutral(text: str = "", *elements: dict, **more: Any) -> str:
    blocks = [{"type": "rich_text", "elements": list(elements)}] if elements else []
    return to_neutral({"text": text, "blocks": blocks} | more, NAMES, **SWEDISH)


def html(md: str) -> str:
    return to_html(md, styled=False).replace("\u200b", "").strip()


def section(*elements: dict) -> dict:
    return {"type": "rich_text_section", "elements": list(elements)}


def words(text: str, **looks: bool) -> dict:
    return {"type": "text", "text": text} | ({"style": looks} if looks else {})


def items(*texts: str, style: str = "bullet", **more: int) -> dict:
    return {"type": "rich_text_list", "style": style, "elements": [section(words(text)) for text in texts]} | more


# -- mrkdwn -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mrkdwn", "shown"),
    [
        ("*fet* _kursiv_ ~struken~ `kod *x*`",
         "<strong>fet</strong> <em>kursiv</em> <s>struken</s> <code>kod *x*</code>"),
        ("(~str uken!~, text. ~Inte ~)", "(<s>str uken!</s>, text. ~Inte ~)"),
        ("Mitt~i~ordet, ~~dubbelt~~)", "Mitt~i~ordet, ~~dubbelt~~)"),
        ("kurs ^_iv_, _två o@rd_.", "kurs ^<em>iv</em>, <em>två o@rd</em>."),
        ("mitt_i_ordet_, @_inte_", "mitt_i_ordet_, @_inte_"),
        ("(*text*} *fet* och:*fet*.", "(<strong>text</strong>} <strong>fet</strong> och:<strong>fet</strong>."),
        ("*mitt*i **dubbelt**", "*mitt*i **dubbelt**"),
        ("***ordet***", "***ordet***"),
        ("å*b* *c*ä *Öl*", "å*b* *c*ä <strong>Öl</strong>"),
        ("*_båda_* _*båda*_", "<em><strong>båda</strong></em> <em><strong>båda</strong></em>"),
        ("~*fet*~ *~struken~*.", "<s><strong>fet</strong></s> <s><strong>struken</strong></s>."),
        ("*foo*\n*foo*\n*foo*", "<strong>foo</strong><br />\n<strong>foo</strong><br />\n<strong>foo</strong>"),
        ("*över\nraden*", "*över<br />\nraden*"),
        ("*a _b* c_", "<strong>a _b</strong> c_"),
        ("*<https://x.se|länk> fet*", '<a href="https://x.se"><strong>länk</strong></a> <strong>fet</strong>'),
        ("2 * 3 * 4 och _ _", "2 * 3 * 4 och _ _"),
        ("*Obs:*läs", "*Obs:*läs"),
    ],
)  # fmt: skip
def test_marks_mean_what_slack_shows(mrkdwn: str, shown: str):
    assert html(neutral(mrkdwn)) == f"<p>{shown}</p>"


@pytest.mark.parametrize(
    ("mrkdwn", "shown"),
    [
        ("<https://x.se>", '<a href="https://x.se">https://x.se</a>'),
        ("<https://x.se|ett|två>", '<a href="https://x.se">ett|två</a>'),
        ("<https://x.se?a=1&amp;amp;b=2|[x](y)>", '<a href="https://x.se?a=1&amp;amp;b=2">[x](y)</a>'),
        ("<mailto:a@x.se|a@x.se>, <mailto:a@x.se>",
         '<a href="mailto:a@x.se">a@x.se</a>, <a href="mailto:a@x.se">a@x.se</a>'),
        ("<mailto:a@x.se|Skriv>", '<a href="mailto:a@x.se">Skriv</a>'),
        ("<tel:+46701|070-1> <slack://x|app> <javascript:alert(1)|tryck>", "070-1 app tryck"),
        ("Se https://x.se/a_b_c, *nu*", 'Se <a href="https://x.se/a_b_c">https://x.se/a_b_c</a>, <strong>nu</strong>'),
        ("`<https://x.se>` `a &amp; b`", "<code>https://x.se</code> <code>a &amp; b</code>"),
        ("A &amp; B &lt;b&gt; &amp;lt; <inte en länk>", "A &amp; B &lt;b&gt; &amp;lt; &lt;inte en länk&gt;"),
    ],
)  # fmt: skip
def test_links_lead_where_they_led_and_entities_are_read_once(mrkdwn: str, shown: str):
    assert html(neutral(mrkdwn)) == f"<p>{shown}</p>"


def test_mentions_are_names_and_nobody_is_shown_as_an_id():
    text = (
        "<@U1> <@U2> <@U9> <@U9|Disa> <@W7|> <#C1|> <#C9|annat> <#C9|> <!subteam^S1|@x> <!subteam^S9|@y> <!subteam^S9>"
    )
    assert to_plain(neutral(text), 500) == (
        "@Anna *Åkesson* @Bo Berg @någon @Disa @någon #inbjudningar #annat en kanal @redaktörer @y en grupp"
    )
    assert to_neutral({"text": "<@U9> <#C9|> <!subteam^S9>"}, NAMES, zone="UTC", lang="en") == (
        "@someone a channel a group"
    )


def test_calls_are_words():
    assert neutral("<!here> <!channel|channel> <!everyone> <!nytt|något nytt> <!nytt>") == (
        "@here @channel @everyone något nytt nytt"
    )


@pytest.mark.parametrize(
    ("mrkdwn", "shown"),
    [
        ("<!date^1700000000^{date_long} kl {time}^https://x.se|reserv>",
         "[tis 14 nov 2023 kl 23.13](<https://x.se>)"),
        ("<!date^1700000000^{date} {time}|reserv>", "tis 14 nov 2023 kl. 23.13"),
        ("<!date^1700000000^{date_num}|reserv>", "2023-11-14"),
        ("<!date^1700000000^{date_short_pretty}|reserv>", "tis 14 nov 2023"),
        ("<!date^1700000000^{något nytt} {nytt}|reserv>", "reserv"),
        ("<!date^aldrig^{date}|reserv>", "reserv"),
        ("<!date^99999999999999999999^{date}|reserv>", "reserv"),
        ("<!date^1700000000|reserv>", "reserv"),
    ],
)  # fmt: skip
def test_dates_are_said_in_the_zone_and_language_of_the_network(mrkdwn: str, shown: str):
    assert neutral(mrkdwn) == shown


def test_dates_in_english_and_in_a_zone_that_nobody_knows():
    message = {"text": "<!date^1700000000^{date_long} at {time}|x>"}
    assert to_neutral(message, NAMES, zone="Europe/Helsinki", lang="en") == "Wed 15 Nov 2023 at 00:13"
    assert to_neutral(message, NAMES, zone="Ingen/Stans", lang="en") == "Tue 14 Nov 2023 at 23:13"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (":tada:", "🎉"),
        (":+1::skin-tone-4:", "👍🏽"),
        (":heart::skin-tone-3:", "❤️"),
        (":male-farmer::skin-tone-2:", "👨🏻‍🌾"),
        (":skin-tone-3:", "🏼"),
        (":flag-se::flag-scotland:", "🇸🇪🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
        (":mostly_sunny::knife_fork_plate::large_green_circle:", "🌤️🍽️🟢"),
        (":man-woman-girl-boy::woman-heart-woman:", "👨‍👩‍👧‍👦👩‍❤️‍👩"),
        (":vår_egen: :a_b_:", ":vår_egen: :a_b\\_:"),
        ("kl. 10:30:15 1:100:2", "kl. 10:30:15 1:100:2"),
    ],
)
def test_emoji_have_their_looks_and_those_of_the_workspace_their_names(name: str, shown: str):
    assert neutral(name) == shown


def test_an_emoji_name_from_elsewhere_is_not_a_text_with_emoji():
    assert emoji_of("x: :tada") == ""
    assert emoji_of("") == ""


def test_quotes_bullets_and_code_are_seen():
    assert neutral("Före\n&gt; ett\n&gt;två\nefter") == "Före\n\n> ett\n> två\n\nefter"
    assert neutral("&gt;&gt;&gt; allt\nresten") == "> allt\n> resten"
    assert neutral("• ett\n    ◦ två\n      vidare\n    ◦ tre\n• fyra\nefter") == (
        "* ett\n  * två\n    vidare\n  * tre\n* fyra\n\nefter"
    )
    assert neutral("&gt; • i citat") == "> * i citat"
    assert neutral("se ```\nif a &lt; b:\n  `x` *y* <https://x.se|x>\n``` sen") == (
        "se\n\n```\nif a < b:\n  `x` *y* x\n```\n\nsen"
    )
    assert neutral("```ena``` ``` aldrig stängd") == "```\nena\n```\n\n\\`\\`\\` aldrig stängd"


def test_what_is_typed_as_it_is_stays_as_it_is():
    text = (
        "# inte rubrik\n1. inte lista\n- inte punkt\n<b>inte fet</b> \\* [x](y) | a |\n===\n    in\n&amp;amp; www.x.se"
    )
    shown = to_plain(neutral(text.replace("<", "&lt;").replace(">", "&gt;").replace("&amp;amp;", "&amp;amp;")), 200)
    assert shown == text.replace("&amp;amp;", "&amp;")
    assert "<b>" not in html(neutral("&lt;b&gt;"))


def test_line_ends_of_any_sort_are_line_ends():
    assert neutral("ett\r\ntvå\rtre\u2028fyra\x00") == "ett\ntvå\ntre\nfyra"


# -- rich text --------------------------------------------------------------------------------------------------------


def test_rich_text_is_preferred_and_keeps_its_looks():
    md = neutral(
        "annat",
        section(
            words("Hej "), words("fet", bold=True), words("kursiv ", italic=True), words("~x~", strike=True),
            words(" allt", bold=True, italic=True, strike=True), words("\noch "), words("a`b", code=True),
            words(" *så* "), {"type": "link", "url": "https://x.se/å b", "text": "hit [nu]", "style": {"bold": True}},
            words("!"), {"type": "link", "url": "https://x.se"},
        ),
    )  # fmt: skip
    assert html(md) == (
        "<p>Hej <strong>fet</strong><em>kursiv</em> <s>~x~</s> <s><em><strong>allt</strong></em></s><br />\n"
        'och <code>a`b</code> *så* <a href="https://x.se/%C3%A5%20b"><strong>hit [nu]</strong></a>!'
        '<a href="https://x.se">https://x.se</a></p>'
    )


def test_names_emoji_dates_and_colours_are_words():
    md = neutral(
        "",
        section(
            {"type": "user", "user_id": "U1"}, words(" "), {"type": "usergroup", "usergroup_id": "S1"}, words(" "),
            {"type": "channel", "channel_id": "C1"}, words(" "), {"type": "broadcast", "range": "here"}, words(" "),
            {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fc", "skin_tone": 3}, words(" "),
            {"type": "emoji", "name": "+1", "skin_tone": 3}, {"type": "emoji", "name": "egen"}, words(" "),
            {"type": "emoji", "name": "tada", "unicode": "inte hex"}, words(" "),
            {"type": "date", "timestamp": 1720710212, "format": "{date_num} kl. {time}", "fallback": "x"}, words(" "),
            {"type": "color", "value": "#F405B3"},
        ),
    )  # fmt: skip
    assert to_plain(md, 200) == (
        "@Anna *Åkesson* @redaktörer #inbjudningar @here 👋🏼 👍🏼:egen: 🎉 2024-07-11 kl. 17.03 #F405B3"
    )


def test_nested_lists_go_on_with_their_numbers():
    md = neutral(
        "",
        section(words("Program:\n")),
        items("ett", "två", style="ordered"),
        items("a\nvidare", indent=1),
        items("djupt", style="ordered", indent=2, offset=3),
        items("tre", style="ordered", offset=2),
        section(words("\nSlut")),
    )
    assert md == "Program:\n\n1. ett\n2. två\n   * a\n     vidare\n\n     4. djupt\n3. tre\n\nSlut"
    assert html(md).count("<ol") == 2


def test_a_list_that_begins_anew_is_another_list():
    md = neutral("", items("a", "b", style="ordered"), items("c", style="ordered", offset=0))
    assert to_plain(md) == "1. a\n2. b\n\n1) c"


def test_lists_may_skip_levels_and_have_empty_items():
    assert neutral("", items("a", indent=3), items("b", indent=7), items("", "c", indent=0)) == "* a\n  * b\n* c"
    deep = neutral("", *(items(f"nivå {n}", indent=n) for n in range(9)))
    assert [f"nivå {n}" in to_plain(deep) for n in range(9)] == [True] * 9


def test_a_quote_holds_its_list_and_code_its_backticks():
    assert (
        neutral(
            "",
            {"type": "rich_text_quote", "elements": [words("citat\nmer")]},
            items("i citat", border=1),
            items("längre in", border=1, indent=1),
            {
                "type": "rich_text_preformatted",
                "elements": [words("```\n  a *b*\n"), {"type": "link", "url": "https://x.se"}],
            },
        )
        == "> citat\n> mer\n>\n> * i citat\n>   * längre in\n\n````\n```\n  a *b*\nhttps://x.se\n````"
    )


def test_sections_after_each_other_are_lines_and_empty_lines_part_paragraphs():
    assert neutral("", section(words("ett")), section(words("två\n\n\n\ntre\n"))) == "ett\ntvå\n\ntre"


def test_what_is_not_known_says_itself_or_leaves_it_to_the_text():
    odd = {"type": "workflow_button", "label": "Starta"}
    assert neutral("x", section(words("Hej "), odd)) == "Hej Starta"
    assert neutral("Hej från det nya", section({"type": "helt_nytt"})) == "Hej från det nya"
    assert neutral("Hej", section(words("Hej och mer"), {"type": "helt_nytt"})) == "Hej och mer"
    assert neutral("Reserv", {"type": "rich_text_nytt", "elements": [words("Nytt")]}) == "Nytt"
    assert neutral("Reserv", blocks=[{"type": "nytt"}]) == "Reserv"
    assert neutral("Reserv", blocks=[{"type": "nytt", "text": {"type": "mrkdwn", "text": "*Nytt*"}}]) == "**Nytt**"


# -- other apps -------------------------------------------------------------------------------------------------------


def test_blocks_of_other_apps_are_read():
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Fältdag *2026* :tada:"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Var:* <https://x.se|Norrby>"},
         "fields": [{"type": "plain_text", "text": "*som det står*"}],
         "accessory": {"type": "image", "image_url": "https://x.se/k.png", "alt_text": "Karta"}},
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "image", "alt_text": "Logga", "image_url": "https://x.se/l.png"},
                                         {"type": "mrkdwn", "text": "från <@U1>"}]},
        {"type": "image", "alt_text": "Bild", "image_url": "https://x.se/b.png", "title": {"text": "T"}},
        {"type": "markdown", "text": "# Egen\n<@U1> <!here>\n```\nkod"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "Tid"}, {"type": "raw_text", "text": "a|b"}],
                                   [{"type": "raw_number", "value": 1, "text": "13"},
                                    {"type": "rich_text", "elements": [section(words("Kaffe", bold=True))]}]]},
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Tryck"}}]},
    ]  # fmt: skip
    assert neutral("reserv", blocks=blocks) == (
        "## Fältdag \\*2026\\* 🎉\n\n**Var:** [Norrby](<https://x.se>)\n\n\\*som det står\\*\n\n"
        "[Karta](<https://x.se/k.png>)\n\n---\n\nLogga från @Anna \\*Åkesson\\*\n\n[Bild](<https://x.se/b.png>)\n\n"
        "# Egen\n@Anna \\*Åkesson\\* @here\n```\nkod\n```\n\n"
        "| Tid | a\\|b |\n| --- | --- |\n| 13 | **Kaffe** |"
    )


def test_a_message_that_is_shared_is_quoted_and_the_preview_of_a_link_is_left_out():
    shared = {"is_share": True, "from_url": "https://x.slack.com/archives/C1/p1", "author_name": "Bo", "text": "*Hej*"}
    preview = {"from_url": "https://x.se", "title": "Sidans namn", "text": "Sidans text"}
    assert neutral("Se detta", attachments=[shared, preview]) == "Se detta\n\n> **Bo**\n>\n> **Hej**"
    assert neutral("", attachments=[preview]) == "**Sidans namn**\n\nSidans text"


def test_an_app_that_says_all_in_an_attachment_is_heard():
    attachment = {"pretext": "Nytt", "title": "Rubrik", "title_link": "https://x.se", "text": "text",
                  "fields": [{"title": "När", "value": "i dag"}], "fallback": "reserv"}  # fmt: skip
    assert neutral("", attachments=[attachment]) == ("Nytt\n\n[**Rubrik**](<https://x.se>)\n\ntext\n\n**När**\n\ni dag")
    assert neutral("", attachments=[{"fallback": "bara reserv"}]) == "bara reserv"


def test_text_that_is_not_mrkdwn_is_shown_as_it_is():
    assert to_plain(neutral("*inte fet* <https", mrkdwn=False)) == "*inte fet* <https"


def test_plain_text_of_a_message_has_its_lines_whole():
    assert plain_of({"text": "*ord* " + "ord " * 50}) == ("ord " * 51).strip()


# -- who is mentioned -------------------------------------------------------------------------------------------------


def test_everybody_who_is_mentioned_is_found():
    message = {
        "text": "<@U1> <#C1|x> <!subteam^S1> <!here> <@bo>",
        "blocks": [{"type": "rich_text", "elements": [section({"type": "user", "user_id": "W2"},
                   {"type": "channel", "channel_id": "C2"}, {"type": "usergroup", "usergroup_id": "S2"},
                   {"type": "user", "user_id": 7}, {"type": ["user"]})]}],
        "attachments": [{"text": "<@U3|Bo>"}],
        "user": "U99",
    }  # fmt: skip
    assert mentioned(message) == Mentioned(
        frozenset({"U1", "W2", "U3"}), frozenset({"C1", "C2"}), frozenset({"S1", "S2"})
    )
    assert mentioned({}) == Mentioned()
