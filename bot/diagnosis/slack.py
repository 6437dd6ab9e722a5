"""Checks Slack: the tokens, the rights, and how Slack reaches us; nothing is posted, joined or changed."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.diagnosis.findings import Inquiry
from bot.settings import LOOPBACK, SlackSettings
from bridges.slack.manifest import BOT_SCOPES, PATH

if TYPE_CHECKING:
    from bot.diagnosis.slack_asked import Asked

#: How tokens begin, and what those are that stand in the wrong place.
BOT_TOKEN, APP_TOKEN = "xoxb-", "xapp-"
_OTHERS = (BOT_TOKEN, APP_TOKEN, "xoxp-", "xoxe", "xoxa-", "xoxc-", "xoxd-")


async def look(inquiry: Inquiry) -> None:
    """Ask Slack what it thinks of us."""
    slack = inquiry.settings.slack
    if slack is None:
        return
    from bot.diagnosis import slack_asked, slack_channels  # noqa: PLC0415  late: without [slack], nothing of Slack's

    token = slack.bot_token.get_secret_value()
    if _shape(inquiry, "bot_token", token, BOT_TOKEN):
        async with slack_asked.asking(inquiry, token) as asked:
            if await slack_asked.sign_in(inquiry, asked):
                _rights(inquiry, asked)
                await slack_channels.look(inquiry, slack.channels, asked)
    await _way_in(inquiry, slack)


def _shape(inquiry: Inquiry, key: str, token: str, begins: str) -> bool:
    """Whether it can be a token of this kind; Slack decides about what merely looks odd."""
    report, t = inquiry.report, inquiry.t
    if not token:
        report.bad(
            f"slack.{key}",
            t("[slack] {key} is not set.", key=key),
            t("Make the app and copy its tokens: docs/slack.md"),
        )
        return False
    if token.startswith(begins) or not token.startswith(_OTHERS):
        return True
    kind = next(kind for kind in _OTHERS if token.startswith(kind))
    report.bad(
        f"slack.{key}",
        t("[slack] {key} begins with {kind}, and should begin with {begins}.", key=key, kind=kind, begins=begins),
        t("They may have changed places; docs/slack.md says where each is found."),
    )
    return False


def _rights(inquiry: Inquiry, asked: "Asked") -> None:
    from bot.diagnosis.slack_words import reinstall, stops  # noqa: PLC0415  as above

    report, t = inquiry.report, inquiry.t
    if not asked.scopes:
        report.doubt("slack.scopes", t("Slack does not say which rights the app has."))
        return
    missing = [scope for scope in BOT_SCOPES if scope not in asked.scopes]
    for scope in missing:
        says = t("The right {scope} is missing: {stops}.", scope=scope, stops=stops(t, scope))
        report.bad(f"slack.scope.{scope}", says, reinstall(t))
    if not missing:
        report.good("slack.scopes", t("The app has all {count} rights that it needs.", count=len(BOT_SCOPES)))
    if more := sorted(asked.scopes - set(BOT_SCOPES)):
        report.good("slack.more_scopes", t("It also has rights that are not used: {scopes}.", scopes=", ".join(more)))


async def _way_in(inquiry: Inquiry, slack: SlackSettings) -> None:
    """Socket Mode where there is an app token, else HTTP."""
    from bot.diagnosis import slack_asked  # noqa: PLC0415  as above

    if slack.app_token and slack.app_token.get_secret_value():
        token = slack.app_token.get_secret_value()
        if _shape(inquiry, "app_token", token, APP_TOKEN):
            async with slack_asked.asking(inquiry, token) as asked:
                await slack_asked.open_socket(inquiry, asked)
    elif slack.signing_secret and slack.signing_secret.get_secret_value():
        _over_http(inquiry, slack.signing_secret.get_secret_value())
    else:
        inquiry.report.bad(
            "slack.way_in",
            inquiry.t("Neither app_token nor signing_secret is set: nothing comes in from Slack."),
            inquiry.t("Set [slack] app_token; docs/slack.md says where it is found."),
        )


def _over_http(inquiry: Inquiry, secret: str) -> None:
    report, t, address = inquiry.report, inquiry.t, inquiry.settings.network.public_url
    if secret.startswith(_OTHERS):
        report.bad(
            "slack.signing_secret",
            t("[slack] signing_secret is a token."),
            t("Copy the signing secret from Basic Information, App Credentials."),
        )
        return
    parts = urlsplit(address)
    if parts.hostname in LOOPBACK or parts.scheme != "https":
        report.bad(
            "slack.http",
            t("Slack cannot come to {url}: it wants https, and an address on the internet.", url=address),
            t("Set [network] public_url; or use Socket Mode: set [slack] app_token."),
        )
        return
    where = address.rstrip("/") + PATH
    report.good("slack.http", t("Slack comes to {url}; the app's pages must name the same address.", url=where))
