"""What Brygga says in Slack: what happened, what it means, and the one thing to do; in Slack's words, not the mail's."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.mail.notices import NOTICES
from bridges.slack.drawing.message import Message
from bridges.slack.drawing.notices import _OURS, notice
from bridges.texts import Texts
from storage.ids import ItemId
from storage.words import Kind
from tests.fixtures.require import FULL
from tests.fixtures.slack_posts import buttons, objections, shown, texts, words


def said(
    name: str, /, *, lang: str = "sv", item_id: int | None = 12, kind: Kind | None = Kind.INVITATION, **params: object
) -> Message:
    return notice(
        name,
        {"notice": name, **params},
        Texts(lang),
        kind=kind,
        item_id=None if item_id is None else ItemId(item_id),
        timezone="Europe/Stockholm",
        today=date(2026, 8, 14),
        address="kluster@lista.example.se",
        network="Nätverket",
    )


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            said("shared", title="Höstmöte", people=143, clusters=19, undo_seconds=120),
            'Tack! Din inbjudan "Höstmöte" går nu till 143 personer i 19 kluster.\n\nÅngra inom 2 minuter: tryck på knappen.',
        ),
        (said("shared", title="Höstmöte", people=1), 'Tack! Din inbjudan "Höstmöte" går nu till 1 person.'),
        (
            said("held", title="Höstmöte", reason="first_share"),
            '"Höstmöte" väntar på en redaktör, eftersom det är det första du delar. Du får besked.',
        ),
        (said("held", title="Höstmöte", reason="ny"), '"Höstmöte" väntar på en redaktör. Du får besked.'),
        (
            said("released", title="Höstmöte", people=143, clusters=19),
            'En redaktör har läst det du delade. "Höstmöte" går nu till 143 personer i 19 kluster.',
        ),
        (said("rejected", title="Höstmöte"), "Ingen annan har fått det. Du kan ändra det och dela det igen."),
        (said("undone", title="Höstmöte"), "Ångrat. Ingen har fått mejlet, och inlägget är borttaget."),
        (said("tip_gone", title="Höstmöte"), "Tipset ”Höstmöte” som du också tipsade om är tillbakadraget."),
        (said("too_late", title="Höstmöte", sent=2000), '"Höstmöte" har redan gått till 2 000 personer'),
        (said("not_yours", title="Höstmöte"), 'Bara den som delade "Höstmöte", och redaktörer, kan ändra det.'),
        (said("gone"), "Inlägget sparas inte längre här."),
        (said("not_member"), "Ditt konto i Slack är inte känt i Nätverket, så inget har gjorts."),
        (
            said("desk_already", title="Höstmöte", decision="rejected", by="Hanna", at="2026-08-14T07:12:00+00:00"),
            'Hanna har redan avvisat "Höstmöte". Det avgjordes kl. 09.12.',
        ),
        (said("desk_done", title="Höstmöte", decision="released", people=143), '"Höstmöte" går nu till 143 personer.'),
        (said("reminder_held", count=2), "2 inlägg har väntat på en redaktör i mer än ett dygn."),
        (
            said("alarm", part="smtp", since="2026-08-14T07:12:00+00:00", reason="servern smtp.example.se svarar inte", waiting=38),
            "E-post går inte ut sedan 09.12: servern smtp.example.se svarar inte. 38 mejl väntar och skickas när den svarar.",
        ),
        (
            said("slack_trouble", channel="inbjudningar", code="not_in_channel", reason=""),
            "*Något gick inte att lägga ut i #inbjudningar.*\nBrygga är inte med i kanalen: skriv /invite @brygga i kanalen.",
        ),
        (said("slack_trouble", channel="C0123", code="ny", reason="ny"), 'i C0123.*\nSlack svarar "ny".'),
        (said("slack_trouble", channel="C1", code="restricted_action_read_only_channel"), "låt Brygga skriva där."),
        (said("slack_trouble", channel="C1", code="ny", reason="ny: något nytt"), "ny: något nytt\n\nDet är sparat"),
        (said("file_missing", name="film.mp4", reason="it is too large"), 'Filen "film.mp4" följde inte med: den är för stor.'),
        (said("file_missing", name="film.mp4", reason="Slack answers 500"), "följde inte med: Slack answers 500."),
        (said("backup_failed", folder="/x", reason="odd: no cause", last=""), "*Ingen säkerhetskopia blev gjord*\nIngen säkerhetskopia blev gjord: odd: no cause."),
        (
            said("digest_empty", week="2026-W30"),
            "*Inget veckobrev v. 30*\nInget veckobrev v. 30: inget nytt, inga kommande träffar.\n\nDu behöver inte göra något.",
        ),
        (
            said("digest_missed", week="2026-W48", goes="2026-11-23T07:30:00+01:00", closes="2026-11-23T18:00:00+01:00"),
            "Veckobrevet v. 48 har inte gått ut: Brygga var inte i gång måndag kl. 07.30–18.00. Skicka det nu, eller hoppa över det.",
        ),
        (said("digest_holiday", week="2026-W28"), "Inget veckobrev v. 28: veckan är ledig enligt inställningarna."),
        (
            said("digest_preview", week="2026-W48", goes="2026-11-23T07:30:00+01:00", people=143, items=12),
            "Går måndag kl. 07.30 till 143 personer. Det har 12 inslag.",
        ),
        (said("digest_preview", week="2026-W48", items=0), "Det är tomt än, och kommer inget till skickas inget."),
        (said("hello"), "Håll ett svar i Slack: börja det med 🔇."),
        (said("link", title="Höstmöte", url="https://x.se/i/12?k=a|b"), "<https://x.se/i/12?k=a%7Cb|Läs på webben>"),
    ],
)  # fmt: skip
def test_each_notice_says_what_happened_and_what_to_do(message, expected):
    assert expected in message.text
    assert all(part.strip("*") in shown(message) for part in message.text.split("\n"))
    assert message.username == ""
    assert objections(message) == []


def test_only_what_can_be_undone_has_the_button():
    button = buttons(said("shared", title="Höstmöte", people=3, undo_seconds=120))["undo"]
    assert (button["value"], button["accessibility_label"]) == ("12", "Ångra – Höstmöte")
    assert buttons(said("shared", title="Höstmöte", people=3, undo_seconds=0)) == {}
    assert buttons(said("shared", title="Höstmöte", people=3, undo_seconds=120, item_id=None)) == {}


def test_a_notice_nobody_gave_words_to_is_found():
    with pytest.raises(KeyError):
        said("nonsense")


@pytest.mark.parametrize("name", sorted(set(_OURS)))
def test_what_slack_says_in_its_own_words_speaks_of_no_mail_to_answer(name):
    message = said(name, lang="en", title="Höstmöte", people=3, undo_seconds=60, sent=3, reason="first_share", count=2)
    assert not re.search(r"your mail|this mail|answer the (same )?mail|send it again", message.text, re.IGNORECASE)


PARAMS = st.fixed_dictionaries(
    {
        "title": words,
        "people": st.integers(0, 10**6),
        "clusters": st.integers(0, 300),
        "undo_seconds": st.sampled_from([0, 120]),
        "reason": words | st.just("first_share"),
        "since": st.sampled_from(["", "2026-08-14T07:12:00+00:00"]),
        "waiting": st.integers(0, 100),
        "part": words,
        "name": words,
        "channel": words,
        "code": words | st.sampled_from(["not_in_channel", "missing_scope", "invalid_blocks"]),
        "by": words,
        "person": words,
        "address": words,
        "unread": texts,
        "url": words,
        "week": st.sampled_from(["2026-W48", "2026-W53", "2027-W01"]),
        "goes": st.sampled_from(["", "2026-11-23T07:30:00+01:00"]),
        "closes": st.sampled_from(["", "2026-11-23T18:00:00+01:00"]),
        "items": st.integers(0, 500),
    }
)


@settings(max_examples=120 if FULL else 30, deadline=None)
@given(
    name=st.sampled_from(sorted({*_OURS, *NOTICES})),
    params=PARAMS,
    lang=st.sampled_from(["sv", "en"]),
    kind=st.none() | st.sampled_from(Kind),
    item_id=st.none() | st.just(12),
)
def test_slack_takes_every_notice_whatever_it_holds(name, params, lang, kind, item_id):
    assert objections(said(name, lang=lang, kind=kind, item_id=item_id, **params)) == []
