"""The clock of the digest: what is due and not done, asked every minute."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.digest.contents import keep, places_of
from bot.digest.editing import rest, show, tell_desk
from bot.digest.sending import send
from bot.digest.week import rhythm_of
from bot.house import House
from schedules.weeks import Step, due, near
from storage import digests as ledger
from storage.ids import Week
from storage.words import DigestState

log = structlog.get_logger()


async def keep_the_week(house: House) -> None:
    """Do what is due about the digest: asked every minute, by any number of processes, each thing is done once."""
    rhythm, now = rhythm_of(house.settings), house.now()
    async with house.database.read() as session:
        states = await ledger.states(session, near(rhythm.week_of(now)))
    for step, week in due(now, rhythm, states):
        async with house.database.write() as session:
            new = await ledger.begin(session, week, now)
            state = (await ledger.states(session, (week,)))[week]
            first = new if step is Step.SHOW else (step, week) in due(now, rhythm, {week: state})
            if first:
                await _take(session, house, step, week, now)
        if first:
            house.poke_relay()
            log.info("digest.step", step=step.value, week=week)


async def _take(session: AsyncSession, house: House, step: Step, week: Week, now: datetime) -> None:
    if week in rhythm_of(house.settings).holidays:
        await rest(session, house, week, now)
        return
    match step:
        case Step.SHOW:
            await show(session, house, week, now)
        case Step.SEND:
            sent = await send(house, week, "clock", within=session)
            if sent.outcome == "empty":
                await ledger.decide(session, week, DigestState.EMPTY, now, by=None, via="clock")
                await tell_desk(session, house, "digest_empty", week, now)
        case Step.ASK:
            await _ask(session, house, week, now)


async def _ask(session: AsyncSession, house: House, week: Week, now: datetime) -> None:
    """Its day went by, and Brygga did not run: editors decide. Where nothing would have stood in it, nobody is asked."""
    closed = rhythm_of(house.settings).closes_at(week)
    digest = await ledger.edition(session, week)
    missed = [place for place in await places_of(session, house, week, digest, closed) if not place.dropped]
    state = DigestState.MISSED if missed else DigestState.EMPTY
    await ledger.decide(session, week, state, now, by=None, via="clock", why="late")
    if missed:
        await keep(session, house, week, now)
        await tell_desk(session, house, "digest_missed", week, now)
