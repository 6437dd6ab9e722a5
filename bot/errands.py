"""Errands by mail: what people ask of Brygga by writing to one of its subaddresses."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot import actions
from bot.answering import answer as answer_when
from bot.asking import which_day
from bot.checks import Disposition, Verdict
from bot.house import House
from bot.publishing import Outcome
from bot.reading.certain import chosen
from bot.reading.texts import answer_words
from bot.telling import tell, today
from bot.understanding import Author
from bridges.mail.addresses import Tag
from bridges.mail.automatic import answerable
from bridges.mail.parse import Mail
from bridges.mail.trust import Standing
from bridges.tokens import Purpose
from storage.ids import HeldId, ItemId, MemberId
from storage.models import Held, Item
from storage.questions import question_of
from storage.readers import editors
from storage.words import InboxState, Mode, Precision


@dataclass(frozen=True, slots=True)
class Request:
    """An errand with all that is needed to run it."""

    session: AsyncSession
    house: House
    mail: Mail
    token: str
    author: Author
    verdict: Verdict
    trust: Standing
    now: datetime

    @property
    def trusted(self) -> bool:
        """Whether the sender is a member and who they say."""
        return self.author.member_id is not None and self.verdict.disposition is Disposition.POST

    async def answer(self, notice: str, *, about: str | None = None, item: Item | None = None, **params: Any) -> None:
        """Tell the sender, once a day or once for the thing it is `about`: what answers our mail may be a machine that
        does not say so, and its answers come here.
        """
        if answerable(self.mail):
            once = f"{about}:{self.author.member_id}" if about else None
            item_id = item.id if item else None
            await tell(self.session, self.house, notice, self.author, self.now, once=once, item_id=item_id, **params)


_TWO = 2  # an item and its author

Errand = Callable[[Request], Awaitable[Outcome]]

_STRANGER = Outcome(InboxState.ASIDE, "errand_of_stranger")


async def _bad_token(request: Request) -> Outcome:
    """A link that is forged, mistyped or past its last day; a member is told, nobody else."""
    if request.trusted:
        await request.answer("not_understood", title=request.mail.subject, reason="link_expired")
    return Outcome(InboxState.ASIDE, "bad_token")


def _done(errand: str, detail: str = "") -> Outcome:
    return Outcome(InboxState.DONE, errand, detail)


async def _leave_by_link(request: Request) -> Outcome:
    """`+leave-TOKEN`, which mail clients send by themselves (RFC 2369 §3.2): the token alone is the authority."""
    numbers = request.house.tokens.read(Purpose.LEAVE, request.token, request.now)
    if numbers is None:
        return await _bad_token(request)
    left = await actions.leave(request.house, MemberId(numbers[0]), "mail", within=request.session)
    return _done("leave", left.outcome)


async def _leave(request: Request) -> Outcome:
    """`+leave` without a token: the sender must be who they say."""
    if not request.trusted or request.author.member_id is None:
        return _STRANGER
    left = await actions.leave(request.house, request.author.member_id, "mail", within=request.session)
    return _done("leave", left.outcome)


async def _pause(request: Request) -> Outcome:
    """`+paus`, with "till 2027-02-01" in the subject for a pause that ends by itself."""
    if not request.trusted or request.author.member_id is None:
        return _STRANGER
    subject = request.mail.subject
    until = _day_in(subject, today(request.house, request.now))
    await actions.set_mode(
        request.house, request.author.member_id, Mode.NONE, "mail", until=until, within=request.session
    )
    day = until.isoformat() if until else None
    unread = subject if day is None and _MEANS_A_DAY.search(subject) else None
    await request.answer("paused", about=f"{today(request.house, request.now)}:{day}", until=day, unread=unread)
    return _done("pause")


async def _start(request: Request) -> Outcome:
    """`+start`: back to the mode before the pause."""
    if not request.trusted or request.author.member_id is None:
        return _STRANGER
    await actions.resume(request.house, request.author.member_id, "mail", within=request.session)
    await request.answer("resumed")
    return _done("start")


async def _help(request: Request) -> Outcome:
    """`+help`: how to write to the list."""
    if not request.trusted:
        return _STRANGER
    await request.answer("help")
    return _done("help")


async def _join(request: Request) -> Outcome:
    """`+join`: a member learns what can be done; about anybody else the editors are told, who can add them."""
    if request.trusted:
        return await _help(request)
    asker = request.author
    if request.trust is Standing.FAILED or not asker.email or not answerable(request.mail):
        return _STRANGER
    desk = await editors(request.session)
    if not desk:
        return Outcome(InboxState.PARKED, "no_editor", "wants to join")  # until there is one, and it is read again
    once = f"{sha256(asker.email.encode()).hexdigest()[:16]}:{today(request.house, request.now)}"
    certain = request.trust is Standing.PASSED
    for row in desk:
        editor = Author(name=row["name"], email=row["email"], member_id=row["member_id"], language=row["language"])
        await tell(
            request.session,
            request.house,
            "wants_in",
            editor,
            request.now,
            once=f"{once}:{editor.member_id}",
            address=asker.email,
            person=asker.name,
            certain=certain,
        )
    if certain:  # else an answer would go to whoever is pretended to ask
        await request.answer("asked_in")
    return _done("join")


def _not_yet(word: str) -> Errand:
    async def errand(request: Request) -> Outcome:
        """What Brygga will do one day: a member is told so, and nobody at the desk need look at it."""
        if not request.trusted:
            return _STRANGER
        await request.answer("not_yet", about=f"{today(request.house, request.now)}:{word}", asked=word)
        return _done(word, "not_yet")

    return errand


#: The answer to a receipt that takes the item back; a mere "tack" does not.
_UNDO = frozenset({"ångra", "ångrat", "ta tillbaka", "stoppa", "undo", "take back", "stop"})


def _asks_to_undo(mail: Mail) -> bool:
    text = _first_line(answer_words(mail).plain)
    return text in _UNDO or (not text and mail.subject.strip().casefold() in _UNDO)


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line.strip(".!*_ ").casefold()


async def _undo(request: Request) -> Outcome:
    """`+undo-TOKEN`: only by the one whose item it is."""
    numbers = request.house.tokens.read(Purpose.UNDO, request.token, request.now)
    if numbers is None:
        return await _bad_token(request)
    item_id, member_id = numbers
    if not request.trusted or member_id != request.author.member_id:
        return _STRANGER
    if not _asks_to_undo(request.mail):
        await request.answer("help")
        return _done("undo", "unclear")
    undone = await actions.undo(request.house, ItemId(item_id), MemberId(member_id), "mail", within=request.session)
    if undone.outcome == "too_late":
        await request.answer("too_late", about=f"item-{item_id}", title=undone.title, sent=undone.sent)
    elif undone.outcome in ("undone", "already"):
        await request.answer("undone", about=f"item-{item_id}", title=undone.title)
    return _done("undo", undone.outcome)


async def _mute(request: Request) -> Outcome:
    """`+mute-TOKEN`: no more comments of this thread to this member."""
    numbers = request.house.tokens.read(Purpose.MUTE, request.token, request.now)
    if numbers is None:
        return await _bad_token(request)
    item_id, member_id = numbers
    if not request.trusted or member_id != request.author.member_id:
        return _STRANGER
    title = await actions.mute(
        request.house, ItemId(item_id), MemberId(member_id), True, "mail", within=request.session
    )
    await request.answer("muted", about=f"item-{item_id}:{today(request.house, request.now)}", title=title)
    return _done("mute")


#: One word is a decision. The first word of the answer counts, in either language.
_APPROVE = frozenset({"ja", "ok", "okej", "släpp", "skicka", "godkänn", "godkänd", "yes", "approve", "send", "release"})
_REJECT = frozenset({"nej", "avvisa", "avslå", "stoppa", "no", "reject", "refuse"})


#: Of a post that may tell of an event that is there.
_MERGE = frozenset({"samma", "slå ihop", "samma evenemang", "same", "merge", "same event"})


def decision_in(text: str) -> Literal["approve", "reject", "merge"] | None:
    """What an editor's one-word answer decides; None when it is not one of the words alone on its line."""
    word = _first_line(text)
    if word in _MERGE:
        return "merge"
    if word in _APPROVE:
        return "approve"
    return "reject" if word in _REJECT else None


