"""The desk as a page: what waits, from whom and why, and two buttons; decided once, by whoever is first."""

from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot import actions
from bot.metrics import count_action
from bot.telling import today
from bot.web.edge import form_of
from bot.web.render import Button, Pages, text_html
from bridges.edition import event_of_json
from bridges.occasions import held_words, kind_word, last_day, when_and_where
from bridges.texts import Texts
from bridges.tokens import Purpose
from storage import pages as ledger
from storage.models import Member
from storage.pages import HeldPost
from storage.words import HeldState, Kind, MemberStatus, Role

_VERDICTS: dict[str, actions.Decision] = {
    "approve": "approve",
    "reject": "reject",
    "merge": "merge",  # it tells of an event that there is an item of
    "trust": "trust",  # release, and let this member share without being held from now on
}


class Desk:
    """Shows a held post to the one editor that the link was made for, and takes the decision."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._house = pages.house

    async def page(self, request: Request) -> Response:
        """GET shows, POST decides."""
        numbers = self._house.tokens.read(Purpose.DESK, request.path_params["token"], self._house.now())
        if numbers is None or len(numbers) != 2:
            return self._pages.dead_link(request)
        async with self._house.database.read() as session:
            held = await ledger.held_post(session, numbers[0])
            editor = await ledger.member(session, numbers[1])
        texts = self._pages.texts(request, editor.locale if editor else None)
        if editor is None or not _may_decide(editor):
            return self._not_allowed(texts)
        if held is None:
            return self._gone(texts)
        if request.method == "POST":
            return await self._decide(request, texts, held, editor)
        if held.state is not HeldState.WAITING:
            return self._decided(texts, held.title, held.state, held.decided_by, held.decided_at)
        return self._waits(texts, held)

    async def _decide(self, request: Request, texts: Texts, held: HeldPost, editor: Member) -> Response:
        verdict = _VERDICTS.get((await form_of(request)).get("decision", ""))
        if verdict is None:
            raise HTTPException(400)
        decided = await actions.decide(self._house, held.id, editor.id, verdict, "web")
        match decided.outcome:
            case "released":
                count_action(verdict, "web")
                people = self._people(texts, decided.people)
                return self._pages.say(texts, texts.t("Sent on"), texts.t('"{title}"', title=decided.title), people)
            case "merged":
                count_action(verdict, "web")
                said = texts.t("It tells of an event that is there already: they are one item now.")
                return self._pages.say(texts, texts.t("One item"), texts.t('"{title}"', title=decided.title), said)
            case "rejected":
                count_action(verdict, "web")
                said = texts.t("Nobody gets the post. It is kept here, but shown to nobody.")
                return self._pages.say(texts, texts.t("Rejected"), texts.t('"{title}"', title=decided.title), said)
            case "already":
                return self._decided(texts, decided.title, decided.state, decided.by, decided.at)
            case "not_allowed":
                return self._not_allowed(texts)
            case _:
                return self._gone(texts)

    def _waits(self, texts: Texts, held: HeldPost) -> Response:
        t = texts.t
        people = texts.plural("Send to {n} person", "Send to {n} people", held.people)
        buttons = [Button(people, "decision", "approve")]
        if held.same_title:
            buttons = [Button(t("The same event"), "decision", "merge"), Button(people, "decision", "approve", "plain")]
        if held.reason in ("first_share", "unknown_user", "unknown_sender"):
            buttons.append(Button(t("Send, and trust the sender from now on"), "decision", "trust", "plain"))
        buttons.append(Button(t("Reject"), "decision", "reject", "danger"))
        return self._pages.show(
            "desk.html",
            texts,
            title=held.title or t("(no subject)"),
            kind=kind_word(Kind(held.kind) if held.kind else None, texts),
            sender=" · ".join(part for part in (held.sender_name, held.sender) if part) or t("unknown"),
            reason=held_words(held.reason, texts),
            understood=self._understood(texts, held),
            same_title=held.same_title,
            same_href=f"/i/{held.same_id}",
            came=self._moment(texts, held.created_at),
            files=[(name, texts.size(size)) for name, size in held.files],
            text=text_html(held.text),
            buttons=buttons,
        )

    def _understood(self, texts: Texts, held: HeldPost) -> str:
        if not held.event:
            return ""
        event, day = event_of_json(held.event), today(self._house, self._house.now())
        return " · ".join(filter(None, (when_and_where(event, day, texts), last_day(event, day, texts).words)))

    def _decided(self, texts: Texts, title: str, state: str, by: str, at: datetime | None) -> Response:
        t = texts.t
        when = self._moment(texts, at) if at else t("earlier")
        who = by or t("Another editor")
        if state == HeldState.RELEASED:
            said = t('{who} sent on "{title}" {when}.', who=who, title=title, when=when)
        elif state == HeldState.MERGED:
            said = t(
                '{who} said {when} that "{title}" is an event that is there already.', who=who, title=title, when=when
            )
        else:
            said = t('{who} rejected "{title}" {when}.', who=who, title=title, when=when)
        return self._pages.say(texts, t("Decided already"), said, t("There is nothing more to do."))

    def _people(self, texts: Texts, people: int) -> str:
        return texts.plural("It is going to {n} person.", "It is going to {n} people.", people)

    def _not_allowed(self, texts: Texts) -> Response:
        t = texts.t
        title = t("Only editors decide here")
        return self._pages.say(texts, title, t("You are not an editor any more. Nothing has been changed."), status=403)

    def _gone(self, texts: Texts) -> Response:
        t = texts.t
        return self._pages.say(texts, t("It is gone"), t("The post is no longer kept here."), status=404)

    def _moment(self, texts: Texts, at: datetime) -> str:
        zone = ZoneInfo(self._house.settings.network.timezone)
        local = at.astimezone(zone)
        return f"{texts.day(local.date(), self._house.now().astimezone(zone).date())} {texts.clock(local.time())}"


def _may_decide(editor: Member) -> bool:
    return editor.role in (Role.EDITOR, Role.ADMIN) and editor.status is MemberStatus.ACTIVE
