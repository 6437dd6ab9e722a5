"""`brygga members`: the people in the network."""

from datetime import datetime
from typing import Annotated, Any

import typer

from bot.cli import context, printing
from bot.cli.clusters import Excel, File, Out, read, summary, write
from bot.cli.context import As, Failed, Json, Yes
from storage import people, roster
from storage.erasure import forget as erase
from storage.models import Member
from storage.traces import traces
from storage.words import MemberStatus, Mode, Role

app = typer.Typer(help="The people in the network.", no_args_is_help=True)

Who = Annotated[str, typer.Argument(metavar="ADDR", help="An address, or a Slack user.")]
Again = Annotated[bool, typer.Option("--again", help="Also those who left, or asked to be forgotten, and come back.")]


@app.command("list")
def list_(
    cluster: Annotated[str, typer.Option(metavar="SLUG")] = "",
    role: Annotated[Role | None, typer.Option()] = None,
    mode: Annotated[Mode | None, typer.Option()] = None,
    status: Annotated[MemberStatus | None, typer.Option()] = None,
    json: Json = False,
) -> None:
    """List members."""

    async def work() -> None:
        async with context.house() as house, house.database.read() as session:
            found = await people.list_members(session, cluster=cluster, role=role, mode=mode, status=status)
        if json:
            printing.rows(_record(member) for member in found)
            return
        heads = ("address", "name", "cluster", "role", "mode", "status")
        lines = [
            (
                m.email or m.slack_user,
                m.name,
                m.cluster.slug if m.cluster else "",
                m.role.value,
                _mode(m),
                m.status.value,
            )
            for m in found
        ]
        printing.table(heads, lines, "No members here. `brygga members import FILE` takes them from a CSV file.")

    context.run(work())


@app.command()
def show(who: Who, json: Json = False) -> None:
    """Show all that is kept about a member."""

    async def work() -> None:
        async with context.house() as house, house.database.read() as session:
            member = _found(await people.find_member(session, who), who)
            left = await traces(session, member)
        if json:
            printing.one(_record(member) | left)
            return
        shown = _record(member) | {"mode": _mode(member), "topics": "; ".join(member.topics)}
        shown |= {name: context.when(moment, house.settings) for name, moment in _moments(member)}
        printing.fields(
            [
                *shown.items(),
                ("items", ", ".join(f"{item['id']} {item['title']}" for item in left["items"])),
                ("comments", len(left["comments"])),
                ("follows", ", ".join(map(str, left["follows"]))),
                ("letters", ", ".join(f"{count} {state}" for state, count in left["deliveries"].items())),
                ("history", ", ".join(f"{row['action']} {row['at']:%Y-%m-%d}" for row in left["history"])),
            ]
        )

    context.run(work())


@app.command()
def add(
    email: Annotated[str, typer.Argument(metavar="ADDR")],
    name: Annotated[str, typer.Option()] = "",
    cluster: Annotated[str, typer.Option(metavar="SLUG")] = "",
    role: Annotated[str, typer.Option(help="reader, staff, editor or admin.")] = "",
    locale: Annotated[str, typer.Option(help="sv or en.")] = "",
    mode: Annotated[str, typer.Option(help="each, digest, mine or none.")] = "",
    topics: Annotated[str, typer.Option(help="With ; between; none means all.")] = "",
    slack_user: Annotated[str, typer.Option(metavar="ID")] = "",
    again: Again = False,
    as_: As = "",
) -> None:
    """Add one member, or change one who is there."""
    cells = {
        "email": email,
        "name": name,
        "cluster": cluster,
        "role": role,
        "locale": locale,
        "mode": mode,
        "topics": topics,
        "slack_user": slack_user,
    }
    try:
        rows = [roster.member_row(1, cells)]
        taken = context.run(_take(rows, as_, how="admin", again=again))
    except (ValueError, roster.BadRoster) as error:
        raise Failed(str(error).removeprefix("line 1: ")) from error
    if taken.left:
        raise Failed(f"{email} has left; --again takes them in all the same")
    printing.say(f"{email} is {'added' if taken.new else 'changed' if taken.changed else 'a member already'}.")


