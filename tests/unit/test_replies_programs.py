"""An answer is told from the mail it answers, as each mail program of each language writes it in plain text."""

from itertools import product

import pytest

from bridges.mail.replies import new_text

NEW = "Hej!\n\nDet passar bra, vi blir fyra.\n- Två åker tåg\n- Två åker bil"
OLD = ("Hej Anna,", "", "kommer ni på torsdag? Se också sidan 3.", "", "Med vänlig hälsning", "Nils")
BARE = "\n".join(OLD)
MARKED = "\n".join(f"> {line}".rstrip() for line in OLD)
MAIL = "nils.berg@example.se"

#: What stands above a quote that is marked with ">".
ABOVE_A_QUOTE = {
    "Gmail sv": f"Den tors 6 aug. 2026 kl 08:41 skrev Nils Berg <{MAIL}>:\n",
    "Gmail sv, wrapped": f"Den tors 6 aug. 2026 kl 08:41 skrev Nils Berg, Hushållningssällskapet Väst <\n{MAIL}>:\n",
    "Gmail sv, last bracket": f"Den tors 6 aug. 2026 kl 08:41 skrev Nils Berg <{MAIL}\n>:\n",
    "Gmail no": f"tor. 6. aug. 2026 kl. 08:41 skrev Nils Berg <{MAIL}>:\n",
    "Gmail da": f"Den tors. 6. aug. 2026 kl. 08.41 skrev Nils Berg <{MAIL}>:\n",
    "Gmail fi": f"to 6. elok. 2026 klo 8.41 Nils Berg ({MAIL}) kirjoitti:\n",
    "Gmail en": f"On Thu, Aug 6, 2026 at 8:41 AM Nils Berg <{MAIL}> wrote:\n",
    "Gmail de": f"Am Do., 6. Aug. 2026 um 08:41 Uhr schrieb Nils Berg <{MAIL}>:\n",
    "Gmail, another": f"jeu. 6 août 2026 à 08:41, Nils Berg <{MAIL}> a écrit :\n",
    "Apple Mail sv": f"6 aug. 2026 kl. 08:41 skrev Nils Berg <{MAIL}>:\n",
    "Apple Mail sv, name alone": "6 aug. 2026 kl. 08:41 skrev Nils Berg:\n",
    "Apple Mail en": f"On 6 Aug 2026, at 08:41, Nils Berg <{MAIL}> wrote:\n",
    "Apple Mail no": f"6. aug. 2026 kl. 08:41 skrev Nils Berg <{MAIL}>:\n",
    "Apple Mail da": f"Den 6. aug. 2026 kl. 08.41 skrev Nils Berg <{MAIL}>:\n",
    "Apple Mail de": f"Am 06.08.2026 um 08:41 schrieb Nils Berg <{MAIL}>:\n",
    "Apple Mail fi": f"Nils Berg <{MAIL}> kirjoitti 6.8.2026 kello 8.41:\n",
    "Thunderbird sv": "Den 2026-08-06 kl. 08:41, skrev Nils Berg:",
    "Thunderbird en": "On 06/08/2026 08:41, Nils Berg wrote:",
    "Thunderbird de": "Am 06.08.26 um 08:41 schrieb Nils Berg:",
    "Thunderbird no": "Den 06.08.2026 08:41, skrev Nils Berg:",
    "Roundcube": "Nils Berg skrev den 2026-08-06 08:41:",
    "Proton sv": f"Den torsdag 6 augusti 2026 kl. 08:41, Nils Berg <{MAIL}> skrev:\n",
    "Proton en": f"On Thursday, August 6th, 2026 at 08:41, Nils Berg <{MAIL}> wrote:\n",
    "Horde": f"Citerar Nils Berg <{MAIL}>:\n",
    "a name": "Nils Berg skrev:",
    "Spark": f"Den 6 aug. 2026 kl. 08:41 +0200 skrev Nils Berg <{MAIL}>:",
}


