"""The letters of the ledger: each content is read and composed once a language, and dressed for each who gets it."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from bridges.contract import Claim, GiveUp, TryLater
from bridges.edition import Edition, event_of_json, sent_edition
from bridges.mail.calendar_out import EventView, event_view
from bridges.mail.compose import compose
from bridges.mail.copies import Copy, SharedLetter, Slot
from bridges.mail.letter import (
    Author,
    CommentLetter,
    DeskLetter,
    DigestLetter,
    FileView,
    ItemLetter,
    Letter,
    ListHouse,
    NoticeLetter,
    choose_attached,
)
from bridges.mail.own import content_key
from bridges.mail.send import Dressed
from bridges.mentions import views_of
from bridges.tokens import Purpose, Tokens
from storage.database import Database, is_outage
from storage.ids import ContentId, HeldId, ItemId, MemberId, MessageId, Week
from storage.letters import Material, file_bytes, material, remember_echo
from storage.models import Attachment, Content, Member
from storage.readers import away
from storage.words import Attendance, ContentKind, EventStatus, ItemStatus, Kind, Precision, Role

#: How many composed letters are kept at hand, and how many bytes of them together.
_MOST_LETTERS, _MOST_BYTES = 512, 64_000_000
#: How many editions may go out at a time: this week's, and what somebody sends once more.
_MOST_EDITIONS = 4
#: Seconds that a composed letter is good for, and what is known of those who have left. Whoever leaves, withdraws or is
#: forgotten while letters go out, or wait to be tried again, is heeded; in a fan-out it costs a look now and then.
FRESH = 2.0
#: What Brygga says to one person goes also to one who has left: that they have.
_PERSONAL = (ContentKind.NOTICE, ContentKind.RECEIPT)
#: An editor's token works this long after the post was held, a reader's vote this long after the letter was written.
DESK_DAYS, VOTE_DAYS, ANSWER_DAYS = 7, 60, 60
#: And the one in a digest opens its page this long.
EDITION_DAYS = 400


class _Key(NamedTuple):
    """What letters differ by beyond the tokens of their copies."""

    content_id: ContentId
    language: str
    member: bool
    picks: str = ""  # of a digest: what of it


@dataclass(frozen=True, slots=True)
class _Ready:
    """A composed letter, with the numbers that its tokens carry."""

    letter: SharedLetter
    message_id: MessageId
    item_id: ItemId | None
    held_id: HeldId | None
    week: int  # of a digest: 202648
    created_at: datetime
    composed_at: float  # monotonic


class LedgerLetters:
    """Implements bridges.mail.send.Letters."""

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        house: ListHouse,
        now: Callable[[], datetime],
        *,
        fresh: float = FRESH,
    ) -> None:
        self._database = database
        self._fresh = fresh
        self._away: frozenset[MemberId] = frozenset()  # members who take no part now
        self._looked_at = -math.inf
        self._looking = asyncio.Lock()
        self._tokens = tokens
        self._house = house
        self._now = now
        self._editions: dict[ContentId, tuple[float, Edition]] = {}  # when it was looked at, and what was there
        self._ready: OrderedDict[_Key, _Ready] = OrderedDict()
        self._bytes = 0
        self._composing: dict[_Key, asyncio.Lock] = {}

    async def dress(self, claim: Claim) -> Dressed:
        """The letter of one claim. Raises GiveUp when there is none to send any more."""
        await self._look_for(claim)
        picks = await self._still_standing(claim) if claim.kind is ContentKind.DIGEST else ""
        key = _Key(claim.content_id, claim.language, claim.member_id is not None, picks)
        ready = self._at_hand(key)
        if ready is None:
            ready = await self._compose_once(key)
        else:
            self._ready.move_to_end(key)
        copy = Copy(claim.address, claim.name, self._tokens_of(ready, claim))
        return Dressed(self._envelope_sender(ready, claim), claim.address, ready.letter.dress(copy))

    async def _look_for(self, claim: Claim) -> None:
        """Give up on a letter whose reader left after it was planned, or decides no more at the desk."""
        if claim.member_id is None or claim.kind in _PERSONAL:
            return
        if self._is_stale(self._looked_at):
            async with self._looking:
                if self._is_stale(self._looked_at):
                    async with self._reading() as session:
                        self._away = await away(session)
                    self._looked_at = time.monotonic()
        if claim.member_id in self._away:
            raise GiveUp("has left the list, or mail comes back from there")
        if claim.kind is ContentKind.DESK:
            async with self._reading() as session:
                editor = await session.get(Member, claim.member_id)
            if editor is not None and editor.role not in (Role.EDITOR, Role.ADMIN):
                raise GiveUp("is no editor any more")

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncSession]:
        try:
            async with self._database.read() as session:
                yield session
        except Exception as error:
            if is_outage(error):
                raise TryLater("the database is away", everyone=True) from error
            raise

    async def _still_standing(self, claim: Claim) -> str:
        """What of the reader's digest has not been taken back; what it says of that never changes. Raises GiveUp when
        nothing is left.
        """
        looked_at, edition = self._editions.get(claim.content_id, (-math.inf, None))
        if edition is None or self._is_stale(looked_at):
            async with self._reading() as session:
                edition = await _edition_of(session, claim.content_id)
            self._editions[claim.content_id] = time.monotonic(), edition
            while len(self._editions) > _MOST_EDITIONS:
                del self._editions[next(iter(self._editions))]
        standing = {str(row.item_id) for row in edition.rows}
        if not (left := [pick for pick in claim.picks.split() if pick in standing]):
            raise GiveUp("all that it says has been taken back")
        return " ".join(left)

    def _is_stale(self, moment: float) -> bool:
        return time.monotonic() - moment >= self._fresh

    def _at_hand(self, key: _Key) -> _Ready | None:
        """The composed letter, unless it was composed so long ago that what it says may have been taken back."""
        ready = self._ready.get(key)
        if ready is not None and not key.picks and self._is_stale(ready.composed_at):
            self._bytes -= self._ready.pop(key).letter.size
            return None
        return ready

    # -- one copy ---------------------------------------------------------------------------------------------------

    def _tokens_of(self, ready: _Ready, claim: Claim) -> dict[Slot, str]:
        member, item = claim.member_id or 0, ready.item_id or 0
        tokens: dict[Slot, str] = {}
        for slot in ready.letter.tokens:
            match slot:
                case Slot.LEAVE:
                    tokens[slot] = self._tokens.sign(Purpose.LEAVE, member)
                case Slot.MUTE:
                    tokens[slot] = self._tokens.sign(Purpose.MUTE, item, member)
                case Slot.UNDO:
                    tokens[slot] = self._tokens.sign(Purpose.UNDO, item, member)
                case Slot.WHEN:
                    until = ready.created_at + timedelta(days=ANSWER_DAYS)
                    tokens[slot] = self._tokens.sign(Purpose.WHEN, item, member, until=until)
                case Slot.DESK:
                    until = ready.created_at + timedelta(days=DESK_DAYS)
                    tokens[slot] = self._tokens.sign(Purpose.DESK, ready.held_id or 0, member, until=until)
                case Slot.DIGEST:
                    until = ready.created_at + timedelta(days=EDITION_DAYS)
                    tokens[slot] = self._tokens.sign(Purpose.DIGEST, ready.week, member, until=until)
                case Slot.MESSAGE:
                    tokens[slot] = self._tokens.message_id_for(ready.message_id, member)
                case Slot.VOTE:
                    until = ready.created_at + timedelta(days=VOTE_DAYS)
                    # A letter is passed on: what it carries opens no other tips than those that it is about.
                    purpose, about = (Purpose.VOTES, ready.week) if ready.week else (Purpose.VOTE, item)
                    tokens[slot] = self._tokens.sign(purpose, about, member, until=until)
        return tokens

    def _envelope_sender(self, ready: _Ready, claim: Claim) -> str:
        if not self._house.verp:
            return self._house.address  # a server that takes no foreign sender seldom takes the null one
        if ready.letter.automatic:
            return ""  # nothing may come back to a notice (RFC 3834 §3.3)
        return self._house.sub(f"bounce-{self._tokens.sign(Purpose.BOUNCE, claim.content_id, claim.member_id or 0)}")

    # -- the shared letter --------------------------------------------------------------------------------------------

    async def _compose_once(self, key: _Key) -> _Ready:
        """Lines that want the same letter at once wait for the first to have it."""
        lock = self._composing.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                if (ready := self._at_hand(key)) is None:
                    ready = await self._compose(key)
                    self._keep(key, ready)
                return ready
        finally:
            if not lock.locked():
                self._composing.pop(key, None)

    def _keep(self, key: _Key, ready: _Ready) -> None:
        self._ready[key] = ready
        self._bytes += ready.letter.size
        while len(self._ready) > 1 and (len(self._ready) > _MOST_LETTERS or self._bytes > _MOST_BYTES):
            _, old = self._ready.popitem(last=False)
            self._bytes -= old.letter.size

    async def _compose(self, key: _Key) -> _Ready:
        try:
            async with self._database.read() as session:
                found = await material(session, key.content_id)
                if found is None:
                    raise GiveUp("the content is gone")
                letter = self._letter(found, key)
                if isinstance(letter, ItemLetter | CommentLetter):
                    calendar = (
                        isinstance(letter, ItemLetter) and letter.event is not None and not letter.event.uncertain
                    )
                    chosen = choose_attached(letter.files, self._house.attachment_mb, calendar=calendar)
                    contents = await file_bytes(session, chosen)
                    files = tuple(replace(file, content=contents.get(file.id)) for file in letter.files)
                    letter = replace(letter, files=files)
            try:
                # In a thread: the first letter of a process makes the templates, and large files take a while to encode.
                shared = await asyncio.to_thread(compose, letter, self._house)
            except KeyError as error:
                raise GiveUp(f"nobody gave words to {error}") from error
            if not shared.automatic and (echo := content_key(shared.subject, shared.plain)):
                async with self._database.write() as session:
                    await remember_echo(session, echo, key.content_id)
        except Exception as error:
            if is_outage(error):
                raise TryLater("the database is away", everyone=True) from error
            raise
        content = found.content
        week = int(str(content.data.get("week") or "").replace("-W", "") or 0)
        return _Ready(
            shared, content.message_id, content.item_id, content.held_id, week, content.created_at, time.monotonic()
        )

    def _letter(self, found: Material, key: _Key) -> Letter:
        language = key.language
        match found.content.kind:
            case ContentKind.ITEM:
                return self._item(found, language)
            case ContentKind.COMMENT:
                return self._comment(found, language)
            case ContentKind.DESK:
                return _desk(found, language, self._now())
            case ContentKind.DIGEST:
                return DigestLetter(
                    language=language,
                    message_id=found.content.message_id,
                    created_at=found.content.created_at,
                    edition=self._editions[key.content_id][1].only(ItemId(int(pick)) for pick in key.picks.split()),
                )
            case ContentKind.NOTICE | ContentKind.RECEIPT:
                return NoticeLetter(
                    language=language,
                    message_id=found.content.message_id,
                    created_at=found.content.created_at,
                    now=self._now(),
                    params=found.content.data,
                    kind=found.item.kind if found.item else None,
                    references=found.references,
                    member=key.member,
                )
            case kind:
                raise GiveUp(f"there are no letters of kind {kind.value} yet")

    def _item(self, found: Material, language: str) -> ItemLetter:
        content, item = found.content, found.item
        if item is None:
            raise GiveUp("the item is gone")
        if item.status is not ItemStatus.PUBLISHED:
            raise GiveUp(f"the item is {item.status.value}")
        events = [event_view(event) for event in item.events]
        return ItemLetter(
            language=language,
            message_id=content.message_id,
            created_at=content.created_at,
            now=self._now(),
            references=found.references,
            thread=self._tokens.sign(Purpose.THREAD, item.id),
            item_id=item.id,
            kind=item.kind,
            intent=item.intent,
            title=item.title,
            text=item.text,
            text_language=item.language,
            topics=item.topics,
            author=Author(
                name=item.author_name, email=item.author_email, cluster=item.cluster.name if item.cluster else ""
            ),
            event=events[0] if events else None,
            was=_was(content, events[0]) if events else None,
            other_events=tuple(events[1:]),
            mentions=views_of(found.told),
            files=_files(item.attachments),
        )

    def _comment(self, found: Material, language: str) -> CommentLetter:
        content, item, comment = found.content, found.item, found.comment
        if item is None or comment is None:
            raise GiveUp("the answer is gone")
        if comment.deleted_at is not None:
            raise GiveUp("its author took it away")
        if item.status is ItemStatus.UNDONE:
            raise GiveUp("the item is undone")
        return CommentLetter(
            language=language,
            message_id=content.message_id,
            created_at=content.created_at,
            references=found.references,
            thread=self._tokens.sign(Purpose.THREAD, item.id),
            item_id=item.id,
            title=item.title,
            text=comment.text,
            text_language=item.language,
            author=Author(name=comment.author_name, email=comment.author_email, cluster=found.comment_cluster),
            files=_files(comment.attachments),
        )


async def _edition_of(session: AsyncSession, content_id: ContentId) -> Edition:
    content = await session.get(Content, content_id)
    if content is None:
        raise GiveUp("the content is gone")
    edition = await sent_edition(session, Week(content.data["week"]), date.fromisoformat(content.data["day"]))
    if edition is None:
        raise GiveUp("the edition is gone")
    return edition


def _desk(found: Material, language: str, now: datetime) -> DeskLetter:
    content, data = found.content, found.content.data
    return DeskLetter(
        language=language,
        message_id=content.message_id,
        created_at=content.created_at,
        now=now,
        title=str(data.get("title") or ""),
        kind=Kind(data["kind"]) if data.get("kind") in set(Kind) else None,
        text=str(data.get("text") or ""),
        sender=str(data.get("sender") or ""),
        sender_name=str(data.get("sender_name") or ""),
        reason=str(data.get("reason") or ""),
        people=int(data.get("people") or 0),
        files=tuple((str(file["name"]), int(file["size"])) for file in data.get("files") or ()),
        event=event_of_json(data["event"]) if data.get("event") else None,
        same_id=int(data.get("same_id") or 0),
        same_title=str(data.get("same_title") or ""),
    )


def _was(content: Content, event: EventView) -> EventView | None:
    """When and where the event was before the change that this letter tells of."""
    was = dict(content.data.get("was") or {})
    if not was:
        return None
    was["precision"] = Precision(was.get("precision") or event.precision)
    was["mode"] = Attendance(was["mode"]) if was.get("mode") else None
    return replace(event, status=EventStatus.CONFIRMED, **was)


def _files(rows: list[Attachment]) -> tuple[FileView, ...]:
    return tuple(FileView(id=row.id, name=row.name, content_type=row.content_type, size=row.size) for row in rows)
