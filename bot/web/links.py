"""The links in letters that do one thing: leave, undo, mute. Opening one changes nothing; the page's button does."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot import actions
from bot.metrics import count_action
from bot.web.edge import form_of
from bot.web.render import Button, Pages, masked
from bridges.texts import Texts
from bridges.tokens import Purpose
from storage import pages as ledger
from storage.ids import ItemId, MemberId
from storage.models import Item, Member
from storage.words import ItemStatus, MemberStatus, Mode


class Links:
    """One page a purpose; the token in the path is all the authority there is."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._house = pages.house

    def _numbers(self, request: Request, purpose: Purpose, count: int) -> tuple[int, ...] | None:
        numbers = self._house.tokens.read(purpose, request.path_params["token"], self._house.now())
        return numbers if numbers is not None and len(numbers) == count else None

    # -- leave ------------------------------------------------------------------------------------------------------

    async def unsubscribe(self, request: Request) -> Response:
        """Leave in one click. A POST acts at once: no cookie, no redirect, no further question (RFC 8058 §3.2)."""
        numbers = self._numbers(request, Purpose.LEAVE, 1)
        if numbers is None:
            return self._pages.dead_link(request)
        async with self._house.database.read() as session:
            member = await ledger.member(session, numbers[0])
        texts = self._pages.texts(request, member.locale if member else None)
        if request.method != "POST":
            return self._may_leave(texts, member)
        form = await form_of(request)
        chosen = {mode.value: mode for mode in (Mode.DIGEST, Mode.EACH)}.get(form.get("mode", ""))
        if member is not None and chosen is not None:
            await actions.set_mode(self._house, member.id, chosen, "web")
            count_action("mode", "web")
            return self._has_digest(texts, member) if chosen is Mode.DIGEST else self._has_each(texts, member)
        left = await actions.leave(self._house, MemberId(numbers[0]), "web")
        count_action("leave", "web")
        return self._has_left(texts, again=left.outcome != "left", forgotten=left.outcome == "gone")

    def _may_leave(self, texts: Texts, member: Member | None) -> Response:
        t = texts.t
        if member is None or member.status is MemberStatus.LEFT:
            return self._has_left(texts, again=True, forgotten=member is None)
        buttons = [Button(t("Leave"), "List-Unsubscribe", "One-Click")]
        if member.mode is not Mode.DIGEST:
            buttons.append(Button(t("Only the weekly digest"), "mode", Mode.DIGEST, "plain"))
        if member.mode in (Mode.DIGEST, Mode.MINE):
            buttons.append(Button(t("Each thing as soon as it is shared"), "mode", Mode.EACH, "plain"))
        return self._pages.say(
            texts,
            t("Leave {network}?", network=self._house.settings.network.name),
            t("No more mail goes to {address} from the moment you press the button.", address=_shown(member)),
            buttons=buttons,
        )

    def _has_left(self, texts: Texts, *, again: bool, forgotten: bool) -> Response:
        t = texts.t
        if forgotten:
            return self._pages.say(texts, t("You have left already"), t("The address is no longer kept here."))
        return self._pages.say(
            texts,
            t("You have left already") if again else t("You have left"),
            t("No more mail comes to you from the network.")
            if again
            else t("No more mail comes to you from the network, but for one that confirms this."),
            t("Would you rather have only the weekly digest?"),
            buttons=[Button(t("Yes"), "mode", Mode.DIGEST)],
        )

    def _has_digest(self, texts: Texts, member: Member) -> Response:
        t = texts.t
        return self._pages.say(
            texts,
            t("You get the weekly digest"),
            t("From now on only the digest is mailed to {address}, once a week.", address=_shown(member)),
            buttons=[Button(t("Leave altogether"), "List-Unsubscribe", "One-Click", "plain")],
        )

    def _has_each(self, texts: Texts, member: Member) -> Response:
        t = texts.t
        return self._pages.say(
            texts,
            t("You get each thing as soon as it is shared"),
            t("From now on it is mailed to {address}, and the digest once a week.", address=_shown(member)),
            buttons=[Button(t("Only the weekly digest"), "mode", Mode.DIGEST, "plain")],
        )

    # -- undo -------------------------------------------------------------------------------------------------------

    async def undo(self, request: Request) -> Response:
        """Take back what was just shared, while nobody has it."""
        numbers = self._numbers(request, Purpose.UNDO, 2)
        if numbers is None:
            return self._pages.dead_link(request)
        item_id, member_id = numbers
        async with self._house.database.read() as session:
            item = await ledger.item(session, item_id)
            member = await ledger.member(session, member_id)
            sent = await ledger.gone_out(session, item_id)
        texts = self._pages.texts(request, member.locale if member else None)
        if item is None:
            return self._gone(texts)
        if request.method != "POST":
            return self._may_undo(texts, item, sent)
        undone = await actions.undo(self._house, ItemId(item_id), MemberId(member_id), "web")
        count_action("undo", "web")
        match undone.outcome:
            case "undone" | "already":
                return self._is_undone(texts, undone.title)
            case "too_late":
                return self._too_late(texts, undone.title, undone.sent)
            case _:
                return self._gone(texts)

    def _may_undo(self, texts: Texts, item: Item, sent: int) -> Response:
        t = texts.t
        closes = item.created_at + timedelta(seconds=self._house.settings.list.undo_seconds)
        if item.status is not ItemStatus.PUBLISHED:
            return self._is_undone(texts, item.title)
        if sent or self._house.now() > closes:
            return self._too_late(texts, item.title, sent)
        return self._pages.say(
            texts,
            t('Undo "{title}"?', title=item.title),
            t("Nobody has received the mail yet. It will not be sent, and the post is removed."),
            buttons=[Button(t("Undo"), "undo", "yes")],
        )

    def _is_undone(self, texts: Texts, title: str) -> Response:
        t = texts.t
        return self._pages.say(
            texts, t("Undone"), t('"{title}"', title=title), t("Nobody received the mail, and the post is gone.")
        )

    def _too_late(self, texts: Texts, title: str, sent: int) -> Response:
        t = texts.t
        said = texts.plural(
            'The mail "{title}" has already gone to {n} person.',
            'The mail "{title}" has already gone to {n} people.',
            sent,
            title=title,
        )
        return self._pages.say(
            texts,
            t("Too late to undo"),
            said if sent else t('The time to undo "{title}" has passed, and the mail is on its way.', title=title),
            t("If something in it is wrong, answer your own mail: the correction reaches those who follow the thread."),
        )

    def _gone(self, texts: Texts) -> Response:
        t = texts.t
        return self._pages.say(texts, t("It is gone"), t("The post is no longer kept here."), status=404)

    # -- mute -------------------------------------------------------------------------------------------------------

    async def mute(self, request: Request) -> Response:
        """Silence a thread, or let it speak again."""
        numbers = self._numbers(request, Purpose.MUTE, 2)
        if numbers is None:
            return self._pages.dead_link(request)
        item_id, member_id = numbers
        async with self._house.database.read() as session:
            item = await ledger.item(session, item_id)
            member = await ledger.member(session, member_id)
            muted = await ledger.muted(session, item_id, member_id)
        texts = self._pages.texts(request, member.locale if member else None)
        if item is None or member is None:
            return self._gone(texts)
        if request.method == "POST":
            muted = (await form_of(request)).get("muted") != "no"
            await actions.mute(self._house, item.id, member.id, muted, "web")
            count_action("mute" if muted else "follow", "web")
            return self._is_muted(texts, item.title) if muted else self._is_followed(texts, item.title)
        if muted:
            return self._is_muted(texts, item.title)
        return self._pages.say(
            texts,
            texts.t('Mute "{title}"?', title=item.title),
            texts.t("You get no more mail when somebody answers in this thread. Other mail comes as before."),
            buttons=[Button(texts.t("Mute the thread"), "muted", "yes")],
        )

    def _is_muted(self, texts: Texts, title: str) -> Response:
        t = texts.t
        return self._pages.say(
            texts,
            t("The thread is muted"),
            t('Answers to "{title}" are no longer mailed to you.', title=title),
            buttons=[Button(t("Follow again"), "muted", "no", "plain")],
        )

    def _is_followed(self, texts: Texts, title: str) -> Response:
        t = texts.t
        return self._pages.say(
            texts,
            t("You follow the thread"),
            t('Answers to "{title}" are mailed to you.', title=title),
            buttons=[Button(t("Mute the thread"), "muted", "yes", "plain")],
        )


def _shown(member: Member) -> str:
    return masked(member.email) if member.email else member.name
