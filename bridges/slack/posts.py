"""What a delivery to Slack comes down to: a post, an answer in a thread, a new drawing, or nothing; drawn from the ledger."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from bridges.contract import Claim, GiveUp, TryLater
from bridges.edition import edition_as_it_went, event_of_json
from bridges.mail.calendar_out import event_view
from bridges.mail.letter import FileView, ListHouse
from bridges.mentions import views_of
from bridges.preview import PREVIEWS, Preview
from bridges.slack.drawing.cards import comment_post, item_card
from bridges.slack.drawing.desk_card import desk_card
from bridges.slack.drawing.digest import digest_posts
from bridges.slack.drawing.message import CommentView, DeskView, FileLink, ItemView, Message
from bridges.slack.drawing.notices import notice
from bridges.slack.drawing.preview_card import preview_card
from bridges.texts import Texts
from storage.database import Database
from storage.ids import CommentId, HeldId, ItemId, Week
from storage.letters import Material, file_bytes, material
from storage.mentions import told_by
from storage.models import Attachment, Content, Item
from storage.sharers import sharers_of
from storage.slack import (
    Desk,
    came_by_mail,
    card_of,
    desk,
    desk_post_expected,
    desk_post_of,
    digest_post_of,
    post_expected,
    post_of,
    standing_of,
    thread_root_expected,
)
from storage.words import ContentKind, HeldState, ItemStatus, Kind

#: How long what belongs to a card waits for it, before it looks again.
SOON = timedelta(seconds=0.75)
#: A text from which on drawing it takes so long that others would wait.
_LONG = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """A message in Slack."""

    channel: str
    ts: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.ts}"

    @classmethod
    def of(cls, remote_id: str) -> "Place":
        """From "CHANNEL:TS"."""
        channel, _, ts = remote_id.partition(":")
        return cls(channel, ts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Post something new."""

    message: Message
    key: str  # stands in the post's metadata, so that it is known again
    since: datetime  # it was not posted before
    under: Place | None = None  # the card that it answers
    item_id: ItemId | None = None  # what the post is, for the thread mapping
    comment_id: CommentId | None = None
    files: Sequence[FileView] = ()  # that go along, without their bytes


@dataclass(frozen=True, slots=True)
class Redraw:
    """Show something anew."""

    place: Place
    message: Message


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a card away."""

    place: Place


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to do."""

    why: str


Errand = Say | Redraw | Remove | Nothing

#: What an edition of the digest looks like to its editors at this moment.
PreviewOf = Callable[[AsyncSession, Week], Awaitable[Preview]]


