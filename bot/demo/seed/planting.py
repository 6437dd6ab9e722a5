"""The seeded network is shared the way people share: forms in Slack, mails over SMTP, answers to letters that arrived."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from babel.dates import format_datetime

from bot.demo.seed.people import SeedTown
from bot.demo.seed.story import ZONE, Reply, SeedFile, Shared
from storage.words import Answer

if TYPE_CHECKING:
    from bot.demo.scene import Scene

#: Seconds for a letter to arrive; on this machine it takes a tenth of one.
PATIENCE = 20.0
_LOOK_AGAIN = 0.05
_BUTTONS = {Answer.YES: "rsvp_yes", Answer.MAYBE: "rsvp_maybe", Answer.NO: "rsvp_no"}
_WORDS = {Answer.YES: "Kommer", Answer.MAYBE: "Kanske", Answer.NO: "Kan inte"}


class NotPlanted(Exception):
    """Something of the seeded network did not come to be. Says which file, and what is missing."""


class Gardener:
    """Plants one story after the other, then what people say to each."""

    def __init__(self, scene: "Scene", town: SeedTown, story: Sequence[Shared]) -> None:
        self._scene, self._town, self._story = scene, town, story

    async def plant(self) -> None:
        """Raises NotPlanted."""
        for shared in self._story:
            await (self._by_form(shared) if shared.road == "form" else self._by_mail(shared))
        await self._scene.quiet()
        told = [shared for shared in self._story if not shared.held]
        for shared in told:
            await self._press_buttons(shared)
            for reply in shared.replies[:1]:
                if reply.road == "slack":
                    await self._say(shared, reply)
        self._pass_undo_window()
        for shared in told:
            await self._sign_up_by_mail(shared)
        waiting = [(shared, _without_said(shared.replies)) for shared in told]
        for number in range(max((len(replies) for _, replies in waiting), default=0)):
            for shared, replies in waiting:
                for reply in replies[number : number + 1]:
                    await self._say(shared, reply)
            await self._scene.quiet()  # everybody has read an answer before the next is written
        await self._scene.quiet()

    def _pass_undo_window(self) -> None:
        """Nobody takes anything back: the letters may leave at once."""
        scene = self._scene
        scene.clock.go_to(scene.clock() + timedelta(seconds=scene.settings.list.undo_seconds))
        scene.house.poke_relay()

    # -- sharing ------------------------------------------------------------------------------------------------------

    async def _by_form(self, shared: Shared) -> None:
        person = self._scene.slack_person(shared.by)
        await person.command("/brygga", channel=self._scene.channel("invitations"))
        view = await person.updated(await person.opened())
        if said := await person.submit(view, _answers(shared), {"files": list(shared.files)} if shared.files else {}):
            raise NotPlanted(f"{shared.where}: the form says: {'; '.join(said.values())}")

    async def _by_mail(self, shared: Shared) -> None:
        local, _, domain = self._scene.address.rpartition("@")
        to = f"{local}+{shared.tag}@{domain}" if shared.tag else self._scene.address
        files = list(shared.files)
        if shared.occasion and shared.occasion.calendar:
            author = self._town.named(shared.by)
            files.append(_calendar(shared, author.name, author.email, self._scene.clock()))
        await self._scene.mail(
            shared.by, to, shared.title, shared.text, html=shared.html or None, files=files, headers=shared.headers
        )

    # -- talking ------------------------------------------------------------------------------------------------------

    async def _press_buttons(self, shared: Shared) -> None:
        """Sign up in Slack, and vote."""
        for answer, key in shared.signed_up:
            if self._town.named(key).slack_user:
                await self._press(shared, key, _BUTTONS[answer])
        for key in shared.votes:
            await self._press(shared, key, "vote")

    async def _sign_up_by_mail(self, shared: Shared) -> None:
        for answer, key in shared.signed_up:
            if not self._town.named(key).slack_user:
                await self._answer(shared, key, _WORDS[answer])

    async def _press(self, shared: Shared, key: str, button: str) -> None:
        channel, ts = self._card(shared)
        try:
            await self._scene.slack_person(key).press(channel, ts, button)
        except LookupError as error:
            raise NotPlanted(f"{shared.where}: {error}") from error

    async def _say(self, shared: Shared, reply: Reply) -> None:
        if reply.road == "mail":
            await self._answer(shared, reply.by, reply.text)
            return
        channel, ts = self._card(shared)
        await self._scene.slack_person(reply.by).say(channel, reply.text, thread=ts)

    def _card(self, shared: Shared) -> tuple[str, str]:
        """Where its card stands in Slack: channel and ts."""
        for channel in map(self._scene.channel, ("invitations", "newsletters", "tips", "questions")):
            for post in self._scene.workspace.messages(channel):
                if post.get("bot_id") and shared.title in str(post["text"]):
                    return channel, str(post["ts"])
        raise NotPlanted(f"{shared.where}: there is no card of it in Slack")

    async def _answer(self, shared: Shared, key: str, text: str) -> None:
        """Answer the newest letter of the thread, as a mail program does."""
        letter = await self._letter(shared, key)
        about = str(letter["Message-ID"])
        headers = {"In-Reply-To": about, "References": f"{letter.get('References', '')} {about}".strip()}
        to = str(letter["Reply-To"] or letter["From"])
        english = self._town.named(key).locale == "en"
        subject = f"{'Re' if english else 'Sv'}: {shared.title}"
        await self._scene.mail(key, to, subject, f"{text}\n\n{_quoted(letter, english=english)}", headers=headers)

    async def _letter(self, shared: Shared, key: str) -> EmailMessage:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            letters = [letter for letter in await self._scene.letters(key) if _is_of_thread(letter, shared.title)]
            if letters:
                return letters[-1]
            await asyncio.sleep(_LOOK_AGAIN)
        raise NotPlanted(f"{shared.where}: {key} has got no letter of it to answer")


def _without_said(replies: Sequence[Reply]) -> Sequence[Reply]:
    """What is left to say once those that begin in Slack have been said."""
    return replies[1:] if replies and replies[0].road == "slack" else replies


def _is_of_thread(letter: EmailMessage, title: str) -> bool:
    """A letter that can be answered, not the receipt of what one shared oneself."""
    return title in " ".join(str(letter["Subject"]).split()) and "+thread-" in str(letter["Reply-To"])


def _quoted(letter: EmailMessage, *, english: bool) -> str:
    """The letter below an answer to it, as mail programs put it there."""
    body = letter.get_body(("plain",))
    lines = str(body.get_content()).splitlines() if body is not None else []
    sent = parsedate_to_datetime(str(letter["Date"])).astimezone(ZONE)
    locale, when = ("en_GB", "EEE, d MMM yyyy 'at' HH:mm") if english else ("sv", "EEE d MMM yyyy 'kl.' HH:mm")
    at, who = format_datetime(sent, when, tzinfo=ZONE, locale=locale), str(letter["From"])
    head = f"On {at}, {who} wrote:" if english else f"Den {at} skrev {who}:"
    return "\n".join([head, *(f"> {line}".rstrip() for line in lines)])


def _answers(shared: Shared) -> dict[str, Any]:
    """What stands in the form's fields."""
    values: dict[str, Any] = {
        "kind": shared.kind,
        "title": shared.title,
        "text": shared.text,
        "audience": shared.audience,
        "topics": list(shared.topics),
    }
    if (occasion := shared.occasion) is not None:
        values |= {
            "start": int(occasion.start.timestamp()),
            "end": int(occasion.end.timestamp()),
            "mode": occasion.mode,
            "place": occasion.place,
            "online_url": occasion.online,
            "registration_url": occasion.sign_up,
            "registration_deadline": occasion.last_day.isoformat() if occasion.last_day else "",
        }
    return {field: value for field, value in values.items() if value}


