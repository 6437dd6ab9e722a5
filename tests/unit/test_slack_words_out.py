"""What goes out to Slack shows every word where it stood, marked as Slack marks, and calls nobody."""

import pytest

from bridges.markdown import from_plain, to_plain
from bridges.slack.words.to_slack import escape, literal, sections, shortened, to_mrkdwn, unescape

ZW, WJ = "\u200b", "\u2060"


def bare(mrkdwn: str) -> str:
    """Without what shows nothing."""
    return mrkdwn.replace(ZW, "").replace(WJ, "")


@pytest.mark.parametrize(
    ("md", "mrkdwn"),
    [
        ("**fet** *kursiv* ~~struken~~ `kod`", "*fet* _kursiv_ ~struken~ `kod`"),
        ("**fet *båda* fet** ***allt***", "*fet _båda_ fet _allt_*"),
        ("**När:** kl. 13, (*nu*), »**då**«.", "*När:* kl. 13, (_nu_), »*då*«."),
        ("**fet\nrad** slut", "*fet*\n*rad* slut"),
        ("# Rubrik med **fett**\n\nText", "*Rubrik med fett*\n\nText"),
        ("[Anmäl dig](https://x.se/a) **[här](https://x.se)**", "<https://x.se/a|Anmäl dig> *<https://x.se|här>*"),
        ("<https://x.se/?a=1&b=2> <anna@x.se>", "<https://x.se/?a=1&amp;b=2> <mailto:anna@x.se|anna@x.se>"),
        ("[a|b\\>c](<https://x.se/a|b c>)", "<https://x.se/a%7Cb%20c|a¦b&gt;c>"),
        ("![Karta](https://x.se/k.png)", "<https://x.se/k.png|Karta>"),
        ("A & B \\<b> 3 > 2", "A &amp; B &lt;b&gt; 3 &gt; 2"),
        ("före\n\n---\n\nefter", "före\n\n———\n\nefter"),
        ("| Tid | Vad |\n|---|---|\n| 13 | Kaffe |", "*Tid | Vad*\n13 | Kaffe"),
        ("```\nif a < b:\n    *x*\n```", "```\nif a &lt; b:\n    *x*\n```"),
        ("stövlar_och_regnrock 2 * 3 a~b", "stövlar_och_regnrock 2 * 3 a~b"),
    ],
)
def test_each_thing_is_written_as_slack_writes_it(md: str, mrkdwn: str):
    assert to_mrkdwn(md) == mrkdwn


def test_lists_are_nested_numbered_and_stand_in_quotes():
    md = "* ett\n  * två\n    * tre\n      fortsätter\n\n4. fyra\n5. fem\n\n> citat\n> * punkt\n>\n> > inre\n>\n> ```\n>   kod\n> ```"
    assert bare(to_mrkdwn(md)) == (
        "• ett\n    ◦ två\n        ▪ tre\n          fortsätter\n\n4. fyra\n5. fem\n\n"
        "> citat\n>\n> • punkt\n>\n> &gt; inre\n>\n>   `kod`"
    )


def test_a_quote_and_code_in_a_list_begin_at_the_margin_where_slack_sees_them():
    assert to_mrkdwn("* ett\n\n  > citat\n\n* två\n\n  ```\n  kod\n  ```") == (
        "• ett\n\n> citat\n\n• två\n\n```\nkod\n```"
    )


def test_marks_beside_letters_are_kept_apart_so_that_slack_sees_them():
    assert to_mrkdwn("mellan**gröda**år å*b*å x`y`z") == (f"mellan{ZW}*gröda*{ZW}år å{ZW}_b_{ZW}å x{ZW}`y`{ZW}z")
    assert to_mrkdwn("**a**~~b~~") == f"*a*{ZW}~b~"


