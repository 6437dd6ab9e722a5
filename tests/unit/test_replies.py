"""The person's own lines are found in an answer, in the ways that Swedish mail programs write them; no line is lost."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.mail.replies import bare_subject, forwarded_from, is_answer, is_forward, new_html, new_text
from bridges.mail.words import Mailbox

NEW = "Hej!\n\nVi kommer gärna, tre personer.\n- Anna\n- Bo"
HISTORY = "Välkommen till fältvandring\npå Norrby gård."

ANSWERS = {
    "Outlook": f"""{NEW}

Från: Nils Berg <nils@example.se>
Skickat: den 12 oktober 2026 10:12
Till: Anna Svensson <anna@example.se>
Kopia: kluster@lista.example.se
Ämne: Fältvandring

{HISTORY}""",
    "Outlook on the web": f"""{NEW}
________________________________
Från: Nils Berg <nils@example.se>
Skickat: måndag 12 oktober 2026 10:12:03
Till: Anna
Ämne: Fältvandring

{HISTORY}""",
    "Outlook as Markdown": f"""{NEW}

**Från:** Nils Berg
**Skickat:** den 12 oktober 2026 10:12
**Till:** Anna
**Ämne:** Fältvandring

{HISTORY}""",
    "old Outlook": f"""{NEW}

-----Ursprungligt meddelande-----
Från: Nils Berg [mailto:nils@example.se]
Skickat: den 12 oktober 2026 10:12
Till: Anna

{HISTORY}""",
    "a separator alone": f"{NEW}\n\n----- Ursprungligt meddelande -----\n{HISTORY}",
    "Samsung": f"""{NEW}

-------- Originalmeddelande --------
Från: Nils Berg <nils@example.se>
Datum: 2026-10-12 10:12 (GMT+01:00)
Till: Anna
Rubrik: Fältvandring

{HISTORY}""",
    "Gmail": f"""{NEW}

Den mån 12 okt. 2026 kl 10:12 skrev Nils Berg <nils@example.se>:

> {HISTORY.splitlines()[0]}
> {HISTORY.splitlines()[1]}
>""",
    "Gmail, wrapped": f"""{NEW}

Den mån 12 okt. 2026 kl 10:12 skrev Nils Berg via Nätverket för gröna kluster <
kluster@lista.example.se>:

> {HISTORY.splitlines()[0]}""",
    "Gmail, wrapped at the last bracket": f"""{NEW}

Den mån 12 okt. 2026 kl 10:12 skrev Nils Berg <nils@example.se
>:

> {HISTORY.splitlines()[0]}""",
    "Apple Mail": f"""{NEW}

> 12 okt. 2026 kl. 10:12 skrev Nils Berg <nils@example.se>:
>
> {HISTORY.splitlines()[0]}""",
    "iPhone": f"""{NEW}

Skickat från min iPhone

> 12 okt. 2026 kl. 10:12 skrev Nils Berg <nils@example.se>:
>
> {HISTORY.splitlines()[0]}""",
    "Outlook for iOS": f"""{NEW}

Skaffa Outlook för iOS<https://aka.ms/o0ukef>
________________________________
Från: Nils Berg <nils@example.se>
Skickat: Monday, October 12, 2026 10:12:03 AM
Till: Anna <anna@example.se>
Ämne: Fältvandring

{HISTORY}""",
    "Thunderbird": f"{NEW}\n\nDen 2026-10-12 kl. 10:12, skrev Nils Berg:\n> {HISTORY.splitlines()[0]}",
    "unquoted history": f"{NEW}\n\nDen 12 okt. 2026 10:12 skrev Nils Berg <nils@example.se>:\n\n{HISTORY}",
    "English": f"{NEW}\n\nOn Mon, Oct 12, 2026 at 10:12 AM Nils Berg <nils@example.se> wrote:\n\n> {HISTORY.splitlines()[0]}",
    "a signature with its mark": f"{NEW}\n\n-- \nAnna Svensson\nVreta Kluster\n\n013-12 34 56",
    "a closing phrase": f"{NEW}\n\nMed vänliga hälsningar\n\nAnna Svensson\nVreta Kluster\n013-12 34 56\nwww.example.se",
    "Mvh": f"{NEW}\n\nMvh Anna",
    "a slash": f"{NEW}\n\n/Anna",
    "everything at once": f"""{NEW}

Vänliga hälsningar,
Anna Svensson

Skickat från min iPhone

Från: Nils Berg <nils@example.se>
Skickat: den 12 oktober 2026 10:12
Till: Anna
Ämne: Fältvandring

{HISTORY}

