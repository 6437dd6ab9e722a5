"""`brygga items`: what has been shared, who got it, and mail that waits for a person."""

from collections.abc import Sequence
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.cli import context, printing
from bot.cli.context import As, Failed, Json, Yes
from bot.settings import Settings
from storage import items
from storage.audit import record
from storage.ids import InboxId, ItemId
from storage.models import Comment, Delivery, Event, Held, Inbound, Item
from storage.threads import sign_ups_of
from storage.tips import count_votes, url_of
from storage.words import InboxState, ItemStatus, Kind

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.actions import Undone

app = typer.Typer(help="What has been shared, who got it, and mail that waits for a person.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="ID", help="The item's number.")]
Limit = Annotated[int | None, typer.Option(help="At most so many; 0 for all.  [default: 50, with --json all]")]

#: Readers that `show` names without being asked for all.
_FEW = 20


@app.command("list")
def list_(
    kind: Annotated[Kind | None, typer.Option()] = None,
    status: Annotated[ItemStatus | None, typer.Option()] = None,
    cluster: Annotated[str, typer.Option(metavar="SLUG")] = "",
    limit: Limit = None,
    json: Json = False,
) -> None:
    """List items, the newest first."""

    async def work() -> None:
        async with context.house() as house, house.database.read() as session:
            found = await items.list_items(
                session, kind=kind, status=status, cluster=cluster, limit=_limit(limit, json=json)
            )
        _print(found, house.settings, "Nothing has been shared yet.", json=json)

    context.run(work())


@app.command()
def search(words: list[str], limit: Limit = None, json: Json = False) -> None:
    """Find items by words, or parts of words, in title, text and author."""

    async def work() -> None:
        async with context.house() as house, house.database.read() as session:
            found = await items.search_items(session, " ".join(words), limit=_limit(limit, json=json))
        _print(found, house.settings, "Nothing found.", json=json)

    context.run(work())


@app.command()
def show(
    number: Number,
    who: Annotated[bool, typer.Option("--who", help="Name every reader.")] = False,
    json: Json = False,
) -> None:
    """Show one item: what it says, what was answered, and who got it."""

    async def work() -> None:
        async with context.house() as house, house.database.read() as session:
            item = _there(await items.get_item(session, ItemId(number)), number)
            comments = await items.comments_of(session, item.id)
            deliveries = await items.deliveries_of(session, item.id)
            readers = await items.readers_of(session, item.id) if who or not json else []
            sign_ups = await sign_ups_of(session, item.id)
            tip = await _tip(session, item)
        if json:
            shown = _record(item) | _details(item, comments) | {"sign_ups": sign_ups, "deliveries": deliveries} | tip
            printing.one(shown | {"readers": [_reader(reader) for reader in readers]} if who else shown)
        else:
            _show(item, comments, sign_ups, tip, deliveries, readers, house.settings, everyone=who)

    context.run(work())


@app.command()
def withdraw(number: Number, as_: As = "", yes: Yes = False) -> None:
    """Take an item back: what has not left yet never leaves. Who has it already keeps it."""

    async def look() -> Item:
        async with context.house() as house, house.database.read() as session:
            return _there(await items.get_item(session, ItemId(number)), number)

    async def work() -> "Undone":
        from bot.actions import withdraw as take_back

        async with context.house() as house:
            return await take_back(house, ItemId(number), context.actor(as_), "cli")

    item = context.run(look())
    if item.status is ItemStatus.PUBLISHED:
        context.confirm(f"Withdraw {number}, “{printing.safe(item.title)}”? This cannot be undone.", yes=yes)
    done = context.run(work())
    word = "was withdrawn already" if done.outcome == "already" else "is withdrawn"
    printing.say(f"{number} {word}; {done.sent} had it before.")


@app.command()
def parked(
    state: Annotated[Literal["parked", "held", "all"], typer.Option(help="Not understood, or at the desk.")] = "all",
    json: Json = False,
) -> None:
    """List mail that could not be understood, or waits for an editor, and why."""
    states = tuple(s for s in (InboxState.PARKED, InboxState.HELD) if state in (s.value, "all"))

    async def work() -> None:
        async with context.house() as house, house.database.read() as session:
            found = [_waiting(*row) for row in await items.list_waiting(session, states)]
        if json:
            printing.rows(found)
            return
        heads = ("mail", "state", "reason", "received", "sender", "title")
        lines = [
            (w["id"], w["state"], w["reason"], context.when(w["received_at"], house.settings), w["sender"], w["title"])
            for w in found
        ]
        printing.table(heads, lines, "No mail is parked or held.")

    context.run(work())


@app.command()
def again(number: Annotated[int, typer.Argument(metavar="MAIL", help="As `parked` lists it.")], as_: As = "") -> None:
    """Let a parked mail be read anew, as after a fix."""

    async def work() -> InboxState | None:
        async with context.house() as house, house.database.write() as session:
            before = await items.again(session, InboxId(number), house.now())
            if before is InboxState.PARKED:
                await record(session, context.actor(as_), "mail.again", f"inbox:{number}", "cli", {}, house.now())
            return before

    before = context.run(work())
    if before is None:
        raise Failed(f"there is no mail {number}: `brygga items parked` lists those that wait")
    if before is InboxState.HELD:
        raise Failed(f"mail {number} waits at the desk: an editor decides")
    printing.say(
        f"Mail {number} {'was read already' if before in (InboxState.DONE, InboxState.ASIDE) else 'is read anew'}."
    )


def _limit(limit: int | None, *, json: bool) -> int | None:
    if limit is None:
        return None if json else 50
    return limit or None


def _there(item: Item | None, number: int) -> Item:
    if item is None:
        raise Failed(f"there is no item {number}: `brygga items list` shows them all")
    return item


def _print(found: Sequence[Item], settings: Settings, empty: str, *, json: bool) -> None:
    if json:
        printing.rows(_record(item) for item in found)
        return
    heads = ("id", "shared", "kind", "cluster", "author", "status", "title")
    lines = [
        (
            item.id,
            context.when(item.created_at, settings),
            item.kind.value,
            item.cluster.slug if item.cluster else "",
            item.author_name or item.author_email,
            item.status.value,
            item.title,
        )
        for item in found
    ]
    printing.table(heads, lines, empty)


async def _tip(session: "AsyncSession", item: Item) -> dict[str, Any]:
    """Of a tip: its page, and the votes of others than its author."""
    if item.kind is not Kind.TIP:
        return {}
    return {"url": await url_of(session, item.id) or None, "votes": await count_votes(session, item.id)}


def _record(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "intent": item.intent,
        "title": item.title,
        "cluster": item.cluster.slug if item.cluster else None,
        "author": item.author_email or item.author_name or None,
        "status": item.status,
        "created_at": item.created_at,
    }


def _details(item: Item, comments: Sequence[Comment]) -> dict[str, Any]:
    events = [_event(event) for event in item.events]
    return {
        "author_name": item.author_name,
        "audience": item.audience,
        "topics": item.topics,
        "language": item.language,
        "text": item.text,
        "event": events[0] if events else None,
        "events": events,
        "attachments": [
            {"name": file.name, "content_type": file.content_type, "size": file.size} for file in item.attachments
        ],
        "comments": [
            {
                "id": comment.id,
                "author": comment.author_email or comment.author_name or None,
                "text": comment.text,
                "created_at": comment.created_at,
                "edited_at": comment.edited_at,
            }
            for comment in comments
        ],
    }


def _event(event: Event) -> dict[str, Any]:
    names = ("title", "start", "end", "all_day", "timezone", "mode", "place", "online_url", "registration_url")
    more = ("registration_email", "registration_deadline", "organiser", "status", "uid", "sequence")
    return {name: getattr(event, name) for name in (*names, *more)} | {"date_precision": event.precision}


def _reader(reader: Delivery) -> dict[str, Any]:
    names = ("destination", "state", "sent_at", "reason")
    return {name: getattr(reader, name) for name in names}


def _show(
    item: Item,
    comments: Sequence[Comment],
    sign_ups: dict[str, int],
    tip: dict[str, Any],
    deliveries: dict[str, int],
    readers: Sequence[Delivery],
    settings: Settings,
    *,
    everyone: bool,
) -> None:
    from bridges.markdown import to_plain

    fields: list[tuple[str, object]] = [
        ("id", item.id),
        ("title", item.title),
        ("kind", item.kind.value),
        ("status", item.status.value),
        ("author", f"{item.author_name} {item.author_email}".strip()),
        ("cluster", item.cluster.name if item.cluster else ""),
        ("for", item.audience.value),
        ("topics", "; ".join(item.topics)),
        ("shared", context.when(item.created_at, settings)),
    ]
    for event in item.events:
        fields += [("event", event.title), ("when", " – ".join(filter(None, (event.start, event.end))))]
        fields += [("where", event.place or event.online_url), ("last day", event.registration_deadline)]
    fields += [("file", f"{file.name}, {file.size:,} bytes") for file in item.attachments]
    fields += [("sign-ups", ", ".join(f"{count} {answer}" for answer, count in sign_ups.items() if count))]
    fields += [(name, value) for name, value in tip.items() if value is not None]
    fields += [("letters", ", ".join(f"{count} {state}" for state, count in deliveries.items()) or "none")]
    printing.fields(fields)
    printing.say("")
    printing.text(to_plain(item.text))
    for comment in comments:
        printing.say("")
        printing.say(f"{comment.author_name or comment.author_email}, {context.when(comment.created_at, settings)}:")
        printing.text(to_plain(comment.text))
    shown = readers if everyone else readers[:_FEW]
    if shown:
        printing.say("")
        heads = ("reader", "state", "sent", "reason")
        lines = [(r.destination, r.state.value, context.when(r.sent_at, settings), r.reason) for r in shown]
        printing.table(heads, lines, "")
    if len(shown) < len(readers):
        printing.say(f"… and {len(readers) - len(shown)} more: --who names them all.")


def _waiting(mail: Inbound, held: Held | None, head: bytes) -> dict[str, Any]:
    written = ("", "") if mail.source == "slack" else _head(bytes(head))
    sender, title = (held.sender, held.title) if held else written
    return {
        "id": mail.id,
        "state": mail.state,
        "reason": mail.reason or (held.reason if held else ""),
        "detail": mail.detail,
        "received_at": mail.received_at,
        "sender": sender,
        "title": title,
        "size": mail.size,
        "held_id": held.id if held else None,
    }


def _head(head: bytes) -> tuple[str, str]:
    """Who wrote it and what it is called, of mail that may be any bytes at all."""
    try:
        headers = BytesHeaderParser(policy=compat32).parsebytes(head)
        return _decoded(headers.get("From", "")), _decoded(headers.get("Subject", ""))
    except Exception:  # noqa: BLE001  it is parked because something is wrong with it
        return "", ""


def _decoded(value: object) -> str:
    from email.header import decode_header, make_header

    try:
        text = str(make_header(decode_header(str(value))))
    except (LookupError, ValueError):
        text = str(value)
    return " ".join(text.encode("utf-8", "replace").decode().split())[:200]
