"""The doors that Slack knocks at: what must last is stored before Slack is told that we have it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bot.house import House
from bot.slack.opening import Opening
from bot.slack.workspace import Workspace
from bridges.slack.arrivals import Opener
from bridges.slack.form.digest import is_digest_form, objections_to_digest
from bridges.slack.form.views import Meta, errors_by_block, objections, read
from bridges.texts import LANGUAGES, Texts
from storage.inbox import keep_one

log = structlog.get_logger()

#: Seconds that storing may take: Slack waits for three, and sends again what is not acknowledged by then.
STORING = 2.5
#: The part that is down when Slack has taken something from us.
PART = "slack_in"

_ALARMS = {
    "tokens_revoked": "tokens_revoked: install the app again and put the new tokens into the settings",
    "app_uninstalled": "app_uninstalled: install the app again and put the new tokens into the settings",
}


class SlackDoors:
    """Implements bridges.slack.listen.Doors."""

    def __init__(self, house: House, workspace: Workspace, opening: Opening, came: Callable[[], None]) -> None:
        """`came`: wakes the reading of the inbox."""
        self._house, self._workspace, self._opening, self._came = house, workspace, opening, came

    async def keep(self, key: str, raw: bytes) -> None:
        """In the inbox, durably."""
        async with asyncio.timeout(STORING), self._house.database.write() as session:
            await keep_one(session, "slack", key, raw, self._house.now())
        self._came()

    async def open(self, opener: Opener) -> None:
        """A form, a text, or an answer to a command."""
        await self._opening.open(opener)

    async def objections(self, payload: Mapping[str, Any]) -> Mapping[str, str]:
        """What is to be put right in a form, each sentence at its field, in the language that the form is in."""
        view = payload.get("view") or {}
        if is_digest_form(view):
            return objections_to_digest(view)
        network, meta = self._house.settings.network, Meta.of(view)
        t = Texts(meta.lang if meta.lang in LANGUAGES else network.locale)
        draft = read(view, network.timezone)
        editing = meta.item_id is not None
        return errors_by_block(view, objections(draft, t, self._house.now(), network.timezone, editing=editing))

    def forget(self, id: str) -> None:  # noqa: A002  the Protocol's word
        """Ask Slack anew."""
        self._workspace.directory.forget(id)

    async def alarm(self, code: str) -> None:
        """Told where people look; the watch tells the desk."""
        log.error("slack.alarm", code=code)
        if code in _ALARMS:
            self._house.health.down(PART, _ALARMS[code])
