"""`brygga clusters`: the organisations in the network."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import context, printing
from bot.cli.context import As, Failed, Json, Yes
from storage import people, roster
from storage.models import Cluster

app = typer.Typer(help="The organisations in the network.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV; `-` reads what is piped in.")]
Out = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to; else it is printed.")]
Excel = Annotated[bool, typer.Option("--excel", help="As a Swedish Excel opens it by a double click.")]


@app.command("list")
def list_(json: Json = False) -> None:
    """List all clusters."""

    async def work() -> None:
        async with context.house() as house, house.database.read() as session:
            found = await people.list_clusters(session)
        if json:
            printing.rows(_record(cluster) | {"members": members} for cluster, members in found)
            return
        lines = [(c.slug, c.name, c.region, c.type.value, members, "; ".join(c.topics)) for c, members in found]
        heads = ("slug", "name", "region", "type", "members", "topics")
        printing.table(heads, lines, "No clusters yet: `brygga clusters import FILE`.")

    context.run(work())


@app.command()
def add(
    slug: Annotated[str, typer.Argument(help="Short and permanent: a–z, 0–9 and -.")],
    name: Annotated[str, typer.Option(help="As people know it.")],
    region: Annotated[str, typer.Option()] = "",
    website: Annotated[str, typer.Option()] = "",
    domains: Annotated[str, typer.Option(help="Mail domains, with ; between.")] = "",
    topics: Annotated[str, typer.Option(help="Focus topics, with ; between.")] = "",
    contact: Annotated[str, typer.Option()] = "",
    slack_channel: Annotated[str, typer.Option()] = "",
    type: Annotated[str, typer.Option(help="cluster, or area: a region that takes part without one.")] = "cluster",  # noqa: A002
    as_: As = "",
) -> None:
    """Add one cluster, or change one that is there."""
    cells = {
        "slug": slug,
        "name": name,
        "region": region,
        "website": website,
        "domains": domains,
        "topics": topics,
        "contact": contact,
        "slack_channel": slack_channel,
        "type": type,
    }
    try:
        row = roster.cluster_row(1, cells)
    except ValueError as error:
        raise Failed(str(error)) from error
    printing.say(context.run(_take([row], as_)))


@app.command("import")
def import_(file: File, as_: As = "") -> None:
    """Take clusters from a CSV file: the same file twice changes nothing, a file with a bad row changes nothing."""
    try:
        printing.say(context.run(_take(roster.read_clusters(read(file)), as_)))
    except roster.BadRoster as error:
        raise Failed(f"{file}: {error}; nothing was changed") from error


@app.command()
def export(file: Out = None, excel: Excel = False) -> None:
    """Write all clusters as CSV, as `import` reads it."""

    async def work() -> bytes:
        async with context.house() as house, house.database.read() as session:
            found = await people.list_clusters(session)
        cells = [[_cell(value) for value in _record(cluster).values()] for cluster, _ in found]
        return roster.write(roster.CLUSTER_COLUMNS, cells, excel=excel)

    write(file, context.run(work()))


@app.command()
def remove(slug: str, as_: As = "", yes: Yes = False) -> None:
    """Remove a cluster that nobody belongs to and that has shared nothing."""

    async def work() -> None:
        async with context.house() as house, house.database.write() as session:
            await people.remove_cluster(session, slug, context.actor(as_), house.now())

    context.confirm(f"Remove {slug}?", yes=yes)
    context.run(work())
    printing.say(f"{slug} is removed.")


async def _take(rows: list[roster.ClusterRow], as_: str) -> str:
    async with context.house() as house, house.database.write() as session:
        return summary(await people.take_clusters(session, rows, context.actor(as_), house.now()))


def read(file: Path) -> bytes:
    """What is in the file, or what is piped in."""
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def write(file: Path | None, data: bytes) -> None:
    """Into the file, or to who reads our output."""
    if file is None or str(file) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        file.write_bytes(data)


def summary(taken: people.Taken) -> str:
    """What a file changed, in one sentence."""
    parts = [f"{len(taken.new)} new", f"{len(taken.changed)} changed", f"{taken.same} as before"]
    if taken.left:
        parts.append(f"{len(taken.left)} have left and are not taken in again")
    if taken.own_mode:
        parts.append(f"{len(taken.own_mode)} keep the mode they chose")
    return ", ".join(parts)


def _record(cluster: Cluster) -> dict[str, Any]:
    return {column: getattr(cluster, column) for column in roster.CLUSTER_COLUMNS}


def _cell(value: object) -> str:
    return ";".join(value) if isinstance(value, tuple) else str(value)
