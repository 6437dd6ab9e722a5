"""A mail that passes another on is known, and so is whoever wrote it first; subjects lose what programs put before them."""

from email.message import EmailMessage

import pytest

from bridges.mail.parse import parse
from bridges.mail.replies import bare_subject, first_author, forwarded_from, is_answer, is_forward
from bridges.mail.words import Mailbox

NILS = Mailbox("Nils Berg", "nils@example.se")
LONG = "Välkommen till en dag om vall.\nDen 3 mars i Skara.\n"

HEADS = {
    "Gmail": "---------- Forwarded message ---------\nFrån: Nils Berg <nils@example.se>\nDate: tors 6 aug. 2026 kl 08:41\nSubject: Vall\nTo: <anna@example.se>\n",
    "Gmail, bold": "---------- Forwarded message ---------\nFrån: *Nils Berg* <nils@example.se>\nDate: x\nSubject: Vall\n",
    "Outlook": "Från: Nils Berg <nils@example.se>\nSkickat: den 6 augusti 2026 08:41\nTill: Anna\nÄmne: Vall\n",
    "Outlook of old": "-----Ursprungligt meddelande-----\nFrån: Nils Berg [mailto:nils@example.se]\nSkickat: den 6 augusti 2026 08:41\nTill: Anna\nÄmne: Vall\n",
    "Outlook, doubled": "Från: Nils Berg <nils@example.se<mailto:nils@example.se>>\nSkickat: den 6 augusti 2026 08:41\nÄmne: Vall\n",
    "Outlook, bold": "**Från:** Nils Berg <nils@example.se>\n**Skickat:** den 6 augusti 2026 08:41\n**Ämne:** Vall\n",
    "Outlook, folded": "Från: Nils Berg\n <nils@example.se>\nSkickat: den 6 augusti 2026 08:41\nÄmne: Vall\n",
    "Outlook, in a line": "Från: Nils Berg <nils@example.se> Skickat: den 6 augusti 2026 08:41 Till: Anna Ämne: Vall\n",
    "Apple Mail": "Vidarebefordrat brev:\n\n> Från: Nils Berg <nils@example.se>\n> Ämne: Vall\n> Datum: 6 augusti 2026 08:41:12 CEST\n> Till: anna@example.se\n",
    "Apple Mail, on a Mac": "Början på vidarebefordrat brev:\n\nFrån: Nils Berg <nils@example.se>\nÄmne: Vall\nDatum: 6 augusti 2026\n",
    "Thunderbird": "-------- Vidarebefordrat meddelande --------\nÄmne: \tVall\nDatum: \tThu, 6 Aug 2026 08:41:12 +0200\nFrån: \tNils Berg <nils@example.se>\nTill: \tanna@example.se\n",
    "Thunderbird as a table": "-------- Vidarebefordrat meddelande --------\n| Ämne: | Vall |\n| --- | --- |\n| Datum: | 6 Aug 2026 |\n| Från: | Nils Berg <nils@example.se> |\n",
    "Proton": "------- Forwarded Message -------\nFrom: Nils Berg <nils@example.se>\nDate: On Thursday, August 6th, 2026 at 08:41\nSubject: Vall\nTo: anna@example.se\n",
    "Samsung": "-------- Originalmeddelande --------\nFrån: Nils Berg <nils@example.se>\nDatum: 2026-08-06 08:41\nTill: x\nRubrik: Vall\n",
    "Norwegian": "---------- Videresendt melding ---------\nFra: Nils Berg <nils@example.se>\nDato: x\nEmne: Vall\n",
    "Danish": "Start på videresendt besked:\n\n> Fra: Nils Berg <nils@example.se>\n> Emne: Vall\n",
    "Finnish": "---------- Välitetty viesti ---------\nLähettäjä: Nils Berg <nils@example.se>\nAihe: Vall\n",
    "German": "Anfang der weitergeleiteten Nachricht:\n\n> Von: Nils Berg <nils@example.se>\n> Betreff: Vall\n",
    "English": "Begin forwarded message:\n\n> From: Nils Berg <nils@example.se>\n> Subject: Vall\n",
    "as an answer is quoted": "Den tors 6 aug. 2026 kl 08:41 skrev Nils Berg <nils@example.se>:\n\n> Hej\n",
}


@pytest.mark.parametrize("program", HEADS)
@pytest.mark.parametrize("above", ["", "FYI!\n\n", "Se nedan, det här är något för oss.\n\nMvh\nAnna\n\n"])
def test_whose_mail_is_passed_on(program, above):
    text = f"{above}{HEADS[program]}\n{LONG}"
    assert forwarded_from(text) == NILS
    assert first_author(parse(mail("VB: Vall", text))) == NILS


@pytest.mark.parametrize(
    "program", [program for program in HEADS if "orward" in HEADS[program] or "idare" in HEADS[program]]
)
def test_a_line_that_says_so_is_enough(program):
    assert is_forward("Vall", f"FYI\n\n{HEADS[program]}")
    assert not is_forward("SV: Vall", f"Ja\n\n{HEADS[program]}")


