"""Looking back: the page of an item with its conversation, and its files; for members, by a signed link."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot import actions
from bot.audience import is_for
from bot.digest.week import week_named
from bot.taking_up import may_take_up
from bot.web.asking import ask, mail_link
from bot.web.card import card_of
from bot.web.render import Pages
from bridges.texts import Texts
from bridges.tokens import Purpose
from storage import pages as ledger
from storage.digests import stands_in
from storage.ids import ItemId, MentionId
from storage.models import Attachment, Item, Member
from storage.words import Audience, ItemStatus, MemberStatus

#: How long the buttons of a page that was opened share what it tells of.
SHARE_LINK = timedelta(days=1)
#: A file opens in no page of ours: it is saved, never shown, and whatever is in it may do nothing.
_FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
#: Types that are passed on as they are; anything else, which a browser might run, is just bytes.
_PLAIN_TYPES = re.compile(
    r"(application/(pdf|zip|msword|vnd\.[\w.+-]+)|image/(png|jpeg|gif|webp)|text/(plain|calendar))"
)


@dataclass(frozen=True, slots=True)
class Key:
    """What lets somebody read: a member's signed link, or that the archive is open to all."""

    member: Member | None  # None: anybody, in an open archive
    token: str = ""
    acts: bool = False  # it was mailed for this item to its owner alone: what stands in a letter is passed on with it

    def on(self, path: str) -> str:
        """The address of a page or file of the same item, with the key on it."""
        return f"{path}?k={self.token}" if self.token else path


class Archive:
    """Shows items and hands out files, to those who may read them."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._house = pages.house

    async def item(self, request: Request) -> Response:
        """GET shows the item, or asks for an address; POST mails a link to a member's address."""
        item_id = _number(request)
        if request.method == "POST":
            return await self._mail_link(request, ItemId(item_id))
        async with self._house.database.read() as session:
            found = await ledger.conversation(session, item_id)
            key = await self._key(session, request, item_id, found.item if found else None)
        if key is None:
            return ask(self._pages, self._pages.texts(request))
        texts = self._texts(request, key)
        if found is None or found.item.status is not ItemStatus.PUBLISHED:
            return self._taken_back(texts)
        card = card_of(
            found,
            texts,
            self._house,
            key.on,
            to_member=key.member is not None,
            share_link=self._share_link(found.item, key),
        )
        return self._pages.show("item.html", texts, title=card.title, card=card)

    async def file(self, request: Request) -> Response:
        """A file, to save; its name in the path is for people, the number counts."""
        number = _number(request)
        async with self._house.database.read() as session:
            item_id = await ledger.owner_of_file(session, number)
            item = await ledger.item(session, item_id) if item_id is not None else None
            key = await self._key(session, request, item_id or 0, item)
            readable = key is not None and item is not None and item.status is ItemStatus.PUBLISHED
            attachment = await ledger.file(session, number) if readable and request.method == "GET" else None
            bare = await session.get(Attachment, number) if readable and request.method == "HEAD" else None
        if request.method == "POST":
            return await self._mail_link(request, ItemId(item_id or 0))
        if key is None:
            return ask(self._pages, self._pages.texts(request))
        if attachment is not None:
            return _download(attachment, attachment.content)
        if bare is not None:
            return _download(bare, b"")
        return self._taken_back(self._texts(request, key))

    # -- who may read -----------------------------------------------------------------------------------------------

    async def _key(self, session: AsyncSession, request: Request, item_id: int, item: Item | None) -> Key | None:
        token = request.query_params.get("k", "")
        numbers = self._house.tokens.read(Purpose.READ, token, self._house.now())
        if numbers is not None and len(numbers) in (2, 3) and numbers[0] == item_id:
            member = await ledger.member(session, numbers[1])
            if member is not None and member.status is not MemberStatus.LEFT:
                return Key(member, token, acts=numbers[2:] == (actions.MAILED,))
        if item is not None and (reader := await self._reader_of_digest(session, token, item)) is not None:
            return Key(reader, token)
        return Key(None) if item is not None and self._is_open(item) else None

    async def _reader_of_digest(self, session: AsyncSession, token: str, item: Item) -> Member | None:
        """Whoever got a digest in which this item stands: the key in that letter opens all that it speaks of."""
        numbers = self._house.tokens.read(Purpose.DIGEST, token, self._house.now())
        if numbers is None or len(numbers) != 2:
            return None
        member = await ledger.member(session, numbers[1])
        if member is None or member.status is MemberStatus.LEFT or not await is_for(session, item, member):
            return None
        return member if await stands_in(session, week_named(numbers[0]), item.id) else None

    def _is_open(self, item: Item) -> bool:
        """Open to anybody: not while it can still be undone, and not what was meant for some only."""
        settled = item.created_at + timedelta(seconds=self._house.settings.list.undo_seconds)
        return (
            self._house.settings.network.open_archive
            and item.audience is Audience.ALL
            and item.status is ItemStatus.PUBLISHED
            and settled <= self._house.now()
        )

    async def _mail_link(self, request: Request, item_id: ItemId) -> Response:
        return await mail_link(self._pages, request, lambda to: actions.send_read_link(self._house, to, item_id))

    def _share_link(self, item: Item, key: Key) -> Callable[[MentionId], str] | None:
        """Where what the item tells of is shared: with a key that may be another's, by way of a link that is mailed."""
        member = key.member
        if member is None or not may_take_up(item, member):
            return None
        if not key.acts:
            return lambda _: f"/i/{item.id}"
        until, tokens = self._house.now() + SHARE_LINK, self._house.tokens
        return lambda mention: f"/share/{tokens.sign(Purpose.SHARE, mention, member.id, until=until)}"

    # -- answers ----------------------------------------------------------------------------------------------------

    def _taken_back(self, texts: Texts) -> Response:
        t = texts.t
        said = t("The one who shared it has taken it back, or it is no longer kept.")
        return self._pages.say(texts, t("It is gone"), said, status=410)

    def _texts(self, request: Request, key: Key) -> Texts:
        return self._pages.texts(request, key.member.locale if key.member else None)


def _number(request: Request) -> int:
    """The id in the path; what is no number is no page."""
    text = request.path_params["id"]
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise HTTPException(404)
    return int(text)


def _download(attachment: Attachment, content: bytes) -> Response:
    kind = attachment.content_type.lower()
    headers = {
        "Content-Type": kind if _PLAIN_TYPES.fullmatch(kind) else "application/octet-stream",
        "Content-Disposition": disposition(attachment.name),
        "Content-Security-Policy": _FILE_POLICY,
        "Content-Length": str(attachment.size),
    }
    return Response(content, headers=headers)


def disposition(name: str) -> str:
    """`attachment` with the name for old and new browsers (RFC 6266 §4.3 and appendix D)."""
    plain = "".join(char if " " <= char <= "~" and char not in '"\\%' else "_" for char in name) or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
