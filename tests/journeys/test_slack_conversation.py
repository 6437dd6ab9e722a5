"""A conversation across: answers in the thread reach the mail, answers by mail reach the thread, and both read the same."""

import re
from email.message import EmailMessage

from tests.fixtures.mailrooms import until
from tests.fixtures.smtp import Letter
from tests.fixtures.town import Town
from tests.fixtures.village import LIST, letter
from tests.fixtures.workspace import C_INV, U_ANNA, U_BO, U_GUST

CECILIA = "Cecilia Ek <cecilia@gavle.example.se>"


def plain(one: Letter) -> str:
    body = one.message.get_body(("plain",))
    assert body is not None
    return body.get_content()


def bare(text: str) -> str:
    """Without marks, and without the signs that nobody sees."""
    return text.replace("*", "").replace("\u200b", "")


def answer(to: Letter, sender: str, text: str) -> EmailMessage:
    """An answer as a mail program writes it, with the quote and the signature."""
    quoted = "\n".join(f"> {line}" for line in plain(to).splitlines())
    subject = str(to.message["Subject"])
    return letter(
        sender,
        subject if subject.startswith("Re:") else f"Sv: {subject}",
        f"{text}\n\n-- \nCecilia Ek, Länsstyrelsen\n070-123 45 67\n\nDen ons 26 aug. 2026 kl 13:00 skrev Nätverket:\n{quoted}\n",
        to=str(to.message["Reply-To"] or LIST),
        In_Reply_To=str(to.message["Message-ID"]),
        References=f"{to.message['References'] or ''} {to.message['Message-ID']}".strip(),
    )


async def test_ten_answers_read_the_same_and_in_order_on_both_sides(town: Town):
    await town.share(title="Workshop om vallfrö", text="Vem vill vara med?")
    await town.done()
    card = await town.card(having="vallfrö")
    [to_cecilia] = town.village.letters_to("cecilia@gavle.example.se")
    bo = town.slack.person(U_BO)
    said: list[str] = []
    last = to_cecilia
    for number in range(1, 6):
        files = (("karta åker.pdf", "application/pdf", b"%PDF-1.4 karta"),) if number == 2 else ()
        await bo.say(
            C_INV,
            f"Svar {number} från *Bo* & <https://agro.example.se/{number}|länken>",
            thread=card["ts"],
            files=files,
        )
        said.append(f"Svar {number} från Bo")
        if number == 1:  # nobody with mail alone follows yet: whoever answers does
            await town.done()
        else:
            last = await _letter(town, "cecilia@gavle.example.se", f"Svar {number} från")
        mail = answer(last, CECILIA, f"Svar {number} från **Cecilia**, åäö <!channel> @here")
        if number == 3:
            mail.add_attachment(b"\x89PNG bild", maintype="image", subtype="png", filename="bild på åker.png")
        await town.village.mail(mail)
        said.append(f"Svar {number} från **Cecilia**")
        await until(lambda number=number: _in_thread(town, card["ts"], f"Svar {number} från **Cecilia**"), 20)
    await town.done()

    thread = [post for post in town.thread(C_INV, card["ts"]) if post["text"].startswith("Svar")]
    assert len(thread) == 10
    for words, post in zip(said, thread, strict=True):
        assert bare(words) in bare(post["text"])
        assert "070-123" not in post["text"]
        assert "skrev Nätverket" not in post["text"]
    by_mail = [post for post in thread if post.get("bot_id")]
    assert {post["username"] for post in by_mail} == {"Cecilia Ek (Gävleborg, via e-post)"}
    assert not town.slack.pings
    # The same by mail: Bo's answers from the second on, each once, as text and with its link and its file.
    letters = [
        one for one in town.village.letters_to("cecilia@gavle.example.se") if "Re:" in str(one.message["Subject"])
    ]
    assert [_first_words(plain(one)) for one in letters] == ["Svar 2", "Svar 3", "Svar 4", "Svar 5"]
    assert "https://agro.example.se/2" in plain(letters[0])
    assert [part.get_filename() for part in letters[0].message.iter_attachments()] == ["karta åker.pdf"]
    names = [file["name"] for post in town.thread(C_INV, card["ts"]) for file in post.get("files", ())]
    assert names.count("bild på åker.png") == 1
    # And on the page, in the order of the thread.
    [item] = await town.village.json("items", "show", "1")
    assert [comment["text"].split(" från")[0] for comment in item["comments"]] == [
        f"Svar {number}" for number in (1, 1, 2, 2, 3, 3, 4, 4, 5, 5)
    ]