def head(labels: str, clock: str = "den 6 augusti 2026 08:41", *, bold: str = "", to: str = "Anna Svensson") -> str:
    """Four fields or three, by the words of a language."""
    values = {
        4: (f"Nils Berg <{MAIL}>", clock, to, "SV: Träff i Skara"),
        3: (f"Nils Berg <{MAIL}>", clock, "Träff i Skara"),
    }
    names = labels.split()
    return "\n".join(f"{bold}{name}:{bold} {value}" for name, value in zip(names, values[len(names)], strict=True))


SV, NO, DA, FI, EN, DE = (
    "Från Skickat Till Ämne",
    "Fra Sendt Til Emne",
    "Fra Sendt Til Emne",
    "Lähettäjä Lähetetty Vastaanottaja Aihe",
    "From Sent To Subject",
    "Von Gesendet An Betreff",
)
LINE = "_" * 32

#: What stands above the old mail when nothing marks its lines.
ABOVE_THE_OLD_MAIL = {
    "Outlook sv": head(SV),
    "Outlook no": head(NO, "torsdag 6. august 2026 08:41"),
    "Outlook da": head(DA, "6. august 2026 08:41"),
    "Outlook fi": head(FI, "torstai 6. elokuuta 2026 8.41"),
    "Outlook en": head(EN, "Thursday, August 6, 2026 8:41 AM"),
    "Outlook de": head(DE, "Donnerstag, 6. August 2026 08:41"),
    "Outlook sv without Till": head("Från Skickat Ämne"),
    "Outlook sv, bold": head(SV, bold="*"),
    "Outlook sv, bold as Markdown": head(SV, bold="**"),
    "Outlook sv, spaced": head(SV).replace("\n", "\n\n"),
    "Outlook sv, folded": f"Från: Nils Berg, Hushållningssällskapet\n <{MAIL}>\nSkickat: den 6 augusti 2026 08:41\nTill: Anna Svensson;\n Bo Ek; Cia Lind\nKopia: Dag Åberg\nÄmne: Träff\n i Skara",
    "Outlook sv, no line breaks": head(SV).replace("\n", " "),
    "Outlook sv, priority": head(SV) + "\nPrioritet: Hög",
    "Outlook sv, names alone": "Från: Nils Berg\nSkickat: den 6 augusti 2026 08:41\nTill: Anna Svensson\nKopia: Bo Ek\nÄmne: Träff",
    "Outlook sv, with mailto": f"Från: Nils Berg [mailto:{MAIL}]\nSkickat: den 6 augusti 2026 08:41\nTill: Anna\nÄmne: Träff",
    "Outlook of old": f"-----Ursprungligt meddelande-----\n{head(SV)}",
    "Outlook of old, en": f"-----Original Message-----\n{head(EN)}",
    "Outlook of old, de": f"-----Ursprüngliche Nachricht-----\n{head(DE)}",
    "Outlook of old, no": f"-----Opprinnelig melding-----\n{head(NO)}",
    "Outlook of old, da": f"-----Oprindelig meddelelse-----\n{head(DA)}",
    "Outlook of old, fi": f"-----Alkuperäinen viesti-----\n{head(FI)}",
    "Outlook, a meeting": f"-----Ursprunglig avtalad tid-----\n{head(SV)}",
    "Outlook web": f"{LINE}\n{head(SV)}",
    "Outlook for iOS": f"Hämta Outlook för iOS<https://aka.ms/o0ukef>\n{LINE}\n{head(SV, 'Thursday, August 6, 2026 8:41:12 AM')}",
    "Outlook for Android": f"Skaffa Outlook för Android<https://aka.ms/AAb9ysg>\n{LINE}\n{head(SV)}",
    "Outlook for Mac": head("Från Datum Till Ämne", "torsdag 6 augusti 2026 08:41"),
    "Samsung": f"Skickat från min Galaxy\n\n\n-------- Originalmeddelande --------\n{head('Från Datum Till Ämne', '2026-08-06 08:41 (GMT+01:00)')}",
    "Proton of old": f"-------- Originalmeddelande --------\nDen 6 aug. 2026 08:41, Nils Berg <{MAIL}> skrev:",
    "Zimbra": f'----- Ursprungligt meddelande -----\nFrån: "Nils Berg" <{MAIL}>\nTill: "Anna" <anna@example.se>\nSkickat: torsdag, 6 aug 2026 8:41:12\nÄmne: Träff',
    "Yahoo": f"    Den torsdag 6 augusti 2026 08:41:12 CEST, Nils Berg <{MAIL}> skrev:  ",
    "GroupWise": f">>> Nils Berg <{MAIL}> 2026-08-06 08:41 >>>",
    "Lotus": "Från:\tNils Berg/VGR\nTill:\tAnna Svensson <anna@example.se>\nDatum:\t2026-08-06 08:41\nÄrende:\tTräff i Skara",
    "attribution, unmarked": f"Den 6 aug. 2026 08:41 skrev Nils Berg <{MAIL}>:",
    "passed on": f"---------- Forwarded message ---------\n{head('Från Date To Subject')}",
}


