"""`brygga outbox`: what is queued or stuck, and why."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli import context, printing
from bot.cli.context import As, Failed, Json, Yes
from bot.house import House
from storage import outbox
from storage.audit import record
from storage.ids import DeliveryId
from storage.models import Delivery
from storage.words import ContentKind, DeliveryState

app = typer.Typer(help="What is queued or stuck, and why.", no_args_is_help=True)

#: What a person looks for, unless told otherwise.
UNDONE = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.PARKED)

All = Annotated[bool, typer.Option("--all", help="All that are parked.")]
Numbers = Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="As `list` shows them.")]


@app.command("list")
def list_(
    state: Annotated[list[DeliveryState] | None, typer.Option(help="Several may be given.")] = None,
    kind: Annotated[ContentKind | None, typer.Option()] = None,
    address: Annotated[str, typer.Option(metavar="PART", help="A part of the destination.")] = "",
    limit: Annotated[
        int | None, typer.Option(help="At most so many; 0 for all.  [default: 50, with --json all]")
    ] = None,
    json: Json = False,
) -> None:
    """List what is queued, being sent or parked."""
    most = (None if json else 50) if limit is None else limit or None

    async def work() -> None:
        async with context.house() as house, house.database.read() as session:
            found = await outbox.list_outbox(session, states=state or UNDONE, kind=kind, address=address, limit=most)
            counts = await outbox.counts(session)
        if json:
            printing.rows(_record(row) for row in found)
            return
        heads = ("id", "kind", "destination", "state", "tries", "next", "reason")
        lines = [
            (
                row.id,
                row.kind.value,
                row.destination,
                row.state.value,
                row.attempts,
                context.when(row.next_at, house.settings) if row.state is DeliveryState.QUEUED else "",
                row.reason,
            )
            for row in found
        ]
        printing.table(heads, lines, "Nothing waits.")
        if any(counts.values()):
            printing.say(", ".join(f"{count} {state.value}" for state, count in counts.items() if count))

    context.run(work())


@app.command()
def retry(numbers: Numbers = None, everything: All = False, as_: As = "") -> None:
    """Send again, at once, what is parked or waits for its next try."""
    _check(numbers, everything=everything)

    async def work() -> int:
        async with context.house() as house, house.database.write() as session:
            wanted = None if everything else await _wanted(session, numbers or (), gone=DeliveryState.DROPPED)
            done = await outbox.retry(session, wanted, house.now())
            await _record_all(session, house, "delivery.retried", done, as_)
            return len(done)

    printing.say(f"{context.run(work())} will be sent again.")


@app.command()
def drop(numbers: Numbers = None, everything: All = False, as_: As = "", yes: Yes = False) -> None:
    """Never send what is parked or waits. Cannot be undone."""
    _check(numbers, everything=everything)
    what = "everything that is parked" if everything else ", ".join(map(str, numbers or ()))
    context.confirm(f"Never send {what}?", yes=yes)

    async def work() -> int:
        async with context.house() as house, house.database.write() as session:
            if everything:
                parked = await outbox.list_outbox(session, states=(DeliveryState.PARKED,))
                wanted = [row.id for row in parked]
            else:
                wanted = await _wanted(session, numbers or (), gone=DeliveryState.SENT)
            done: list[DeliveryId] = []
            for start in range(0, len(wanted), 1_000):  # a statement takes 32,767 values at most
                done += await outbox.drop(session, wanted[start : start + 1_000])
            await _record_all(session, house, "delivery.dropped", done, as_)
            return len(done)

    printing.say(f"{context.run(work())} will never be sent.")


def _check(numbers: list[int] | None, *, everything: bool) -> None:
    if bool(numbers) == everything:
        raise typer.BadParameter("name deliveries by their ids, or take --all that are parked", param_hint="ID")


async def _wanted(session: AsyncSession, numbers: Sequence[int], gone: DeliveryState) -> list[DeliveryId]:
    """The deliveries named. Raises Failed when one is not there, or for it this comes too late."""
    ids = [DeliveryId(number) for number in numbers]
    for number in ids:
        row = await session.get(Delivery, number)
        if row is None:
            raise Failed(f"there is no delivery {number}: `brygga outbox list` shows them; nothing was changed")
        if row.state is gone:
            raise Failed(f"delivery {number} is {gone.value} already; nothing was changed")
    return ids


async def _record_all(session: AsyncSession, house: House, action: str, done: Sequence[DeliveryId], as_: str) -> None:
    """One row of the audit for what one command did."""
    if done:
        subject = f"delivery:{done[0]}" if len(done) == 1 else "outbox"
        await record(session, context.actor(as_), action, subject, "cli", {"count": len(done)}, house.now())


def _record(row: Delivery) -> dict[str, Any]:
    names = ("id", "kind", "destination", "state", "attempts", "next_at", "reason", "created_at", "sent_at")
    return {name: getattr(row, name) for name in names}