--
Nils""",
}


def lines(*texts: str) -> Counter[str]:
    return Counter(line.strip() for text in texts for line in text.split("\n") if line.strip())


@pytest.mark.parametrize("program", ANSWERS)
def test_the_answer_alone_is_left_and_the_rest_is_kept(program):
    whole = ANSWERS[program]
    text, trimmed = new_text(whole)
    assert text == NEW
    assert lines(text, trimmed) == lines(whole)


KEPT = {
    "a list": "Så här gör vi:\n- vi bokar\n- vi åker\n-- inte klart än",
    "thanks in the middle": "Tack, det låter bra.\nBest, I think, is that we come.\nVi hörs.",
    "a greeting inside a sentence": "Hälsningar från Umeå skickar vi till alla, och vi ses på torsdag igen i Vreta.",
    "polite words": "Hej\n\nVänligen återkom senast fredag.\nVi behöver veta antalet.",
    "what somebody wrote": "Den här veckan skrev Anna:\nvi behöver en plan.",
    "from and to as words": "Från: Umeå\nTåget går 10.12",
    "a program in two lines": "Från: Umeå\nTill: Uppsala\nDet blir en lång resa.",
    "sent from as words": "Skickat från min byrå, alltså inte från er, är det tyngsta paketet.",
    "a rule": "Del ett\n\n----\n\nDel två",
    "quotes and nothing else": "> Vi ses på torsdag\n> i Umeå",
    "only a greeting": "Mvh Anna",
}


@pytest.mark.parametrize("case", KEPT)
def test_in_doubt_everything_is_kept(case):
    assert new_text(KEPT[case]) == (KEPT[case], "")


def test_answers_below_and_between_quotes_are_found():
    whole = (
        "Den 12 okt. 2026 kl. 10:12 skrev Nils <nils@example.se>:\n> Kommer ni?\n\nJa, tre.\n\n"
        "> När kommer ni?\n\nKlockan nio.\n\n-- \nAnna"
    )
    text, trimmed = new_text(whole)
    assert text == "Ja, tre.\n\nKlockan nio."
    assert lines(text, trimmed) == lines(whole)


def test_an_answer_with_nothing_new_is_empty():
    text, trimmed = new_text(
        "\n\nSkickat från min iPhone\n\n> 12 okt. 2026 kl. 10:12 skrev Nils <n@example.se>:\n> Hej"
    )
    assert text == ""
    assert "Hej" in trimmed


@given(
    st.lists(
        st.one_of(
            st.sampled_from("\n".join([*ANSWERS.values(), *KEPT.values()]).split("\n")),
            st.text(max_size=20),
            st.just(""),
        ),
        max_size=25,
    ).map("\n".join)
)
def test_no_line_is_ever_lost_or_doubled(whole):
    text, trimmed = new_text(whole)
    assert lines(text, trimmed) == lines(whole.replace("\r\n", "\n"))


@pytest.mark.parametrize(
    "mark",
    [
        '<hr style="display:inline-block"><div id="divRplyFwdMsg" dir="ltr"><b>Från:</b> Nils',
        '<div id="appendonsend"></div><hr><div>Från: Nils',
        '<div id="x_x_divRplyFwdMsg">Från: Nils',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>Från:</b> Nils',
    ],
)
def test_html_is_cut_where_outlook_draws_its_line(mark):
    head, history = new_html(f"<p>Vi kommer</p>{mark}</div><p>Det gamla</p>")
    assert head == "<p>Vi kommer</p>"
    assert "Det gamla" in history


def test_html_without_such_a_line_is_whole():
    assert new_html("<p>Hej</p><hr><p>du</p>") == ("<p>Hej</p><hr><p>du</p>", "")


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("SV: Träff", "Träff"),
        ("Sv: VB: RE: FW: fwd: Aw: ANG: vs: Träff", "Träff"),
        ("Re[2]: RE (3): SV : Träff", "Träff"),
        ("RE：Träff", "Träff"),
        ("  SV:  Träff   i  Umeå ", "Träff i Umeå"),
        ("SV:", ""),
        ("Svar på frågan: ja", "Svar på frågan: ja"),
        ("Rekrytering: vi söker", "Rekrytering: vi söker"),
        ("VS Code: tips", "VS Code: tips"),
        ("Inbjudan: SV: nej", "Inbjudan: SV: nej"),
        ("Angelägenhet", "Angelägenhet"),
        ("", ""),
    ],
)
def test_prefixes_are_taken_off_a_subject(subject, bare):
    assert bare_subject(subject) == bare


@pytest.mark.parametrize(
    ("subject", "text", "forward"),
    [
        ("VB: Träff", "", True),
        ("Fwd: SV: Träff", "", True),
        ("SV: VB: Träff", "", False),
        ("Träff", "FYI\n\n-------- Vidarebefordrat meddelande --------\nFrån: x", True),
        ("Träff", "Vidarebefordrat brev:\n\nFrån: x", True),
        ("Träff", "---------- Forwarded message ---------\nFrom: x", True),
        ("SV: Träff", "Ja\n\n---------- Forwarded message ---------\nFrom: x", False),
        ("Träff", "Hej", False),
    ],
)
def test_what_is_passed_on_is_told_from_an_answer(subject, text, forward):
    assert is_forward(subject, text) is forward
    assert not (forward and is_answer(subject))


def test_whose_mail_was_passed_on():
    assert forwarded_from("FYI\n\n*Från:* Nils Berg [mailto:Nils@example.se]\nSkickat: i går") == Mailbox(
        "Nils Berg", "nils@example.se"
    )
    assert forwarded_from("From: Nils Berg <nils@example.se>\nDate: x") == Mailbox("Nils Berg", "nils@example.se")
    assert forwarded_from("Från Umeå med kärlek") is None
