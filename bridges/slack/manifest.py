"""The app manifest to paste at Slack: exactly the rights and events that Brygga uses, and no more."""

from typing import Any, Final

from bridges.texts import Texts

#: Each method of the Web API that Brygga calls, and the rights (bot scopes) it calls it with.
METHOD_SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "auth.test": (),
    "apps.connections.open": (),  # the app's own token, with connections:write
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write", "chat:write.customize"),  # customize: in the author's name
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.join": ("channels:join",),
    "conversations.list": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "files.completeUploadExternal": ("files:write",),
    "files.delete": ("files:write",),  # with the card of what is taken back
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),  # and to download what they hold
    "usergroups.list": ("usergroups:read",),
    "users.conversations": ("channels:read", "groups:read"),
    "users.info": ("users:read",),  # without users:read.email: addresses are not read
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}

#: Each event that Brygga hears, and the right that Slack wants for it.
EVENT_SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "app_home_opened": (),
    "app_uninstalled": (),
    "channel_rename": ("channels:read",),
    "group_rename": ("groups:read",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}

#: The slash command and the shortcuts.
COMMAND_SCOPES: Final = ("commands",)

BOT_SCOPES: Final = tuple(
    sorted({scope for wanted in (METHOD_SCOPES | EVENT_SCOPES).values() for scope in wanted} | set(COMMAND_SCOPES))
)
#: What the app token (xapp-) may do; chosen when it is made, as a manifest has no room for it.
APP_SCOPES: Final = ("connections:write",)
EVENTS: Final = tuple(EVENT_SCOPES)

#: How the app is called where it is mentioned and invited: `/invite @brygga`.
BOT_NAME: Final = "brygga"
COMMAND: Final = "/brygga"
SHORTCUT, MESSAGE_SHORTCUT = "share", "share_message"
#: Where Slack comes when it comes over HTTP.
PATH: Final = "/slack/events"

_LONGEST = 140  # characters that Slack takes of a description


def manifest(network_name: str, *, socket: bool, url: str, lang: str = "sv") -> dict[str, Any]:
    """What Slack's "Create app from a manifest" takes (docs.slack.dev/reference/app-manifest).

    With `socket`, Brygga calls Slack and needs no address of its own; without, Slack comes to `url`/slack/events.
    """
    t = Texts(lang)
    here = {} if socket else {"request_url": url.rstrip("/") + PATH}
    return {
        "display_information": {"name": "Brygga", "description": _description(t, network_name)},
        "features": _features(t, here.get("request_url", "")),
        "oauth_config": {"scopes": {"bot": list(BOT_SCOPES)}},
        "settings": {
            "event_subscriptions": here | {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True} | here,
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def _description(t: Texts, network_name: str) -> str:
    words = t(
        "Carries invitations, newsletters, tips and questions between Slack and mail in {name}.", name=network_name
    )
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"


def _features(t: Texts, request_url: str) -> dict[str, Any]:
    command: dict[str, Any] = {
        "command": COMMAND,
        "description": t("Share something with the clusters"),
        "usage_hint": t("[help | tips URL]"),
        "should_escape": False,
    }
    if request_url:
        command["url"] = request_url
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,  # people write to it
        },
        "bot_user": {"display_name": BOT_NAME, "always_online": True},
        "shortcuts": [
            {
                "name": t("Share with the clusters"),  # at most 24 characters
                "type": "global",
                "callback_id": SHORTCUT,
                "description": t("An invitation, a newsletter, a tip or a question"),
            },
            {
                "name": t("Share with the clusters"),
                "type": "message",
                "callback_id": MESSAGE_SHORTCUT,
                "description": t("Begin with what this message says"),
            },
        ],
        "slash_commands": [command],
    }