@pytest.mark.parametrize("program", ABOVE_A_QUOTE)
def test_a_marked_quote_and_the_line_that_says_whose_it_is_are_cut(program):
    text, trimmed = new_text(f"{NEW}\n\n{ABOVE_A_QUOTE[program]}\n{MARKED}\n")
    assert text == NEW
    assert "kommer ni på torsdag" in trimmed
    assert "Nils" in trimmed.split("> ")[0]


@pytest.mark.parametrize("program", ABOVE_A_QUOTE)
def test_the_line_above_may_be_quoted_itself(program):
    above = "\n".join(f"> {line}" for line in ABOVE_A_QUOTE[program].strip().split("\n"))
    assert new_text(f"{NEW}\n\nSkickat från min iPad\n\n{above}\n{MARKED}").text == NEW


@pytest.mark.parametrize("program", ABOVE_A_QUOTE)
def test_an_answer_below_the_quote_and_between_quotes_is_found(program):
    quote = "> Kommer ni på torsdag?"
    assert new_text(f"{ABOVE_A_QUOTE[program]}\n{quote}\n\n{NEW}").text == NEW
    between = f"{ABOVE_A_QUOTE[program]}\n{quote}\nJa.\n> Hur många?\nFyra.\n>\n> Nils"
    assert new_text(between).text == "Ja.\n\nFyra."


@pytest.mark.parametrize(("program", "end"), list(product(ABOVE_THE_OLD_MAIL, ("\r\n", "\n"))))
def test_an_unmarked_old_mail_is_cut_to_the_end(program, end):
    text, trimmed = new_text(f"{NEW}\n\n{ABOVE_THE_OLD_MAIL[program]}\n\n{BARE}\n".replace("\n", end))
    assert text == NEW
    assert trimmed.endswith("Med vänlig hälsning\nNils")


@pytest.mark.parametrize("program", ABOVE_THE_OLD_MAIL)
def test_a_signature_above_the_old_mail_goes_too(program):
    signature = "Vänliga hälsningar\n\nAnna Svensson\nVreta Kluster\n013-12 34 56"
    whole = f"{NEW}\n\n{signature}\n\n{ABOVE_THE_OLD_MAIL[program]}\n\n{BARE}\n"
    assert new_text(whole, "Anna Svensson").text == NEW


#: Forms that are met now and then.
UNUSUAL = {
    "a head with spaces before colons": f"Från : Nils Berg <{MAIL}>\nSkickat : den 6 augusti 2026\nÄmne : Träff",
    "a head with hard spaces": f"Från:\xa0Nils Berg <{MAIL}>\nSkickat:\xa0den 6 augusti 2026\nTill:\xa0Anna\nÄmne:\xa0Träff",
    "a head in capitals": f"FRÅN: Nils Berg <{MAIL}>\nSKICKAT: 2026-08-06\nÄMNE: Träff",
    "a head below another rule": f"==========\nFrån: Nils Berg <{MAIL}>\nSkickat: 2026-08-06\nÄmne: Träff",
    "a head with copies": f"Från: Nils Berg <{MAIL}> \nDatum: torsdag, 6 augusti 2026 kl. 08:41 \nTill: Anna <a@example.se> \nKopia: b@example.se <b@example.se> \nÄmne: Träff ",
    "a head that mixes languages": f"From: Nils Berg <{MAIL}>\nSkickat: Thursday, August 6, 2026 8:41 AM\nTo: Anna\nÄmne: Re: Träff",
    "heads below heads": f"{head(SV)}\n\nHej\n\n{head(EN)}",
    "a list's head": f"{LINE}\nFrån: Nils Berg\nSkickat: den 6 augusti 2026 08:41\nTill: kluster@lista.example.se\nÄmne: SV: [Kluster] Träff",
}


