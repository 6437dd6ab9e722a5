"""Something that a letter tells of, as a page before it is shared: opening it shows it, its button shares it."""

from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from bot.house import House
from bot.mentions import with_source
from bot.metrics import count_action
from bot.taking_up import TakenUp, may_take_up, take_up
from bot.telling import today
from bot.web.edge import form_of
from bot.web.render import Button, Pages, text_html
from bridges.markdown import from_plain
from bridges.mentions import title_of, views_of, when_of, where_of
from bridges.occasions import is_web, kicker, kind_word, last_day
from bridges.texts import Texts
from bridges.tokens import Purpose
from bridges.urls import shortened
from storage import pages as ledger
from storage.ids import MemberId
from storage.mentions import Told, mention
from storage.models import Item
from storage.words import ItemStatus, Kind

_NUMBERS = 2  # a mention and a member
_CHOICES: dict[str, Literal["", "same", "another"]] = {"same": "same", "another": "another"}


class SharePage:
    """One thing that a letter tells of, for one member who may share it; the token is good for that alone."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._house: House = pages.house

    async def page(self, request: Request) -> Response:
        """GET shows what would be shared, POST shares it."""
        numbers = self._house.tokens.read(Purpose.SHARE, request.path_params["token"], self._house.now())
        if numbers is None or len(numbers) != _NUMBERS:
            return self._pages.dead_link(request)
        async with self._house.database.read() as session:
            told = await mention(session, numbers[0])
            letter = await ledger.item(session, told.mention.item_id) if told is not None else None
            member = await ledger.member(session, numbers[1])
        texts = self._pages.texts(request, member.locale if member else None)
        if told is None or letter is None or letter.status is not ItemStatus.PUBLISHED:
            return self._gone(texts)
        if not may_take_up(letter, member):
            return self._not_allowed(texts)
        if request.method == "POST":
            return await self._shared(request, texts, told, letter, MemberId(numbers[1]))
        if told.shared_as is not None:
            return self._is_there(texts, told.shared_as, told.mention.title)
        return self._shown(texts, told, letter)

    async def _shared(self, request: Request, texts: Texts, told: Told, letter: Item, member_id: MemberId) -> Response:
        choice = _CHOICES.get((await form_of(request)).get("share", ""), "")
        done = await take_up(self._house, told.mention.id, member_id, "web", choice=choice)
        t = texts.t
        match done.outcome:
            case "shared":
                count_action("share", "web")
                people = texts.plural("It is going to {n} person.", "It is going to {n} people.", done.people)
                undo = t("A mail is on its way to you, in which you can take it back.")
                return self._pages.say(texts, t("Shared"), t('"{title}"', title=done.title), people, undo)
            case "already" if done.item_id is not None:
                return self._is_there(texts, done.item_id, done.known_title or done.title)
            case "perhaps":
                return self._shown(texts, told, letter, perhaps=done)
            case "too_many":
                wait = t("You have shared much in the last hour. Wait a while, and press again.")
                return self._pages.say(texts, t("Not just now"), wait, t("Nothing has been changed."), status=429)
            case "not_allowed":
                return self._not_allowed(texts)
            case _:
                return self._gone(texts)

    def _shown(self, texts: Texts, told: Told, letter: Item, perhaps: TakenUp | None = None) -> Response:
        t, day, row = texts.t, today(self._house, self._house.now()), told.mention
        [view] = views_of([told])
        tip = row.kind is Kind.TIP
        paragraphs = [t("It goes to everyone who takes what is shared, as if you had written it yourself.")]
        if row.doubt is not None:
            said = t('The letter says "{said}", and it is not certain which day or time is meant.', said=row.said)
            paragraphs = [said, t("You get a question about it when it is shared."), *paragraphs]
        buttons = [Button(t("Share with the network"), "share", "yes")]
        if perhaps is not None:
            paragraphs = [t('It may be the same as "{title}", which is shared already.', title=perhaps.known_title)]
            another = Button(t("It is another: share it"), "share", "another", "plain")
            buttons = [Button(t("It is the same"), "share", "same"), another]
        return self._pages.show(
            "share.html",
            texts,
            title=t("Share {title}", title=title_of(view, texts)),
            kicker=kicker(kind_word(row.kind, texts), ""),
            heading=title_of(view, texts),
            language=letter.language,
            about="" if tip else " · ".join(filter(None, (when_of(view, day, texts), where_of(view, texts)))),
            deadline=last_day(view, day, texts, signing_up=not tip).words,
            url=row.url if is_web(row.url) else "",
            shown_url=shortened(row.url) if is_web(row.url) else "",
            text=text_html(with_source(from_plain(row.text), self._house, letter)),
            paragraphs=paragraphs,
            buttons=buttons,
        )

    def _is_there(self, texts: Texts, item_id: int, title: str) -> Response:
        t = texts.t
        said = t('The network has it already: "{title}".', title=title)
        page = t("It stands here: {url}", url=f"{self._house.settings.network.public_url}/i/{item_id}")
        return self._pages.say(texts, t("Shared already"), said, page)

    def _not_allowed(self, texts: Texts) -> Response:
        t = texts.t
        said = t("The staff of the clusters, editors, and whoever sent the letter share what it tells of.")
        return self._pages.say(texts, t("You cannot share this"), said, t("Nothing has been changed."), status=403)

    def _gone(self, texts: Texts) -> Response:
        t = texts.t
        said = t("The letter has been changed or taken back since. Open its page again.")
        return self._pages.say(texts, t("It is gone"), said, status=410)