async def _decide(request: Request) -> Outcome:
    """`+desk-TOKEN`: binds one editor and one post; the answer must come from that editor."""
    numbers = request.house.tokens.read(Purpose.DESK, request.token, request.now)
    if numbers is None:
        return await _bad_token(request)
    held_id, editor_id = numbers
    if not request.trusted or editor_id != request.author.member_id:
        return _STRANGER
    verdict = decision_in(answer_words(request.mail).plain)
    if verdict is None:
        held = await request.session.get(Held, held_id)
        await request.answer("desk_unclear", title=held.title if held else request.mail.subject)
        return _done("desk", "unclear")
    decided = await actions.decide(
        request.house, HeldId(held_id), MemberId(editor_id), verdict, "mail", within=request.session
    )
    if decided.outcome in ("released", "rejected", "merged"):
        about, people = f"held-{held_id}", decided.people
        await request.answer("desk_done", about=about, title=decided.title, decision=decided.outcome, people=people)
    elif decided.outcome == "already":
        at = decided.at.isoformat() if decided.at else None
        about, by = f"held-{held_id}", decided.by
        await request.answer("desk_already", about=about, title=decided.title, decision=decided.state, by=by, at=at)
    return _done("desk", decided.outcome)


def _wall_in(request: Request, choices: Sequence[str]) -> str | None:
    """The day or wall time that an answer names: one of the choices, else one that is certain by itself."""
    from bot.reading.when import spans  # noqa: PLC0415  few answers need it

    said = answer_words(request.mail).plain
    if (wall := chosen(said, choices)) is not None:
        return wall
    zone = ZoneInfo(request.house.settings.network.timezone)
    first = next((line for line in said.splitlines() if line.strip()), "")
    named = [span for span in spans(first, (request.mail.date or request.now).astimezone(zone)) if not span.loose]
    sure = [span for span in named if span.uncertain is None and span.precision is not Precision.WEEK]
    return sure[0].start if len(named) == len(sure) == 1 else None