class Posts:
    """The ledger's posts for Slack."""

    def __init__(self, database: Database, house: ListHouse, now: Callable[[], datetime], *, file_mb: int) -> None:
        """`file_mb`: larger files are linked to."""
        #: Handed in by whoever knows what an edition says; without it the desk reads the notice's words.
        self.preview_of: PreviewOf | None = None
        self._database, self._house, self._now = database, house, now
        self._largest = file_mb * 1_000_000

    async def errand(self, claim: Claim) -> Errand:
        """What a claim comes down to. Raises GiveUp when there is nothing to post any more, TryLater when what it
        belongs to has not been posted yet.
        """
        t = Texts(claim.language)
        async with self._database.read() as session:
            found = await material(session, claim.content_id)
            if found is None:
                raise GiveUp("the content is gone")
            match found.content.kind:
                case ContentKind.ITEM:
                    return await self._item(session, found, t)
                case ContentKind.COMMENT:
                    return await self._comment(session, found, t)
                case ContentKind.DESK:
                    return await self._desk(session, found.content, t)
                case ContentKind.NOTICE if found.content.data.get("notice") in PREVIEWS and self.preview_of:
                    return _say(found.content, await self._preview(session, found.content, t))
                case ContentKind.NOTICE | ContentKind.RECEIPT:
                    return self._notice(found, t)
                case ContentKind.EDIT:
                    return await self._edit(session, found, t)
                case ContentKind.DIGEST:
                    return await self._digest(session, found.content, t)

    async def bytes_of(self, file: FileView) -> bytes | None:
        """A file's bytes; None when it is gone."""
        async with self._database.read() as session:
            return (await file_bytes(session, [file.id])).get(file.id)

    def link(self, file: FileView) -> FileLink:
        """Where a file is on the web."""
        return FileLink(name=file.name, size=file.size, url=self._house.file(file))

    # -- items and answers ------------------------------------------------------------------------------------------

    async def _item(self, session: AsyncSession, found: Material, t: Texts) -> Say:
        item = found.item
        if item is None:
            raise GiveUp("the item is gone")
        if item.status is not ItemStatus.PUBLISHED:
            raise GiveUp(f"the item is {item.status.value}")
        message = await self._card(session, item, t)
        along, _ = self._parted(item.attachments)
        return _say(found.content, message, item_id=item.id, files=along)

    async def _card(self, session: AsyncSession, item: Item, t: Texts) -> Message:
        view = await self._view(session, item)
        return await _drawn(lambda: item_card(view, t), len(item.text))

    async def item_view(self, item_id: ItemId) -> ItemView | None:
        """An item as it is shown; None when there is none, or it was taken back unseen."""
        async with self._database.read() as session:
            options = [joinedload(Item.cluster), selectinload(Item.events), selectinload(Item.attachments)]
            item = await session.get(Item, item_id, options=options)
            if item is None or item.status is ItemStatus.UNDONE:
                return None
            return await self._view(session, item)

    async def _view(self, session: AsyncSession, item: Item) -> ItemView:
        standing = await standing_of(session, item.id)
        _, linked = self._parted(item.attachments)
        return ItemView(
            item_id=item.id,
            kind=item.kind,
            intent=item.intent,
            status=item.status,
            title=item.title,
            text=item.text,
            author=item.author_name,
            cluster=item.cluster.name if item.cluster else "",
            by_mail=await came_by_mail(session, item.inbox_id),
            event=event_view(item.events[0]) if item.events else None,
            topics=item.topics,
            audience=item.audience,
            files=[self.link(file) for file in linked],
            sign_ups=standing.sign_ups,
            sign_up_clusters=standing.clusters,
            comments=standing.comments,
            votes=standing.votes,
            sharers=await sharers_of(session, item.id) if item.kind is Kind.INVITATION else (),
            mentions=views_of(await told_by(session, item.id)),
            url=self._house.page(f"i/{item.id}"),
            today=self._house.today(self._now()),
            edited_at=item.updated_at if item.revision else None,
        )

    async def _comment(self, session: AsyncSession, found: Material, t: Texts) -> Say:
        item, comment = found.item, found.comment
        if item is None or comment is None or comment.deleted_at is not None:
            raise GiveUp("the answer is gone")
        if item.status is ItemStatus.UNDONE:
            raise GiveUp("the item is undone")
        card = await card_of(session, item.id)
        if card is None:
            if await thread_root_expected(session, item.id):
                raise TryLater("its card is not posted yet", after=SOON)
            raise GiveUp("its card was never posted")
        along, linked = self._parted(comment.attachments)
        view = CommentView(
            comment_id=comment.id,
            text=comment.text,
            author=comment.author_name,
            cluster=found.comment_cluster,
            by_mail=await came_by_mail(session, comment.inbox_id),
            correction=comment.correction,
            files=[self.link(file) for file in linked],
            url=self._house.page(f"i/{item.id}"),
        )
        message = await _drawn(lambda: comment_post(view, t), len(comment.text))
        said = _say(found.content, message, item_id=item.id, files=along)
        return replace(said, comment_id=comment.id, under=Place.of(card))

    def _parted(self, rows: Sequence[Attachment]) -> tuple[list[FileView], list[FileView]]:
        """Files that go along, and those that are linked to: too large, or empty, which Slack does not take."""
        files = [FileView(id=row.id, name=row.name, content_type=row.content_type, size=row.size) for row in rows]
        along = [file for file in files if 0 < file.size <= self._largest]
        return along, [file for file in files if file not in along]

    # -- the desk, and words for one person -------------------------------------------------------------------------

    async def _desk(self, session: AsyncSession, content: Content, t: Texts) -> Say:
        return _say(content, desk_card(await self._held(session, content.held_id), t))

    async def _held(self, session: AsyncSession, held_id: HeldId | None) -> DeskView:
        found = None if held_id is None else await desk(session, held_id)
        if found is None:
            raise GiveUp("the held post is gone")
        return _desk_view(found, self._house, self._now())

    def _notice(self, found: Material, t: Texts) -> Say:
        content, item = found.content, found.item
        name = str(content.data.get("notice") or "")
        try:
            message = notice(
                name,
                content.data,
                t,
                kind=item.kind if item else None,
                item_id=item.id if item else None,
                timezone=self._house.timezone,
                today=self._house.today(self._now()),
                address=self._house.address,
                network=self._house.name,
            )
        except KeyError as error:
            raise GiveUp(f"nobody gave words to {error}") from error
        return _say(content, message)

    async def _preview(self, session: AsyncSession, content: Content, t: Texts) -> Message:
        if self.preview_of is None:
            raise GiveUp("nobody here knows what the digest says")
        preview = await self.preview_of(session, Week(str(content.data.get("week") or "")))
        # Which of hundreds of rows find room is found by trying.
        return await asyncio.to_thread(preview_card, preview, t)

    # -- the weekly digest ------------------------------------------------------------------------------------------

    async def _digest(self, session: AsyncSession, content: Content, t: Texts) -> Errand:
        """The post of an edition, or a part of it in its thread; drawn without what has been taken back meanwhile."""
        week, part = Week(content.data["week"]), int(content.data["part"])
        message = await self._part(session, content, t)
        if message is None:
            return Nothing("what it said has been taken back")
        said = _say(content, message)
        if part == 0:
            return said
        root = await digest_post_of(session, week)
        if root is None:
            raise TryLater("the post that it belongs under is not there yet", after=SOON)
        return replace(said, under=Place.of(root))

    async def _part(self, session: AsyncSession, content: Content, t: Texts) -> Message | None:
        """One of an edition's posts, as things stand; None when nothing of the edition is left."""
        week, part = Week(content.data["week"]), int(content.data["part"])
        found = await edition_as_it_went(session, week, date.fromisoformat(content.data["day"]))
        if found is None or all(row.item_id in found[1] for row in found[0].rows):
            return None
        edition, gone = found
        # What of hundreds of rows finds room is found by trying.
        posts = await asyncio.to_thread(digest_posts, edition, self._house.page(f"d/{week}"), t, gone)
        return posts[part] if part < len(posts) else None

    # -- once more --------------------------------------------------------------------------------------------------

    async def _edit(self, session: AsyncSession, found: Material, t: Texts) -> Errand:
        content, item = found.content, found.item
        if about := str(content.data.get("preview") or ""):
            place = await post_of(session, about)
            if place is None:
                return _none(expected=await post_expected(session, about))
            return Redraw(Place.of(place), await self._preview(session, content, t))
        if about := str(content.data.get("digest") or ""):
            place = await post_of(session, about)
            if place is None:  # should it be posted yet, it shows how things stand then
                return Nothing("it was never posted")
            message = await self._part(session, content, t)
            return Remove(Place.of(place)) if message is None else Redraw(Place.of(place), message)
        if content.held_id is not None:
            place = await desk_post_of(session, content.held_id)
            if place is None:
                return _none(expected=await desk_post_expected(session, content.held_id))
            return Redraw(Place.of(place), desk_card(await self._held(session, content.held_id), t))
        if item is None:
            return Nothing("the item is gone")
        card = await card_of(session, item.id)
        if card is None:
            return _none(expected=await thread_root_expected(session, item.id))
        if item.status is ItemStatus.UNDONE:
            return Remove(Place.of(card))
        return Redraw(Place.of(card), await self._card(session, item, t))


