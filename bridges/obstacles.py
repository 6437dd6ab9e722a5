"""A channel that takes no posts: what happened and what to do, in words for letters and for the desk in Slack."""

import re

from bridges.slack.manifest import BOT_NAME
from bridges.texts import Texts

_ID = re.compile(r"[CGDUW][A-Z0-9]{2,}")


def in_slack(channel: str, code: str, reason: str, t: Texts) -> tuple[str, tuple[str, str]]:
    """What could not be posted where, and two sentences: what to do, and what becomes of the post.

    `channel`: as the settings have it. `code`: Slack's own; `reason`: more about it, where there is more.
    """
    invite = t.t("write /invite @{name} in the channel", name=BOT_NAME)
    detail = "" if reason == code else reason
    mendable = {
        "not_in_channel": t.t("Brygga is not in the channel: {invite}.", invite=invite),
        "channel_not_found": t.t(
            "There is no such channel, or it is private and Brygga is not in it: {invite}, or correct the settings.",
            invite=invite,
        ),
        "is_archived": t.t("The channel is archived: unarchive it, or name another in the settings."),
        "restricted_action": t.t("An admin has limited who may post in the channel: let Brygga post there."),
        "missing_scope": (lacking := t.t("The app lacks a right: add it at Slack, and install the app again.")),
        "no_permission": lacking,
    }
    final = {
        "msg_too_long": t.t("Slack finds the message too long."),
        "msg_blocks_too_long": t.t("Slack finds the message too long."),
        "invalid_blocks": t.t("Slack does not take the form of the message."),
        "thread_not_found": t.t("The post that it answers is gone."),
    }
    bare = channel.removeprefix("#")
    where = bare if _ID.fullmatch(bare) else f"#{bare}" if bare else t.t("Slack")
    what = t.t("Something could not be posted in {where}.", where=where)
    base = "restricted_action" if code.startswith("restricted_action") else code
    if base in mendable:
        return what, (f"{mendable[base]} {detail}".strip(), t.t("It waits, and is posted once that is done."))
    why = final.get(code) or detail or t.t('Slack answers "{code}".', code=code)
    return what, (why, t.t('It is kept: "brygga outbox list" shows it.'))