@pytest.mark.parametrize("outer", ["Outlook", "Gmail", "Apple Mail", "Thunderbird"])
@pytest.mark.parametrize("inner", ["Outlook", "Gmail", "Samsung", "Norwegian"])
def test_of_a_mail_passed_on_twice_the_first_writer_is_told(outer, inner):
    between = HEADS[outer].replace("Nils Berg", "Bo Ek").replace("nils@", "bo@").replace("Vall", "VB: Vall")
    assert forwarded_from(f"Till er.\n\n{between}\nKanske något?\n\n{HEADS[inner]}\n{LONG}") == NILS


def test_of_an_answer_passed_on_whoever_answered_is_told():
    older = HEADS["Outlook"].replace("Nils Berg", "Cia Lind").replace("nils@", "cia@")
    assert (
        forwarded_from(f"FYI\n\n{HEADS['Outlook'].replace('Vall', 'SV: Vall')}\nJa, gärna.\n\n{older}\nVill ni?")
        == NILS
    )


def test_a_name_without_an_address_is_told_as_such():
    text = "Från: Nils Berg\nSkickat: den 6 augusti 2026 08:41\nTill: Anna Svensson\nÄmne: Vall\n\nHej"
    assert forwarded_from(text) == Mailbox("Nils Berg", "")


@pytest.mark.parametrize(
    "text",
    [
        "Från Umeå med kärlek",
        "Från: 10 oktober\nTill: 12 oktober",
        "Från: Umeå C\nTill: Skara\nDatum: 3 mars",
        "Anna skrev igår: kom",
        "",
        ">" * 5000,
    ],
)
def test_nobody_is_made_up(text):
    assert forwarded_from(text) is None


def mail(subject: str, text: str = "", html: str = "", enclosed: EmailMessage | None = None) -> bytes:
    message = EmailMessage()
    message["From"] = "Anna Svensson <anna@example.se>"
    message["Subject"] = subject
    if text or not html:
        message.set_content(text or "FYI")
    if html:
        message.add_alternative(html, subtype="html") if text else message.set_content(html, subtype="html")
    if enclosed is not None:
        message.add_attachment(enclosed)
    return bytes(message)


def test_a_mail_enclosed_in_another_has_its_writer_and_that_of_one_in_it():
    inner = EmailMessage()
    inner["From"] = "Nils Berg <nils@example.se>"
    inner["Subject"] = "Vall"
    inner.set_content(LONG)
    assert first_author(parse(mail("Vall i Skara", enclosed=inner))) == NILS
    between = EmailMessage()
    between["From"] = "Bo Ek <bo@example.se>"
    between["Subject"] = "VB: Vall"
    between.set_content("FYI")
    between.add_attachment(inner)
    assert first_author(parse(mail("VB: Vall", enclosed=between))) == NILS


def test_a_mail_of_html_alone_is_read_too():
    html = "<div>FYI</div><div>---------- Forwarded message ---------<br>Från: <b>Nils Berg</b> &lt;<a href='mailto:nils@example.se'>nils@example.se</a>&gt;<br>Subject: Vall<br></div><p>Hej"
    assert first_author(parse(mail("Fwd: Vall", html=html))) == NILS
    assert first_author(parse(mail("Vall", html=html))) == NILS


@pytest.mark.parametrize("subject", ["SV: Vall", "Vall"])
def test_an_answer_and_a_first_mail_pass_nothing_on(subject):
    assert first_author(parse(mail(subject, f"Ja.\n\n{HEADS['Outlook']}\nHej"))) is None


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("SV: VB: Re: Fwd: AW: Vs: Ang: RE[2]: Sv:  FW : Träff", "Träff"),
        ("VL: WG: Antw: Svar: Träff", "Träff"),
        ("Vidarebefordrat: Träff", "Träff"),
        ("Retur: fem pallar", "Retur: fem pallar"),
        ("Angående kursen", "Angående kursen"),
        ("Ang. kursen", "Ang. kursen"),
        ("Svar senast fredag", "Svar senast fredag"),
        ("Svarsdatum: fredag", "Svarsdatum: fredag"),
        ("Refill: vatten", "Refill: vatten"),
        ("[Gröna kluster] SV: Träff", "Träff"),
        ("SV: [Gröna kluster] VB: [gröna kluster] Träff", "Träff"),
        ("[Riksnätet] Re: Träff", "[Riksnätet] Träff"),
        ("Re: [Riksnätet] Sv: Träff", "[Riksnätet] Träff"),
        ("[EXTERN] SV: Träff", "Träff"),
        ("[Skara] Träff", "[Skara] Träff"),
        ("SV: [Skara] Träff", "[Skara] Träff"),
    ],
)
def test_subjects_lose_what_programs_and_lists_put_before_them(subject, bare):
    assert bare_subject(subject, ("Gröna kluster",)) == bare
    assert bare_subject(bare, ("Gröna kluster",)) == bare


@pytest.mark.parametrize(
    ("subject", "answer", "forward"),
    [
        ("[Riksnätet] SV: Träff", True, False),
        ("[Riksnätet] VB: Träff", False, True),
        ("VL: Träff", False, True),
        ("Ang: kursen i mars", False, False),
        ("Svar: ja", True, False),
        ("Retur: fem pallar", False, False),
    ],
)
def test_a_tag_of_a_list_hides_no_prefix(subject, answer, forward):
    assert (is_answer(subject), is_forward(subject, "")) == (answer, forward)
