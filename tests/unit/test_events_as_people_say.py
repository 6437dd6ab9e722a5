"""What people write when they invite in their own words, and the hour, the place, the way to sign up and the last day of each."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.reading.events import events_in

#: A Monday.
SENT = datetime(2026, 10, 5, 9, tzinfo=ZoneInfo("Europe/Stockholm"))
WRITER = "rut@example.org"

#: Subject, text, and of each event: start, end, place, address or link, last day. None: not looked at.
SAID: tuple[tuple[str, str, tuple[tuple[str, str | None, str | None, str | None, str | None], ...]], ...] = (
    (
        "Träff om jord",
        "Vi ses torsdag 12 november kl 13-15 på Lövsta. Bokningen stänger måndag 2 november: https://example.org/boka",
        (("2026-11-12T13:00", None, "Lövsta", "https://example.org/boka", "2026-11-02"),),
    ),
    (
        "Höstmöte",
        "Torsdag 12 november kl 18-20 i bygdegården i Ås.\n\nOSA 3/11 till Per, per@example.org.",
        (("2026-11-12T18:00", None, "bygdegården i Ås", "per@example.org", "2026-11-03"),),
    ),
    (
        "Grillkväll",
        "Fredag 13 november kl 17 hos Nybergs i Ås. Vi behöver veta hur många ni blir senast onsdagen innan. Mejla mig!",
        (("2026-11-13T17:00", None, "Nybergs", "rut@example.org", "2026-11-11"),),
    ),
    (
        "Workshop om vatten",
        "Onsdag 18 november kl 9-12, Folkets Hus i Ås. Anmälan är öppen t.o.m. fredag 6 november på https://example.org/e/1",
        (("2026-11-18T09:00", None, "Folkets Hus", "https://example.org/e/1", "2026-11-06"),),
    ),
    (
        "Workshop om vatten",
        "Onsdag 18 november kl 9-12 i Ås. Anmälan stängs söndag 8 november kl. 23.59. Anmäl dig här: https://example.org/e/1",
        (("2026-11-18T09:00", None, "Ås", "https://example.org/e/1", "2026-11-08T23:59"),),
    ),
    (
        "Study visit",
        "Join us on Wednesday 18 November at 10 am at the Dairy Centre. Please let Lisa know by Friday 6 November: lisa@example.org.",
        (("2026-11-18T10:00", None, "Dairy Centre", "lisa@example.org", "2026-11-06"),),
    ),
    (
        "Study visit",
        "Wednesday 18 November, 10:00-14:00, Lund. Last call to register is 11 November, https://example.org/r",
        (("2026-11-18T10:00", None, "Lund", "https://example.org/r", "2026-11-11"),),
    ),
    (
        "Studiebesök på Lövsta",
        "Tisdag 17 november kl 10. Vill du följa med? Svara på mejlet senast den 10 november.",
        (("2026-11-17T10:00", None, "Lövsta", "rut@example.org", "2026-11-10"),),
    ),
    (
        "Studiebesök",
        "Tisdag 17 november kl 10 på Lövsta. Hör av dig till mig senast torsdagen veckan innan om du vill åka med.",
        (("2026-11-17T10:00", None, "Lövsta", "rut@example.org", "2026-11-12"),),
    ),
    (
        "Kurs: bin",
        "Kursen går tisdag 17 november kl 18 i Ås. Sista dagen att boka plats på kursen är 9 november. Boka här: https://example.org/k?utm_source=a",
        (("2026-11-17T18:00", None, "Ås", "https://example.org/k", "2026-11-09"),),
    ),
    (
        "Kurs: bin",
        "Kursen går tisdag 17 november kl 18 i Ås. Platserna är begränsade, så skicka ett mejl till eva@example.org före den 9 november. Frågor? Ring Bo, bo@example.org.",
        (("2026-11-17T18:00", None, "Ås", "eva@example.org", "2026-11-09"),),
    ),
    (
        "Kurs",
        "Tisdag 17 november kl 18 i Ås. Ny sista anmälningsdag: 10 november (tidigare 3 november). Anmäl dig på https://example.org/k",
        (("2026-11-17T18:00", None, "Ås", "https://example.org/k", "2026-11-10"),),
    ),
    (
        "Kurs",
        "Tisdag 17 november kl 18 i Ås. Du har till och med den sista oktober på dig att anmäla dig: https://example.org/k",
        (("2026-11-17T18:00", None, "Ås", "https://example.org/k", "2026-10-31"),),
    ),
    (
        "Årsmöte",
        "Årsmötet hålls lördag 28 november kl 14 i Ås bygdegård. Motioner ska vara inne senast 1 november. Anmäl dig för mat till kansli@example.org senast 20 november.",
        (("2026-11-28T14:00", None, "Ås bygdegård", "kansli@example.org", "2026-11-20"),),
    ),
    (
        "Lunchmöte",
        "Fredag 13 november kl 12 på Torget. Återkom senast tisdag 10 november om du kommer, så bokar jag bord.",
        (("2026-11-13T12:00", None, "Torget", "", "2026-11-10"),),
    ),
    (
        "Mässa i Ås",
        "Vi åker till mässan torsdag 19 november. Bussen går från torget kl 7.30 och vi är hemma igen ca kl 18. Anmälan till Bo på bo@example.org senast två veckor innan.",
        (("2026-11-19T07:30", "2026-11-19T18:00", None, "bo@example.org", "2026-11-05"),),
    ),
    (
        "Höstens webbinarier",
        "Vi kör tre tisdagar:\n\n- 20 oktober: Jord\n- 3 november: Vatten\n- 17 november: Luft\n\nVarje gång kl 12-12.45 på Teams. Anmäl dig senast dagen innan på https://example.org/w",
        (
            ("2026-10-20T12:00", "2026-10-20T12:45", None, "https://example.org/w", "2026-10-19"),
            ("2026-11-03T12:00", "2026-11-03T12:45", None, "https://example.org/w", "2026-11-02"),
            ("2026-11-17T12:00", None, None, "https://example.org/w", "2026-11-16"),
        ),
    ),
    (
        "Kurs i fyra delar",
        "Onsdagarna 4, 11, 18 och 25 november kl 18-20 i Ås. Senaste dag för anmälan är 28 oktober, via https://example.org/k",
        (
            ("2026-11-04T18:00", None, "Ås", "https://example.org/k", "2026-10-28"),
            ("2026-11-11T18:00", None, "Ås", "https://example.org/k", "2026-10-28"),
            ("2026-11-18T18:00", None, "Ås", "https://example.org/k", "2026-10-28"),
            ("2026-11-25T18:00", None, "Ås", "https://example.org/k", "2026-10-28"),
        ),
    ),
    (
        "Konferens 18-19 november",
        "Vi startar onsdag 18 november kl 10 och avslutar torsdag 19 november kl 15. Plats: Hotell Nord, Ås.",
        (("2026-11-18T10:00", "2026-11-19T15:00", "Hotell Nord", "", None),),
    ),
    (
        "Lunch till lunch",
        "Från onsdag 18 november kl 12 till torsdag 19 november kl 13 på Lövsta slott.",
        (("2026-11-18T12:00", "2026-11-19T13:00", "Lövsta", "", None),),
    ),
    (
        "Dygnet runt",
        "Hackathon fredag 20 november från kl 8 till kl 12 dagen efter, i Ås.",
        (("2026-11-20T08:00", "2026-11-21T12:00", "Ås", "", None),),
    ),
    (
        "Loppis hos oss",
        "Välkomna till loppis på Lövsta lördag 24 oktober!\n\nÖppet kl 10-14.\n\nVill ni sälja? Skriv till loppis@example.org senast den 20:e.",
        (("2026-10-24T10:00", "2026-10-24T14:00", "Lövsta", "loppis@example.org", "2026-10-20"),),
    ),
    (
        "Julmarknad",
        "Söndag 6 december\nÖppet 11–15\nLövsta herrgård",
        (("2026-12-06T11:00", "2026-12-06T15:00", "Lövsta herrgård", "", None),),
    ),
    ("Inbjudan", "Hej, här kommer inbjudan till höstträffen 21/10 i Ås.", (("2026-10-21", None, "Ås", "", None),)),
    (
        "Fullt! Gårdsbesöket 22 oktober",
        "Gårdsbesöket torsdag 22 oktober är fullt. Väntelista: mejla lo@example.org. Ni som ska med: vi samlas kl 9.15 vid kyrkan i Ås.",
        (("2026-10-22T09:15", None, None, "lo@example.org", None),),
    ),
    (
        "Mingel",
        "Torsdag 22 oktober mellan 16 och 18 är du välkommen till Innovationshuset i Ås. Meddela mig om du kommer, helst före 15 oktober.",
        (("2026-10-22T16:00", "2026-10-22T18:00", "Innovationshuset", "rut@example.org", "2026-10-15"),),
    ),
    (
        "Möte",
        "Onsdag 21 oktober kl 10-11 i Teams, länk kommer. Osa till pia@example.org snarast, dock senast 16/10.",
        (("2026-10-21T10:00", None, None, "pia@example.org", "2026-10-16"),),
    ),
    (
        "Nätverksfrukost",
        "Kaffet är klart från 7.30 och vi börjar 8 onsdag 21 oktober på Kontoret i Ås. Deadline för anmälan: fredag. https://example.org/f",
        (("2026-10-21T08:00", None, "Kontoret", "https://example.org/f", "2026-10-09"),),
    ),
    (
        "Temadag",
        "Onsdag 21 oktober kl 9-15 på Naturbruk i Ås. Anmäl er till Kim senast i morgon, kim@example.org",
        (("2026-10-21T09:00", None, "Naturbruk", "kim@example.org", "2026-10-06"),),
    ),
    (
        "Skogskväll",
        "Hej!\n\nNästa vecka är det dags: skogskväll hos familjen Berg i Ås, torsdag 15 oktober 18.00.\n\nÄr du på? Skicka en rad till lo@example.org före tisdag.\n\nFrågor: ring Bo 070-123 45 67",
        (("2026-10-15T18:00", None, "Ås", "lo@example.org", "2026-10-06"),),
    ),
    (
        "Vinprovning",
        "Torsdag 15/10 kl 18.30 på Vinbaren i Ås. O.S.A. senast 12/10 till kim@example.org",
        (("2026-10-15T18:30", None, "Vinbaren", "kim@example.org", "2026-10-12"),),
    ),
    (
        "Frukost om el",
        "Tis 20/10, 7.30–9.00, Kommunhuset, Ås. Anmälan: https://example.org/e (senast sön 18/10)",
        (("2026-10-20T07:30", None, "Kommunhuset", "https://example.org/e", "2026-10-18"),),
    ),
    (
        "Kurs i sylt",
        "Datum: 24 oktober\nTid: 10-16\nPlats: Skolköket, Ås\nKostnad: 400 kr\nAnmälan: lo@example.org\nSista dag: 17 oktober",
        (("2026-10-24T10:00", "2026-10-24T16:00", "Skolköket", "lo@example.org", "2026-10-17"),),
    ),
    (
        "Workshop",
        "Dear all,\n\nPlease join our workshop on 22 October, 1-4 pm, at Hotel Nord in Lund. RSVP to kim@example.org no later than 15 October.",
        (("2026-10-22T13:00", "2026-10-22T16:00", "Hotel Nord", "kim@example.org", "2026-10-15"),),
    ),
    (
        "Webinar on soil",
        "The webinar takes place on Thursday 22 October at 14.00-15.00 CEST. Sign up before 20 October: https://example.org/soil?utm_campaign=z",
        (("2026-10-22T14:00", "2026-10-22T15:00", None, "https://example.org/soil", "2026-10-20"),),
    ),
    (
        "Dinner",
        "We'd love to see you Friday 23 October at 7 pm at The Barn, Ås. Just reply to this email by Monday 19 October.",
        (("2026-10-23T19:00", None, "Barn", "rut@example.org", "2026-10-19"),),
    ),
    (
        "Studieresa till Öland",
        "5-6 november åker vi till Öland. Avresa torsdag 5 november kl 7 från Resecentrum, hemkomst fredag kl 18. Anmäl dig till resan senast 20 oktober: lo@example.org",
        (("2026-11-05T07:00", None, None, "lo@example.org", "2026-10-20"),),
    ),
    (
        "Påminnelse: Odlarträff",
        "Glöm inte odlarträffen på torsdag (8 oktober) kl 17.30 på Biblioteket i Ås! Det finns fyra platser kvar, sista chansen att boka är i morgon: https://example.org/b",
        (("2026-10-08T17:30", None, "Biblioteket", "https://example.org/b", "2026-10-06"),),
    ),
    (
        "Höstträff",
        "Höstträff lördag 24 oktober\nKl. 10.00–15.00\nHembygdsgården, Ås\n\nTa med matsäck. Anmäl gärna till Bo (bo@example.org) senast veckan innan.",
        (("2026-10-24T10:00", "2026-10-24T15:00", "Hembygdsgården", "bo@example.org", None),),
    ),
    (
        "Save the date: Bioekonomidagen",
        "Boka in 3 december redan nu! Hela dagen på Kongresshallen i Ås. Anmälan öppnar 1 november.",
        (("2026-12-03", None, "Kongresshallen", "", None),),
    ),
    (
        "Flyttat: Fältdagen",
        "Fältdagen flyttas till torsdag 22 oktober kl 9-12, på grund av regnet. Samma plats som tidigare (Lövsta gård). Sista anmälningsdag blir därför 19 oktober, https://example.org/f",
        (("2026-10-22T09:00", "2026-10-22T12:00", "Lövsta gård", "https://example.org/f", "2026-10-19"),),
    ),
    (
        "Inbjudan Jordbruksdagen",
        "Jordbruksdagen\nTorsdag 5 november 2026\n09.00-16.00\nFolkets Park, Ås\n\nAnmälan senast torsdag 22 oktober kl 12.00 via länken: https://example.org/j\nVid frågor kontakta lo@example.org",
        (("2026-11-05T09:00", "2026-11-05T16:00", "Folkets Park", "https://example.org/j", "2026-10-22T12:00"),),
    ),
    (
        "Styrelsemöte",
        "Kallelse till styrelsemöte tisdag 20 oktober kl 17 via Zoom. Meddela förhinder senast söndag till sekr@example.org.",
        (("2026-10-20T17:00", None, None, None, None),),
    ),
    (
        "Har du en idé?",
        "Har någon en bra idé för bygden? Ta med den till Idékvällen på Magasinet i Ås onsdag 21 oktober kl 18–20. Ingen föranmälan.",
        (("2026-10-21T18:00", "2026-10-21T20:00", "Magasinet", "", None),),
    ),
    (
        "Två föreläsningar",
        "Måndag 12 oktober kl 18: Om bin\nMåndag 19 oktober kl 18: Om humlor\n\nBåda hålls på Biblioteket i Ås. Anmäl dig till båda senast 9 oktober på https://example.org/a.",
        (
            ("2026-10-12T18:00", None, "Biblioteket", "https://example.org/a", "2026-10-09"),
            ("2026-10-19T18:00", None, "Biblioteket", "https://example.org/a", "2026-10-09"),
        ),
    ),
    (
        "Hösten i föreningen",
        "- 17 oktober: Städdag, samling kl 10 vid Lokalen\n- 14 november: Surströmmingskväll kl 18, anmälan till Bo bo@example.org senast 7 november\n- 12 december: Julgröt kl 14",
        (
            ("2026-10-17T10:00", None, None, "", None),
            ("2026-11-14T18:00", None, None, "bo@example.org", "2026-11-07"),
            ("2026-12-12T14:00", None, None, "", None),
        ),
    ),
    (
        "Seminarier i höst",
        "| Datum | Tid | Tema | Anmäl senast |\n|---|---|---|---|\n| 4 november | 9-11 | Jord | 1 november |\n| 11 november | 9-11 | Vatten | 8 november |\n\nAnmäl dig till kansli@example.org.",
        (
            ("2026-11-04T09:00", None, None, "kansli@example.org", "2026-11-01"),
            ("2026-11-11T09:00", None, None, "kansli@example.org", "2026-11-08"),
        ),
    ),
    (
        "Kurs om stöd",
        "Kursen ges digitalt den 4:e november kl. 13. Intresserad? Anmäl dig senast en vecka före kursstart till lo@example.org.",
        (("2026-11-04T13:00", None, None, "lo@example.org", "2026-10-28"),),
    ),
    (
        "Skördefest",
        "Lördagen den 24 oktober från klockan elva till fyra har vi skördefest på Solgården i Ås. Vill ni ha marknadsbord, hör av er till Eva på eva@example.org senast den 16 oktober.",
        (("2026-10-24T11:00", "2026-10-24T16:00", "Solgården", "eva@example.org", "2026-10-16"),),
    ),
    (
        "Länkarna",
        "Anmälan görs [här](https://example.org/reg?utm_source=a&id=4). Sista dag: 10/11. Mötet är den 17 november kl 13.15-16 i Aulan på Campus Ås.",
        (("2026-11-17T13:15", "2026-11-17T16:00", "Aulan", "https://example.org/reg?id=4", "2026-11-10"),),
    ),
    (
        "Digital fika",
        "Fredag 16 oktober kl 9.30-10 ses vi på Teams: https://teams.microsoft.com/l/meetup-join/abc. Ingen anmälan behövs, bara klicka!",
        (("2026-10-16T09:30", "2026-10-16T10:00", None, "", None),),
    ),
    (
        "Middag",
        "Middagen är tisdag 20 oktober, 18.30, Restaurang Ek i Ås. Kan du komma? Maila Pia (pia@example.org) om allergier och om du kommer, allra senast på fredag.",
        (("2026-10-20T18:30", None, "Restaurang Ek", "pia@example.org", "2026-10-09"),),
    ),
    (
        "Ystning på Bryngården",
        "Hej vänner!\n\nFredagen den trettonde november öppnar vi ysteriet för er. Kom mellan 14 och 16.30, parkera vid ladan.\n\nGlöm inte att säga till senast tisdag samma vecka, enklast till ost@example.org.",
        (("2026-11-13T14:00", "2026-11-13T16:30", "Bryngården", "ost@example.org", "2026-11-10"),),
    ),
    (
        "Träff 4",
        "Nästa träff blir ons 4/11 kl 15-17 hos Lisas Chark i Ås. Anmälan krävs inte.",
        (("2026-11-04T15:00", "2026-11-04T17:00", "Lisas Chark", "", None),),
    ),
    (
        "Energikväll",
        "Datum och tid: 5 nov, 18.00\nVar: Byskolan i Ås\nAnmäl: https://example.org/e, gärna före månadsskiftet men senast 3 nov",
        (("2026-11-05T18:00", None, "Byskolan", "https://example.org/e", "2026-11-03"),),
    ),
    (
        "Webinar",
        "Join us for a webinar on Nov 5 at 2pm CET. Registration closes Nov 3. Register: https://example.org/w",
        (("2026-11-05T14:00", None, None, "https://example.org/w", "2026-11-03"),),
    ),
    (
        "Invitation",
        "You are invited to our open day on Saturday, 7th of November, 11am to 3pm, at Green Farm near Lund. Please RSVP by 1 November to hi@example.org",
        (("2026-11-07T11:00", "2026-11-07T15:00", "Green Farm", "hi@example.org", "2026-11-01"),),
    ),
    (
        "Skogsdag",
        "Lördag 7 november, kl 9.30. Samling vid Ås kyrka. Anmälan (för korvens skull) görs till Ulf, ulf@example.org, senast 4 november.",
        (("2026-11-07T09:30", None, "Ås kyrka", "ulf@example.org", "2026-11-04"),),
    ),
    (
        "Hybridmöte",
        "Torsdag 5 november 13–15 på Kontoret i Ås eller via Teams. Anmäl om du kommer fysiskt senast 2/11 här: https://example.org/f",
        (("2026-11-05T13:00", "2026-11-05T15:00", "Kontoret", "https://example.org/f", "2026-11-02"),),
    ),
    (
        "Mässresa",
        "Bussen avgår lördag 7 november kl. 06.00 från Ås station, åter ca 20.00. Plats bokas hos Tina på tina@example.org till och med 30 oktober.",
        (("2026-11-07T06:00", "2026-11-07T20:00", None, "tina@example.org", "2026-10-30"),),
    ),
    (
        "Årsmöte",
        "Dag: söndag 8 november\nKlockan: 14\nLokal: Missionshuset\nKaffe serveras. Anmälan till kaffet senast torsdagen innan på 070-123 45 67.",
        (("2026-11-08T14:00", None, "Missionshuset", "", "2026-11-05"),),
    ),
    (
        "Julbord",
        "Julbordet i år blir den 4 december kl 18. Plats: Wärdshuset. Bindande anmälan senast den 20:e november till pia@example.org",
        (("2026-12-04T18:00", None, "Wärdshuset", "pia@example.org", "2026-11-20"),),
    ),
    (
        "Sista chansen!",
        "Sista chansen att anmäla dig till Vattendagen är på onsdag. Vattendagen går av stapeln torsdag 22 oktober 9-15 på Slottet i Ås. https://example.org/v",
        (("2026-10-22T09:00", None, "Slottet", "https://example.org/v", "2026-10-07"),),
    ),
    (
        "Förlängt!",
        "Vi förlänger anmälningstiden till Vattendagen till den 16 oktober! Vattendagen torsdag 22 oktober 9-15 på Slottet i Ås. Anmälan: https://example.org/v",
        (("2026-10-22T09:00", None, "Slottet", "https://example.org/v", "2026-10-16"),),
    ),
    (
        "Digital föreläsning",
        "Tisdag 10/11 kl. 19.00\nDigitalt via Zoom\nLänk skickas ut till anmälda dagen innan.\nAnmälan via https://example.org/z fram till kl 12 samma dag.",
        (("2026-11-10T19:00", None, None, "https://example.org/z", None),),
    ),
    (
        "Odlarcafé",
        "Välkommen till Odlarcafé i Församlingshemmet måndag 19 oktober kl 18.30! Vi bjuder på soppa så anmäl dig till oss på odla@example.org senast fredag 16 oktober. Har du frågor kontakta Bo på bo@example.org.",
        (("2026-10-19T18:30", None, "Församlingshemmet", "odla@example.org", "2026-10-16"),),
    ),
    (
        "Ett datum till",
        "Den populära kursen ges en gång till, nu lördagen den 14 november 10–15. Vi är på Hantverksgården. Först till kvarn! Boka din plats: https://example.org/h (öppet till 8 november)",
        (("2026-11-14T10:00", "2026-11-14T15:00", "Hantverksgården", "https://example.org/h", "2026-11-08"),),
    ),
    (
        "Inställt: Bikväll",
        "Tyvärr måste vi ställa in bikvällen torsdag 8 oktober kl 18 i Ås.",
        (("2026-10-08T18:00", None, "Ås", "", None),),
    ),
    (
        "Studiecirkel",
        "Vi drar igång en studiecirkel om stängsling. Första träffen är måndag 26 oktober klockan sju på kvällen i Föreningshuset, Ås. Svara mig senast 20/10 om du är intresserad.",
        (("2026-10-26T19:00", None, "Föreningshuset", "rut@example.org", "2026-10-20"),),
    ),
    (
        "Dialogmöte",
        "Välkommen till dialogmöte. \n\nNär? Onsdag 28 oktober, kl 13.00 – 15.30\nVar? Residenset, Ås\nHur? Anmäl dig på https://example.org/d senast onsdag 21 oktober",
        (("2026-10-28T13:00", "2026-10-28T15:30", "Residenset", "https://example.org/d", "2026-10-21"),),
    ),
)


@pytest.mark.parametrize(("subject", "text", "expected"), SAID)
def test_what_is_said_in_the_text_is_the_events(
    subject: str,
    text: str,
    expected: tuple[tuple[str, str | None, str | None, str | None, str | None], ...],
):
    found = events_in(text, subject, SENT, "Europe/Stockholm", answer_to=WRITER)
    assert [event.start for event in found] == [start for start, *_ in expected]
    for event, (_, end, place, sign_up, last) in zip(found, expected, strict=True):
        assert end is None or event.end == end
        assert place is None or place in event.place
        assert sign_up is None or (event.registration_url or event.registration_email) == sign_up
        assert last is None or event.registration_deadline.startswith(last)


def test_a_last_day_is_only_that_of_the_evening_it_is_said_of():
    text = (
        "- Torsdag 15 oktober: Svampkväll\n- Torsdag 12 november: Ostprovning\n- Torsdag 10 december: Lussefika\n\n"
        "Vi börjar kl 18 alla kvällar.\n\nTill ostprovningen måste vi veta hur många ni blir: mejla Ove, ove@example.org,"
        " senast den sista oktober."
    )
    found = events_in(text, "Höstens kvällar", SENT, "Europe/Stockholm", answer_to=WRITER)
    assert [event.start[11:] for event in found] == ["18:00"] * 3
    assert [event.registration_deadline for event in found] == ["", "2026-10-31", ""]
    assert [event.registration_email for event in found] == ["", "ove@example.org", ""]


@pytest.mark.parametrize(
    "text",
    [
        "Utlysningen stänger den 12 november kl 14. Läs mer på https://example.org/u",
        "Synpunkter på protokollet från mötet 28 september kl 18 lämnas senast 15 oktober.",
        "Beställ plantor senast 1 november. Leverans vecka 17.",
        "Tack för fältvandringen 2/10. Bilderna ligger på https://example.org/b",
        "Blandningen är 2/9 kalk och resten jord.",
    ],
)
def test_a_day_that_is_no_days_event(text: str):
    assert events_in(text, "Lite av varje", SENT, "Europe/Stockholm", answer_to=WRITER) == ()