def _calendar(shared: Shared, name: str, address: str, stamp: datetime) -> SeedFile:
    """The calendar file that a calendar program adds to its owner's mail."""
    from icalendar import Calendar, Event, vCalAddress, vText  # noqa: PLC0415  late: 50 ms and 10 MB

    occasion = shared.occasion
    assert occasion is not None  # noqa: S101  asked by the caller
    method = "CANCEL" if occasion.cancelled else "PUBLISH"
    entry = Event()
    entry.add("uid", f"{shared.where.partition('/')[2].removesuffix('.toml')}@{address.partition('@')[2]}")
    entry.add("sequence", 1 if occasion.cancelled else 0)
    entry.add("dtstamp", stamp.astimezone(UTC))
    entry.add("summary", shared.title)
    entry.add("dtstart", occasion.start.astimezone(UTC))
    entry.add("dtend", occasion.end.astimezone(UTC))
    entry.add("location", occasion.place)
    entry.add("status", "CANCELLED" if occasion.cancelled else "CONFIRMED")
    organiser = vCalAddress(f"mailto:{address}")
    organiser.params["CN"] = vText(name)
    entry.add("organizer", organiser)
    calendar = Calendar()
    calendar.add("prodid", "-//Example//Calendar//SV")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(entry)
    return "inbjudan.ics", f"text/calendar; method={method}; charset=utf-8", bytes(calendar.to_ical())
