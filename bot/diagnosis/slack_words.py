"""What Slack's codes mean for a coordinator, and what stops without each right."""

from bridges.slack.api import Refused
from bridges.texts import Texts


def stops(t: Texts, scope: str) -> str:
    """What does not work without this right; "" = nothing that is known."""
    return {
        "channels:history": t("answers in public channels are not heard"),
        "channels:join": t("Brygga cannot enter a public channel by itself"),
        "channels:read": t("public channels are not found by their names"),
        "chat:write": t("nothing can be posted"),
        "chat:write.customize": t("posts do not show who wrote them"),
        "commands": t("/brygga and the shortcuts do not work"),
        "files:read": t("files from Slack do not go along in mail"),
        "files:write": t("files from mail do not come into Slack"),
        "groups:history": t("answers in private channels are not heard"),
        "groups:read": t("private channels are not found by their names"),
        "im:history": t("what people write to Brygga itself is not heard"),
        "im:write": t("receipts, and the button that takes back, reach nobody"),
        "usergroups:read": t("groups that are called upon have no names"),
        "users:read": t("people have no names, and their language is not known"),
    }.get(scope, "")


def reinstall(t: Texts) -> str:
    """How an app comes by the rights it lacks."""
    return t("Paste what `brygga slack manifest` prints under App Manifest at api.slack.com/apps, save, and reinstall.")


def refusal(t: Texts, key: str, refused: Refused) -> tuple[str, str]:
    """What Slack's no to the token of this key means, and what to do."""
    code = refused.code
    says = t("Slack says no to the {key}: {code}", key=key, code=code)
    where = (
        t("Copy it again, whole, from Basic Information, App-Level Tokens.")
        if key == "app_token"
        else t("Copy it again, whole, from OAuth & Permissions, Bot User OAuth Token.")
    )
    again = t("Install the app again at api.slack.com/apps, and copy the new token to [slack] {key}.", key=key)
    socket_mode = t("Turn on Socket Mode at api.slack.com/apps; or set signing_secret in place of app_token.")
    return says, {
        "invalid_auth": where,
        "not_authed": where,
        "account_inactive": again,
        "team_access_not_granted": again,
        "token_expired": again,
        "token_revoked": again,
        "not_allowed_token_type": t("bot_token begins with xoxb-, app_token with xapp-: they may have changed places."),
        "missing_scope": t("Make a new app token with the scope connections:write.")
        if key == "app_token"
        else reinstall(t),
        "link_disabled": socket_mode,
        "socket_mode_not_enabled": socket_mode,
    }.get(code, t("docs/slack.md says what the codes mean."))
