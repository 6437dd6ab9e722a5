"""Whether two tell of the same event: the same, to be asked, or two."""

import pytest

from bot.reading.sameness import Occasion, Sameness, compare, likeliest
from bot.reading.titles import alike, marks
from storage.words import Intent, Precision

SAME, ASK, TWO = Sameness.SAME, Sameness.ASK, Sameness.DIFFERENT
NEW, MOVED, OFF, AGAIN = Intent.NEW, Intent.UPDATE, Intent.CANCELLATION, Intent.REMINDER
THREE, FOUR, TEN = "2027-03-03T13:00", "2027-03-03T14:00", "2027-03-10T13:00"
PAGE, OTHER = "https://anmalan.example/e/rybs", "https://anmalan.example/e/hampa"


def at(title: str, start: str = THREE, **more: object) -> Occasion:
    return Occasion(title=title, start=start, **more)  # type: ignore[arg-type]


RYBS = "Fältvandring om rybs och raps"

TABLE = [
    # the calendar says so
    (at("Något annat", TEN, uid="a@x"), at(RYBS, uid="a@x"), NEW, SAME),
    # one page to register at
    (at("Rybsdagen i Alsen", registration_url=f"{PAGE}?utm_source=brev"), at(RYBS, registration_url=PAGE), NEW, SAME),
    (at(RYBS, TEN, registration_url=PAGE), at(RYBS, registration_url=PAGE), MOVED, SAME),
    (at(RYBS, TEN, registration_url=PAGE), at(RYBS, registration_url=PAGE), NEW, ASK),
    (at(RYBS, FOUR, registration_url=PAGE), at(RYBS, registration_url=PAGE), NEW, SAME),
    (at("Hampa till hus", TEN, registration_url=PAGE), at(RYBS, registration_url=PAGE), NEW, TWO),
    (at("Hampa till hus", registration_url="https://agro.example/"), at(RYBS, registration_url="https://agro.example"), NEW, TWO),
    (at(RYBS, "", registration_url=PAGE), at(RYBS, registration_url=PAGE), AGAIN, SAME),
    # title, start, place
    (at(RYBS), at(RYBS), NEW, SAME),
    (at("Inbjudan: Fältvandring om raps och rybs"), at(RYBS), NEW, SAME),
    (at("VB: [Agro] Fältvandring om rybbs och raps, 3 mars kl 13"), at(RYBS), NEW, SAME),
    (at("Fältvandring om rybs och raps på Norrby gård"), at(RYBS), NEW, SAME),
    (at(RYBS, place="Norrby gård, Alsen"), at(RYBS, place="Norrby"), NEW, SAME),
    (at(RYBS, place="Söderby"), at(RYBS, place="Norrby gård"), NEW, TWO),
    (at(RYBS, place="Söderby"), at(RYBS, place="Norrby gård"), MOVED, SAME),
    (at(RYBS, place="Teams"), at(RYBS, place="Norrby gård"), NEW, SAME),
    (at("Studiebesök Norrby gård"), at("Studiebesök Söderby gård"), NEW, ASK),
    (at("Fältvandring om hampa"), at("Fältvandring om rybs"), NEW, ASK),
    (at("Hampa till hus"), at(RYBS), NEW, TWO),
    (at("Nätverksträff"), at("Nätverksträff"), NEW, ASK),
    (at("Nätverksträff", place="Ås"), at("Nätverksträff", place="Torsta, Ås"), NEW, SAME),
    (at(RYBS, "2027-03-03", precision=Precision.DAY), at(RYBS), NEW, SAME),
    (at(RYBS), at(RYBS, "2027-03-01", precision=Precision.WEEK), NEW, SAME),
    (at(RYBS), at(RYBS, "2027-03-08", precision=Precision.WEEK), NEW, TWO),
    (at(RYBS, "2027-03-03T12:00", timezone="Europe/London"), at(RYBS), NEW, SAME),
    (at(RYBS, FOUR), at(RYBS), NEW, ASK),
    # one of a series and the next
    (at(RYBS, TEN), at(RYBS), NEW, TWO),
    (at("Landet lär #56: Gröna kluster"), at("Landet lär #55: Gröna kluster"), NEW, TWO),
    (at("Landet lär: Gröna kluster"), at("Landet lär #55: Gröna kluster"), NEW, SAME),
    (at("Gårdsskola del 2", registration_url=PAGE), at("Gårdsskola del 1", registration_url=PAGE), NEW, TWO),
    (at("Gårdsskola, dag 2", TEN), at("Gårdsskola, dag 1"), MOVED, TWO),
    (at("Motorsåg, omgång II"), at("Motorsåg, omgång 1"), NEW, TWO),
    (at("Motorsåg, förmiddag"), at("Motorsåg (em)"), NEW, TWO),
    (at("Träff i Ås om stängsel"), at("Träff om stängsel"), NEW, SAME),
    # moved, off, again
    (at(f"Nytt datum: {RYBS}", TEN), at(RYBS), MOVED, SAME),
    (at("Fältvandring om hampa", TEN), at("Fältvandring om rybs"), MOVED, ASK),
    (at("Nytt datum: nätverksträff", TEN), at("Nätverksträff"), MOVED, ASK),
    (at(f"INSTÄLLT: {RYBS}"), at(RYBS), OFF, SAME),
    (at(f"{RYBS} – inställd!", ""), at(RYBS), OFF, SAME),
    (at(f"Påminnelse: {RYBS}", ""), at(RYBS), AGAIN, SAME),
    (at("Påminnelse: träff", ""), at("Träff"), AGAIN, ASK),
    (at(f"Påminnelse: {RYBS}", TEN), at(RYBS), AGAIN, TWO),
    (at("Om rybs", ""), at(RYBS), NEW, TWO),
    (at("INSTÄLLT: hampa till hus", ""), at(RYBS), OFF, TWO),
    # one room online
    (at("Rybs, lunchmöte", online_url="https://zoom.example/j/1"), at("Lunchmöte rybs", online_url="https://zoom.example/j/1"), NEW, SAME),
    (at("Avstämning", online_url="https://zoom.example/j/1"), at("Lunch om rybs", online_url="https://zoom.example/j/1"), NEW, ASK),
    (at("Lunch om hampa", TEN, online_url="https://zoom.example/j/1"), at("Lunch om rybs", online_url="https://zoom.example/j/1"), NEW, TWO),
    (at("Om rybs", registration_url=OTHER), at("Om rybs", registration_url=PAGE), NEW, SAME),
]  # fmt: skip


