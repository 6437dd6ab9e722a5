"""What sort of thing a mail is, and what it wants with it, as people write in Swedish and English."""

import time

import pytest

from bot.reading import read
from bot.reading.intents import Wish, intent_of
from bridges.mail.parse import parse
from storage.words import Intent, Kind

ZONE = "Europe/Stockholm"
BULK = "List-Unsubscribe: <https://tool.example/u/1>\r\n"


def reading(subject: str, text: str, headers: str = "", *, answer: bool = False, tag: str | None = None):
    head = f"From: Karin Lind <karin@agro.example>\r\nDate: Mon, 2 Nov 2026 09:00:00 +0100\r\nSubject: {subject}\r\n"
    kind = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    raw = f"{head}{headers}{kind}\r\n{text}\r\n".encode()
    return read(parse(raw), tag, ZONE, answer=answer)


KINDS = [
    # what the sender calls it
    ("Inbjudan: Vad kostar en egen kvarn?", "Hej! Vi ses i Skara.", Kind.INVITATION),
    ("Påminnelse: inbjudan till Stallbyggardag", "Hej igen", Kind.INVITATION),
    ("Kallelse till årsstämma", "Ordinarie stämma hålls i Ås.", Kind.INVITATION),
    ("Nyhetsbrev nr 7: inbjudan till höstens träffar", "Läs om allt.", Kind.NEWSLETTER),
    ("Höstens nyhetsbrev från Agro Väst", "Läs om allt.", Kind.NEWSLETTER),
    ("Månadsbrev oktober", "Mycket är på gång.", Kind.NEWSLETTER),
    ("Efterlysning: gård att besöka i maj", "Vi kommer gärna den 4 eller 6 maj.", Kind.QUESTION),
    ("Fråga till er andra", "Hur räknar ni ut priset på mjölk till barista?", Kind.QUESTION),
    ("Lästips: ny rapport om kalkning", "https://exempel.se/kalk", Kind.TIP),
    ("Utlysning om biogas", "Ansök senast den 15 december.", Kind.TIP),
    # its words
    ("Webbinarium om vallfrö", "Vi bjuder på en timme om frö.", Kind.INVITATION),
    ("Träff i Ånge nästa torsdag", "Kaffe finns.", Kind.INVITATION),
    ("INSTÄLLT: skogskvällen", "Tyvärr.", Kind.INVITATION),
    ("Stängsel och varg", "Välkommen till en kväll om stängsel. Anmäl dig senast fredag.", Kind.INVITATION),
    (
        "Vad händer med mjölken?",
        "Välkommen till en kväll om mjölken i Laholm. Anmälan görs via länken.",
        Kind.INVITATION,
    ),
    ("Biokol", "Hej! Har någon av er provat biokol i ströbädd? Tacksam för svar.", Kind.QUESTION),
    ("Partner sökes till ansökan", "Vi skriver om insekter.", Kind.QUESTION),
    ("Samarbete", "Vi söker ett kluster som vill vara med i vår ansökan.", Kind.QUESTION),
    ("Hur gör ni med arrenden?", "Vi har många frågor från medlemmar.", Kind.QUESTION),
    ("Har ni tid att mötas 26 november kl. 13?", "Vi behöver hjälp.", Kind.QUESTION),
    ("Har ni ont om folk? Webbinarium 26 november kl. 13", "Vi berättar.", Kind.INVITATION),
    ("Looking for a partner in Sweden", "We work with peas.", Kind.QUESTION),
    ("Kolla här", "En bra sida: https://exempel.se/sida", Kind.TIP),
    ("Hej", "Det blev regn i natt.", Kind.TIP),
    # what is not what it seems
    ("Ny broschyr", "Vår broschyr är klar: https://exempel.se/b\n\nFrågor? Kontakta Eva på 070-123 45 67.", Kind.TIP),
    ("Fältvandring i Alsen", "Välkommen.\n\nHar du frågor? Ring Eva.", Kind.INVITATION),
    ("Lövsångaren flyger", "En bild: https://exempel.se/b\nVid frågor, vem har svaren? Jo, Eva.", Kind.TIP),
    ("Vi söker en projektledare", "Sista ansökningsdag är 1 december. Läs mer: https://exempel.se/jobb", Kind.TIP),
    ("Pressmeddelande: Nytt center i Ås", "Idag invigs det.", Kind.TIP),
    ("Minnesanteckningar från träffen i Ås", "Närvarande: Eva, Nils.", Kind.TIP),
    ("Inspelningen från webbinariet om vallfrö", "Se den här: https://exempel.se/film", Kind.TIP),
    ("Vårt nyhetsbrev har en inbjudan", "Läs i nyhetsbrevet.", Kind.NEWSLETTER),
    ("Mötet skjuts upp", "Vi hör av oss.", Kind.INVITATION),
    ("Boka in den 4 mars", "Då har vi Gröna dagen.", Kind.INVITATION),
    ("Ny kollega hos oss", "Vi hälsar Eva varmt välkommen till klustret.", Kind.TIP),
    ("Välkommen till vår nya hemsida", "Den ligger här: https://exempel.se", Kind.TIP),
    ("Hur mår svensk mjölk?", "Ny rapport: https://exempel.se/r", Kind.TIP),
    ("Lägesrapport", "Projektet går bra.", Kind.TIP),
    ("Huvudkontoret flyttas till Jönköping", "Det skriver tidningen: https://exempel.se", Kind.TIP),
    (
        "Mötesplats Skog",
        "Vi saknar erfarenheter. Vet någon av er en bra lokal? Vi har fått en inbjudan.",
        Kind.QUESTION,
    ),
]