def test_signs_that_people_typed_are_shown_and_mean_nothing():
    for text in (
        "*viktigt* och _så_ ~inte~",
        "a `b` c",
        "```\nx\n```",
        "**dubbelt**",
        "> inte citat",
        ">>> inte heller",
    ):
        shown = to_mrkdwn(from_plain(text))
        assert unescape(bare(shown)) == text
        for sign in "*_~`":
            assert f"{sign}{sign}" not in shown
            assert all(ZW in around for around in _neighbours(shown, sign))
        assert not shown.startswith(("&gt;", ">"))


def _neighbours(text: str, sign: str) -> list[str]:
    return [text[max(0, n - 1) : n + 2] for n, char in enumerate(text) if char == sign]


def test_a_sign_inside_bold_words_does_not_end_them():
    assert to_mrkdwn("**fem\\* stjärnor**") == f"*fem{ZW}*{ZW} stjärnor*"


def test_code_with_a_backtick_is_shown_letter_by_letter():
    assert bare(to_mrkdwn("`` a`b ``")) == "a`b"
    assert bare(to_mrkdwn("````\n```\n````")) == "```\n```\n```"
    assert to_mrkdwn("````\n```\n````").split("\n")[1] != "```"


@pytest.mark.parametrize("call", ["@here", "@channel", "@everyone", "@HERE", "@Channel", "x@here", "@here_"])
def test_a_call_to_everybody_is_a_word(call: str):
    for shown in (to_mrkdwn(from_plain(f"Hej {call} nu")), to_mrkdwn(f"`{call}`\n\n```\n{call}\n```"), literal(call)):
        assert call not in shown
        assert call in bare(shown)


def test_what_slack_would_take_for_a_mention_is_text():
    text = "<!here> <!channel|x> <@U123> <#C123|alla> <!subteam^S1> <!date^1^{date}|x>"
    shown = to_mrkdwn(from_plain(text))
    assert "<" not in shown
    assert unescape(bare(shown)) == text
    assert "@here" not in to_mrkdwn("[x](https://a.se/@here)")


def test_mail_with_signs_of_its_own_is_escaped_once():
    assert to_mrkdwn(from_plain("A & B <Slack@x.se> &amp; &lt;")) == (
        "A &amp; B &lt;<mailto:Slack@x.se|Slack@x.se>&gt; &amp;amp; &amp;lt;"
    )


def test_plain_words_are_shown_as_they_are():
    assert unescape(bare(literal("*Obs* <!here> @channel\n> & `x`"))) == "*Obs* <!here> @channel\n> & `x`"
    assert escape("<a> & \"b\" 'c'") == "&lt;a&gt; &amp; \"b\" 'c'"
    assert unescape("&amp;lt; &quot;") == "&lt; &quot;"


# -- sections ---------------------------------------------------------------------------------------------------------


def texts(md: str, **limits: int) -> list[str]:
    return [block["text"]["text"] for block in sections(md, **limits)[0]]


def test_a_short_text_is_one_section_that_parses_no_names():
    assert sections("Hej **alla**") == (
        [{"type": "section", "text": {"type": "mrkdwn", "text": "Hej *alla*", "verbatim": True}}],
        True,
    )
    assert sections("") == ([], True)
    assert sections("&nbsp;") == ([], True)


def test_sections_end_between_paragraphs_and_list_items():
    md = (
        "\n\n".join(f"Stycke {n} " + "ord " * 12 for n in range(6))
        + "\n\n"
        + "\n".join(f"* punkt {n}" for n in range(30))
    )
    parts = texts(md, longest=150)
    assert "\n\n".join(parts).split() == to_mrkdwn(md).split()
    assert all(part.startswith(("Stycke", "•")) for part in parts)


def test_a_heading_stays_with_what_it_is_above():
    md = "ord " * 30 + "\n\n## Rubrik\n\n" + "text " * 10
    assert any(part.startswith("*Rubrik*\n\ntext") for part in texts(md, longest=150))


def test_code_that_is_parted_is_code_in_both_sections():
    parts = texts("```\n" + "\n".join(f"rad {n} < {n}" for n in range(60)) + "\n```", longest=200)
    assert len(parts) > 2
    assert all(part.startswith("```\n") and part.endswith("\n```") and part.count("```") == 2 for part in parts)


