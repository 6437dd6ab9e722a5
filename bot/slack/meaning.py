"""What somebody in Slack shares, as a reading of the same form that a mail is read into."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.house import House
from bot.reading import EventReading, Reading
from bot.reading.language import language_of
from bot.reading.tips import as_tip
from bot.telling import today
from bridges.mail.parse import MailFile
from bridges.markdown import from_plain
from bridges.slack.form.draft import Draft
from bridges.slack.form.event import EventFields, event_of
from bridges.slack.form.words import text_in
from bridges.texts import Texts
from storage.words import Intent, Kind


def reading_of_draft(house: House, draft: Draft, files: Sequence[MailFile], now: datetime, source: str = "") -> Reading:
    """What the form says. `source`: the text it was filled from, whole, which stands where the field was left as it was."""
    network = house.settings.network
    fields = event_of(draft, network.timezone, today(house, now))
    if fields is not None and draft.kind is Kind.TIP:
        fields = replace(fields, online_url="")  # it is no meeting's
    language = language_of(f"{draft.title} {draft.text}")
    text = text_in(draft, source)
    if fields is not None and (beside := _beside(fields, Texts(language))):
        text = "\n\n".join(filter(None, (from_plain(beside), text)))
    if (fields is None or draft.kind is Kind.TIP) and draft.online_url not in text:
        text = "\n\n".join(filter(None, (from_plain(draft.online_url), text)))  # it is the page that it is about
    reading = Reading(
        kind=draft.kind,
        intent=Intent.NEW,
        title=draft.title,
        text=text,
        language=language,
        audience=draft.audience,
        topics=draft.topics,
        event=_event(fields, draft.title, network.timezone) if fields is not None and fields.start else None,
        files=tuple(files),
    )
    return as_tip(reading)


def _event(fields: EventFields, title: str, zone: str) -> EventReading:
    return EventReading(
        title=title,
        start=fields.start,
        end=fields.end,
        timezone=zone,
        date_precision=fields.precision,
        all_day=fields.all_day,
        mode=fields.mode,
        place=fields.place,
        online_url=fields.online_url,
        registration_url=fields.registration_url,
        registration_email=fields.registration_email,
        registration_deadline=fields.registration_deadline,
    )


def _beside(fields: EventFields, t: Texts) -> str:
    """What the form says of when and where and no event can hold: without a day there is none."""
    lines = [t.t("When: {words}", words=fields.when_words)] if fields.when_words else []
    if not fields.start:
        registration = fields.registration_url or fields.registration_email
        lines += [t.t("Where: {place}", place=fields.place)] if fields.place else []
        lines += [t.t("Online: {url}", url=fields.online_url)] if fields.online_url else []
        lines += [t.t("Sign up: {where}", where=registration)] if registration else []
        lines += [t.t("Last day: {day}", day=fields.registration_deadline)] if fields.registration_deadline else []
    return "\n".join(lines)
