"""`brygga digest`: what an edition says, as it went out or as it would be now, and sending it."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import context, printing
from bot.cli.context import As, Failed, Json, Yes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.house import House
    from bot.settings import Settings
    from bridges.edition import EditionRow
    from bridges.preview import Preview
    from storage.ids import Week

app = typer.Typer(help="The weekly digest: what it says, and sending it.", no_args_is_help=True)

Named = Annotated[str, typer.Option(metavar="2026-W48", help="The edition.  [default: the next]")]


class Format(StrEnum):
    """How an edition is drawn."""

    TEXT = "text"  # the letter, as plain text
    HTML = "html"  # the letter, as HTML
    SLACK = "slack"  # the posts, one JSON object a line


@app.command()
def show(
    week: Named = "",
    member: Annotated[str, typer.Option(metavar="ADDR", help="What this reader gets of it.")] = "",
    format_: Annotated[
        Format | None, typer.Option("--format", help="As the letter or the posts are, instead of in short.")
    ] = None,
    json: Json = False,
) -> None:
    """Show an edition: as it went out, or as it would be if it went now."""

    async def work() -> "tuple[Preview, str, Settings]":
        from bot.digest.preview import preview_of

        async with context.house() as house, house.database.read() as session:
            now = house.now()
            language: str = house.settings.network.locale
            preview = await preview_of(session, house, _week(house, week, now), now)
            if member:
                preview, language = await _of_one(session, house, preview, member, now)
            return preview, language, house.settings

    preview, language, settings = context.run(work())
    if json:
        printing.one(_record(preview))
    elif format_ is None:
        _show(preview, language)
    elif not preview.edition.rows:
        raise Failed(_empty(preview.week))
    else:
        _print_as(format_, preview, language, settings)


@app.command()
def send(
    week: Named = "",
    member: Annotated[str, typer.Option(metavar="ADDR", help="Only to this reader, of one that has been sent.")] = "",
    as_: As = "",
    yes: Yes = False,
) -> None:
    """Send an edition now, to everybody who takes it; or one that was sent to a member who has joined since."""
    if member:
        printing.say(context.run(_send_to_one(week, member, as_)))
        return

    async def look() -> "Preview":
        from bot.digest.preview import preview_of

        async with context.house() as house, house.database.read() as session:
            now = house.now()
            return await preview_of(session, house, _week(house, week, now), now)

    async def work(which: "Week") -> tuple[str, int]:
        from bot.digest.sending import send as send_now

        async with context.house() as house:
            sent = await send_now(house, which, "cli", actor=context.actor(as_))
            return sent.outcome, sent.people

    preview = context.run(look())
    if preview.state == "sent":
        printing.say(_already(preview))
        return
    if not preview.edition.rows:
        raise Failed(_empty(preview.week))
    skipped = f"{preview.week} was skipped{_by(preview)}. " if preview.state == "skipped" else ""
    context.confirm(f"{skipped}Send {preview.week} to {_people(preview.people)}? This cannot be undone.", yes=yes)
    outcome, people = context.run(work(preview.week))
    if outcome == "empty":
        raise Failed(_empty(preview.week))
    printing.say(
        f"{preview.week} is going to {_people(people)}." if outcome == "sent" else f"{preview.week} was sent already."
    )


async def _send_to_one(week: str, address: str, as_: str) -> str:
    from bot.digest.one import send_to_one

    async with context.house() as house:
        which = _week(house, week, house.now(), sent=True)
        outcome = await send_to_one(house, which, address.strip().lower(), "cli", context.actor(as_))
    match outcome:
        case "sent":
            return f"{which} is going to {address}."
        case "already":
            return f"{address} was sent {which} already."
        case "unknown":
            raise Failed(_unknown(address))
        case "not_sent":
            raise Failed(f"{which} has not been sent: `brygga digest send --week {which}` sends it to everybody")
        case _:
            raise Failed(f"there is nothing in {which} for {address}: `brygga members show {address}` says why")


def _week(house: "House", given: str, now: datetime, *, sent: bool = False) -> "Week":
    """The edition that is meant: the one named, else the next; `sent`: else this week's."""
    from bot.digest.week import current_week, rhythm_of
    from schedules.weeks import read_week

    if given:
        return read_week(given)  # its error says how to write one
    return rhythm_of(house.settings).week_of(now) if sent else current_week(house, now)


