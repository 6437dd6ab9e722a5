"""Clusters and members: looked up, taken from a file, changed and removed by an administrator."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from storage.audit import record
from storage.models import Audit, Cluster, Delivery, Item, Kept, Member
from storage.roster import BadRoster, ClusterRow, MemberRow, clean_address
from storage.words import DeliveryState, MemberStatus, Mode, Role


class CannotRemove(Exception):
    """What is to be removed is still in use. The message says by what."""


@dataclass(slots=True)
class Taken:
    """What came of taking rows from a file."""

    new: list[str] = field(default_factory=list)  # slugs, addresses or Slack users
    changed: list[str] = field(default_factory=list)
    same: int = 0
    left: list[str] = field(default_factory=list)  # have left, and are left alone
    own_mode: list[str] = field(default_factory=list)  # chose another mode than the file's, and keep it


# -- clusters -----------------------------------------------------------------------------------------------------


async def list_clusters(session: AsyncSession) -> Sequence[tuple[Cluster, int]]:
    """All clusters by name, each with how many members take part in it."""
    members = func.count(Member.id)
    rows = await session.execute(
        select(Cluster, members)
        .outerjoin(Member, (Member.cluster_id == Cluster.id) & (Member.status == MemberStatus.ACTIVE))
        .group_by(Cluster.id)
        .order_by(Cluster.slug)
    )
    return [(row[0], row[1]) for row in rows]


async def take_clusters(session: AsyncSession, rows: Iterable[ClusterRow], actor: str, now: datetime) -> Taken:
    """Add new clusters and change those that are there; what a row leaves open stays. Raises BadRoster."""
    there = {cluster.slug: cluster for cluster in await session.scalars(select(Cluster))}
    taken, bad = Taken(), []
    for row in rows:
        given = _given(row, ("name", "region", "website", "domains", "topics", "contact", "slack_channel", "type"))
        cluster = there.get(row.slug)
        if not (given.get("name") or (cluster and "name" not in given)):
            bad.append(f"line {row.line}: {row.slug} has no name")
        elif cluster is None:
            session.add(Cluster(slug=row.slug, **given))
            taken.new.append(row.slug)
        elif _change(cluster, given):
            taken.changed.append(row.slug)
        else:
            taken.same += 1
    if bad:
        raise BadRoster(bad)
    await session.flush()
    for word, slugs in (("added", taken.new), ("changed", taken.changed)):
        for slug in slugs:
            await record(session, actor, f"cluster.{word}", f"cluster:{slug}", "cli", {}, now)
    return taken


async def remove_cluster(session: AsyncSession, slug: str, actor: str, now: datetime) -> None:
    """Remove a cluster that nobody belongs to and that has shared nothing, unless that is done. Raises CannotRemove."""
    cluster = await session.scalar(select(Cluster).where(Cluster.slug == slug.lower()))
    if cluster is None:
        before = select(Audit.id).where(Audit.action == "cluster.removed", Audit.subject == f"cluster:{slug.lower()}")
        if await session.scalar(before.limit(1)) is None:
            raise CannotRemove(f"there is no cluster {slug}: `brygga clusters list` shows them all")
        return
    for table, what in ((Member, "members"), (Item, "items")):
        count = await session.scalar(select(func.count()).where(table.cluster_id == cluster.id))
        if count:
            raise CannotRemove(f"{slug} has {count} {what}, so it stays")
    await session.delete(cluster)
    await record(session, actor, "cluster.removed", f"cluster:{cluster.slug}", "cli", {}, now)


# -- members ------------------------------------------------------------------------------------------------------


async def list_members(
    session: AsyncSession,
    *,
    cluster: str = "",
    role: Role | None = None,
    mode: Mode | None = None,
    status: MemberStatus | None = None,
) -> Sequence[Member]:
    """Members by address, each with their cluster; those who were forgotten are not there any more."""
    rows = (
        select(Member)
        .options(selectinload(Member.cluster))
        .where(or_(Member.email.is_not(None), Member.slack_user.is_not(None)))
        .order_by(Member.email.is_(None), Member.email, Member.slack_user)
    )
    if cluster:
        rows = rows.join(Cluster).where(Cluster.slug == cluster.lower())
    for column, wanted in ((Member.role, role), (Member.mode, mode), (Member.status, status)):
        if wanted is not None:
            rows = rows.where(column == wanted)
    return (await session.scalars(rows)).all()


async def find_member(session: AsyncSession, who: str) -> Member | None:
    """The member with this address or Slack user."""
    return await session.scalar(select(Member).options(selectinload(Member.cluster)).where(_is(who)))


async def take_members(
    session: AsyncSession,
    rows: Sequence[MemberRow],
    actor: str,
    now: datetime,
    *,
    how: str = "import",
    again: bool = False,
) -> Taken:
    """Add new members and change those that are there; what a row leaves open stays. Raises BadRoster.

    Who has left, or asked to be forgotten, stays so unless `again`; who has chosen a mode keeps it.
    """
    file = await _Directory.open(session, rows, again=again)
    rows = [file.checked(row) for row in rows]
    if file.bad:
        raise BadRoster(file.bad)
    await _free_slack_users(session, file, rows)
    taken = Taken()
    for row in rows:
        who = row.email or row.slack_user or ""
        member = file.member(row)
        given = file.given(row)
        if member is None:
            given.setdefault("mode", Mode.DIGEST if row.slack_user else Mode.EACH)
            session.add(Member(**given, consent=how, consent_at=now, created_at=now))
            taken.new.append(who)
            continue
        if member.status is MemberStatus.LEFT:
            if not file.again:
                taken.left.append(who)
                continue
            given |= {"status": MemberStatus.ACTIVE, "consent": how, "consent_at": now}
        if given.get("mode", member.mode) is not member.mode and f"member:{member.id}" in file.own_mode:
            taken.own_mode.append(who)
            del given["mode"]
        if given.get("role", member.role) is not member.role:
            detail = {"from": member.role.value, "to": given["role"].value}
            await record(session, actor, "member.role", f"member:{member.id}", "cli", detail, now)
        if _change(member, given):
            taken.changed.append(who)
        else:
            taken.same += 1
    if again:
        await _remember(session, rows)
    await session.flush()
    await _record_members(session, taken, actor, how, now)
    return taken


async def remove_member(session: AsyncSession, who: str, actor: str, now: datetime) -> Member | None:
    """Take a member off the list: nothing more goes to them, and an import does not bring them back."""
    member = await find_member(session, who)
    if member is None or member.status is MemberStatus.LEFT:
        return member
    member.status = MemberStatus.LEFT
    await session.execute(
        update(Delivery)
        .where(Delivery.member_id == member.id, Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.PARKED)))
        .values(state=DeliveryState.DROPPED, reason="left")
    )
    await record(session, actor, "member.removed", f"member:{member.id}", "cli", {}, now)
    return member


async def change_mode(
    session: AsyncSession, member: Member, mode: Mode, until: date | None, actor: str, now: datetime
) -> bool:
    """Change how a member takes what is shared; False when it is so already."""
    if member.mode is mode and member.paused_until == until:
        return False
    if mode is Mode.NONE and member.mode is not Mode.NONE:
        member.resume_mode = member.mode
    member.mode, member.paused_until = mode, until
    detail = {"mode": mode.value, "until": until.isoformat() if until else None}
    await record(session, actor, "member.mode", f"member:{member.id}", "cli", detail, now)
    return True


def forgotten_name(who: str) -> str:
    """Under which name `kept` remembers that somebody asked to be forgotten, without remembering who."""
    return f"forgotten:{hashlib.sha256(_name(who).encode()).hexdigest()}"


async def is_forgotten(session: AsyncSession, who: str) -> bool:
    """Whether this address or Slack user asked to be forgotten."""
    return await session.get(Kept, forgotten_name(who)) is not None


def _name(who: str) -> str:
    """An address or a Slack user as it is kept."""
    if "@" not in who:
        return who.strip().upper()
    try:
        return clean_address(who)
    except ValueError:
        return who.strip().lower()


def _is(who: str) -> ColumnElement[bool]:
    name = _name(who)
    return Member.email == name if "@" in name else Member.slack_user == name


def _given(row: ClusterRow | MemberRow, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names if getattr(row, name) is not None}


def _change(row: Cluster | Member, given: dict[str, Any]) -> bool:
    """Set what differs; whether anything did."""
    different = {name: value for name, value in given.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


@dataclass(slots=True)
class _Directory:
    """Who is there already, to hold a file's rows against."""

    by_email: dict[str, Member]
    by_slack: dict[str, Member]
    clusters: dict[str, Cluster]
    forgotten: set[str]
    own_mode: set[str]  # subjects of the audit: who has chosen a mode by themselves
    again: bool  # those who left come back
    bad: list[str] = field(default_factory=list)

    @classmethod
    async def open(cls, session: AsyncSession, rows: Sequence[MemberRow], *, again: bool) -> "_Directory":
        members = (await session.scalars(select(Member))).all()
        clusters = (await session.scalars(select(Cluster))).all()
        forgotten = set(await session.scalars(select(Kept.name).where(Kept.name.startswith("forgotten:"))))
        chosen = select(Audit.subject).where(Audit.action == "member.mode", Audit.via != "cli").distinct()
        return cls(
            {member.email: member for member in members if member.email},
            {member.slack_user: member for member in members if member.slack_user},
            {cluster.name.casefold(): cluster for cluster in clusters} | {c.slug: c for c in clusters},
            set() if again else forgotten,
            set(await session.scalars(chosen)),
            again,
        )

    def member(self, row: MemberRow) -> Member | None:
        """Who this row is about: the address decides; without one, or for a new one, the Slack user does."""
        found = self.by_email.get(row.email) if row.email else None
        return found or (self.by_slack.get(row.slack_user) if row.slack_user else None)

    def checked(self, row: MemberRow) -> MemberRow:
        """The row with its cluster's slug; notes what is wrong with it."""
        cluster = self.clusters.get(row.cluster.casefold()) if row.cluster else None
        if row.cluster and cluster is None:
            self.bad.append(f"line {row.line}: there is no cluster “{row.cluster}”")
        if any(forgotten_name(who) in self.forgotten for who in (row.email, row.slack_user) if who):
            who = row.email or row.slack_user
            self.bad.append(f"line {row.line}: {who} asked to be forgotten (--again takes them all the same)")
        member = self.member(row)
        holder = self.by_slack.get(row.slack_user) if row.slack_user else None
        if member and holder and holder is not member and not holder.email:
            self.bad.append(f"line {row.line}: {row.slack_user} is a member of their own already")
        elif member and row.email and member.email and member.email != row.email:
            self.bad.append(f"line {row.line}: {row.slack_user} belongs to {member.email}")
        return replace(row, cluster=cluster.slug) if cluster else row

    def given(self, row: MemberRow) -> dict[str, Any]:
        """The columns that the row sets."""
        given = _given(row, ("email", "slack_user", "name", "role", "locale", "mode", "topics"))
        if row.slack_user == "":
            given["slack_user"] = None
        if row.cluster is not None:
            given["cluster_id"] = self.clusters[row.cluster].id if row.cluster else None
        return given