@pytest.mark.parametrize("form", UNUSUAL)
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n\n\n\n"])
def test_unusual_heads_are_known(form, gap):
    assert new_text(f"{NEW}{gap}{UNUSUAL[form]}\n\n{BARE}").text == NEW


def test_a_quote_may_begin_in_the_line_below_the_text_and_end_in_a_telephones_mark():
    whole = f"{NEW}\nDen 6 augusti 2026 08:41:12 CEST, skrev Nils Berg <{MAIL}>:\n>Hej\n>Anna\n-- \nSkickat från min Android-enhet. Ursäkta att jag är kortfattad."
    assert new_text(whole).text == NEW


#: People's own words, that look like those of a mail program.
KEPT = {
    "what somebody wrote": "Anna skrev igår: vi behöver en plan.",
    "what somebody wrote, and then": "Anna skrev igår:\nvi behöver en plan.",
    "what the government wrote": 'Den 3 maj skrev regeringen:\n\n"Vi satsar på landsbygden."\n\nVad gör vi av det?',
    "what the government wrote, with the hour": "Den 3 maj kl. 10.15 skrev regeringen:\n\nVi satsar.",
    "this week": "Den här veckan skrev Anna:\nvi behöver en plan.",
    "a journey": "Från: Umeå C\nTill: Uppsala\nDatum: 3 mars 2027 kl. 10.12\n\nVi ses på perrongen.",
    "an invitation": "Datum: 3 mars\nTid: 13–15\nPlats: Skara\nTill: kluster\nÄmne: vall",
    "an invitation, from when": "Från: 10 oktober\nTill: 12 oktober\nÄmne: betesdrift\nDatum: se ovan",
    "an invitation in a line": "Datum: 3 mars Plats: Skara Till: alla",
    "to whom": "Till: kluster\n\nNi är välkomna.",
    "a lost parcel": "Från: centrallagret\nTill: er\nbör det gå på två dagar.",
    "rules": "Del ett\n\n------------\n\nDel två\n\n____________\n\nDel tre",
    "stars": "Först\n\n* * *\n\nSedan",
    "the message": "Det ursprungliga meddelandet kom aldrig fram.",
    "an arrow": "Skara -> Vreta\n> 100 personer kom",
    "numbers": "Vi räknar med att\n> 30 lantbrukare kommer,\nsom förra året.",
    "on the whole": "On the whole it went well.\nOn Thursday we meet again:\n10.15 at the farm.",
}


@pytest.mark.parametrize("case", KEPT)
def test_in_doubt_everything_is_kept(case):
    assert new_text(KEPT[case], "Bo Ek") == (KEPT[case], "")


@pytest.mark.parametrize(
    "says",
    [
        "Se mina svar i rött nedan.",
        "Jag svarar i texten.",
        "Mina kommentarer inline.",
        "Svar nedan i ditt mejl:",
        "See my answers below.",
    ],
)
def test_answers_inside_an_old_mail_that_nothing_marks_are_not_lost(says):
    whole = f"{says}\n\n{ABOVE_THE_OLD_MAIL['Outlook sv']}\n\nKommer ni?\nJa, fyra.\nVill ni ha lunch?\nGärna."
    assert new_text(whole) == (whole, "")


def test_an_old_mail_with_nothing_above_it_may_hold_the_answer():
    whole = f"{ABOVE_THE_OLD_MAIL['Outlook sv']}\n\nKommer ni?\n\nJa, vi kommer."
    assert new_text(whole) == (whole, "")


def test_an_empty_answer_from_a_telephone_is_empty():
    assert new_text(f"\n{ABOVE_THE_OLD_MAIL['Outlook for iOS']}\n\n{BARE}").text == ""
