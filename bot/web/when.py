"""The link in the question to a sender: which day their event is. Opening it shows the choices, a button answers."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from bot.answering import answer
from bot.asking import which_day
from bot.house import House
from bot.metrics import count_action
from bot.telling import today
from bot.understanding import Author
from bot.web.edge import form_of
from bot.web.render import Button, Pages
from bridges.texts import Texts
from bridges.tokens import Purpose
from bridges.which_day import WhichDay, asks, label, labels, until_then
from storage import pages as ledger
from storage.ids import ItemId
from storage.models import Item, Member, Question
from storage.questions import question_of
from storage.words import ItemStatus

_NUMBERS = 2  # an item and its author, 0 for one who is no member


class WhenPage:
    """One question; the token in the path is all the authority there is, as it was mailed to the item's author alone."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._house: House = pages.house

    async def page(self, request: Request) -> Response:
        """GET shows the question, POST answers it."""
        numbers = self._house.tokens.read(Purpose.WHEN, request.path_params["token"], self._house.now())
        if numbers is None or len(numbers) != _NUMBERS:
            return self._pages.dead_link(request)
        async with self._house.database.read() as session:
            item = await ledger.item(session, numbers[0])
            member = await ledger.member(session, numbers[1]) if numbers[1] else None
            question = await question_of(session, ItemId(numbers[0]))
        texts = self._pages.texts(request, member.locale if member else None)
        if item is None or question is None or item.status is not ItemStatus.PUBLISHED:
            return self._gone(texts)
        if request.method == "POST" and question.answered_at is None:
            return await self._answered(request, texts, item, question, member)
        if question.answered_at is not None:
            return self._is_known(texts, item.title, question.answer)
        return self._asked(request, texts, item, question)

    async def _answered(
        self, request: Request, texts: Texts, item: Item, question: Question, member: Member | None
    ) -> Response:
        form = await form_of(request)
        wall = form.get("when", "") or _wall(form.get("day", ""), form.get("clock", ""))
        by = Author(
            name=item.author_name, email=(member.email if member else "") or item.author_email, member_id=item.author_id
        )
        done = await answer(self._house, item.id, wall, by, "web")
        match done.outcome:
            case "settled":
                count_action("when", "web")
                return self._is_known(texts, done.title, done.answer, now=True)
            case "already":
                return self._is_known(texts, done.title, done.answer)
            case "unclear":
                return self._asked(request, texts, item, question, error=texts.t("Choose a day first."))
            case _:
                return self._gone(texts)

    def _asked(self, request: Request, texts: Texts, item: Item, question: Question, error: str = "") -> Response:
        """The choice that the link was for stands first and looks like the one to press."""
        which, day = which_day(question), today(self._house, self._house.now())
        first = _number(request.query_params.get("choice", ""))
        named = list(enumerate(zip(which.choices, labels(which.choices, day, texts), strict=True), 1))
        named.sort(key=lambda one: one[0] != first)
        return self._pages.show(
            "when.html",
            texts,
            title=texts.t("When is it?"),
            heading=item.title,
            language=item.language,
            asks=asks(which, day, texts),
            until_then=until_then(which, day, texts),
            buttons=[
                Button(words, "when", wall, "main" if number == first else "plain") for number, (wall, words) in named
            ],
            day=_suggested(which, day),
            error=error,
            status=400 if error else 200,
        )

    def _is_known(self, texts: Texts, title: str, wall: str, *, now: bool = False) -> Response:
        t, day = texts.t, today(self._house, self._house.now())
        when = label(wall, day, texts) if wall[:1].isdigit() else ""
        said = (
            t('"{title}" is on {when}.', title=title, when=when)
            if when
            else t('"{title}" has been changed.', title=title)
        )
        more = (
            t("The post says so now, and those who already have it are told.")
            if now
            else t("There is nothing more to do.")
        )
        return self._pages.say(texts, t("Thank you") if now else t("It is known already"), said, more)

    def _gone(self, texts: Texts) -> Response:
        t = texts.t
        said = t("The one who shared it has taken it back, or it is no longer kept.")
        return self._pages.say(texts, t("It is gone"), said, status=410)


def _wall(day: str, clock: str) -> str:
    """What the fields for another day say."""
    return f"{day}T{clock[:5]}" if clock else day


def _suggested(which: WhichDay, today: date) -> str:
    """The day that the field for another begins at."""
    return min((choice[:10] for choice in which.choices), default=which.known[:10] or today.isoformat())


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else 0
