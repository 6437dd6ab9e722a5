"""What is opened at once over what a person is doing: the form that shares, an item to change, a text in full.

Slack gives three seconds and never asks again, so a skeleton without fields comes first, before anything is looked up;
nothing is stored, and nothing is lost when it fails.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_sdk.webhook.async_client import AsyncWebhookClient
from sqlalchemy.orm import selectinload

from bot.digest.preview import preview_of
from bot.house import House
from bot.mentions import reading_of
from bot.slack.digest import only_editors, week_of_button
from bot.slack.people import Visitor, visitor
from bot.slack.prefill import draft_of_mention, is_pasted, prefilled, sent_at
from bot.slack.presses import gone, not_yours
from bot.slack.workspace import Workspace
from bot.taking_up import may_take_up
from bridges.preview import standing
from bridges.slack.api import Away, Refused, Slow
from bridges.slack.arrivals import Opener, tip_in
from bridges.slack.drawing.message import Message
from bridges.slack.drawing.notices import notice
from bridges.slack.form.digest import digest_form, waiting_form
from bridges.slack.form.views import Draft, Meta, draft_of, form, skeleton, told, told_rows, whole_text
from bridges.slack.posts import Posts
from bridges.slack.words.from_slack import mentioned, to_neutral
from bridges.slack.words.to_slack import literal
from bridges.texts import Texts
from storage.database import is_outage
from storage.ids import ItemId
from storage.mentions import mention
from storage.models import Item, Member
from storage.words import DigestState, ItemStatus, Kind

log = structlog.get_logger()

#: Seconds that looking up who asks may take; a form in the network's language is better than none.
LOOKING_UP = 1.5
#: Seconds until a form that could not be shown is shown once more.
HICCUP = 0.3
#: What asks for help after the command.
_HELP = frozenset({"hjälp", "hjalp", "help", "?"})


class Opening:
    """Opens what was asked for."""

    def __init__(self, house: House, workspace: Workspace, posts: Posts) -> None:
        self._house, self._workspace, self._posts = house, workspace, posts

    async def open(self, opener: Opener) -> None:
        """Raises nothing: whoever asked is told what went wrong, where that can be said."""
        try:
            if opener.kind == "command" and opener.text.strip():
                await self._command(opener)
            else:
                await self._view(opener)
        except (Refused, Away, Slow) as trouble:
            log.warning("slack.not_opened", kind=opener.kind, reason=str(trouble))
            await self._say(opener, Texts(self._house.settings.network.locale).t("It took too long. Please try again."))

    async def _opened(self, opener: Opener, view: dict[str, Any]) -> dict[str, Any]:
        """Slack may ask us to wait; within the three seconds that a trigger is good for, that can be done once."""
        about = {"trigger_id": opener.trigger_id, "view": view}
        try:
            return await self._workspace.api.call("views.open", **about)
        except Slow as trouble:
            if trouble.after.total_seconds() > LOOKING_UP:
                raise
            await asyncio.sleep(trouble.after.total_seconds())
            return await self._workspace.api.call("views.open", **about)

    async def _command(self, opener: Opener) -> None:
        word, tip = opener.text.strip().partition(" ")[0], tip_in(opener.text)
        if tip == "" or (tip is None and is_pasted(opener.text)):
            await self._view(opener)
            return
        who = await self._who(opener.user_id)
        t = Texts(who.author.language)
        if tip is not None:  # with an address it would have been shared, and not come here
            sentence = t.t(
                "“{words}” is no web address. Write /brygga tips with an address, or /brygga tips alone for the form.",
                words=tip[:100],
            )
            await self._say(opener, sentence)
        elif word.casefold() in _HELP:
            await self._answer(opener, self._hello(t))
        else:
            sentence = t.t(
                "“{word}” cannot be done here yet. Write /brygga to share something, or /brygga help.", word=word[:100]
            )
            await self._say(opener, sentence)

    # -- views ----------------------------------------------------------------------------------------------------------

    async def _view(self, opener: Opener) -> None:
        meta, t = self._meta(opener), Texts(self._house.settings.network.locale)
        if opener.view_id:
            shown: Mapping[str, Any] = {"id": opener.view_id, "hash": opener.view_hash}
        else:
            first = waiting_form(t, opener.value) if opener.kind == "digest" else skeleton(t, meta)
            shown = (await self._opened(opener, first)).get("view") or {}
        try:
            view = await self._filled(opener, meta)
        except (Refused, Away, Slow) as trouble:
            log.warning("slack.not_filled", kind=opener.kind, reason=str(trouble))
            view = told(t, t.t("Slack does not answer just now. Please try again in a moment."))
        except Exception as error:
            if not is_outage(error):
                raise
            view = told(t, t.t("The network's register does not answer just now. Please try again in a moment."))
        await self._show(str(shown.get("id") or ""), str(shown.get("hash") or ""), view)

    async def _show(self, view_id: str, mark: str, view: dict[str, Any]) -> None:
        try:
            await self._workspace.api.call(
                "views.update", view_id=view_id, view=view, **({"hash": mark} if mark else {})
            )
        except Refused as refused:
            if refused.code != "hash_conflict":
                if refused.code == "not_found":
                    return  # closed meanwhile
                raise
        except (Away, Slow) as trouble:  # the form stands there and waits; what is filled in already stays
            pause = trouble.after.total_seconds() if isinstance(trouble, Slow) else HICCUP
            if pause > LOOKING_UP:
                raise
            await asyncio.sleep(pause)
        else:
            return
        await self._workspace.api.call("views.update", view_id=view_id, view=view)

    def _meta(self, opener: Opener) -> Meta:
        lang = self._house.settings.network.locale
        if opener.kind == "message":
            ts = str((opener.message or {}).get("ts") or "")
            return Meta(lang=lang, channel=opener.channel_id, ts=ts)
        if opener.kind == "edit":
            return Meta(lang=lang, item_id=_number(opener.value))
        return Meta(lang=lang)

    async def _filled(self, opener: Opener, meta: Meta) -> dict[str, Any]:
        who = await self._who(opener.user_id)
        t = Texts(who.author.language)
        meta = replace(meta, lang=t.lang)
        topics = self._house.settings.network.topics
        match opener.kind:
            case "edit":
                return await self._to_change(who, meta, t)
            case "digest":
                return await self._to_arrange(who, opener.value, t)
            case "read":
                view = await self._posts.item_view(ItemId(_number(opener.value) or 0))
                return whole_text(view, t) if view else told(t, gone(t))
            case "told":
                return await self._told(who, _number(opener.value) or 0, meta, t)
            case "mention":
                return await self._mention(who, _number(opener.value) or 0, meta, t)
            case "message":
                return form(t, meta, await self._from_message(opener.message or {}), topics=topics)
            case "command" if tip_in(opener.text) is None and is_pasted(opener.text):
                return form(t, meta, await self._from_message({"text": opener.text}), topics=topics)
            case "command" if opener.text.strip():
                return form(t, meta, Draft(kind=Kind.TIP), topics=topics)
            case _:
                return form(t, meta, Draft(), topics=topics)

    async def _to_change(self, who: Visitor, meta: Meta, t: Texts) -> dict[str, Any]:
        async with self._house.database.read() as session:
            options = [selectinload(Item.events)]
            item = await session.get(Item, meta.item_id or 0, options=options)
        if item is None or item.status is not ItemStatus.PUBLISHED:
            return told(t, gone(t))
        if not who.may_change(item.author_id, item.cluster_id):
            return told(t, not_yours(t, item.title))
        draft = draft_of(item, item.events[0] if item.events else None)
        return form(t, meta, draft, topics=self._house.settings.network.topics)

    async def _told(self, who: Visitor, item_id: int, meta: Meta, t: Texts) -> dict[str, Any]:
        """What a letter tells of, to choose from; of one alone its form at once."""
        view = await self._posts.item_view(ItemId(item_id))
        if view is None or view.status is not ItemStatus.PUBLISHED:
            return told(t, gone(t))
        open_ = [one for one in view.mentions if one.is_open(view.today)]
        return await self._mention(who, open_[0].id, meta, t) if len(open_) == 1 else told_rows(view, t)

    async def _mention(self, who: Visitor, mention_id: int, meta: Meta, t: Texts) -> dict[str, Any]:
        """The form, filled in with something that a letter tells of, for whoever may share it."""
        async with self._house.database.read() as session:
            one = await mention(session, mention_id)
            letter = await session.get(Item, one.mention.item_id) if one is not None else None
            member = await session.get(Member, who.known.member_id) if who.known else None
            there = await session.get(Item, one.shared_as) if one is not None and one.shared_as is not None else None
        if one is None or letter is None or letter.status is not ItemStatus.PUBLISHED:
            return told(t, gone(t))
        if not may_take_up(letter, member):
            return told(
                t, t.t("The staff of the clusters, editors, and whoever sent the letter share what it tells of.")
            )
        if there is not None:
            return told(t, t.t('The network has it already: "{title}".', title=there.title))
        draft = draft_of_mention(reading_of(one.mention, letter))
        return form(t, replace(meta, mention_id=mention_id), draft, topics=self._house.settings.network.topics)

    async def _to_arrange(self, who: Visitor, value: str, t: Texts) -> dict[str, Any]:
        """The digest as it stands; once it has gone, that it has."""
        if not who.is_editor:
            return told(t, only_editors(t))
        if (week := week_of_button(value)) is None:
            return told(t, gone(t))
        async with self._house.database.read() as session:
            preview = await preview_of(session, self._house, week, self._house.now())
        sent = preview.state is DigestState.SENT
        return told(t, " ".join(standing(preview, t))) if sent else digest_form(preview, t)

    async def _from_message(self, message: Mapping[str, Any]) -> Draft:
        network = self._house.settings.network
        text = to_neutral(message, await self._names(message), zone=network.timezone, lang=network.locale)
        return await asyncio.to_thread(prefilled, self._house.settings, text, sent_at(message, self._house.now()))

    async def _names(self, message: Mapping[str, Any]) -> Any:
        return await self._workspace.directory.names(mentioned(message))

    # -- people ---------------------------------------------------------------------------------------------------------

    async def _who(self, user: str) -> Visitor:
        """Whoever asks; somebody unknown when that takes too long."""
        try:
            async with asyncio.timeout(LOOKING_UP):
                person = await self._workspace.directory.person(user)
                async with self._house.database.read() as session:
                    return await visitor(session, self._house, user, person, self._house.now())
        except Exception as error:
            if not (is_outage(error) or isinstance(error, Refused | Away | Slow)):
                raise
            return Visitor(user, None, None, self._house.settings.network.locale)

    def _hello(self, t: Texts) -> Message:
        settings, now = self._house.settings, self._house.now()
        return notice(
            "hello",
            {},
            t,
            kind=None,
            item_id=None,
            timezone=settings.network.timezone,
            today=now.date(),
            address=settings.list.address,
            network=settings.network.name,
        )

    async def _say(self, opener: Opener, sentence: str) -> None:
        await self._answer(opener, Message(literal(sentence)))

    async def _answer(self, opener: Opener, message: Message) -> None:
        """To the one who asked alone; where nothing can be said any more, nothing is."""
        if not opener.response_url:
            if opener.channel_id:
                await self._workspace.whisper(opener.channel_id, opener.user_id, message)
            else:  # a global shortcut is pressed nowhere
                await self._workspace.write_to(opener.user_id, message)
            return
        try:
            blocks = list(message.blocks) or None
            await AsyncWebhookClient(opener.response_url, timeout=5).send(
                text=message.text, blocks=blocks, response_type="ephemeral"
            )
        except Exception as error:  # noqa: BLE001  whatever it is, the person sees that nothing came, and asks again
            log.warning("slack.not_answered", error=type(error).__name__)


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None
