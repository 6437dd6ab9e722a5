"""The digest of a week on the web: each member's own by a signed link, and what is for all in an open archive."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from bot.actions import READ_LINK
from bot.digest.reading import edition_for, send_digest_link
from bot.digest.week import week_number
from bot.web.archive import Key
from bot.web.asking import ask, mail_link
from bot.web.digest_page import PageOf, digest_page
from bot.web.render import Pages
from bridges.mail.letters import VOTE_DAYS
from bridges.texts import Texts
from bridges.tokens import Purpose
from schedules.weeks import NoSuchWeek, read_week
from storage import pages as ledger
from storage.ids import ItemId, Week
from storage.words import MemberStatus


class Digests:
    """Shows the editions that have gone out, to those who may read them."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._house = pages.house

    async def page(self, request: Request) -> Response:
        """GET shows the edition, or asks for an address; POST mails a link to a member's address."""
        try:
            week = read_week(request.path_params["week"])
        except NoSuchWeek:
            return self._no_week(self._pages.texts(request))
        if request.method == "POST":
            return await mail_link(self._pages, request, lambda to: send_digest_link(self._house, to, week))
        async with self._house.database.read() as session:
            key = await self._key(session, request, week)
            reader = key.member.id if key and key.member else None
            edition = await edition_for(session, self._house, week, reader) if key else None
        texts = self._pages.texts(request, key.member.locale if key and key.member else None)
        if key is None:
            return ask(self._pages, texts)
        if edition is None:
            return self._no_week(texts)
        page = digest_page(edition, texts, self._reading(key), self._voting(key))
        return self._pages.show("digest.html", texts, title=page.heading, page=page)

    async def _key(self, session: AsyncSession, request: Request, week: Week) -> Key | None:
        token = request.query_params.get("k", "")
        numbers = self._house.tokens.read(Purpose.DIGEST, token, self._house.now())
        if numbers is not None and len(numbers) == 2 and numbers[0] == week_number(week):
            member = await ledger.member(session, numbers[1])
            if member is not None and member.status is not MemberStatus.LEFT:
                return Key(member, token)
        return Key(None) if self._house.settings.network.open_archive else None

    def _reading(self, key: Key) -> PageOf:
        """Where an item is, with a key of its own on it for a member."""
        member, until = key.member, self._house.now() + READ_LINK

        def page_of(item_id: ItemId) -> str:
            token = self._house.tokens.sign(Purpose.READ, item_id, member.id, until=until) if member else ""
            return Key(member, token).on(f"/i/{item_id}")

        return page_of

    def _voting(self, key: Key) -> PageOf:
        """Where a member votes for a tip; nowhere for others."""
        if key.member is None:
            return lambda _: ""
        until = self._house.now() + timedelta(days=VOTE_DAYS)
        sign, member_id = self._house.tokens.sign, key.member.id
        return lambda item_id: f"/vote/{item_id}/{sign(Purpose.VOTE, item_id, member_id, until=until)}"

    def _no_week(self, texts: Texts) -> Response:
        t = texts.t
        said = t("No digest has gone out for that week.")
        hint = t("The address names a year and a week, such as 2026-W48.")
        return self._pages.say(texts, t("There is no such digest"), said, hint, status=404)