def _none(*, expected: bool) -> Nothing:
    """A card that was never posted need not be drawn anew: should it be posted yet, it shows how things stand then."""
    if expected:
        raise TryLater("its card is not posted yet", after=SOON)
    return Nothing("its card was never posted")


def _say(content: Content, message: Message, *, item_id: ItemId | None = None, files: Sequence[FileView] = ()) -> Say:
    key = content.message_id.strip("<>")
    return Say(message=message, key=key, since=content.created_at, item_id=item_id, files=files)


async def _drawn(draw: Callable[[], Message], characters: int) -> Message:
    """In a thread when it takes long: others would wait."""
    return await asyncio.to_thread(draw) if characters > _LONG else draw()


def _desk_view(found: Desk, house: ListHouse, now: datetime) -> DeskView:
    data, held = found.content.data, found.held
    sender = str(data.get("sender") or "")
    decided = held.state is not HeldState.WAITING
    decision = "taken_back" if held.decided_via == "author" else held.state.value
    return DeskView(
        held_id=held.id,
        title=str(data.get("title") or ""),
        text=str(data.get("text") or ""),
        kind=Kind(data["kind"]) if data.get("kind") in set(Kind) else None,
        sender="" if sender.startswith("slack:") else sender,
        sender_name=str(data.get("sender_name") or ""),
        reason=str(data.get("reason") or ""),
        event=event_of_json(data["event"]) if data.get("event") else None,
        same_title=str(data.get("same_title") or ""),
        same_url=house.page(f"i/{data['same_id']}") if data.get("same_id") else "",
        people=int(data.get("people") or 0),
        files=tuple((str(file["name"]), int(file["size"])) for file in data.get("files") or ()),
        decision=decision if decided else "",
        decided_by=found.decided_by,
        decided_at=held.decided_at,
        timezone=house.timezone,
        today=house.today(now),
    )
