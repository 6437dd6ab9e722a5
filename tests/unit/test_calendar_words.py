"""What a person wrote in their calendar's answer is kept; what the program writes by itself is not."""

import pytest

from bot.reading.calendar_words import Press, own_words

PRESS = Press(
    subject="Accepterat: Fältdag i Norrby och sedan",
    titles=("Fältdag", "Fältdag, Norrby"),
    names=("Anna Ek", "Anna", "", "anna@vreta.example.se"),
)
GOOGLE = """Anna Ek har accepterat den här inbjudan.

Fältdag
fredag 27 aug. 2027 ⋅ 13:00 – 14:00
Centraleuropeisk tid

Inbjudan från Google Kalender: https://calendar.google.com/calendar/

Du får det här e-postmeddelandet eftersom du är deltagare.
"""


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n",
        "Fältdag",
        "Accepterat",
        "Accepterat: Fältdag, Norrby",
        "**Accepted:** Fältdag",
        "Accepted: Fältdag @ Fri Aug 27, 2027 1pm - 2pm (CEST) (anna@vreta.example.se)",
        "Accepterat: Fältdag i Norrby och sedan",
        "Anna Ek har accepterat den här inbjudan.",
        "anna@vreta.example.se has accepted this invitation.",
        'Anna Ek has replied "Maybe" to this invitation.',
        "Anna Ek har tackat nej.",
        "Anna Ek kommer kanske.",
        "Fältdag\nNär: den 27 augusti 2027 13:00-14:00.\nPlats: Norrby",
        GOOGLE,
        "Kommer!",
        "Anna har tackat ja till inbjudan.\n\nKan inte",
    ],
)
def test_a_press_alone_says_nothing(text):
    assert own_words(text, "", PRESS) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Jag kommer, men behöver skjuts från stationen.",
        "Bo Ek har accepterat den här inbjudan.",
        "Min chef har tackat nej.",
        "Accepterat: Fältdag men inte lunchen",
        "Anna Ek har tackat nej till lunchen.",
        "Var: vid stationen?",
        "När: efter kl. 13",
        "Kommer ni med bil?",
        "Inbjudan från Google Kalender gick inte att öppna.",
    ],
)
def test_in_doubt_a_line_is_kept(text):
    assert own_words(text, "", PRESS) == text


def test_ones_own_words_stand_without_the_programs():
    assert own_words(f"Jag kommer sent.\n\n{GOOGLE}", "", PRESS) == "Jag kommer sent."
    assert own_words("Accepterat: Fältdag\n\nTar med kaffe.\nOch te.", "", PRESS) == "Tar med kaffe.\nOch te."


def test_a_note_in_the_calendar_is_said_once():
    assert own_words(GOOGLE, "Jag kommer sent.", PRESS) == "Jag kommer sent."
    assert own_words("Jag kommer sent.\nHej", "Jag kommer  sent.", PRESS) == "Jag kommer sent.\nHej"
    assert own_words("Tar bilen.", "Kommer sent.", PRESS) == "Tar bilen.\n\nKommer sent."
    assert own_words("Anna Ek har tackat ja.", "Fältdag", PRESS) == ""


def test_a_note_that_is_in_googles_text_alone_is_kept():
    noted = GOOGLE.replace("den här inbjudan.", "den här inbjudan med en anteckning:\n\n“Jag kommer sent.”")
    assert "Jag kommer sent." in own_words(noted, "", PRESS)
    assert own_words(noted, "Jag kommer sent.", PRESS) == "Jag kommer sent."
