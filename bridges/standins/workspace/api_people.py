"""auth.*, users.*, usergroups.*, team.*, bots.*, emoji.*: who is who."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bridges.standins.workspace.calls import Ask, method
from bridges.standins.workspace.posts import bot_profile
from bridges.standins.workspace.records import Json, PersonRecord, Refusal
from bridges.standins.workspace.room import Room


@method("api.test")
async def api_test(ask: Ask) -> Json:
    """Is anybody there?"""
    if error := ask.word("error", ""):
        raise Refusal(error, args=ask.arguments)
    return {"args": ask.arguments}


@method("auth.test")
async def auth_test(ask: Ask) -> Json:
    """Who am I?"""
    room = ask.room
    return {
        "url": f"https://{room.domain}.slack.com/",
        "team": room.team_name,
        "user": room.people[room.bot_user].handle,
        "team_id": room.team_id,
        "user_id": room.bot_user,
        "bot_id": room.bot_id,
        "is_enterprise_install": False,
    }


def user_object(room: Room, person: PersonRecord, *, locale: bool = False) -> Json:
    """As Slack describes a person; one of another workspace has no address here."""
    zone = ZoneInfo(person.tz)
    offset = datetime.now(zone).utcoffset()
    profile: Json = {
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "title": "",
        "phone": "",
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": "g0",
        "image_48": f"{room.url}/icon.png",
        "team": person.team_id or room.team_id,
    }
    if person.email and not person.external and "users:read.email" in room.scopes:
        profile["email"] = person.email
    if person.bot:
        profile |= {"bot_id": room.bot_id, "api_app_id": room.app_id, "always_active": True}
    described: Json = {
        "id": person.id,
        "team_id": person.team_id or room.team_id,
        "name": person.handle,
        "deleted": person.deleted,
        "profile": profile,
        "is_bot": person.bot,
        "is_app_user": False,
        "updated": person.updated,
    }
    if not person.deleted:
        described |= {
            "color": "9f69e7",
            "real_name": person.real_name,
            "tz": person.tz,
            "tz_label": zone.key,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": person.guest,
            "is_ultra_restricted": False,
            "is_email_confirmed": True,
            "who_can_share_contact_card": "EVERYONE",
        }
    if person.external:
        described["is_stranger"] = True
    if locale and not person.deleted:
        described["locale"] = person.locale
    return described


@method("users.info", "users:read")
async def users_info(ask: Ask) -> Json:
    """One person."""
    person = ask.room.person(ask.word("user"))
    return {"user": user_object(ask.room, person, locale=ask.flag("include_locale"))}


@method("users.lookupByEmail", "users:read.email")
async def lookup_by_email(ask: Ask) -> Json:
    """Whose address it is."""
    wanted = ask.word("email").casefold()
    for person in ask.room.people.values():
        if person.email.casefold() == wanted and not person.deleted and not person.external:
            return {"user": user_object(ask.room, person)}
    raise Refusal("users_not_found")


@method("usergroups.list", "usergroups:read")
async def usergroups(ask: Ask) -> Json:
    """Groups that can be named."""
    groups = [dict(group) for group in ask.room.groups.values()]
    if not ask.flag("include_users"):
        for group in groups:
            group.pop("users", None)
    return {"usergroups": groups}


@method("team.info", "team:read")
async def team_info(ask: Ask) -> Json:
    """The workspace."""
    room = ask.room
    team = {"id": room.team_id, "name": room.team_name, "domain": room.domain, "email_domain": "", "icon": {}}
    return {"team": {**team, "url": f"https://{room.domain}.slack.com/"}}


@method("bots.info", "users:read")
async def bots_info(ask: Ask) -> Json:
    """An app's bot."""
    if ask.word("bot", ask.room.bot_id) != ask.room.bot_id:
        raise Refusal("bot_not_found")
    return {"bot": bot_profile(ask.room)}


@method("emoji.list", "emoji:read")
async def emoji_list(ask: Ask) -> Json:
    """The workspace's own emoji."""
    return {"emoji": dict(ask.room.emoji), "cache_ts": ask.room.ts()}
