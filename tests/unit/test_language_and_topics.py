"""Which language a text is in, and which of the network's topics it speaks of."""

import time

import pytest

from bot.reading.language import language_of
from bot.reading.topics import TOPIC_WORDS, topics_in


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hej, vi ses på torsdag och det blir kaffe", "sv"),
        ("Fältvandring Norrby gård", "sv"),
        ("Save the date: Gröna dagen", "sv"),
        ("Webbinarium: From Farm to Fork, anmäl dig senast fredag", "sv"),
        ("42", "sv"),
        ("", "sv"),
        ("https://the.example/and/of/the", "sv"),
        ("AI", "sv"),
        ("Tack för senast, vi hörs. Best regards, Eva", "sv"),
        ("Invitation: workshop on peas", "en"),
        ("Dear all, you are welcome to the workshop. Please register by Friday.", "en"),
        ("Thank you!", "en"),
        ("Hei alle sammen! Vi ønsker dere velkommen til et møte om melk, og det blir kaffe. Gi beskjed om hva du vil.", "no"),
        ("Hej alle. Vi vil gerne byde jer velkommen til et møde om mælk, og der er også kaffe. Hvad mener I? Tak, Mette", "da"),
        ("Hei, tervetuloa tilaisuuteen! Ilmoittaudu viimeistään perjantaina, se on maksuton. Kiitos ja terveisin Aino", "fi"),
        ("Sehr geehrte Damen und Herren, wir laden Sie herzlich zu einem Treffen ein. Bitte melden Sie sich bei mir.", "de"),
        ("Wir sehen uns", "sv"),
    ],
)  # fmt: skip
def test_the_language(text: str, language: str):
    assert language_of(text) == language


ALL = tuple(TOPIC_WORDS)


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Hemberedskapsdagen i Vara", {"krisberedskap", "beredskap"}),
        ("Hur klarar gården självhushållningen?", {"självförsörjning"}),
        ("Kapitalförsörjningen i Norrland", {"kapitalförsörjning"}),
        ("Vi fick såddkapital och riskkapitalet kom sedan", {"kapitalförsörjning"}),
        ("Ett nytt regelverk och förenklingsarbetet", {"regler och villkor"}),
        ("Affärsmodellen REKO-ring", {"nya affärsmodeller"}),
        ("Yrkeshögskolan möter kompetensbristen", {"kompetensförsörjning"}),
        ("Bevattningsdammar och grundvattnet", {"vatten"}),
        ("Vi är i beredskap att hjälpa till, hälsar Vattenfalls Eva <eva@vatten.example>", set()),
        ("Läs mer på https://klimat.example/vatten", set()),
        ("Kaffe och bulle", set()),
    ],
)
def test_the_topics_by_our_own_words(text: str, topics: set[str]):
    assert set(topics_in(text, ALL)) == topics


def test_topics_come_in_the_order_of_the_settings_as_they_are_spelt_there():
    text = "Vallodling och krisberedskapen"
    assert topics_in(text, ["Vall", "vatten", "Krisberedskap"]) == ("Vall", "Krisberedskap")
    assert topics_in("Ett intervall", ["vall"]) == ()
    assert topics_in(text, []) == ()


def test_an_administrator_adds_words_to_a_topic():
    text = "Nu öppnar vi skafferiet i stugan"
    assert topics_in(text, ["krisberedskap", "mathantverk"]) == ()
    more = {"Krisberedskap": ["skafferi"], "mathantverk": ["ysteri", "gårdsbageri"]}
    assert topics_in(text, ["krisberedskap", "mathantverk"], more) == ("krisberedskap",)
    assert topics_in("Gårdsbageriet", ["mathantverk"], more) == ("mathantverk",)


@pytest.mark.parametrize("unit", ["a", "a ", "@", "a@", "\n", "vatten", "i ur och ", "www."])
def test_any_text_is_read_in_bounded_time(unit: str):
    began = time.process_time()
    language_of(unit * 400_000)
    topics_in(unit * 400_000, ALL)
    assert time.process_time() - began < 5
