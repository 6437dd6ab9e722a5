"""A writer's card is told from what the writer says, in the ways that people end their letters."""

import pytest

from bridges.mail.replies import new_text

TEXT = "Hej Nils!\n\nTack för inbjudan. Vi kommer gärna, tre personer från oss.\nFinns det parkering?"

#: Each stands below the text and is cut whole. The sender is Anna Svensson.
SIGNATURES = {
    "a phrase and a name": "Med vänlig hälsning\nAnna Svensson",
    "a phrase, an empty line and a card": "Med vänliga hälsningar,\n\nAnna Svensson\nKommunikatör\nVreta Kluster\n013-12 34 56\nanna@vreta.example\nwww.vreta.example",
    "an office": """Vänliga hälsningar

Anna Svensson
Näringslivsutvecklare
Sektor samhällsbyggnad
Skara kommun
Rådhuset, Södra Kyrkogatan 2
532 88 Skara
Telefon: 0511-320 00
Mobil: 070-123 45 67
anna.svensson@skara.example
www.skara.example

När du skickar e-post till Skara kommun behandlar vi dina personuppgifter. Läs mer på vår webbplats om hur vi gör.""",
    "an agency in two languages": """Med vänlig hälsning
Anna Svensson
Samverkanslektor

Lantbruksuniversitetet
Institutionen för växtproduktion
Box 7043, 750 07 Uppsala
Tel. +46 18 67 10 00, mob. 072-555 12 34

---
När du mejlar till universitetet innebär det att universitetet behandlar dina personuppgifter. Mer om det finns här.
E-mailing the university means that it will process your personal data. Read more here.""",
    "a slogan": "Mvh\nAnna\n\nAnna Svensson, projektledare\nGröna dalen\n0700-11 22 33\n\nTillsammans får vi landsbygden att växa!",
    "pictures and links to follow": """Hälsningar
Anna

Anna Svensson
Verksamhetsledare
Tel: 070 123 45 67

[cid:image001.png@01DB2A3C.5F1B7C40]
[Logotyp: Gröna dalen]
Följ oss: Facebook | LinkedIn | Instagram
Prenumerera på vårt nyhetsbrev: https://grona.example/nyhetsbrev""",
    "a secret": """Vänligen
Anna Svensson
Jurist

Detta mejl är konfidentiellt och endast avsett för mottagaren. Om du har fått det av misstag ber vi dig att radera det.
This e-mail is confidential and intended solely for the addressee. If you are not the intended recipient, please delete it.""",
    "the trees": "Mvh\nAnna\n\nTänk på miljön innan du skriver ut det här mejlet.",
    "abbreviated": "Mvh Anna",
    "abbreviated, with a comma": "Mvh, Anna Svensson",
    "abbreviated with stops": "M.v.h. Anna",
    "small letters": "mvh anna",
    "capitals and slash": "MVH/Anna",
    "alone": "Mvh",
    "with the place": "Hälsningar från Anna på Vreta",
    "with the weather": "Soliga hälsningar från Skara,\nAnna",
    "green": "Gröna hälsningar\nAnna Svensson",
    "three adjectives": "Många varma och gröna hälsningar,\n\nAnna",
    "the season": "Midsommarhälsningar Anna",
    "short": "Hälsn. Anna",
    "warm": "Kram\nAnna",
    "with a face": "Mvh Anna 😊",
    "with a smile": "Hälsningar\nAnna :)",
    "a slash": "/Anna",
    "two slashes": "//Anna Svensson",
    "a slash and a space": "/ Anna",
    "a slash, small": "/anna",
    "a slash and a place": "/Anna, Vreta Kluster",
    "a name": "Anna",
    "a dash and a name": "- Anna",
    "the whole name": "Anna Svensson",
    "two of us": "Anna och Bo",
    "initials": "Anna S",
    "a card without a phrase": "Anna Svensson\nProjektledare\nVreta Kluster\n070-123 45 67\nanna.svensson@vreta.example",
    "a card in a line": "Anna Svensson | Projektledare | 070-123 45 67\nVreta Kluster | www.vreta.example",
    "a person's own, and the program's": "/Anna\n\nMed vänlig hälsning\nAnna Svensson\nVreta Kluster\n013-12 34 56",
    "Swedish and English": "Med vänlig hälsning / Best regards\n\nAnna Svensson\nVreta Kluster",
    "English": "Kind regards,\nAnna Svensson\nCluster manager",
    "English, brief": "Best,\nAnna",
    "Norwegian": "Med vennlig hilsen\nAnna Svensson\nRådgiver\nTlf. 0047 22 33 44 55",
    "Danish": "De bedste hilsner\nAnna Svensson\nKonsulent",
    "Finnish": "Ystävällisin terveisin\nAnna Svensson\nErikoistutkija",
    "German": "Mit freundlichen Grüßen\nAnna Svensson\nReferentin",
    "the mark": "-- \nAnna Svensson\nVreta Kluster\n\nVi finns på Vreta gård.",
    "the mark without its space": "--\nAnna Svensson\nVreta Kluster",
    "a long dash": "—\nAnna Svensson\nVreta Kluster",
    "a rule": "____________________\nAnna Svensson\nVreta Kluster\n013-12 34 56",
    "a phrase above the mark": "Mvh Anna\n\n-- \nAnna Svensson\nVreta Kluster",
    "a telephone": "Skickat från min iPhone",
    "a telephone below a phrase": "Mvh Anna\n\nSkickat från min iPhone",
    "Outlook on a telephone": "Hämta Outlook för iOS<https://aka.ms/o0ukef>",
    "Proton, with a link as Markdown": "Sent with [Proton Mail](https://proton.example/mail/home) secure email.",
    "Outlook on another": "Skaffa Outlook för Android",
    "Samsung": "Skickat från min Galaxy",
    "a Norwegian telephone": "Sendt fra min iPhone",
    "a Danish Outlook": "Hent Outlook til iOS",
    "a Finnish telephone": "Lähetetty iPhonesta",
    "a German telephone": "Von meinem iPhone gesendet",
    "a list": "_______________________________________________\nLandsbygd mailing list\nlandsbygd@lists.example.se\nhttps://lists.example.se/mailman/listinfo/landsbygd",
    "a place that is no name": "Mvh Anna på kansliet",
    "the crowd": "/Anna och gänget på kansliet",
    "all of us": "Hälsningar från alla oss på Vreta Kluster",
    "on behalf": "På uppdrag av styrelsen\nAnna Svensson\nordförande",
    "a name and a title": "Anna Svensson\nProjektledare, Vreta Kluster",
    "a county": """Med vänlig hälsning

Anna Svensson
Landsbygdsutvecklare
Länsstyrelsen i länet
Telefon direkt: 010-224 00 00
E-post: anna.svensson@lst.example

Så här hanterar vi dina personuppgifter: www.lst.example/dataskydd""",
    "stars around it": "Bästa hälsningar,\nAnna\n\n***********************\nAnna Svensson, professor\nInst. för stad och land\n+46 18 67 00 00\n***********************",
    "signs for telephones": "Hälsningar Anna\n\n📞 070-123 45 67\n📧 anna@vreta.example",
    "how she is spoken of": "Med vänliga hälsningar\n\nAnna Svensson (hon/henne)\nKommunikationsansvarig\nGröna dalen",
    "a picture described by its program": "Mvh Anna\n\n[En bild som visar text, logotyp. Automatiskt genererad beskrivning]",
    "an offer": "Mvh\nAnna\n\nAnna Svensson\nEkokött AB\n070-123 45 67\n\nVill du veta mer om våra produkter? Besök oss på www.ekokott.example",
    "when she works": "Mvh\nAnna Svensson\nSkara kommun\n0511-320 00\n\nJag arbetar måndag till torsdag.",
}


