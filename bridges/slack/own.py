"""What the app itself did comes back from Slack as news; here it is told from what people do."""

from collections.abc import Mapping
from typing import Any

from bridges.slack.api import Me

#: Each of our posts says this in its metadata.
OUR_METADATA = "brygga_delivery"


def is_ours(message: Mapping[str, Any], me: Me, app_id: str = "") -> bool:
    """Whether the app wrote this message. Never by its name: our posts carry the names of people.

    A post under somebody's name has no user of its own, only the bot; a blank is nobody's mark.
    """
    metadata = _mapping(message.get("metadata"))
    marks = (
        (message.get("bot_id"), me.bot_id),
        (message.get("user"), me.user_id),
        (message.get("app_id"), app_id),
        (metadata.get("event_type"), OUR_METADATA),
    )
    return any(mark and mark == own for mark, own in marks)


def is_echo(event: Mapping[str, Any], me: Me, app_id: str = "") -> bool:
    """Whether an event only says what the app did itself: a post, a reaction, a change of its own post.

    That a post of ours was deleted is never an echo: a moderator may have done it, and only then do we learn of it.
    """
    if event.get("subtype") == "message_deleted":
        return False
    if event.get("subtype") == "message_changed":
        now = _mapping(event.get("message"))
        if is_tombstone(now):
            return False
        return is_ours(now or _mapping(event.get("previous_message")), me, app_id)
    return is_ours(event, me, app_id)


def is_tombstone(message: Mapping[str, Any]) -> bool:
    """Whether a message was deleted and stands there only because it has answers."""
    return message.get("subtype") == "tombstone"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
