"""Whose turn it is: what may leave next where one delivery at a time goes to each destination, in order."""

from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, case, func, or_, select

from storage.models import Content, Delivery
from storage.words import ContentKind, DeliveryState

#: What belongs to something that must be there first: an answer to its card, a new drawing to what is drawn anew.
_AFTER = (ContentKind.COMMENT, ContentKind.EDIT)


def goes_by(bridge: str) -> ColumnElement[bool]:
    """Whether a delivery goes by this bridge."""
    return Delivery.destination.startswith(f"{bridge}:", autoescape=True)


def due_in_turn(bridge: str, now: datetime) -> Select[Any]:
    """Of each destination the first delivery, when it is due and none is on its way there; as (id, priority, next_at)."""
    ready = _ready(_unsent(bridge), now)
    return select(ready.c.id, ready.c.priority, ready.c.next_at).where(
        ready.c.place == 1, ready.c.state == DeliveryState.QUEUED, ready.c.next_at <= now
    )


def next_in_turn(bridge: str, now: datetime) -> Select[Any]:
    """The moments to look again: when the first ones of their destinations may go, and when the next one's time comes."""
    unsent = _unsent(bridge)
    ready = _ready(unsent, now)
    first = select(func.min(ready.c.next_at)).where(ready.c.place == 1, ready.c.state == DeliveryState.QUEUED)
    later = select(func.min(unsent.c.next_at)).where(unsent.c.state == DeliveryState.QUEUED, unsent.c.next_at > now)
    return select(first.scalar_subquery(), later.scalar_subquery())


def _unsent(bridge: str) -> CTE:
    return (
        select(
            Delivery.id,
            Delivery.destination,
            Delivery.kind,
            Delivery.state,
            Delivery.priority,
            Delivery.next_at,
            Delivery.attempts,
            Content.item_id,
            Content.held_id,
        )
        .join(Content, Content.id == Delivery.content_id)
        .where(Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING)), goes_by(bridge))
        .cte("unsent")
    )


def _ready(unsent: CTE, now: datetime) -> CTE:
    """What has a place in a queue, by destination: one on its way is first and lets nobody pass; one that was tried and
    waits holds back those behind it; one whose time has never come, as in the undo window, holds back nobody. What
    belongs to a card that has not been posted has no place yet, or it would hold back its own card.
    """
    on_its_way = unsent.c.state == DeliveryState.SENDING
    cards = select(unsent.c.item_id).where(unsent.c.kind == ContentKind.ITEM, unsent.c.item_id.is_not(None))
    held = select(unsent.c.held_id).where(unsent.c.kind == ContentKind.DESK, unsent.c.held_id.is_not(None))
    early = unsent.c.kind.in_(_AFTER) & or_(unsent.c.item_id.in_(cards), unsent.c.held_id.in_(held))
    place = func.row_number().over(
        partition_by=unsent.c.destination, order_by=(case((on_its_way, 0), else_=1), unsent.c.priority, unsent.c.id)
    )
    return (
        select(unsent.c.id, unsent.c.state, unsent.c.priority, unsent.c.next_at, place.label("place"))
        .where(or_(on_its_way, unsent.c.attempts > 0, unsent.c.next_at <= now), early.is_not(True))
        .cte("ready")
    )