@pytest.mark.parametrize("case", SIGNATURES)
def test_a_signature_is_cut_and_the_text_is_whole(case):
    assert new_text(f"{TEXT}\n\n{SIGNATURES[case]}", "Anna Svensson") == (TEXT, SIGNATURES[case])


#: Below a closing and yet said: what is left of each, and what is cut.
SAID_BELOW = {
    "a postscript": ("Mvh\nAnna\n\nPS. Vi tar med fika.", "PS. Vi tar med fika."),
    "a postscript, close": ("Mvh Anna\nPS Glöm inte stövlarna.", "PS Glöm inte stövlarna."),
    "a postscript in lines": (
        "/Anna\n\nP.S. Vi kommer med tåg\noch behöver skjuts.",
        "P.S. Vi kommer med tåg\noch behöver skjuts.",
    ),
    "mind this": ("Mvh\nAnna Svensson\n\nOBS! Ny lokal: Ladan.", "OBS! Ny lokal: Ladan."),
    "a question": ("Mvh Anna\n\nKan du skicka dagordningen?", "Kan du skicka dagordningen?"),
    "a sentence": (
        "Mvh Anna\n\nVi kan också ta det på tisdag om det passar bättre.",
        "Vi kan också ta det på tisdag om det passar bättre.",
    ),
    "a sentence above the card": (
        "Mvh Anna\n\nHör av dig om du undrar något.\n\nAnna Svensson\nVreta Kluster\n013-12 34 56",
        "Hör av dig om du undrar något.",
    ),
    "a postscript above the card": (
        "Mvh Anna\n\nPS: Bo är allergisk mot nötter.\n\nMed vänlig hälsning\nAnna Svensson\nVreta Kluster\n013-12 34 56",
        "PS: Bo är allergisk mot nötter.",
    ),
    "a second thought below the card": (
        "Mvh\nAnna Svensson\nSkara kommun\n0511-320 00\n\nHej igen! Glömde skriva att vi står som medarrangör.",
        "Hej igen! Glömde skriva att vi står som medarrangör.",
    ),
    "when and where": ("Mvh\nAnna\n\nTid: kl. 13\nPlats: Skara", "Tid: kl. 13\nPlats: Skara"),
    "a numbered list": ("Mvh Anna\n\n1. Ja\n2. Nej, inte förrän i maj", "1. Ja\n2. Nej, inte förrän i maj"),
    "while she is away": ("Mvh\nAnna\n\nJag har semester v. 28, ring Bo då.", "Jag har semester v. 28, ring Bo då."),
    "who comes": ("Mvh Anna\n\nDeltagare:\nBo Ek\nCia Lind", "Deltagare:\nBo Ek\nCia Lind"),
}