async def _free_slack_users(session: AsyncSession, file: _Directory, rows: Sequence[MemberRow]) -> None:
    """Let two members swap their Slack users within one file: first all are let go, then given anew."""
    changing = {}
    for row in rows:
        member = file.member(row)
        if member is None or (member.status is MemberStatus.LEFT and not file.again):
            continue
        if row.slack_user is not None and member.slack_user not in (None, row.slack_user):
            changing[member.id] = member
    for row in rows:
        holder = file.by_slack.get(row.slack_user) if row.slack_user else None
        if holder and holder is not file.member(row) and holder.id not in changing:
            file.bad.append(f"line {row.line}: {row.slack_user} belongs to {holder.email}")
    if file.bad:
        raise BadRoster(file.bad)
    for member in changing.values():
        member.slack_user = None
    await session.flush()


async def _remember(session: AsyncSession, rows: Sequence[MemberRow]) -> None:
    """Who comes back is not forgotten any more."""
    for row in rows:
        for who in filter(None, (row.email, row.slack_user)):
            if (kept := await session.get(Kept, forgotten_name(who))) is not None:
                await session.delete(kept)


async def _record_members(session: AsyncSession, taken: Taken, actor: str, how: str, now: datetime) -> None:
    """One row for a whole file, one for a single member."""
    if how == "import" and (taken.new or taken.changed):
        detail: dict[str, Any] = {"new": len(taken.new), "changed": len(taken.changed)}
        await record(session, actor, "members.imported", "members", "cli", detail, now)
        return
    for word, people in (("added", taken.new), ("changed", taken.changed)):
        for who in people:
            member = await find_member(session, who)
            if member:
                await record(session, actor, f"member.{word}", f"member:{member.id}", "cli", {}, now)