@pytest.mark.parametrize(("subject", "text", "kind"), KINDS)
def test_the_kind(subject: str, text: str, kind: Kind):
    assert reading(subject, text).kind is kind


def test_what_a_tool_sends_out_is_a_newsletter_unless_it_invites():
    several = "\n\n".join(f"RUBRIK {n}\nOm detta.\nLäs mer: https://a.example/{n}" for n in range(4))
    bulk = f"{BULK}Precedence: bulk\r\n"
    assert reading("Vad händer i höst?", several, bulk).kind is Kind.NEWSLETTER
    assert reading("Kort från oss", "Det mesta är som vanligt.", bulk).kind is Kind.NEWSLETTER
    assert reading("Vad händer i höst?", "Välkommen till vår träff", bulk).kind is Kind.INVITATION
    assert reading("Inbjudan: träff i Ås", "Välkommen till vår träff", BULK).kind is Kind.INVITATION
    assert reading("Nyhetsbrev", "Hej", tag="tips").kind is Kind.TIP


INTENTS = [
    # off
    ("INSTÄLLT: Fältvandring om rybs", "Hej alla", Intent.CANCELLATION),
    ("Fältvandring om rybs – inställd", "Hej alla", Intent.CANCELLATION),
    ("Fältvandring om rybs ställs in", "Hej alla", Intent.CANCELLATION),
    ("Avlyst: frukostmöte", "Hej alla", Intent.CANCELLATION),
    ("Träffen utgår", "Hej alla", Intent.CANCELLATION),
    ("Cancelled: webinar on peas", "Hello", Intent.CANCELLATION),
    ("Träffen på torsdag", "Hej! Tyvärr måste vi ställa in träffen på torsdag.", Intent.CANCELLATION),
    ("Kursdagen i Ås", "Hej!\n\nVi är för få, så kursdagen blir tyvärr inte av.", Intent.CANCELLATION),
    ("Kursdagen i Ås", "Kursdagen är inställd på grund av sjukdom.", Intent.CANCELLATION),
    ("Webbinariet om vätgas", "Webbinariet om vätgas är inställt.", Intent.CANCELLATION),
    ("Inställt: träffen, nytt datum meddelas", "Hej", Intent.CANCELLATION),
    ("Vandringen", "Det blir tyvärr inget av med vandringen.", Intent.CANCELLATION),
    ("Workshop om peas", "Unfortunately the workshop has been cancelled.", Intent.CANCELLATION),
    # not off
    ("Träffen är inte inställd", "Vi ses som planerat på träffen.", Intent.NEW),
    ("Inbjudan till träff", "Var inställd på att gå i lera. Ta med stövlar till träffen.", Intent.NEW),
    ("Inbjudan till träff", "Vi är inställda på att bli många på träffen.", Intent.NEW),
    ("Inbjudan till vandring", "Vandringen ställs in vid storm.", Intent.NEW),
    ("Inbjudan till kurs", "Om vi blir färre än tio ställs kursen in.", Intent.NEW),
    ("Inbjudan till kurs", "Kursen kan ställas in om intresset är för litet.", Intent.NEW),
    ("Inbjudan till kurs", "Förra årets kurs blev inställd, men nu kör vi.", Intent.NEW),
    ("Inbjudan till kurs i att ställa in såmaskinen", "Vi ställer in oss på höst.", Intent.NEW),
    ("Inställning av såmaskiner, kursdag", "Välkommen.", Intent.NEW),
    ("Inbjudan till kurs", "Vi utgår från gårdens egna siffror på kursdagen.", Intent.NEW),
    ("Inbjudan till möte", "Arvode utgår till deltagare i mötet.", Intent.NEW),
    ("Inbjudan till möte", "Har du avbokat din plats på mötet får du pengarna åter.", Intent.NEW),
    # moved, and otherwise changed
    ("Flyttad: Fältvandring om rybs", "Hej", Intent.UPDATE),
    ("Nytt datum för fältvandringen", "Hej", Intent.UPDATE),
    ("Ny tid: fältvandring", "Hej", Intent.UPDATE),
    ("Träff i Ås – ny lokal", "Hej", Intent.UPDATE),
    ("Inställt 3 mars, flyttas till 10 mars", "Hej", Intent.UPDATE),
    ("Förlängd anmälan till kursdagen", "Hej", Intent.UPDATE),
    ("Fullbokat: kursdagen i Ås", "Hej", Intent.UPDATE),
    ("Rättelse: träff i Ås", "Hej", Intent.UPDATE),
    ("Uppdatering: träffen i Ås", "Hej", Intent.UPDATE),
    ("Träffen i Ås", "Hej! Vi har fått byta lokal till träffen: ny lokal är Hörsalen.", Intent.UPDATE),
    ("Träffen i Ås", "Mötet flyttas fram till den 12 mars.", Intent.UPDATE),
    ("Träffen i Ås", "Träffen den 3 mars ställs in. Nytt datum är den 10 mars.", Intent.UPDATE),
    ("Postponed: workshop", "Hello", Intent.UPDATE),
    ("New date for the workshop", "Hello", Intent.UPDATE),
    # not changed
    ("Nytidens lantbruk, webbinarium", "Välkommen till webbinariet.", Intent.NEW),
    ("Webbinarium: En ny tid för lantbruket", "Välkommen till webbinariet.", Intent.NEW),
    ("Inbjudan till träff", "Vi har flyttat hem produktionen och berättar om det på träffen.", Intent.NEW),
    ("Uppdatering om läget för fågelinfluensan, webbinarium", "Välkommen.", Intent.NEW),
    # again
    ("Påminnelse: fältvandring på torsdag", "Hej", Intent.REMINDER),
    ("Påminnelse om sista anmälningsdag till kursdagen", "Hej", Intent.REMINDER),
    ("Reminder: workshop on peas", "Hello", Intent.REMINDER),
    ("Sista chansen att anmäla sig till kursdagen", "Hej", Intent.REMINDER),
    ("Fältvandring på torsdag", "Hej!\n\nJag vill bara påminna om fältvandringen på torsdag.", Intent.REMINDER),
    ("Fältvandring på torsdag", "Hej, en liten påminnelse om vandringen.", Intent.REMINDER),
    ("Påminner om morgondagens lunchwebb", "Hej", Intent.REMINDER),
    ("Sista dag att anmäla sig till kursdagen", "Hej", Intent.REMINDER),
    ("Några platser kvar till kursdagen", "Hej", Intent.REMINDER),
    # not again
    ("Inbjudan till möte", "En påminnelse skickas dagen innan mötet.", Intent.NEW),
    ("Inbjudan till möte, ingen påminnelse behövs", "Boka rum själv till mötet.", Intent.NEW),
    ("Inbjudan till möte", "Du får en påminnelse två dagar före mötet.", Intent.NEW),
    # a day to keep
    ("Save the date: Gröna dagen 4 mars", "Hej", Intent.SAVE_THE_DATE),
    ("Spara datumet! Nätverksträff", "Hej", Intent.SAVE_THE_DATE),
    ("Nätverksträff i mars", "Boka in datumet redan nu, inbjudan kommer.", Intent.SAVE_THE_DATE),
    ("Inbjudan till nätverksträff", "Boka in datumet i kalendern och anmäl dig senast fredag.", Intent.NEW),
    ("Boka in den 4 mars", "Då har vi Gröna dagen. Program kommer.", Intent.SAVE_THE_DATE),
    ("Nästa nätverksträff", "Vilket datum passar er bäst? Fyll i senast fredag.", Intent.DATE_POLL),
    ("Doodle för styrgruppsmöte", "Kryssa i.", Intent.DATE_POLL),
    # afterwards
    ("Inspelningen från webbinariet om rybs", "Se den.", Intent.RECORDING),
    ("Missade du webbinariet om rybs?", "Se det.", Intent.RECORDING),
    ("Webbinariet om rybs", "Tack för igår! Nu finns inspelningen på vår sida.", Intent.RECORDING),
    ("Webbinarium om rybs", "Webbinariet spelas in och kan ses i efterhand.", Intent.NEW),
    ("Webbinarium om rybs", "Inspelningen kommer att skickas ut till anmälda.", Intent.NEW),
    # newsletters tell of others
    ("Nyhetsbrev: inställda resor", "Läs mer.", Intent.NEW),
    ("Nyhetsbrev november", "Kursdagen i Ås är inställd. Nytt datum för träffen i Skara.", Intent.NEW),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "text", "intent"), INTENTS)