@pytest.mark.parametrize("case", SAID_BELOW)
def test_what_is_said_below_a_closing_stays(case):
    below, said = SAID_BELOW[case]
    assert new_text(f"{TEXT}\n\n{below}", "Anna Svensson").text == f"{TEXT}\n\n{said}"


#: Nothing of these is a signature, whoever sends them. The sender is Anna Svensson.
KEPT = {
    "a salutation": "Hej Anna,\n\nvi kommer.",
    "who comes": "Vi anmäler oss:\n\nAnna Svensson\nBo Ek\nCia Lind",
    "who comes, herself last": "Vi blir tre:\nBo Ek\nCia Lind\nAnna Svensson",
    "who comes, with addresses": "Anmäl de här två:\n\nAnna Svensson, anna@vreta.example\nBo Ek, bo@vreta.example",
    "who comes, by title": "Vi är två\n\nAnna Svensson, rådgivare\nBo Ek, agronom",
    "who comes, in a line": "Det blir vi tre.\n\nAnna, Bo och Cia",
    "an application": "Hej,\n\nAnna Svensson\n070-123 45 67\nanna@vreta.example\nVegetarian",
    "an application with labels": "Anmälan\n\nNamn: Anna Svensson\nTelefon: 070-123 45 67\nKost: vegetariskt",
    "where to send it": "Skicka fakturan till\n\nAnna Svensson\nVreta Kluster\nKlostervägen 2\n590 77 Vreta Kloster\n\nTack!",
    "where it is": "Här är adressen:\n\nVreta Kluster\nKlostervägen 2\n590 77 Vreta Kloster\n\nVälkommen!",
    "a programme": "Här är programmet:\n\n10.00 Inledning\nAnna Svensson\n10.30 Fika\n\n11.00 Vall\nBo Ek",
    "when and where below dashes": "Bra.\n\n--\nTid: 13\nPlats: Skara\nTalare: Bo",
    "on somebody's behalf": "På uppdrag av styrelsen\n\nskickar jag det här.",
    "a greeting that was read": "Hälsning från kungen lästes upp.\nSedan åt vi.",
    "the best, in English": "Best regards to all of you from Skara.\n\nSee you.",
    "parts of a programme": "Jag har två punkter:\n\nÄmne: vall\nTill: alla\nFrån: styrelsen\n\nÄmne: bete\nTill: några",
    "somebody to ask": "Ring henne du.\n\nLisa Berg\n070-765 43 21\nlisa@annan.example",
    "somebody else alone": "Det är hon som håller i det.\n\nLisa",
    "a list": "Så här gör vi:\n- vi bokar\n- vi åker\n-- inte klart än",
    "a greeting to pass on": "Hälsa alla! Hälsningar från Umeå skickar vi till er, och vi ses i Vreta på torsdag igen.",
    "polite words": "Hej\n\nVänligen återkom senast fredag.\nVi behöver veta antalet.",
    "a greeting and then the matter": "Hälsningar\n\nVi behöver veta antalet senast fredag, kan du ordna det?",
    "a letter in the text": "Så här tänkte jag skriva:\n\nHej alla!\nVälkomna till Vreta.\nMed vänlig hälsning\nStyrelsen\n\nVad tycker du?\nBlir det bra om vi skickar det på måndag?\nJag kan ändra.\nVi kan också vänta.\nDet är inte bråttom.\nDu kan svara i morgon.",
    "parts of a text": "Del ett\n\n--\n\nDel två är längre, och det är den som vi ska prata om.",
    "a rule": "Del ett\n\n----\n\nDel två",
    "thanks": "Tack!",
    "only a greeting": "Mvh Anna",
    "only a name": "Anna",
    "sent from as words": "Skickat från min byrå, alltså inte från er, är det tyngsta paketet.",
    "who answers what": "Ansvariga:\n/Anna\n/Bo",
    "personal data as the matter": "Vi behöver ett avtal innan vi delar listan. Universitetet behandlar personuppgifter i dag, men inte era.",
    "a telephone number": "Ring mig på 070-123 45 67 när du är framme.\nVi möter dig vid stationen.",
    "the best": "Bäst vore på tisdag.\n\nBest before: 12 maj",
}


@pytest.mark.parametrize("case", KEPT)
def test_in_doubt_nothing_is_a_signature(case):
    assert new_text(KEPT[case], "Anna Svensson") == (KEPT[case], "")


def test_a_name_alone_is_a_signature_only_when_it_is_the_senders():
    assert new_text("Vi kommer.\n\nAnna").text == "Vi kommer.\n\nAnna"
    assert new_text("Vi kommer.\n\nAnna", "Bo Ek").text == "Vi kommer.\n\nAnna"
    assert new_text("Vi kommer.\n\nÅsa", "asa.lind").text == "Vi kommer."


def test_an_answer_that_is_a_name_is_an_answer():
    whole = "> Vem håller i det?\n\nAnna\n\n> Och vem kommer?\n\nBo"
    assert new_text(whole, "Anna Svensson").text == "Anna\n\nBo"


def test_a_signature_above_the_quote_is_cut_and_an_answer_below_it_stays():
    whole = (
        "Ja.\n\n-- \nAnna\n\nDen 3 maj 2026 kl. 10:12 skrev Nils <nils@example.se>:\n> Kommer ni?\n\nOch vi tar med Bo."
    )
    assert new_text(whole, "Anna Svensson").text == "Ja.\n\nOch vi tar med Bo."
