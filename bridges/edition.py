"""An edition of the weekly digest as letters, posts and pages draw it: what stands in it, in its order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bridges.mail.calendar_out import EventView
from storage import digests
from storage.ids import ItemId, Week
from storage.words import Attendance, DigestState, EventStatus, Intent, Kind, Precision, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionRow:
    """An item as the edition shows it. Once the edition has gone these facts are kept with it."""

    item_id: ItemId
    section: Section
    kind: Kind
    intent: Intent
    title: str
    beginning: str  # of its text: one paragraph of plain words, at most 300 characters
    language: str  # that title and beginning are written in
    cluster: str  # the name; "" = none
    event: EventView | None = None
    link: str = ""  # of a tip: the page it is about
    votes: int = 0
    coming: int = 0  # people who say that they come
    coming_clusters: int = 0  # that these belong to
    comments: int = 0

    def as_json(self) -> dict[str, Any]:
        """The facts as they are kept; `EditionRow.of_json` reads them back."""
        return asdict(self) | {"event": event_json(self.event) if self.event is not None else None}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "EditionRow":
        """The row that was kept. Facts that a later Brygga added and this one does not know are passed over."""
        known = {field.name for field in fields(cls)}
        row = {name: value for name, value in kept.items() if name in known}
        row |= {"section": Section(row["section"]), "kind": Kind(row["kind"]), "intent": Intent(row["intent"])}
        if row.get("event"):
            row["event"] = event_of_json(row["event"])
        return cls(**row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What one week's digest says, to everybody or to one reader."""

    week: Week
    day: date  # the day it is for, in the network's zone: dates are said as they are seen on it
    lead: str = ""  # the editors' own words, neutral Markdown
    rows: tuple[EditionRow, ...]  # in order; those of a section stand together

    @property
    def number(self) -> int:
        """The number of the week: 48 of "2026-W48"."""
        return int(self.week.partition("-W")[2])

    def sections(self) -> Iterator[tuple[Section, list[EditionRow]]]:
        """The sections that have something in them."""
        for section, rows in groupby(self.rows, key=lambda row: row.section):
            yield section, list(rows)

    def only(self, items: Iterable[ItemId]) -> "Edition":
        """The same edition with these items alone."""
        wanted = frozenset(items)
        rows = tuple(row for row in self.rows if row.item_id in wanted)
        return Edition(week=self.week, day=self.day, lead=self.lead, rows=rows)


async def edition_as_it_went(session: AsyncSession, week: Week, day: date) -> tuple[Edition, frozenset[ItemId]] | None:
    """All that went out, and what of it has been taken back since; None when it has not gone."""
    digest = await digests.edition(session, week)
    if digest is None or digest.state is not DigestState.SENT:
        return None
    rows = tuple(EditionRow.of_json(entry.shown) for entry in digest.entries if not entry.dropped)
    return Edition(week=week, day=day, lead=digest.lead, rows=rows), await digests.gone_from(session, week)


async def sent_edition(session: AsyncSession, week: Week, day: date) -> Edition | None:
    """The edition as it went out, without what has been taken back since; None when it has not gone."""
    found = await edition_as_it_went(session, week, day)
    if found is None:
        return None
    edition, gone = found
    return edition.only(row.item_id for row in edition.rows if row.item_id not in gone)


def event_json(event: EventView) -> dict[str, Any]:
    """An event as it is kept beside what is said of it; `event_of_json` reads it back."""
    moments = {"starts_at": event.starts_at, "ends_at": event.ends_at}
    return asdict(event) | {name: at.isoformat() if at else None for name, at in moments.items()}


def event_of_json(kept: Mapping[str, Any]) -> EventView:
    """The event that was kept."""
    known = {field.name for field in fields(EventView)}
    event = {name: value for name, value in kept.items() if name in known}
    event |= {
        "starts_at": datetime.fromisoformat(event["starts_at"]),
        "ends_at": datetime.fromisoformat(event["ends_at"]) if event.get("ends_at") else None,
        "precision": Precision(event["precision"]),
        "mode": Attendance(event["mode"]) if event.get("mode") else None,
        "status": EventStatus(event["status"]),
    }
    return EventView(**event)
