"""A newsletter is known by what its tool writes, by what it says of itself, and by its shape; people's mail is not one."""

import pytest

from bot.reading.newsletters import newsletter_signs
from bridges.mail.parse import parse
from bridges.markdown import from_plain

BREV = """Hej!

MARKKARTERING MED DRÖNARE
Vi har provat tre drönare på Norrgård.
Läs mer: https://agro.example.se/dronare

NY UTLYSNING FÖR VATTENVÅRD
Sök senast den 15 november.
Läs mer: https://agro.example.se/vatten

KURS I BOKFÖRING
Tisdag 12 november kl. 18.
Anmäl dig: https://agro.example.se/kurs
"""


def mail(body: str, headers: str = "", subject: str = "Hej"):
    return parse(
        f"From: Anna <anna@agro.example.se>\nTo: kluster@lista.example.se\nSubject: {subject}\n{headers}"
        f"Content-Type: text/plain; charset=utf-8\n\n{body}".encode()
    )


TOOL = "List-Unsubscribe: <https://x.example/u>\nFeedback-ID: 1:2:3:tool\nPrecedence: bulk\n"
LIST = "List-Id: <odling.lists.example.se>\nList-Post: <mailto:odling@lists.example.se>\nList-Unsubscribe: <mailto:x@y.se>\n"


@pytest.mark.parametrize(
    ("seen", "bulk", "newsletter"),
    [
        (mail(BREV, TOOL), True, True),
        (mail(BREV + "\nKlicka här för att avregistrera dig\nVisa i webbläsaren"), True, True),  # forwarded: no headers
        (mail(BREV, subject="Nyhetsbrev oktober"), False, True),
        (mail("Kan någon rekommendera en fårklippare?", LIST), False, False),
        (mail("Precedence är lista.", "Precedence: list\n"), False, False),
        (mail("Välkommen på fältvandring. Avanmäl dig till Anna om du får förhinder."), False, False),
        (mail("Hej Bo, här är en länk: https://vreta.se/a"), False, False),
    ],
)
def test_a_newsletter_is_told_from_other_mail(seen, bulk, newsletter):
    signs = newsletter_signs(seen, from_plain(seen.plain or ""))
    assert (signs.is_bulk, signs.is_newsletter) == (bulk, newsletter)


def test_an_invitation_sent_by_a_tool_went_to_many_and_is_no_newsletter():
    seen = mail("Välkommen!\n\nAnmäl dig: https://agro.example.se/kurs\n\nAvregistrera", TOOL, "Inbjudan: kurs")
    signs = newsletter_signs(seen, from_plain(seen.plain or ""))
    assert (signs.is_bulk, signs.is_newsletter) == (True, False)


def test_the_domain_of_a_cluster_strengthens_what_looks_like_one_and_nothing_else():
    brev, person = mail(BREV, "Precedence: bulk\n"), mail("Hej! Hur går det?")
    for seen, more in ((brev, 1), (person, 0)):
        alone = newsletter_signs(seen, "").bulk
        assert newsletter_signs(seen, "", {"agro.example.se"}).bulk == alone + more


def test_huge_mails_are_judged_in_no_time():
    import time

    for filling in ("<img ", "läs ", "avanmäl ", "visa i ", "du får ", "a", "<", "ej "):
        seen = mail(filling * (2_000_000 // len(filling)), "")
        began = time.perf_counter()
        newsletter_signs(seen, seen.plain or "")
        assert time.perf_counter() - began < 10, filling
