"""An item as its page shows it: kind and cluster, title, when and where, the last day, the text, the conversation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.house import House
from bot.web.render import text_html
from bridges.mentions import MentionView, heading, title_of, views_of, when_of, where_of
from bridges.occasions import is_web, kind_word, last_day, sign_up_url, status_word, where
from bridges.texts import Texts
from bridges.tokens import Purpose
from storage.ids import MentionId
from storage.models import Attachment, Comment, Event, Item, Member
from storage.pages import Conversation
from storage.words import EventStatus, Kind, Precision

#: Puts the reader's key on a path.
KeyOn = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file as it is listed."""

    name: str
    size: str
    href: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """The when and where of an event, in words."""

    title: str  # "" when it is the item's own
    when: str
    where: str
    online_url: str
    organiser: str
    off: str  # "Inställt", "Flyttat"; "" when it is as it was
    deadline: str
    soon: bool  # the last day presses
    register_href: str


@dataclass(frozen=True, slots=True)
class ToldRow:
    """Something that the item tells of beside its own."""

    title: str
    about: str  # when and where
    deadline: str
    soon: bool
    href: str  # of a page, else where one signs up; "" = nowhere
    shared_href: str  # the item that it is; "" = none
    share_href: str  # where this reader shares it; "" when they may not, or there is nothing to share


@dataclass(frozen=True, slots=True)
class Answer:
    """One comment."""

    author: str
    moment: str
    iso: str
    text: Markup
    trimmed: Markup
    files: Sequence[FileLine]


@dataclass(frozen=True, slots=True)
class Card:
    """All that the page of an item shows."""

    kind: str
    cluster: str
    title: str
    author: str
    moment: str
    iso: str
    language: str
    occasions: Sequence[Occasion]
    told_heading: str
    told: Sequence[ToldRow]
    topics: Sequence[str]
    text: Markup
    files: Sequence[FileLine]
    answers: Sequence[Answer]
    sharers: str  # "Delas också av …"; "" when nobody else did
    votes: str  # "3 röster"; "" when there are none
    reply_href: str  # "" for those who read an open archive


class _Authored(Protocol):
    @property
    def author(self) -> Member | None: ...
    @property
    def author_name(self) -> str: ...
    @property
    def author_email(self) -> str: ...


def card_of(
    found: Conversation,
    texts: Texts,
    house: House,
    key_on: KeyOn,
    *,
    to_member: bool,
    share_link: Callable[[MentionId], str] | None = None,
) -> Card:
    """The card of an item. Addresses of people are shown to members only. `share_link`: where the reader shares what the
    item tells of; None when they may not.
    """
    item = found.item
    zone = ZoneInfo(house.settings.network.timezone)
    today = house.now().astimezone(zone).date()

    def moment(at: datetime) -> str:
        local = at.astimezone(zone)
        return f"{texts.day(local.date(), today)} {texts.clock(local.time())}"

    def files(attachments: Sequence[Attachment]) -> list[FileLine]:
        return [
            FileLine(f.name, texts.size(f.size), key_on(f"/a/{f.id}/{quote(f.name, safe='')}")) for f in attachments
        ]

    def answer(comment: Comment) -> Answer:
        return Answer(
            author=_author(comment, texts, to_member=to_member),
            moment=moment(comment.created_at) + (f" · {texts.t('changed')}" if comment.edited_at else ""),
            iso=comment.created_at.isoformat(timespec="minutes"),
            text=text_html(comment.text),
            trimmed=text_html(comment.trimmed) if comment.trimmed.strip() else Markup(),
            files=files(comment.attachments),
        )

    return Card(
        kind=kind_word(item.kind, texts),
        cluster=item.cluster.name if item.cluster else "",
        title=item.title or texts.t("(no subject)"),
        author=_author(item, texts, to_member=to_member),
        moment=moment(item.created_at),
        iso=item.created_at.isoformat(timespec="minutes"),
        language=item.language,
        occasions=[_occasion(event, item, texts, today, house) for event in item.events],
        told_heading=heading(item.kind, texts).rstrip(":"),
        told=[_told_row(view, texts, today, share_link) for view in views_of(found.told)],
        topics=item.topics,
        text=text_html(item.text),
        files=files(item.attachments),
        answers=[answer(comment) for comment in found.comments],
        sharers=texts.t("Also shared by {names}", names=", ".join(found.sharers)) if found.sharers else "",
        votes=texts.plural("{n} vote", "{n} votes", found.votes) if found.votes else "",
        reply_href=_reply_href(item, texts, house) if to_member else "",
    )


def _author(authored: _Authored, texts: Texts, *, to_member: bool) -> str:
    known = authored.author
    name = (known.name if known else "") or authored.author_name
    if not name and to_member:
        name = authored.author_email
    cluster = known.cluster.name if known and known.cluster else ""
    return " · ".join(part for part in (name or texts.t("A member"), cluster) if part)


def _occasion(event: Event, item: Item, texts: Texts, today: date, house: House) -> Occasion:
    when = texts.when(event, today)
    if event.precision is Precision.TIME and event.timezone != house.settings.network.timezone:
        when = f"{when} ({event.timezone})"
    cancelled = event.status is EventStatus.CANCELLED
    last = last_day(event, today, texts)
    return Occasion(
        title=event.title if event.title != item.title else "",
        when=when,
        where=where(event, texts),
        online_url=event.online_url if is_web(event.online_url) and not cancelled else "",
        organiser=event.organiser,
        off=status_word(event.status, texts),
        deadline=last.words,
        soon=last.near,
        register_href="" if cancelled or last.passed else sign_up_url(event),
    )


def _told_row(view: MentionView, texts: Texts, today: date, share_link: Callable[[MentionId], str] | None) -> ToldRow:
    page = view.url if view.kind is Kind.TIP else sign_up_url(view)
    last = last_day(view, today, texts, signing_up=view.kind is not Kind.TIP)
    return ToldRow(
        title=title_of(view, texts),
        about=" · ".join(filter(None, (when_of(view, today, texts), where_of(view, texts)))),
        deadline=last.words,
        soon=last.near,
        href=page if is_web(page) and view.status is not EventStatus.CANCELLED else "",
        shared_href=f"/i/{view.shared_as}" if view.shared_as is not None else "",
        share_href=share_link(view.id) if share_link is not None and view.is_open(today) else "",
    )


def _reply_href(item: Item, texts: Texts, house: House) -> str:
    """Opens the reader's mail program with an answer to the thread."""
    address = house.settings.list.sub(f"thread-{house.tokens.sign(Purpose.THREAD, item.id)}")
    prefix = "SV" if texts.lang == "sv" else "Re"
    return f"mailto:{quote(address, safe='@+')}?subject={quote(f'{prefix}: {item.title}')}"
