"""What Slack's refusals mean for a post: wait all, wait for this channel, or give up; and what a person can do."""

from dataclasses import dataclass
from enum import StrEnum

from bridges.slack.api import Refused


class Means(StrEnum):
    """What to do with the post."""

    EVERYONE = "everyone"  # nothing gets through: the road is closed
    WAIT = "wait"  # this channel waits, until somebody has done something; the editors are told
    PERSON = "person"  # this person cannot be written to: give up, and nobody need be told
    NEVER = "never"  # this post can never be made as it is: give up; the editors are told


@dataclass(frozen=True, slots=True)
class Verdict:
    """A refusal, judged."""

    means: Means
    reason: str  # one line: the code, then what to do


_TOKEN = "put a new bot_token in the settings"  # noqa: S105  words for a person
_APP = "Slack itself has trouble; Brygga tries again by itself"
#: Slack's codes and what to do; https://docs.slack.dev/reference/methods/chat.postMessage lists them.
_EVERYONE = {
    "invalid_auth": f"Slack does not know the bot token; {_TOKEN}",
    "not_authed": f"there is no bot token; {_TOKEN}",
    "account_inactive": f"the app was removed from the workspace; install it again and {_TOKEN}",
    "token_revoked": f"the bot token was revoked; install the app again and {_TOKEN}",
    "token_expired": f"the bot token is too old; {_TOKEN}",
    "not_allowed_token_type": f"this is no bot token (xoxb-…); {_TOKEN}",
    "app_uninstalled": f"the app was removed from the workspace; install it again and {_TOKEN}",
    "org_login_required": "the workspace is being moved by Slack; Brygga tries again by itself",
    "team_added_to_org": "the workspace is being moved by Slack; Brygga tries again by itself",
    "team_access_not_granted": "the app may not use this workspace; an admin of the workspace can let it",
    "access_denied": "the app may not use this workspace; an admin of the workspace can let it",
    "two_factor_setup_required": "the workspace demands two-factor log-in of the one who installed the app",
    "ekm_access_denied": "the workspace's admins have suspended the app's access",
    "accesslimited": "the workspace's admins have limited from where the app may call",
    "internal_error": _APP,
    "fatal_error": _APP,
    "service_unavailable": _APP,
    "request_timeout": _APP,
    "team_quota_exceeded": "the workspace has no room left; Slack says so to its admins",
}
_WAIT = {
    "not_in_channel": "Brygga is not in the channel; write /invite @brygga there",
    "channel_not_found": "there is no such channel, or it is private and Brygga is not in it; write /invite @brygga there "
    "or correct the settings",
    "is_archived": "the channel is archived; unarchive it or name another in the settings",
    "restricted_action": "an admin has limited who may post in the channel; let Brygga post there",
    "restricted_action_read_only_channel": "the channel is read-only; let Brygga post there",
    "restricted_action_thread_only_channel": "only answers are allowed in the channel; let Brygga post there",
    "restricted_action_non_threadable_channel": "answers are not allowed in the channel; let Brygga answer there",
    "restricted_action_thread_locked": "the thread is locked; unlock it or drop the answer",
    "external_channel_migrating": "the channel is being moved; Brygga tries again by itself",
    "method_not_supported_for_channel_type": "this sort of channel takes no posts; name another in the settings",
    "ekm_blocked": "the workspace's admins have blocked the channel",
}
_PERSON = {
    "user_not_found": "Slack does not know this person",
    "users_not_found": "Slack does not know this person",
    "user_not_visible": "this person is not visible to the app",
    "user_disabled": "this person has no account in the workspace any more",
    "cannot_dm_bot": "this is a bot, which reads no messages",
    "messages_tab_disabled": "the app takes no direct messages; turn on the Messages tab in the app's settings",
    "cannot_message_user": "this person cannot be written to",
    "not_allowed": "this person cannot be written to",
}
_NEVER = {
    "msg_too_long": "Slack finds the message too long",
    "msg_blocks_too_long": "Slack finds the message too long",
    "invalid_blocks": "Slack does not take the form of the message",
    "invalid_blocks_format": "Slack does not take the form of the message",
    "invalid_arguments": "Slack does not take the form of the message",
    "no_text": "there is nothing in the message",
    "metadata_too_large": "Slack does not take the message's mark",
    "thread_not_found": "the post that it answers is gone",
    "cannot_reply_to_message": "the post that it answers takes no answers",
}
#: What is wanted to post at all; without another scope only something fails.
_WRITE = "chat:write"


def judged(refused: Refused) -> Verdict:
    """What a refusal means."""
    code = refused.code
    if code in ("missing_scope", "no_permission"):
        needed = refused.needed or "a permission"
        means = Means.EVERYONE if _WRITE in refused.needed.split(",") else Means.WAIT
        return Verdict(means, f"{code}: the app lacks {needed}; add it in the app's settings and install the app again")
    for means, meanings in (
        (Means.EVERYONE, _EVERYONE),
        (Means.WAIT, _WAIT),
        (Means.PERSON, _PERSON),
        (Means.NEVER, _NEVER),
    ):
        if code in meanings:
            return Verdict(means, f"{code}: {meanings[code]}{_detail(refused)}")
    return Verdict(Means.NEVER, f"{code}: Slack refuses it, for a reason that Brygga does not know{_detail(refused)}")


def _detail(refused: Refused) -> str:
    return f" ({refused.detail})" if refused.detail else ""


#: Who was to be edited or taken away is gone, or may not be touched any more: somebody was quicker.
GONE = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "cant_delete_message",
        "edit_window_closed",
        "thread_not_found",
        "update_failed",
    }
)
