"""Checks the clock: digests, reminders and links that end hang on it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.diagnosis.findings import Inquiry
from storage.columns import database_now
from storage.database import Database

#: A clock that is off by more should be mended; by more still, dates come out wrong and sign-in fails.
NOTABLE, WRONG = timedelta(seconds=30), timedelta(minutes=5)
#: Nobody has run this program before; a machine that starts without a battery believes that it is 1970.
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


async def look(inquiry: Inquiry) -> None:
    """Compare this machine's clock with others that could be asked."""
    report, t, now = inquiry.report, inquiry.t, inquiry.now()
    zone = inquiry.settings.network.timezone
    local = now.astimezone(ZoneInfo(zone))
    if now < EARLIEST:
        report.bad("clock.time", t("The clock says {day}.", day=local.date().isoformat()), _cure(inquiry))
        return
    wall = f"{t.day(local.date(), local.date())} {t.clock(local.time())}"
    report.good("clock.time", t("It is {when} in {zone}.", when=wall, zone=zone))
    await _database(inquiry)
    _letter(inquiry)


async def _database(inquiry: Inquiry) -> None:
    """PostgreSQL may be on another machine; SQLite has ours."""
    try:
        database = Database(inquiry.settings.database.url, inquiry.settings.folder)
    except (ValueError, ImportError):
        return  # told by the database's own check
    if database.sqlite:
        return
    try:
        async with database.read() as session:
            theirs = (await session.execute(select(database_now()))).scalar_one()
    except Exception:  # noqa: BLE001  told by the database's own check
        return
    finally:
        await database.close()
    compare(inquiry, "clock.database", inquiry.t("the database"), theirs)


def _letter(inquiry: Inquiry) -> None:
    """The receiving server wrote down when it took the letter; that it lay there meanwhile is allowed for."""
    head = inquiry.learned.letter
    if head is None:
        return
    taken = next(_dates(head.get_all("Received", [])), None)
    sent = next(_dates([f";{head.get('Date', '')}"]), None)
    if taken and sent:
        # It took it after we sent it, and within the time that we waited.
        behind = taken - sent
        slack = timedelta(seconds=inquiry.patience.letter)
        off = behind if behind < timedelta() else max(timedelta(), behind - slack)
        compare(inquiry, "clock.mail", inquiry.t("the mail server"), inquiry.now() + off)


def compare(inquiry: Inquiry, check: str, whose: str, theirs: datetime) -> None:
    """Say whether our clock agrees with that of another."""
    report, t = inquiry.report, inquiry.t
    off = abs(theirs - inquiry.now())
    if off < NOTABLE:
        report.good(check, t("The clock agrees with {whose}.", whose=whose))
        return
    tell = report.bad if off > WRONG else report.doubt
    tell(
        check,
        t(
            "The clock differs from that of {whose} by {duration}.",
            whose=whose,
            duration=t.duration(int(off.total_seconds())),
        ),
        _cure(inquiry),
    )


def _cure(inquiry: Inquiry) -> str:
    return inquiry.t("Turn on the machine's time service, for example: timedatectl set-ntp true")


def _dates(lines: list[str]) -> Iterator[datetime]:
    """The date at the end of each Received line (RFC 5321 §4.4), where it can be read."""
    for line in lines:
        try:
            moment = parsedate_to_datetime(str(line).rpartition(";")[2].strip())
        except (ValueError, TypeError):
            continue
        if moment.tzinfo is not None:
            yield moment