async def _when(request: Request) -> Outcome:
    """`+when-TOKEN`: on which day an event is, in one word; only by the one whose item it is."""
    numbers = request.house.tokens.read(Purpose.WHEN, request.token, request.now)
    if numbers is None or len(numbers) != _TWO:
        return await _bad_token(request)
    item_id = ItemId(numbers[0])
    item, question = await request.session.get(Item, item_id), await question_of(request.session, item_id)
    author = request.author
    theirs = item is not None and author.email == item.author_email and request.trust is Standing.PASSED
    if not (theirs or (request.trusted and numbers[1] == author.member_id)):
        return _STRANGER
    wall = _wall_in(request, question.choices) if question else None
    if question is not None and item is not None and question.answered_at is None and wall is None:
        about = f"item-{item_id}:{today(request.house, request.now)}"
        await request.answer(
            "which_day_unclear", about=about, item=item, title=item.title, **which_day(question).params
        )
        return _done("when", "unclear")
    done = await answer_when(request.house, item_id, wall or "", author, "mail", within=request.session)
    if done.outcome in ("settled", "already"):
        about = f"item-{item_id}:{done.answer}"
        await request.answer("which_day_settled", about=about, item=item, title=done.title, answer=done.answer)
    return _done("when", done.outcome)


#: What each subaddress asks for. Words that fix a kind are no errands, nor are `thread` and `bounce`.
_WITH_TOKEN: dict[str, Errand] = {
    "leave": _leave_by_link,
    "undo": _undo,
    "mute": _mute,
    "desk": _decide,
    "when": _when,
}
_PLAIN: dict[str, Errand] = {
    "join": _join,
    "leave": _leave,
    "paus": _pause,
    "start": _start,
    "help": _help,
    "digest": _not_yet("digest"),
    "sok": _not_yet("sok"),
}


def errand_of(tag: Tag | None) -> Errand | None:
    """The errand that a mail to this subaddress is; None when it is something to share, answer or hold."""
    if tag is None or tag.word in ("thread", "bounce"):  # a bounce is set aside before; a person answers
        return None
    if tag.token is None:
        return _PLAIN.get(tag.word)
    return _WITH_TOKEN.get(tag.word, _bad_token)  # no other token is given to anybody yet


#: A subject that names a day, or tries to.
_MEANS_A_DAY = re.compile(r"\d|\b(?:till|until|til)\b", re.IGNORECASE)


def _day_in(subject: str, today: date) -> date | None:
    """The coming day that a subject names; a pause cannot end on a day that has been."""
    found = re.search(r"\b(\d{4}-\d{2}-\d{2})\b", subject)
    try:
        day = date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
    return day if day and day > today else None