async def _letter(town: Town, address: str, words: str) -> Letter:
    async def came() -> bool:
        return any(words in plain(one) for one in town.village.letters_to(address))

    await until(came, 20)
    return next(one for one in town.village.letters_to(address) if words in plain(one))


async def _in_thread(town: Town, ts: str, words: str) -> bool:
    return any(bare(words) in bare(post["text"]) for post in town.thread(C_INV, ts))


def _first_words(text: str) -> str:
    found = re.search(r"Svar \d(?= från)", text)
    return found[0] if found else text


async def test_what_is_changed_taken_away_or_kept_in_slack(town: Town):
    await town.village.mail(letter(CECILIA, "Fråga: vem har en vält?", "Vi söker en vält till maj. Någon som har?"))
    await town.village.taken_in()
    # The first share of a reader waits for an editor.
    [post] = [await town.card("C0DESK")]
    await town.slack.person("U0HANNA").press("C0DESK", post["ts"], "approve")
    card = await town.card("C0QUEST", having="vält")
    bo = town.slack.person(U_BO)

    first = await bo.say("C0QUEST", "Vi har en, men den är *trasig*", thread=card["ts"])
    second = await bo.say("C0QUEST", "Ring mig på 070-1234567", thread=card["ts"])
    await bo.say("C0QUEST", "🔇 ska vi säga ja?", thread=card["ts"])
    theirs = await town.slack.person(U_GUST).say("C0QUEST", "Jag är gäst här", thread=card["ts"])
    await bo.say("C0QUEST", "Något helt annat")
    await town.done()
    await bo.edit("C0QUEST", first, "Vi har en, och den är *hel*")
    await bo.delete("C0QUEST", second)
    await town.done()

    [item] = await town.village.json("items", "show", "1")
    assert [comment["text"] for comment in item["comments"] if comment["text"]] == ["Vi har en, och den är **hel**"]
    told = [plain(one) for one in town.village.letters_to("cecilia@gavle.example.se")]
    assert not any("ska vi säga ja" in text or "helt annat" in text or "gäst" in text for text in told)
    assert sum("trasig" in text for text in told) == 1
    rows = await town.village.rows("select cast(raw as text) from inbox where source = 'slack'")
    assert not any("ska vi säga ja" in raw or "helt annat" in raw for (raw,) in rows), "what stays in Slack is not kept"
    # A guest's answer waits for an editor.
    assert "gäst" in (await town.card("C0DESK", having="gäst"))["text"]
    await town.slack.person(U_GUST).delete("C0QUEST", theirs)
    await town.done()
    assert "tog tillbaka det" in (await town.card("C0DESK", having="tog tillbaka"))["text"]
    assert not any("Jag är gäst här" in post["text"] for post in town.cards("C0DESK"))


async def test_a_lone_word_signs_up_on_both_sides_and_the_card_counts(town: Town):
    await town.share(title="Studiebesök", text="Följ med", start=1_900_000_000)
    await town.done()
    card = await town.card(having="Studiebesök")
    await town.slack.person(U_BO).press(C_INV, card["ts"], "rsvp_yes")
    await town.slack.person(U_BO).press(C_INV, card["ts"], "rsvp_yes")
    await town.slack.person(U_ANNA).press(C_INV, card["ts"], "rsvp_maybe")
    await town.slack.person(U_GUST).press(C_INV, card["ts"], "rsvp_yes")
    await town.village.mail(answer(town.village.letters_to("cecilia@gavle.example.se")[0], CECILIA, "Kommer"))
    await town.village.taken_in()
    await town.done()

    [item] = await town.village.json("items", "show", "1")
    assert item["sign_ups"] == {"yes": 2, "maybe": 1, "no": 0}
    assert not item["comments"]
    assert "2 kommer" in (await town.card(having="2 kommer"))["text"]
    await town.whispered(U_BO, "Antecknat: du kommer till ”Studiebesök”.")
    await town.whispered(U_GUST, "inte inlagd som medlem")
