"""All that one letter is made of, read in one go: a content with its item, its answer, its thread and its files."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from storage.ids import CommentId, ContentId, ItemId, MessageId
from storage.mentions import Told, told_by
from storage.models import Attachment, Cluster, Comment, Content, Echo, Item, Member, Post
from storage.words import ContentKind


@dataclass(frozen=True, slots=True)
class Material:
    """What a letter says, as the ledger has it. Files come without their bytes."""

    content: Content
    item: Item | None  # with cluster, events and attachments
    comment: Comment | None  # with attachments
    comment_cluster: str  # the name of the commenter's cluster; "" = not known
    references: tuple[MessageId, ...]  # what the letter belongs under, the first of the thread first
    told: Sequence[Told] = ()  # of an item's own letter: what it tells of beside its own


async def material(session: AsyncSession, content_id: ContentId) -> Material | None:
    """The material of a content; None when it is gone."""
    content = await session.get(Content, content_id)
    if content is None:
        return None
    item = comment = None
    cluster = ""
    if content.item_id is not None:
        item = await session.get(
            Item,
            content.item_id,
            options=[joinedload(Item.cluster), selectinload(Item.events), selectinload(Item.attachments)],
        )
    if content.comment_id is not None:
        comment = await session.get(Comment, content.comment_id, options=[selectinload(Comment.attachments)])
        if comment is not None and comment.author_id is not None:
            cluster = await _cluster_of(session, comment)
    told = await told_by(session, item.id) if item is not None and content.kind is ContentKind.ITEM else ()
    return Material(content, item, comment, cluster, await _references(session, content, comment), told)


async def file_bytes(session: AsyncSession, ids: Collection[int]) -> dict[int, bytes]:
    """The bytes of these files, by their number."""
    if not ids:
        return {}
    rows = await session.execute(select(Attachment.id, Attachment.content).where(Attachment.id.in_(ids)))
    return {row.id: row.content for row in rows}


async def remember_echo(session: AsyncSession, key: str, content_id: ContentId) -> None:
    """Note what the words of a letter of ours hash to, so that they are known when they come back."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(
        insert(Echo).values(key=key, content_id=content_id).on_conflict_do_nothing(index_elements=["key"])
    )


async def _cluster_of(session: AsyncSession, comment: Comment) -> str:
    name = await session.scalar(
        select(Cluster.name).join(Member, Member.cluster_id == Cluster.id).where(Member.id == comment.author_id)
    )
    return name or ""


async def _references(session: AsyncSession, content: Content, comment: Comment | None) -> tuple[MessageId, ...]:
    """The Message-IDs above this letter: for an answer, the item's (its author's own and ours) and its parent's; for a
    later revision, ours of the earlier ones; for a receipt, that of the mail it answers.
    """
    if content.item_id is None:
        return ()
    about_item = await _ids(session, content.item_id, None)
    if comment is not None:
        parent = await _ids(session, content.item_id, comment.parent_id) if comment.parent_id is not None else []
        found = [*about_item, *parent]
    elif content.key.startswith("item:"):
        found = [post for post in about_item if post.ours]
    else:
        found = [post for post in about_item if not post.ours]
    return tuple(MessageId(post.remote_id) for post in found if post.remote_id != content.message_id)


async def _ids(session: AsyncSession, item_id: ItemId, comment_id: CommentId | None) -> Sequence[Post]:
    rows = await session.scalars(
        select(Post)
        .where(Post.bridge == "mail", Post.item_id == item_id, Post.comment_id.is_not_distinct_from(comment_id))
        .order_by(Post.ours, Post.id)
    )
    return rows.all()