@pytest.mark.parametrize(("new", "known", "intent", "answer"), TABLE)
def test_two_are_compared(new: Occasion, known: Occasion, intent: Intent, answer: Sameness):
    assert compare(new, known, intent) is answer


def test_of_a_series_the_one_on_that_day_is_meant_and_without_a_day_somebody_is_asked():
    series = [at("Onsdagslunch om skog", THREE), at("Onsdagslunch om skog", TEN)]
    assert likeliest(at("INSTÄLLT: Onsdagslunch om skog", TEN), series, OFF) == (SAME, 1)
    assert likeliest(at("INSTÄLLT: Onsdagslunch om skog", ""), series, OFF)[0] is ASK
    assert likeliest(at("Onsdagslunch om skog", "2027-03-17T13:00"), series) == (TWO, None)
    assert likeliest(at("Hampa till hus", ""), [], OFF) == (TWO, None)


@pytest.mark.parametrize(
    ("title", "which"),
    [
        ("Gårdsskola del 2", {"number": "2"}),
        ("Träff i Ås", {}),
        ("Fältvandring 3 mars", {}),
        ("Landet lär #055", {"number": "55"}),
        ("Kurs (2/4)", {"number": "2"}),
        ("Andra dagen: kurs", {"number": "2"}),
        ("Kurs, pass B, fm", {"pass": "b", "half": "förmiddag"}),
    ],
)
def test_what_tells_one_of_a_series_from_the_next(title: str, which: dict[str, str]):
    assert marks(title) == which


def test_titles_are_compared_by_what_they_are_about():
    assert alike("Påminnelse: Rybs", "SV: rybs (inställt)") == 1
    assert alike("", "Rybs") == 0
    assert alike("Rybs", "Hampa") < 0.6
    assert alike("Rybs i norr", "Rybs") >= 0.6
    assert alike("x" * 100_000, "y" * 100_000) == 0