def test_a_long_paragraph_is_parted_between_words_and_its_marks_are_closed():
    parts = texts("**" + "fetord " * 100 + "slut** [länk](https://x.se/en/lång/adress)", longest=200)
    assert all(len(part) <= 200 for part in parts)
    assert all(part.count("*") == 2 for part in parts)
    assert sum(part.count("fetord") for part in parts) == 100
    assert "<https://x.se/en/lång/adress|länk>" in bare(parts[-1]).replace("%C3%A5", "å")


def test_a_quote_that_is_parted_is_a_quote_in_both_sections():
    assert all(part.startswith("> ") for part in texts("> " + "citat " * 200, longest=300))


@pytest.mark.parametrize("word", ["x", "&", "<", "*", "@here", "å", "👩‍🌾", "`", "e\u0301"])
def test_a_word_longer_than_a_section_is_cut_and_nothing_of_it_is_lost(word: str):
    parts = texts(from_plain(word * 500), longest=300, most=200)
    assert all(0 < len(part) <= 300 for part in parts)
    assert "".join(unescape(bare(part)) for part in parts) == word * 500


def test_a_link_too_long_for_a_section_is_shown_as_its_words():
    assert texts(f"[ord](https://x.se/{'a' * 4000})") == ["ord"]


def test_what_finds_no_room_is_told():
    blocks, whole = sections("\n\n".join("ord " * 100 for _ in range(20)), longest=500, most=3)
    assert (len(blocks), whole) == (3, False)


@pytest.mark.parametrize("md", ["*x `y <" * 8500, "x" * 60_000, "> ord\n" * 10_000], ids=["marks", "a word", "quotes"])
def test_a_text_of_sixty_kilobytes_is_cut_into_what_slack_takes(md):
    blocks, whole = sections(md, most=50)
    assert 1 <= len(blocks) <= 50
    assert all(0 < len(block["text"]["text"]) <= 3000 for block in blocks)
    assert whole == (len(blocks) < 50)


# -- beginnings -------------------------------------------------------------------------------------------------------


def test_a_text_that_fits_is_not_shortened():
    assert shortened("Hej **alla**", 9) == ("Hej **alla**", False)


def test_a_beginning_ends_between_paragraphs_or_words():
    md = "Första stycket.\n\nAndra stycket med **många feta ord som går vidare** och [en länk](https://x.se) till slut."
    assert shortened(md, 20) == ("Första stycket.", True)
    assert shortened(md, 60) == ("Första stycket.\n\nAndra stycket med **många feta ord som går** …", True)
    assert shortened(md, 10) == ("Första …", True)


def test_the_beginning_of_a_long_text_is_the_same_as_of_a_shorter_one():
    md = "\n\n".join(f"Stycke {n} med [länk](https://x.se/{'a' * 90}) och ord." for n in range(600))
    short, cut = shortened(md, 600)
    assert cut
    assert md.startswith(short[:-40])
    assert shortened(md[:20_000], 600) == (short, True)
    links = "\n".join(f"[länk](https://x.se/{'a' * 900})" for _ in range(50))
    assert shortened(links, 600) == (links, False)


@pytest.mark.parametrize(
    ("md", "characters", "beginning"),
    [
        ("* ett\n* två\n* tre", 7, "* ett\n* två"),
        ("> * ett två tre\n>   fyra", 9, "> * ett två …"),
        ("```\nrad ett\nrad två\nrad tre\n```\n\nmer", 17, "```\nrad ett\nrad två\n```"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", 10, "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("# Rubrik som är lång", 12, "# Rubrik som …"),
        ("x" * 50, 10, "x" * 8 + " …"),
    ],
)
def test_a_beginning_is_whole_markdown(md: str, characters: int, beginning: str):
    assert shortened(md, characters) == (beginning, True)
    assert len(to_plain(beginning)) > 0
