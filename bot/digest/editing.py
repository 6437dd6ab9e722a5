"""The editors' hand on the digest: they see it before it goes, arrange it, or leave a week out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from bot.actions import transaction
from bot.digest.contents import begin, keep, places_of
from bot.digest.preview import preview_of
from bot.digest.week import rhythm_of, week_number
from bot.house import House
from bot.slack.showing import redraw_preview
from bot.telling import readers, tell, tell_desk_channel
from bot.understanding import Author
from bridges.preview import PREVIEWS
from bridges.tokens import Purpose
from storage import digests as ledger
from storage.audit import record
from storage.ids import ItemId, MemberId, Week
from storage.models import Member
from storage.readers import editors
from storage.words import DigestState, MemberStatus, Role, Section

#: How long an editor's link to an edition works.
_PREVIEW = timedelta(days=10)


async def show(session: AsyncSession, house: House, week: Week, now: datetime) -> None:
    """Begin the edition, and put it before the editors; a holiday is only said."""
    await ledger.begin(session, week, now)
    if week in rhythm_of(house.settings).holidays:
        await rest(session, house, week, now)
        return
    await keep(session, house, week, now)
    await tell_desk(session, house, "digest_preview", week, now)


async def arrange(
    house: House,
    week: Week,
    editor_id: MemberId,
    via: str,
    *,
    lead: str,
    order: Sequence[ItemId],
    dropped: Collection[ItemId],
    within: AsyncSession | None = None,
) -> Literal["arranged", "already", "not_allowed"]:
    """Give the draft its lead and its order, and take things out of it or back in. What `order` leaves out keeps its
    place; an item stays in its section, which follows from what it is.
    """
    now = house.now()
    async with transaction(house, within) as session:
        actor = await editor_named(session, editor_id)
        if actor is None:
            return "not_allowed"
        digest = await begin(session, week, now)
        if digest.state is DigestState.SENT:
            return "already"
        places = await places_of(session, house, week, digest, now)
        rank = {item_id: number for number, item_id in enumerate(order)}
        wanted = sorted(places, key=lambda place: (_order(place.section), rank.get(place.item_id, len(rank))))
        sections = {place.section for was, place in zip(places, wanted, strict=True) if was.item_id != place.item_id}
        before, digest.lead = digest.lead, lead.strip()
        digest.arranged = tuple(sorted({*digest.arranged, *sections}))
        placed = [replace(place, dropped=place.item_id in dropped) for place in wanted]
        await session.flush()
        await ledger.place(session, week, [(p.item_id, p.section, p.dropped, {}) for p in placed])
        detail: dict[str, Any] = {"dropped": sorted(dropped), "lead": bool(digest.lead)}
        if before and before != digest.lead:
            detail["lead_before"] = before  # somebody's words, which nobody else has
        await record(session, actor, "digest.arranged", f"digest:{week}", via, detail, now)
        await redraw_preview(session, house, week, now)
        return "arranged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an editor changed in what they saw. What another changed meanwhile elsewhere in it stays."""

    lead: str | None = None  # None: as it stands
    order: Sequence[ItemId] = ()  # the new order of those that got another place; others follow as they stand
    out: Collection[ItemId] = ()  # taken out
    back: Collection[ItemId] = ()  # put back in


async def amend(
    house: House, week: Week, editor_id: MemberId, via: str, changes: Changes, *, within: AsyncSession | None = None
) -> Literal["arranged", "already", "not_allowed"]:
    """Make these changes to the draft as it stands now."""
    async with transaction(house, within) as session:
        if await editor_named(session, editor_id) is None:
            return "not_allowed"
        digest = await begin(session, week, house.now())
        if digest.state is DigestState.SENT:
            return "already"
        out = {entry.item_id for entry in digest.entries if entry.dropped}
        return await arrange(
            house,
            week,
            editor_id,
            via,
            lead=digest.lead if changes.lead is None else changes.lead,
            order=changes.order,
            dropped=(out - set(changes.back)) | set(changes.out),
            within=session,
        )


def _order(section: Section) -> int:
    return list(Section).index(section)


async def skip(
    house: House, week: Week, via: str, *, by: MemberId, within: AsyncSession | None = None
) -> Literal["skipped", "already", "not_allowed"]:
    """Send no digest this week; what would have stood in it stands in the next one."""
    now = house.now()
    async with transaction(house, within) as session:
        actor = await editor_named(session, by)
        if actor is None:
            return "not_allowed"
        await ledger.begin(session, week, now)
        before = (await ledger.states(session, (week,)))[week]
        if before is DigestState.SKIPPED or not await ledger.decide(
            session, week, DigestState.SKIPPED, now, by=by, via=via, why="editor"
        ):
            return "already"
        await record(session, actor, "digest.skipped", f"digest:{week}", via, {}, now)
        await redraw_preview(session, house, week, now)
        return "skipped"


async def editor_named(session: AsyncSession, member_id: MemberId) -> str | None:
    """Who the audit says it was; None for whoever may not."""
    member = await session.get(Member, member_id)
    return (member.email or f"member:{member_id}") if member is not None and may_edit(member) else None


def may_edit(member: Member) -> bool:
    """Whether the digest is theirs to decide about."""
    return member.role in (Role.EDITOR, Role.ADMIN) and member.status is MemberStatus.ACTIVE


async def rest(session: AsyncSession, house: House, week: Week, now: datetime) -> None:
    """A holiday: nothing goes, and the desk knows why."""
    if await ledger.decide(session, week, DigestState.SKIPPED, now, by=None, via="clock", why="holiday"):
        await tell_desk(session, house, "digest_holiday", week, now)


async def tell_desk(session: AsyncSession, house: House, notice: str, week: Week, now: datetime) -> None:
    """At the desk: in Slack, and to each editor by mail with a link of their own to the edition."""
    about = await _about(session, house, notice, week, now)
    for editor in readers(await editors(session)):
        token = house.tokens.sign(Purpose.PREVIEW, week_number(week), editor.member_id, until=now + _PREVIEW)
        person = Author(
            name=editor.name, email=editor.email or "", member_id=editor.member_id, language=editor.language
        )
        url = f"{house.settings.network.public_url}/preview/{token}"
        await tell(session, house, notice, person, now, once=f"{week}:{editor.member_id}", url=url, **about)
    await redraw_preview(session, house, week, now)  # what was said before of it
    await tell_desk_channel(session, house, notice, now, once=week, **about)


async def _about(session: AsyncSession, house: House, notice: str, week: Week, now: datetime) -> dict[str, Any]:
    """What the notice says of it, as it is when it is said."""
    rhythm = rhythm_of(house.settings)
    about = {
        "week": week,
        "goes": rhythm.goes_at(week).isoformat(),
        "closes": rhythm.closes_at(week).isoformat(),
    }
    if notice not in PREVIEWS:
        return about
    preview = await preview_of(session, house, week, now)
    return about | {"items": len(preview.edition.rows), "people": preview.people}