@app.command("import")
def import_(file: File, again: Again = False, as_: As = "") -> None:
    """Take members from a CSV file: the same file twice changes nothing, a file with a bad row changes nothing.

    An empty cell leaves what is there, a `-` empties it.
    """
    try:
        rows = roster.read_members(read(file))
        printing.say(summary(context.run(_take(rows, as_, how="import", again=again))))
    except roster.BadRoster as error:
        raise Failed(f"{file}: {error}; nothing was changed") from error


@app.command()
def export(file: Out = None, excel: Excel = False) -> None:
    """Write those who take part as CSV, as `import` reads it."""

    async def work() -> bytes:
        async with context.house() as house, house.database.read() as session:
            found = await people.list_members(session)
        cells = [
            (
                m.email or "",
                m.name,
                m.cluster.slug if m.cluster else "",
                m.role.value,
                m.locale,
                m.mode.value,
                ";".join(m.topics),
                m.slack_user or "",
            )
            for m in found
            if m.status is not MemberStatus.LEFT
        ]
        return roster.write(roster.MEMBER_COLUMNS, cells, excel=excel)

    write(file, context.run(work()))


@app.command()
def mode(
    who: Who,
    mode: Mode,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="With none: a pause to this day.")
    ] = None,
    as_: As = "",
) -> None:
    """Change how a member takes what is shared: each, digest, mine or none."""
    if until and mode is not Mode.NONE:
        raise typer.BadParameter("goes with the mode none", param_hint="--until")

    async def work() -> bool:
        async with context.house() as house, house.database.write() as session:
            member = _found(await people.find_member(session, who), who)
            if member.status is MemberStatus.LEFT:
                raise Failed(f"{who} has left and gets nothing: `brygga members add {who} --again` takes them in")
            day = until.date() if until else None
            return await people.change_mode(session, member, mode, day, context.actor(as_), house.now())

    printing.say(f"{who} has the mode {mode.value}{'' if context.run(work()) else ' already'}.")


@app.command()
def remove(who: Who, as_: As = "", yes: Yes = False) -> None:
    """Take a member off the list. What is kept about them stays; `forget` erases it."""

    async def work() -> None:
        async with context.house() as house, house.database.write() as session:
            await people.remove_member(session, who, context.actor(as_), house.now())

    if context.run(_there(who)):
        context.confirm(f"Take {who} off the list?", yes=yes)
        context.run(work())
    printing.say(f"{who} is off the list.")


@app.command()
def forget(who: Who, as_: As = "", yes: Yes = False) -> None:
    """Erase what is kept about a person. Items and comments stay, without their name. Cannot be undone."""

    async def work() -> None:
        async with context.house() as house, house.database.write() as session:
            member = await people.find_member(session, who)
            if member is not None:
                await erase(session, member, context.actor(as_), house.now())

    if context.run(_there(who)):
        context.confirm(f"Erase all that is kept about {who}? This cannot be undone.", yes=yes)
        context.run(work())
    printing.say(f"{who} is forgotten. Backups made before now still hold them.")


async def _there(who: str) -> bool:
    """Whether this is a member; False for one who was forgotten. Raises Failed for one who never was."""
    async with context.house() as house, house.database.read() as session:
        if await people.find_member(session, who) is not None:
            return True
        if await people.is_forgotten(session, who):
            return False
    raise _nobody(who)


async def _take(rows: list[roster.MemberRow], as_: str, *, how: str, again: bool) -> people.Taken:
    async with context.house() as house, house.database.write() as session:
        return await people.take_members(session, rows, context.actor(as_), house.now(), how=how, again=again)


def _found(member: Member | None, who: str) -> Member:
    if member is None:
        raise _nobody(who)
    return member


def _nobody(who: str) -> Failed:
    return Failed(f"there is no member {who}: `brygga members list` shows them all")


def _mode(member: Member) -> str:
    return f"{member.mode.value} until {member.paused_until}" if member.paused_until else member.mode.value


def _moments(member: Member) -> list[tuple[str, datetime | None]]:
    return [("consent_at", member.consent_at), ("created_at", member.created_at)]


def _record(member: Member) -> dict[str, Any]:
    names = ("email", "slack_user", "name", "role", "locale", "mode", "status", "topics", "consent", "consent_at")
    record = {name: getattr(member, name) for name in (*names, "bounce_score", "paused_until", "created_at")}
    return record | {"cluster": member.cluster.slug if member.cluster else None}