def test_the_intent(subject: str, text: str, intent: Intent):
    assert reading(subject, text).intent is intent


@pytest.mark.parametrize(
    ("subject", "text", "intent"),
    [
        ("SV: Träff i Ås", "Tyvärr måste vi ställa in träffen, Nils är sjuk.", Intent.CANCELLATION),
        ("SV: Träff i Ås", "Mötet flyttas till kl. 14.", Intent.UPDATE),
        ("SV: Träff i Ås", "Är träffen inställd?", Intent.NEW),
        ("SV: Träff i Ås", "Bra påminnelse, vi kommer!", Intent.NEW),
        ("SV: Påminnelse: träff i Ås", "Vi kommer!", Intent.NEW),
        ("SV: Träff i Ås", "Kommer inspelningen att läggas ut?", Intent.NEW),
    ],
)
def test_an_answer_says_of_the_thread_what_it_says_itself(subject: str, text: str, intent: Intent):
    assert reading(subject, text, "In-Reply-To: <a@b>\r\n", answer=True).intent is intent


@pytest.mark.parametrize(
    "unit", ["påminnelse ", "inställt ", "kommer inte ", "a", "å.", "\n", "om ", "_", "@", "ställs "]
)
def test_any_text_is_read_in_bounded_time(unit: str):
    began = time.process_time()
    for kind in (Kind.INVITATION, Kind.TIP, Kind.NEWSLETTER):
        intent_of(Wish(subject=unit * 20_000, text=unit * 200_000, kind=kind))
    reading(unit.strip() * 2_000 or "x", unit * 100_000)
    assert time.process_time() - began < 5
