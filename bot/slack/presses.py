"""Buttons, pressed: signing up, following, taking back, deciding. Each asks anew whether the one who pressed may."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import actions
from bot.answering import answer as answer_when
from bot.house import House
from bot.publishing import Outcome
from bot.slack import digest
from bot.slack.acts import Act, Done, person_of
from bot.slack.asked import Press
from bot.slack.home import home_of
from bot.slack.people import visitor
from bot.slack.pressed import Pressed, number_of
from bot.slack.showing import redraw_item
from bot.telling import tell, today
from bot.voting import vote
from bridges.slack.arrivals import WHEN
from bridges.texts import LANGUAGES, Texts
from bridges.which_day import label
from storage.audit import record
from storage.ids import HeldId, ItemId, MemberId
from storage.models import Inbound, Member
from storage.questions import question_of
from storage.threads import follow, sign_up
from storage.words import Answer, InboxState, Mode


async def pressed(house: House, what: Press, received_at: datetime) -> Act:
    """What a button does."""
    button = BUTTONS.get(what.action)
    person = await person_of(house, what.user) if button else None

    async def act(session: AsyncSession, row: Inbound, now: datetime) -> Done:
        if button is None:
            return Done(Outcome(InboxState.ASIDE, "unknown_button", what.action[:50]))
        who = await visitor(session, house, what.user, person, now)
        return await button(Pressed(session, house, what, who, row, now))

    return act


# -- cards ----------------------------------------------------------------------------------------------------------------


async def _sign_up(p: Pressed, answer: Answer) -> Done:
    item = await p.item()
    if item is None:
        return p.answer("gone", gone(p.t))
    if p.who.known is None:
        return p.answer("not_member", _not_member(p.t))
    await sign_up(p.session, item.id, p.who.known.member_id, answer, "slack", p.now)
    await redraw_item(p.session, p.house, item.id, p.now, gather=True)
    words = {
        Answer.YES: p.t.t('Noted: you are coming to "{title}".', title=item.title),
        Answer.MAYBE: p.t.t('Noted: you may be coming to "{title}".', title=item.title),
        Answer.NO: p.t.t('Noted: you cannot come to "{title}".', title=item.title),
    }
    return p.answer(answer.value, words[answer])


async def _follow(p: Pressed) -> Done:
    item = await p.item()
    if item is None:
        return p.answer("gone", gone(p.t))
    if p.who.known is None:
        return p.answer("not_member", _not_member(p.t))
    await follow(p.session, item.id, p.who.known.member_id, "pressed")
    return p.answer("followed", p.t.t('You follow "{title}": the answers reach you.', title=item.title))


async def _vote(p: Pressed) -> Done:
    """For a tip, or no more for it when pressed again."""
    number = number_of(p.press.value)
    if p.who.known is None:
        return p.answer("not_member", _not_member(p.t))
    done = await vote(p.house, ItemId(number), p.who.known.member_id, "slack", within=p.session)
    if done.outcome in ("gone", "left"):
        return p.answer(done.outcome, gone(p.t))
    words = {
        "voted": p.t.t('Your vote for "{title}" is counted. Press again to take it back.', title=done.title),
        "taken_back": p.t.t('Your vote for "{title}" is taken back.', title=done.title),
        "own": p.t.t('"{title}" is your own tip: your own vote does not count.', title=done.title),
    }
    return p.answer(done.outcome, words[done.outcome])


async def _withdraw(p: Pressed) -> Done:
    item = await p.item()
    if item is None:
        return p.answer("gone", gone(p.t))
    if not p.who.may_change(item.author_id, item.cluster_id):
        return p.answer("not_theirs", not_yours(p.t, item.title))
    actor = p.who.author.email or f"slack:{p.press.user}"
    done = await actions.withdraw(p.house, item.id, actor, "slack", within=p.session)
    had = p.t.plural("{n} person had the mail already.", "{n} people had the mail already.", done.sent)
    sentence = p.t.t('"{title}" is withdrawn.', title=item.title)
    return p.answer("withdrawn", f"{sentence} {had}" if done.sent else sentence)


async def _undo(p: Pressed) -> Done:
    """In a direct message: the answer stands there as well, in the order things happened."""
    number, member = number_of(p.press.value), p.who.known.member_id if p.who.known else None
    if not number or member is None:
        return p.answer("gone", gone(p.t))
    done = await actions.undo(p.house, ItemId(number), member, "slack", within=p.session)
    once = f"{p.row.id}"
    if done.outcome == "undone":
        await tell(p.session, p.house, "undone", p.who.author, p.now, once=once, title=done.title)
    elif done.outcome == "too_late":
        await tell(p.session, p.house, "too_late", p.who.author, p.now, once=once, title=done.title, sent=done.sent)
    else:
        return p.answer(done.outcome, gone(p.t))
    return Done(Outcome(InboxState.DONE, "undo", done.outcome))


async def _when(p: Pressed, choice: int) -> Done:
    """Which day it is, of those that were asked about."""
    item = await p.item()
    question = await question_of(p.session, item.id) if item else None
    if item is None or question is None or choice >= len(question.choices):
        return p.answer("gone", gone(p.t))
    if not p.who.may_change(item.author_id, item.cluster_id):
        return p.answer("not_theirs", not_yours(p.t, item.title))
    wall = question.choices[choice]
    done = await answer_when(p.house, item.id, wall, p.who.author, "slack", within=p.session)
    when = label(done.answer, today(p.house, p.now), p.t) if done.answer else ""
    sentence = p.t.t('"{title}" is on {when}.', title=item.title, when=when)
    if not when:
        sentence = p.t.t('"{title}" is as you say.', title=item.title)
    if done.outcome == "settled":
        sentence = f"{sentence} {p.t.t('The post says so now, and those who already have it are told.')}"
    return p.answer(done.outcome, sentence)


# -- the desk -------------------------------------------------------------------------------------------------------------


async def _decide(p: Pressed, verdict: actions.Decision) -> Done:
    number = number_of(p.press.value)
    if not number:
        return p.answer("gone", gone(p.t))
    if p.who.known is None or not p.who.is_editor:
        return p.answer("not_allowed", p.t.t("Only editors decide at the desk."))
    editor = p.who.known.member_id
    done = await actions.decide(p.house, HeldId(number), editor, verdict, "slack", within=p.session)
    t = p.t
    if done.outcome == "already":
        who = done.by or t.t("another editor")
        return p.answer("already", t.t('{who} has decided on "{title}" already.', who=who, title=done.title))
    if done.outcome == "released":
        people = t.plural("{n} person", "{n} people", done.people)
        return p.answer("released", t.t('"{title}" is going to {people}.', title=done.title, people=people))
    if done.outcome == "merged":
        return p.answer(
            "merged", t.t('"{title}" tells of an event that is there already: they are one item now.', title=done.title)
        )
    if done.outcome == "rejected":
        return p.answer("rejected", t.t('"{title}" is not sent on.', title=done.title))
    return p.answer(done.outcome, gone(t))


# -- the app's home -------------------------------------------------------------------------------------------------------


async def _mode(p: Pressed) -> Done:
    known = p.who.known
    if known is None or p.press.value not in set(Mode):
        return Done(Outcome(InboxState.ASIDE, "not_member"))
    await actions.set_mode(p.house, MemberId(known.member_id), Mode(p.press.value), "slack", within=p.session)
    return Done(Outcome(InboxState.DONE, "mode", p.press.value), home_of(p.house, p.press.user))


async def _language(p: Pressed) -> Done:
    member = await p.session.get(Member, p.who.known.member_id) if p.who.known else None
    if member is None or p.press.value not in LANGUAGES:
        return Done(Outcome(InboxState.ASIDE, "not_member"))
    member.locale = p.press.value
    await record(p.session, member.email or "", "member.locale", f"member:{member.id}", "slack", {}, p.now)
    return Done(Outcome(InboxState.DONE, "language", p.press.value), home_of(p.house, p.press.user))


Button = Callable[[Pressed], Awaitable[Done]]


def _deciding(verdict: actions.Decision) -> Button:
    return lambda p: _decide(p, verdict)


def _signing_up(answer: Answer) -> Button:
    return lambda p: _sign_up(p, answer)


def _saying_when(number: int) -> Button:
    return lambda p: _when(p, number)


#: What each button does; those that open a form or a text are opened at once and never come here.
BUTTONS: dict[str, Button] = {
    "rsvp_yes": _signing_up(Answer.YES),
    "rsvp_maybe": _signing_up(Answer.MAYBE),
    "rsvp_no": _signing_up(Answer.NO),
    "follow": _follow,
    "vote": _vote,
    "withdraw": _withdraw,
    "undo": _undo,
    **{action: _saying_when(number) for number, action in enumerate(WHEN)},
    "approve": _deciding("approve"),
    "reject": _deciding("reject"),
    "trust": _deciding("trust"),
    "merge": _deciding("merge"),
    "digest_send": digest.send_now,
    "digest_skip": digest.skip_it,
    "digest_revive": lambda p: digest.send_now(p, although_skipped=True),
    "mode": _mode,
    "language": _language,
}


def gone(t: Texts) -> str:
    """What was pressed is about something that was taken back or never was."""
    return t.t("It is not there any more.")


def _not_member(t: Texts) -> str:
    return t.t("You are not known as a member yet. Ask an administrator of the network to add you.")


def not_yours(t: Texts, title: str) -> str:
    """Who may change an item."""
    return t.t('"{title}" can be changed by the one who shared it, by their cluster and by editors.', title=title)
