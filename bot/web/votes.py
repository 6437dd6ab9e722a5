"""The link in a letter that votes for a tip: opening it shows the tip, its button votes or takes the vote back."""

from starlette.requests import Request
from starlette.responses import Response

from bot.digest.week import week_named
from bot.house import House
from bot.metrics import count_action
from bot.voting import tip_for, vote
from bot.web.edge import form_of
from bot.web.render import Button, Pages
from bridges.occasions import kicker, kind_word
from bridges.texts import Texts
from bridges.tokens import Purpose
from bridges.urls import shortened
from storage import pages as ledger
from storage.digests import stands_in
from storage.ids import ItemId, MemberId
from storage.models import Item
from storage.tips import count_votes, has_voted, url_of
from storage.words import MemberStatus

#: The longest number that both databases know has more digits than any item.
_MOST_DIGITS = 18


class Votes:
    """A page for each tip and reader; the token is the reader, for the tips that it was mailed with, and no authority
    over anything but their votes.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._house: House = pages.house

    async def page(self, request: Request) -> Response:
        """GET shows the tip, POST votes for it or takes the vote back."""
        item_id = _number(request.path_params["id"])
        member_id = await self._reader(request.path_params["token"], ItemId(item_id)) if item_id else None
        if member_id is None:
            return self._pages.dead_link(request)
        if request.method == "POST":
            on = (await form_of(request)).get("vote") != "no"
            done = await vote(self._house, ItemId(item_id), member_id, "web", on=on)
            if done.outcome in ("voted", "taken_back"):
                count_action("vote", "web")
        async with self._house.database.read() as session:
            member = await ledger.member(session, member_id)
            item = await tip_for(session, item_id, member) if member else None
            mine = await has_voted(session, ItemId(item_id), member_id)
            votes = await count_votes(session, ItemId(item_id))
            url = await url_of(session, ItemId(item_id))
        texts = self._pages.texts(request, member.locale if member else None)
        if member is None or member.status is MemberStatus.LEFT:
            return self._has_left(texts)
        if item is None:
            return self._gone(texts)
        own = item.author_id == member_id
        return self._shown(texts, item, votes, mine=mine, own=own, url=url)

    async def _reader(self, token: str, item_id: ItemId) -> MemberId | None:
        """Whose token it is; None when it is not for this tip."""
        tokens, now = self._house.tokens, self._house.now()
        match tokens.read(Purpose.VOTE, token, now):
            case (about, member_id) if about == item_id:
                return MemberId(member_id)
        match tokens.read(Purpose.VOTES, token, now):
            case (number, member_id):
                async with self._house.database.read() as session:
                    if await stands_in(session, week_named(number), item_id):
                        return MemberId(member_id)
        return None

    def _shown(self, texts: Texts, item: Item, votes: int, *, mine: bool, own: bool, url: str) -> Response:
        t = texts.t
        said = texts.plural("{n} vote", "{n} votes", votes) if votes else t("No votes yet")
        if own:
            stands, buttons = t("It is your own tip: your own vote does not count."), []
        elif mine:
            stands = t("Your vote is counted. It helps the tip up in the weekly digest.")
            buttons = [Button(t("Take back the vote"), "vote", "no", "plain")]
        else:
            stands = t("Your vote helps the tip up in the weekly digest.")
            buttons = [Button(t("Vote"), "vote", "yes")]
        return self._pages.show(
            "vote.html",
            texts,
            title=item.title or t("(no subject)"),
            language=item.language,
            url=url,
            shown_url=shortened(url),
            buttons=buttons,
            kicker=kicker(kind_word(item.kind, texts), item.author_name),
            votes=said,
            stands=stands,
        )

    def _has_left(self, texts: Texts) -> Response:
        t = texts.t
        said = t("You have left the network, so nothing was counted.")
        return self._pages.say(texts, t("This link does not work"), said, status=404)

    def _gone(self, texts: Texts) -> Response:
        t = texts.t
        said = t("The one who shared it has taken it back, or it is no longer kept.")
        return self._pages.say(texts, t("It is gone"), said, status=410)


def _number(text: str) -> int:
    """The id in the path; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
