"""People and machines told apart: no machine is answered, and no person's mail is dropped."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.mail.automatic import AUTOMATIC_REASONS, answerable, auto_reply, calendar_methods, calendar_reply
from bridges.mail.parse import Mail, parse


def mail(*headers: str, body: str = "Jag är åter den 3 mars.") -> Mail:
    lines = list(headers)
    for name, value in (
        ("From", "Anna <anna@vreta.se>"),
        ("Subject", "Fältvandring"),
        ("To", "kluster@lista.example.se"),
    ):
        if not any(line.lower().startswith(f"{name.lower()}:") for line in lines):
            lines.append(f"{name}: {value}")
    return parse("\r\n".join([*lines, "", body]).encode())


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (["Auto-Submitted: auto-replied"], "auto_submitted"),
        (["Auto-Submitted: auto-replied; owner-email=a@b.se"], "auto_submitted"),
        (["auto-submitted: Auto-Generated (rejected)"], "auto_submitted"),
        (["Auto-Submitted: auto-replied", "List-Id: <x.y.se>"], "auto_submitted"),
        (["Auto-Submitted: auto-notified"], "auto_submitted"),
        (["X-Autoreply: yes"], "autoresponder"),
        (["X-Autorespond: Fältvandring"], "autoresponder"),
        (["X-Auto-Response-Suppress: All"], "response_suppressed"),
        (["X-Auto-Response-Suppress: DR, OOF, All"], "response_suppressed"),
        (["X-MS-Exchange-Inbox-Rules-Loop: anna@vreta.se"], "exchange_rule"),
        (["Precedence: auto_reply"], "precedence"),
        (["Precedence: bulk", "In-Reply-To: <a@b>"], "precedence"),
        (["Precedence: junk", "Subject: Out of Office"], "precedence"),
        (["Return-Path: <>"], "null_sender"),
        (["X-AskVersion: 2.5"], "challenge"),
        (["Subject: Automatiskt svar: Inbjudan till fältvandring"], "subject"),
        (["Subject: =?utf-8?q?Fr=C3=A5nvaro=3A?= semester"], "subject"),
        (["Subject: Autosvar: Inbjudan"], "subject"),
        (["Subject: Automatic reply: Invitation"], "subject"),
        (["Subject: Out of Office AutoReply: Invitation"], "subject"),
        (["Subject: Autosvar från Anna Ek: Inbjudan"], "subject"),
    ],
)
def test_machines_are_known(headers, reason):
    assert auto_reply(mail(*headers)) == reason
    assert not answerable(mail(*headers))


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Auto-Submitted: no"],
        ["Auto-Submitted: no (a person)"],
        ["Auto-Submitted: no", "Subject: Automatiskt svar: så skriver du ett bra"],
        ["Precedence: list", "List-Id: <annan.lista.se>"],
        ["Precedence: bulk"],  # an old newsletter tool
        ["X-Auto-Response-Suppress: DR, OOF, AutoReply"],  # asks for silence, as people's servers do
        ["X-MS-Exchange-Inbox-Rules-Loop: anna@vreta.se", "Subject: VB: Inbjudan"],  # a rule that forwards
        ["X-MS-Exchange-Inbox-Rules-Loop: anna@vreta.se", "Resent-From: anna@vreta.se"],  # a rule that redirects
        ["Subject: Frånvarohantering: så gör lantbrukets företag"],
        ["Subject: Frånvaro av regn ger sämre skörd"],
        ["Subject: Automatiskt svarta vinbär"],
        ["Subject: Autosvar på odlarens fråga finns på webben"],
        ["Subject: Out of office hours: a breakfast meeting"],
        ["Subject: Läst: en bra rapport om jordhälsa"],
        ["Subject: Semester: var är alla i juli?"],
        ["Subject: Automatisk bevattning: kurs 3 maj"],
        ["Return-Path: <anna@vreta.se>"],
    ],
)
def test_people_are_never_taken_for_machines(headers):
    assert auto_reply(mail(*headers)) is None


@pytest.mark.parametrize(
    "headers",
    [
        ["List-Id: Nyhetsbrev <nyhet.vreta.se>", "List-Unsubscribe: <https://x.se/u>", "Precedence: bulk"],
        ["List-Unsubscribe: <https://x.se/u>", "Auto-Submitted: auto-generated"],
        ["Feedback-ID: 1:2:mailchimp", "X-Auto-Response-Suppress: All"],
        ["List-Id: <nyhet.vreta.se>", "In-Reply-To: <x@y>", "Precedence: bulk"],
        ["List-Id: <nyhet.vreta.se>", "Subject: Frånvaro: så minskar den"],
    ],
)
def test_newsletters_are_no_auto_replies_but_get_no_answer(headers):
    assert auto_reply(mail(*headers)) is None
    assert not answerable(mail(*headers))


def test_a_person_may_be_answered_and_a_no_reply_address_may_not():
    assert answerable(mail())
    assert answerable(mail("Precedence: list"))
    for local in ("no-reply", "noreply", "donotreply", "MAILER-DAEMON", "postmaster", "svara-inte"):
        assert not answerable(mail(f"From: {local}@vreta.se")), local
    assert answerable(mail("From: noreplyson@vreta.se"))
    assert not answerable(parse(b"Subject: x\r\n\r\nHej"))


def report(kind: str, *parts: str, headers: tuple[str, ...] = ()) -> bytes:
    head = [
        *headers,
        "From: MAILER-DAEMON@mx.se",
        "To: kluster+bounce-abc@lista.example.se",
        "Subject: Kunde inte levereras",
    ]
    head.append(f'Content-Type: multipart/report; report-type={kind}; boundary="b"')
    return "\r\n".join([*head, "", *(f"--b\r\n{part}" for part in parts), "--b--", ""]).encode()


TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\nMeddelandet nådde inte fram."


def test_a_read_receipt_is_an_auto_reply_and_no_bounce():
    raw = report(
        "disposition-notification", TEXT, "Content-Type: message/disposition-notification\r\n\r\nDisposition: x"
    )
    assert auto_reply(parse(raw)) == "read_receipt"
    old = mail("Subject: Läst: Inbjudan", body="Ditt meddelande\r\n  Ämne: Inbjudan\r\nlästes den 3 mars 2026.")
    assert auto_reply(old) == "read_receipt"
    assert auto_reply(mail("Subject: Läst: Inbjudan", "In-Reply-To: <a@b>", body="")) == "read_receipt"


ANSWER = "In-Reply-To: <a1@lista.example.se>"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Automatiskt svar: Fältvandring", "Jag är på semester till 5/8. Anna"),
        ("Automatiskt svar: Fältvandring", "Hej!\n\nTack för ditt mejl. Jag arbetar inte idag men svarar i morgon."),
        ("Automatiskt svar: Fältvandring", ""),
        ("Autosvar: SV: Fältvandring", "Kommunen har stängt mellan jul och nyår."),
        ("[Autosvar] Fältvandring", "Vi svarar inom två dagar."),
        ("Autosvar", "Jag är tjänstledig t.o.m. 31 augusti. Kontakta eva@vreta.se."),
        ("Frånvaro: Fältvandring", "Är åter på kontoret måndag 10 augusti."),
        ("Ej på kontoret: Fältvandring", "Jag är ledig."),
        ("Out of office Re: Fältvandring", "I am out of the office until Monday."),
        ("Automatic reply: Fältvandring", "I am on parental leave."),
        ("Anna Ek är inte på kontoret.", "Jag är inte på kontoret från och med 2026-07-01, åter den 3 augusti."),
        (
            "AUTO: Anna Ek is out of the office (returning 2026-08-10)",
            "I will be out of the office starting 2026-07-01.",
        ),
        ("Automatisk svar: Befaring", "Jeg er på ferie til 5. august."),
        ("Fraværsmelding: Befaring", "Er tilbake mandag."),
        ("Automaattinen vastaus: Kutsu", "Olen lomalla 5.8. asti."),
        ("Automatische Antwort: Einladung", "Ich bin bis zum 5. August im Urlaub."),
        ("Abwesenheitsnotiz: Einladung", "Ich bin nicht im Büro."),
        ("Réponse automatique : Invitation", "Je suis absent."),
        ("Respuesta automática: Invitación", "Estoy de vacaciones."),
        ("Risposta automatica: Invito", "Sono in ferie."),
        ("Automatisch antwoord: Uitnodiging", "Ik ben afwezig."),
    ],
)
def test_an_absence_is_known_by_its_subject_when_no_header_tells(subject, body):
    assert auto_reply(mail(f"Subject: {subject}", ANSWER, body=body)) == "subject"
    for headers in (
        [f"Subject: SV: {subject}"],
        [f"Subject: VB: {subject}"],
        [f"Subject: {subject}", "Auto-Submitted: no"],
    ):
        assert auto_reply(mail(*headers, ANSWER, body="Då hörs vi när du är tillbaka! /Eva")) is None


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        (
            ["Subject: Re: Fältvandring"],
            "Detta är ett automatiskt svar. Jag är åter den 5 augusti.\n\n> Välkommen",
            "text",
        ),
        (
            ["Subject: SV: Fältvandring"],
            "Hej!\n\nDetta är ett automatiskt genererat meddelande. Ditt mejl är mottaget.",
            "text",
        ),
        (["Subject: Re: Fältvandring", "Precedence: bulk"], "Jag läser inte mejl förrän i augusti.", "precedence"),
        (
            ["From: no-reply@vreta.se", "Subject: Ärende #20461 har registrerats"],
            "Vi har tagit emot ditt ärende.",
            "ticket",
        ),
        (["Subject: [Ticket#2026081] Hej"], "Ditt ärende har registrerats. Svara inte på detta mejl.", "ticket"),
        (["Subject: Re: Hej", "X-Auto-Response-Suppress: All"], "Jag är på semester.", "response_suppressed"),
        (["Subject: Hej", "X-Mailer: vacation 1.2.7"], "Borta.", "autoresponder"),
        (["Subject: Hej", "Delivered-To: Autoresponder"], "Borta.", "autoresponder"),
        (
            ["Subject: Bekräfta ditt meddelande till anna@vreta.se"],
            "Klicka här för att bekräfta att du är en människa.",
            "challenge",
        ),
        (
            ["Subject: Ej läst: Fältvandring"],
            "Ditt meddelande\n\n  Till: Anna\n\ntogs bort utan att läsas den 3 augusti.",
            "read_receipt",
        ),
        (["Subject: Har lästs: Fältvandring"], "Ditt meddelande till Anna Ek har lästs 2026-08-03.", "read_receipt"),
        (
            ["Subject: Not read: Fältvandring"],
            "Your message\n\n To: Anna\n\nwas deleted without being read.",
            "read_receipt",
        ),
        (["Subject: Gelesen: Fältvandring"], "Ihre Nachricht wurde am Montag gelesen.", "read_receipt"),
    ],
)
def test_machines_are_known_by_what_they_say_in_an_answer(headers, body, reason):
    assert auto_reply(mail(*headers, ANSWER, body=body)) == reason


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (["Subject: SV: Automatiskt svar: Fältvandring", ANSWER], "Okej, då hörs vi när du är åter den 5! /Anna"),
        (["Subject: VB: Automatiskt svar: Fältvandring"], "Se nedan.\n\nFrån: Eva\nJag är på semester."),
        (["Subject: Fwd: Autosvar: Fältvandring"], "Detta är ett automatiskt svar."),
        (["Subject: Frånvaro"], "Hej! Jag är på semester v. 29–31, Eva svarar under tiden. Anna"),
        (["Subject: Semester"], "Jag är ledig till 5 augusti, hör av er till Eva."),
        (["Subject: Semesterhälsning: tack för i år"], "Jag är på semester. Vi ses i augusti."),
        (["Subject: Borta nästa vecka"], "Jag är borta nästa vecka, åter den 12."),
        (["Subject: Automatiskt svar i Outlook, så gör du"], "Gå till Arkiv och Automatiska svar."),
        (["Subject: Autosvar på kommunens mejl?"], "Har någon fått autosvar från kommunen?"),
        (["Subject: Automatiska mjölkningssystem: studiebesök"], "Välkommen den 5 maj."),
        (["Subject: Tack för i går: bilder", ANSWER], "Tack för att du kom, jag återkommer med bilder."),
        (["Subject: Tack för ditt svar: protokoll"], "Hej, tack för ditt svar. Jag återkommer."),
        (["Subject: SV: Fältvandring", ANSWER], "Tack för ditt mejl! Jag är på semester den veckan. Anna"),
        (["Subject: SV: Fältvandring", ANSWER], "Vi har tagit emot din anmälan, välkommen! /Eva"),
        (
            ["Subject: SV: Ärende 20461", ANSWER],
            "Hej Anna, ditt ärende har registrerats hos oss. Ring om det brinner. /Karin",
        ),
        (["Subject: Ärende 20461: vad händer?", ANSWER], "Vi fick ett ärendenummer men inget svar. Vet ni mer?"),
        (["Subject: Bekräfta ditt deltagande senast fredag"], "Klicka på länken för att bekräfta din plats."),
        (["Subject: Bekräfta din e-post till kursen"], "Klicka på länken och bekräfta."),
        (["X-Auto-Response-Suppress: All"], "Välkommen till kurs om automatiska system den 3 maj på Vreta."),
        (["Precedence: list"], "Jag är på semester."),
        (["Precedence: bulk", "Sender: owner-agro@lista.se", "Subject: Re: sådd", ANSWER], "Vi sår i maj."),
        (["Precedence: bulk", "Subject: Re: sådd", ANSWER], "Vi sår i maj.\n\nDen 3 maj skrev Eva:\n> När sår ni?"),
        (
            ["From: Vreta <no-reply@vreta.se>", "Subject: Nyhetsbrev"],
            "Detta mejl är automatiskt skickat till prenumeranter.",
        ),
        (["From: Postmaster Vreta <postmaster@vreta.se>"], "Hej! Vi byter mejlserver på fredag kl. 16."),
        (["X-MS-Exchange-Inbox-Rules-Loop: eva@vreta.se"], "Välkommen till fältvandring."),
        (["X-MS-Exchange-Inbox-Rules-Loop: eva@tuna.se"], "Jag är på semester v. 30."),  # another's rule redirects it
        (["Return-Path: <>", "Resent-From: eva@vreta.se"], "Välkommen till fältvandring."),
        (["Subject: Ledig: plats på kursen den 5 maj"], "En plats är ledig."),
        (["Subject: Read: the new report on soil"], "Have you read this? I like your message to politicians."),
        (
            ["Subject: Läst: en bra rapport", ANSWER],
            "Jag har läst den, värd er tid. Ditt meddelande kunde vara tydligare.",
        ),
        (["Subject: Report domain: en genomgång"], "DMARC-rapporterna säger att vi mejlar för mycket."),
    ],
)
def test_a_person_who_writes_of_absence_machines_or_receipts_is_heard(headers, body):
    assert auto_reply(mail(*headers, body=body)) is None


def test_a_long_text_or_a_file_under_such_a_subject_is_a_persons():
    subject = "Subject: Automatiskt svar: så skriver du ett bra"
    assert auto_reply(mail(subject, body="Ett bra autosvar är kort. " * 100)) is None
    multipart = (
        "--b\r\nContent-Type: text/plain\r\n\r\nSe filen.\r\n"
        '--b\r\nContent-Type: application/pdf; name="svar.pdf"\r\n\r\nx\r\n--b--'
    )
    assert auto_reply(mail(subject, "Content-Type: multipart/mixed; boundary=b", body=multipart)) is None


def test_reports_of_other_kinds_are_set_aside_each_under_its_name():
    arf = report("feedback-report", TEXT, "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n")
    assert auto_reply(parse(arf)) == "complaint"
    tls = report("tlsrpt", TEXT)
    assert auto_reply(parse(tls)) == "aggregate_report"
    dmarc = mail(
        "From: dmarc <noreply-dmarc@google.example>",
        "Subject: Report domain: lista.example.se Submitter: google.example Report-ID: 12345",
        'Content-Type: application/zip; name="google.example!lista.example.se!1753999200!1754085599.zip"',
        body="UEsD",
    )
    assert auto_reply(dmarc) == "aggregate_report"
    assert auto_reply(parse(report("x-unknown", TEXT))) == "report"


CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:{}\r\nBEGIN:VEVENT\r\nUID:1@x\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@vreta.se\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def test_a_calendars_own_answer_is_a_persons():
    headers = ("Content-Type: text/calendar; method=REPLY; charset=utf-8", "Subject: Accepted: Träff")
    reply = mail(*headers, "Auto-Submitted: auto-generated", body=CALENDAR.format("REPLY"))
    assert calendar_reply(reply)
    assert auto_reply(reply) is None
    assert not calendar_reply(mail(headers[0], body=CALENDAR.format("REQUEST")))


def test_a_calendar_that_invites_for_a_person_is_no_machines_answer():
    invited = mail(
        "Content-Type: text/calendar; method=REQUEST",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "Subject: Inbjudan: Träff",
        body=CALENDAR.format("REQUEST"),
    )
    assert auto_reply(invited) is None
    assert calendar_methods(invited) == {"REQUEST"}
    passed_on = mail(
        "Content-Type: text/calendar; method=COUNTER", "Subject: VB: Ny tid", body=CALENDAR.format("COUNTER")
    )
    assert calendar_methods(passed_on) == frozenset()


HEADERS = st.sampled_from(
    [
        "Auto-Submitted",
        "Precedence",
        "X-Auto-Response-Suppress",
        "X-MS-Exchange-Inbox-Rules-Loop",
        "Return-Path",
        "Content-Type",
        "List-Id",
        "Subject",
        "From",
        "In-Reply-To",
    ]
)


@given(st.lists(st.tuples(HEADERS, st.text(max_size=60)), max_size=6), st.text(max_size=200))
def test_any_headers_are_told_apart_without_trouble(headers, body):
    raw = "".join(f"{name}: {value}\r\n" for name, value in headers) + f"\r\n{body}"
    found = parse(raw.encode("utf-8", "surrogatepass"))
    reason = auto_reply(found)
    assert reason is None or reason in dict(AUTOMATIC_REASONS)
    answerable(found)


SUBJECTS = st.sampled_from(
    [
        "Fältvandring",
        "Frånvaro i skolan",
        "Automatisk gödsling",
        "Läst och hört",
        "Bekräftelse",
        "Ärende: vall",
        "Retur",
    ]
)
PREFIXES = st.sampled_from(["", "SV: ", "VB: ", "Re: ", "SV: Automatiskt svar: ", "VB: Autosvar: "])
SENTENCES = st.lists(
    st.sampled_from(
        [
            "Hej!",
            "Jag är ledig på torsdag.",
            "Vi ses i Tuna den 5 maj.",
            "Den automatiska grinden är lagad.",
            "Jag läste ditt meddelande i går.",
            "Brevet till Eva kom i retur: user unknown.",
            "Ärende 2034 är klart.",
            "Jag återkommer på måndag.",
            "Kan du bekräfta?",
            "Tack för ditt mejl.",
        ]
    ),
    min_size=1,
    max_size=6,
)
OWN_HEADERS = st.lists(
    st.sampled_from(
        [
            ANSWER,
            "References: <a@b> <c@d>",
            "Auto-Submitted: no",
            "Precedence: list",
            "X-Auto-Response-Suppress: DR, OOF, AutoReply",
            "Return-Path: <anna@vreta.se>",
            "X-Mailer: Microsoft Outlook 16.0",
            "Thread-Topic: Fältvandring",
            "List-Id: <annan.lista.se>",
        ]
    ),
    unique=True,
    max_size=5,
)


@given(PREFIXES, SUBJECTS, SENTENCES, OWN_HEADERS)
def test_a_mail_with_a_persons_signs_alone_is_never_a_machines(prefix, subject, sentences, headers):
    found = mail(f"Subject: {prefix}{subject}", *headers, body=" ".join(sentences))
    assert auto_reply(found) is None


@pytest.mark.parametrize(
    "piece", ["automatiskt svar ", "tack för ditt ", "> ", "\r\n", "är ", "[", ":", "den 5 maj skrev ", "jag är "]
)
def test_the_time_does_not_grow_with_what_stands_below(piece):
    long = mail(f"Subject: {piece.strip() * 50_000}", ANSWER, "X-Auto-Response-Suppress: All", body=piece * 100_000)
    began = time.process_time()
    auto_reply(long)
    assert time.process_time() - began < 5


@given(st.binary(max_size=300))
def test_any_bytes_are_told_apart_without_trouble(noise):
    for raw in (
        noise,
        b"From: a@b.se\r\n" + noise,
        report("delivery-status", noise.decode("latin-1")),
    ):
        found = parse(raw)
        auto_reply(found)
        answerable(found)
