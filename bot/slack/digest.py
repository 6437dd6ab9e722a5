"""The weekly digest, from Slack: editors arrange it in a form, send it now, or skip it. Each asks anew who may."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.digest.editing import Changes, amend, skip
from bot.digest.preview import preview_of
from bot.digest.sending import send
from bot.house import House
from bot.publishing import Outcome
from bot.slack.acts import Act, Done, person_of, workspace_of
from bot.slack.asked import Submission
from bot.slack.people import visitor
from bot.slack.pressed import Pressed
from bot.telling import today
from bridges.preview import Preview, standing, week_word
from bridges.slack.drawing.message import Message
from bridges.slack.form.digest import arranged
from bridges.slack.words.to_slack import literal
from bridges.texts import Texts
from schedules.weeks import NoSuchWeek, read_week
from storage.ids import MemberId, Week
from storage.models import Inbound
from storage.words import InboxState


async def send_now(p: Pressed, *, although_skipped: bool = False) -> Done:
    """Send the edition that the button is about; `although_skipped`: the button said that it had been."""
    week, editor = week_of_button(p.press.value), _editor(p)
    if week is None or editor is None:
        return _refused(p, week)
    sent = await send(p.house, week, "slack", by=editor, although_skipped=although_skipped, within=p.session)
    t, word = p.t, week_word(week, today(p.house, p.now), p.t)
    match sent.outcome:
        case "sent":
            people = t.plural("{n} person", "{n} people", sent.people)
            words = t.t("The digest of {week} is going to {people}.", week=word, people=people)
            return p.answer("sent", words)
        case "empty":
            return p.answer("empty", t.t("There is nothing in the digest of {week}, so nothing was sent.", week=word))
        case "not_allowed":
            return _refused(p, week)
        case outcome:
            return p.answer(outcome, await _words(p, week))


async def skip_it(p: Pressed) -> Done:
    """Send no edition that week."""
    week, editor = week_of_button(p.press.value), _editor(p)
    if week is None or editor is None:
        return _refused(p, week)
    outcome = await skip(p.house, week, "slack", by=editor, within=p.session)
    if outcome == "not_allowed":
        return _refused(p, week)
    return p.answer(outcome, await _words(p, week))


async def arrange_it(house: House, what: Submission, received_at: datetime) -> Act:
    """The form, sent in: what was changed in it is changed in the edition as it stands by then."""
    wanted = arranged(what.view)
    person = await person_of(house, what.user)

    async def act(session: AsyncSession, row: Inbound, now: datetime) -> Done:
        who = await visitor(session, house, what.user, person, now)
        t, week = Texts(who.author.language), week_of_button(wanted.week)
        if week is None:
            return Done(Outcome(InboxState.ASIDE, "no_such_week"))
        outcome: str = "not_allowed"
        if who.known is not None and who.is_editor:
            changes = Changes(lead=wanted.lead, order=wanted.order, out=wanted.out, back=wanted.back)
            outcome = await amend(house, week, who.known.member_id, "slack", changes, within=session)
        if outcome == "arranged":
            return Done(Outcome(InboxState.DONE, "digest", outcome))
        if outcome == "already":
            said = " ".join(
                (*standing(await preview_of(session, house, week, now), t), t.t("Your changes came too late."))
            )
        else:
            said = only_editors(t)
        return Done(Outcome(InboxState.ASIDE, "digest", outcome), _to(house, what.user, said))

    return act


def only_editors(t: Texts) -> str:
    """Who decides about the digest."""
    return t.t("Only editors decide about the weekly digest. Nothing has been changed.")


def week_of_button(value: str) -> Week | None:
    """The week that a button is about; None for anything else."""
    try:
        return read_week(value)
    except NoSuchWeek:
        return None


def _editor(p: Pressed) -> MemberId | None:
    return p.who.known.member_id if p.who.known is not None and p.who.is_editor else None


def _refused(p: Pressed, week: Week | None) -> Done:
    if week is None:
        return p.answer("gone", p.t.t("It is not there any more."))
    return p.answer("not_allowed", only_editors(p.t))


async def _words(p: Pressed, week: Week) -> str:
    """How it stands with the edition now: whoever was first, and what they did."""
    found: Preview = await preview_of(p.session, p.house, week, p.now)
    return " ".join(standing(found, p.t))


def _to(house: House, user: str, sentence: str) -> Callable[[], Awaitable[None]]:
    """A word to one who sent a form in: nobody knows from where."""
    workspace = workspace_of(house)

    async def say() -> None:
        await workspace.write_to(user, Message(literal(sentence)))

    return say
