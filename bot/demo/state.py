"""What the page shows of the whole demo: the clock, the people, the channels, and what waits."""

from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from bot.demo import looking
from bot.demo.mail_seat import MailSeat
from bot.demo.scene import Scene
from bot.demo.settings import CHANNELS, DESK
from bot.demo.slack_seat import day_with_year
from bot.digest.sending import send
from bot.digest.week import current_week
from bridges.texts import Texts
from storage.people import find_member

#: Addresses to which letters fail on purpose, and how.
SPECIAL = (
    ("tempfail@prov.example.se", "Cannot be delivered to for now (451): Brygga tries again."),
    ("permfail@prov.example.se", "Does not exist (550): Brygga gives up and says why."),
    ("slow@prov.example.se", "Takes letters, but only after five seconds."),
)

Json = dict[str, Any]


async def state_of(scene: Scene) -> Json:
    """Everything that is the same in every seat."""
    waits = await looking.waiting(scene.database)
    return {
        "version": scene.changes.version,
        "clock": clock_of(scene),
        "pages": scene.settings.network.public_url,
        "network": scene.settings.network.name,
        "address": scene.address,
        "data": str(scene.folder),
        "release": _release(),
        "ready": scene.running.ready.is_set(),
        "seeding": scene.seeding,
        "people": await _people(scene),
        "channels": [_channel(scene, use, channel) for use, (channel, _) in CHANNELS.items()],
        "special": [{"address": address, "about": Texts("sv")(about)} for address, about in SPECIAL],
        "outbox": asdict(waits),
    }


def clock_of(scene: Scene) -> Json:
    """What time it is, for people and for the page."""
    local, t = scene.clock().astimezone(scene.zone), Texts("sv")
    year, week, _ = local.isocalendar()
    return {
        "now": local.isoformat(timespec="seconds"),
        "offset": scene.clock.offset.total_seconds(),
        "words": f"{day_with_year(local.date())} {t.clock(local.time())}",
        "week": f"{year}-W{week:02}",
    }


async def _people(scene: Scene) -> list[Json]:
    known = await looking.memberships(scene.database)
    found = []
    for person in scene.play.cast:
        member = known.get(person.email) or known.get(person.slack_user)
        found.append(
            {
                "key": person.key,
                "name": person.name,
                "cluster": member.cluster if member else person.cluster,
                "sort": person.sort,
                "about": person.about,
                "about_en": person.about_en,
                "email": person.email or None,
                "slack": person.slack_user or None,
                "role": member.role if member else None,
                "mode": member.mode if member else None,
                "locale": member.locale if member else person.locale,
                "fails": scene.door.faults.get(person.email, ""),
                "unread": await MailSeat(scene, person.key).unread() if person.email else 0,
            }
        )
    return found


def _channel(scene: Scene, use: str, channel: str) -> Json:
    where = scene.workspace.room.channels[channel]
    members = [person.key for person in scene.play.cast if person.slack_user in where.members]
    posts = scene.workspace.messages(channel)
    latest = posts[-1]["ts"] if posts else ""  # so that the page can say where something has come since one looked
    desk = channel == DESK
    return {"id": channel, "use": use, "name": where.name, "desk": desk, "members": members, "latest": latest}


async def send_digest(scene: Scene, key: str) -> Json:
    """Send the coming digest now, as this person asks; what came of it."""
    house, person = scene.house, scene.person(key)
    async with scene.database.read() as session:
        member = await find_member(session, person.email or person.slack_user)
    if member is None:
        return _said("not_allowed", "", 0)
    week = current_week(house, house.now())
    sent = await send(house, week, "demo", by=member.id)
    house.poke_relay()
    scene.changes()
    return _said(sent.outcome, week, sent.people)


def _said(outcome: str, week: str, people: int) -> Json:
    t = Texts("sv")
    words = {
        "sent": t.plural("The digest is on its way to {n} person.", "The digest is on its way to {n} people.", people),
        "already": t("The digest has been sent already."),
        "empty": t("There is nothing to send in the digest."),
        "not_allowed": t("Only an editor sends the digest."),
    }
    return {"ok": outcome == "sent", "outcome": outcome, "week": week, "said": words[outcome]}


def _release() -> str:
    try:
        return version("brygga")
    except PackageNotFoundError:  # run from a folder that was never installed
        return ""