async def _of_one(
    session: "AsyncSession", house: "House", preview: "Preview", address: str, now: datetime
) -> "tuple[Preview, str]":
    """What one reader gets, and in which language: of a sent edition what they were sent, else what they would be."""
    from bot.digest.one import picks_for

    one = await picks_for(session, house, preview.edition, address, now)
    if one is None:
        raise Failed(_unknown(address))
    return replace(preview, edition=preview.edition.only(one.picks), left_out=()), one.reader.language


def _print_as(form: Format, p: "Preview", language: str, settings: "Settings") -> None:
    """The letter or the posts, but for what is each reader's own: their links hold "…"."""
    from bot.house import list_house
    from bridges.mail.copies import Slot
    from bridges.mail.digest_plain import digest_plain
    from bridges.mail.digest_sheet import digest_html, digest_sheet
    from bridges.slack.drawing.digest import digest_posts
    from bridges.texts import Texts

    t, house = Texts(language), list_house(settings)
    if form is Format.SLACK:
        for post in digest_posts(p.edition, house.page(f"d/{p.week}"), t):
            printing.one({"text": post.text, "blocks": list(post.blocks)})
        return
    sheet = digest_sheet(p.edition, house, t)
    words = digest_html(sheet) if form is Format.HTML else digest_plain(sheet)
    for slot in Slot:
        words = words.replace(slot.mark, "…")
    printing.text(words)


def _record(p: "Preview") -> dict[str, Any]:
    return {
        "week": p.week,
        "state": p.state.value if p.state else None,
        "goes_at": p.goes_at,
        "sent_at": p.sent_at,
        "people": p.people,
        "lead": p.edition.lead,
        "sections": [
            {"section": section.value, "items": [_item(row) for row in rows]} for section, rows in p.edition.sections()
        ],
        "left_out": [_item(row) for row in p.left_out],
    }


def _item(row: "EditionRow") -> dict[str, Any]:
    event = row.event
    return {
        "id": row.item_id,
        "kind": row.kind,
        "intent": row.intent,
        "title": row.title,
        "cluster": row.cluster or None,
        "start": event.start if event else None,
        "end": event.end if event else None,
        "registration_deadline": (event.registration_deadline or None) if event else None,
        "link": row.link or None,
        "votes": row.votes,
        "coming": row.coming,
        "comments": row.comments,
    }


def _show(p: "Preview", language: str) -> None:
    from bridges.digest_words import section_headings
    from bridges.preview import facts_of, standing, title_of, week_word
    from bridges.texts import Texts

    t = Texts(language)
    printing.say(t.t("Weekly digest, {week}", week=week_word(p.week, p.today, t)))
    printing.say(" ".join(standing(p, t)))
    if p.edition.lead:
        printing.say("")
        printing.text(p.edition.lead)
    headings = section_headings(t)
    for section, rows in p.edition.sections():
        printing.say("")
        printing.say(headings[section])
        for row in rows:
            printing.say(
                f"  {row.item_id}  " + " · ".join(filter(None, (title_of(row, t), facts_of(row, p.edition.day, t))))
            )


def _already(p: "Preview") -> str:
    return f"{p.week} was sent already{_by(p)}, to {_people(p.people)}."


def _by(p: "Preview") -> str:
    return f" by {p.decided_by}" if p.decided_by else ""


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _empty(week: str) -> str:
    return f"there is nothing in {week}: nothing new, nothing coming"


def _unknown(address: str) -> str:
    return f"there is no member {address}: `brygga members list` shows them all"
