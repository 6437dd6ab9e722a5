"""The weekly digest before it goes, as a page: an editor writes a lead, takes out, moves, sends it now or skips it."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.digest.editing import Changes, amend, may_edit, skip
from bot.digest.preview import preview_of
from bot.digest.sending import send
from bot.digest.week import week_named
from bot.house import House
from bot.metrics import count_action
from bot.web.edge import form_of
from bot.web.render import Button, Pages
from bridges.digest_words import section_headings
from bridges.preview import (
    Preview,
    facts_of,
    skipped_words,
    standing,
    title_of,
    week_word,
)
from bridges.slack.form.draft import LONGEST_TEXT, clean
from bridges.slack.form.words import shown, typed
from bridges.texts import Texts
from bridges.tokens import Purpose
from schedules.weeks import NoSuchWeek
from storage import pages as ledger
from storage.ids import ItemId, MemberId, Week
from storage.models import Member
from storage.words import DigestState, Section

#: Fields that a form may have: three for each item, and an edition may have hundreds.
_MOST_FIELDS = 6_000


@dataclass(frozen=True, slots=True)
class Line:
    """An item as the page lists it."""

    id: ItemId
    place: int  # in its section, from 1
    title: str
    facts: str
    language: str
    inside: bool
    was: str  # what the page showed, so that only what is changed counts


@dataclass(frozen=True, slots=True)
class Group:
    """A section with its items, those that were taken out last."""

    name: str
    heading: str
    lines: list[Line]


class Previews:
    """Shows an edition to the one editor that the link was made for, and does what they decide."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._house: House = pages.house

    async def page(self, request: Request) -> Response:
        """GET shows. POST saves, asks whether it is to be sent or skipped, and then does it."""
        found = self._of(request)
        if found is None:
            return self._pages.dead_link(request)
        week, editor_id = found
        async with self._house.database.read() as session:
            editor = await ledger.member(session, editor_id)
        texts = self._pages.texts(request, editor.locale if editor else None)
        if editor is None or not may_edit(editor):
            return self._not_allowed(texts)
        if request.method == "POST":
            return await self._act(texts, week, editor, await form_of(request, most=_MOST_FIELDS))
        return self._shown(texts, await self._preview(week))

    def _of(self, request: Request) -> tuple[Week, MemberId] | None:
        numbers = self._house.tokens.read(Purpose.PREVIEW, request.path_params["token"], self._house.now())
        if numbers is None or len(numbers) != 2:
            return None
        try:
            return week_named(numbers[0]), MemberId(numbers[1])
        except NoSuchWeek:
            return None

    async def _preview(self, week: Week) -> Preview:
        async with self._house.database.read() as session:
            return await preview_of(session, self._house, week, self._house.now())

    # -- what is done -----------------------------------------------------------------------------------------------

    async def _act(self, texts: Texts, week: Week, editor: Member, form: Mapping[str, str]) -> Response:
        match form.get("do"):
            case "save" | "send" | "skip" as wish:
                return await self._save(texts, week, editor, form, wish)
            case "send_now":
                return await self._send(texts, week, editor, although_skipped=False)
            case "send_anyway":
                return await self._send(texts, week, editor, although_skipped=True)
            case "skip_now":
                return await self._skip(texts, week, editor)
            case "revive":
                preview = await self._preview(week)
                return (
                    self._may_send(texts, preview, "send_anyway")
                    if preview.edition.rows
                    else self._shown(texts, preview)
                )
            case "show":
                return self._shown(texts, await self._preview(week))
            case _:
                raise HTTPException(400)

    async def _save(
        self, texts: Texts, week: Week, editor: Member, form: Mapping[str, str], wish: Literal["save", "send", "skip"]
    ) -> Response:
        """Whatever is wished for next: what stands in the form is kept first."""
        outcome = await amend(self._house, week, editor.id, "web", changes_of(form))
        if outcome == "not_allowed":
            return self._not_allowed(texts)
        preview = await self._preview(week)
        if outcome == "already" or preview.state in (DigestState.SENT, DigestState.SKIPPED):
            return self._shown(texts, preview)
        count_action("digest_arrange", "web")
        if wish == "save":
            return self._shown(texts, preview, saved=True)
        if wish == "skip":
            return self._may_skip(texts, preview)
        return self._may_send(texts, preview, "send_now") if preview.edition.rows else self._shown(texts, preview)

    def _may_send(self, texts: Texts, p: Preview, do: str) -> Response:
        t, week = texts.t, week_word(p.week, p.today, texts)
        items = texts.plural("It has {n} item.", "It has {n} items.", len(p.edition.rows))
        return self._pages.say(
            texts,
            t("Send the digest of {week} now?", week=week),
            f"{items} {texts.plural('It goes to {n} person.', 'It goes to {n} people.', p.people)}",
            t("The digest of {week} goes at once, and cannot be taken back.", week=week),
            buttons=[
                Button(texts.plural("Send to {n} person", "Send to {n} people", p.people), "do", do),
                Button(t("Back"), "do", "show", "plain"),
            ],
        )

    def _may_skip(self, texts: Texts, p: Preview) -> Response:
        t = texts.t
        return self._pages.say(
            texts,
            t("Skip the digest of {week}?", week=week_word(p.week, p.today, texts)),
            skipped_words(texts),
            buttons=[Button(t("Skip it"), "do", "skip_now", "danger"), Button(t("Back"), "do", "show", "plain")],
        )

    async def _send(self, texts: Texts, week: Week, editor: Member, *, although_skipped: bool) -> Response:
        sent = await send(self._house, week, "web", by=editor.id, although_skipped=although_skipped)
        if sent.outcome == "not_allowed":
            return self._not_allowed(texts)
        if sent.outcome == "sent":
            count_action("digest_send", "web")
        return self._shown(texts, await self._preview(week))

    async def _skip(self, texts: Texts, week: Week, editor: Member) -> Response:
        outcome = await skip(self._house, week, "web", by=editor.id)
        if outcome == "not_allowed":
            return self._not_allowed(texts)
        if outcome == "skipped":
            count_action("digest_skip", "web")
        return self._shown(texts, await self._preview(week))

    # -- what is shown ----------------------------------------------------------------------------------------------

    def _shown(self, texts: Texts, p: Preview, *, saved: bool = False) -> Response:
        """The edition as it stands: to be worked on, or what became of it."""
        t = texts.t
        heading = t("Weekly digest, {week}", week=week_word(p.week, p.today, texts))
        if p.state is DigestState.SENT:
            return self._pages.say(texts, heading, *standing(p, texts), t("There is nothing more to do."))
        if p.state is DigestState.SKIPPED:
            anyway = [Button(t("Send it anyway"), "do", "revive", "plain")] if p.edition.rows else []
            return self._pages.say(texts, heading, *standing(p, texts), buttons=anyway)
        lead = shown(p.edition.lead)
        return self._pages.show(
            "preview.html",
            texts,
            title=heading,
            standing=standing(p, texts),
            pressing=p.state is DigestState.MISSED,
            people=p.people,
            saved=saved,
            lead=lead,
            lead_was=_mark(lead),
            longest=LONGEST_TEXT,
            groups=groups_of(p, texts),
            sendable=bool(p.edition.rows),
        )

    def _not_allowed(self, texts: Texts) -> Response:
        t = texts.t
        title = t("Only editors decide here")
        return self._pages.say(texts, title, t("You are not an editor any more. Nothing has been changed."), status=403)


def groups_of(p: Preview, texts: Texts) -> list[Group]:
    """The sections as the page lists them."""
    headings = section_headings(texts)
    return [
        Group(
            section.value,
            headings[section],
            [
                Line(
                    row.item_id,
                    place,
                    title_of(row, texts, 3_000),
                    facts_of(row, p.edition.day, texts),
                    row.language,
                    place <= len(inside),
                    f"{section.value}:{int(place <= len(inside))}:{place}",
                )
                for place, row in enumerate([*inside, *out], 1)
            ],
        )
        for section, inside, out in p.sections()
    ]


def changes_of(form: Mapping[str, str]) -> Changes:
    """What an editor changed in what the page showed; whatever is odd in it changes nothing."""
    out: set[ItemId] = set()
    back: set[ItemId] = set()
    places: dict[Section, list[tuple[int, int, int, ItemId]]] = {}
    for name, value in form.items():
        sort, _, number = name.partition("_")
        item_id, was = _number(number), value.split(":")
        if sort != "row" or not item_id or len(was) != 3 or was[0] not in set(Section):
            continue
        inside, place = f"in_{item_id}" in form, _number(was[2])
        if inside != (was[1] == "1"):
            (back if inside else out).add(ItemId(item_id))
        wanted = _number(form.get(f"pos_{item_id}", "")) or place
        # Who moves up stands before whoever has that place now, who moves down after.
        moved = (wanted > place) - (wanted < place)
        places.setdefault(Section(was[0]), []).append((wanted, moved, place, ItemId(item_id)))
    order: list[ItemId] = []
    for rows in places.values():
        if any(moved for _, moved, _, _ in rows):
            order += [item_id for _, _, _, item_id in sorted(rows)]
    written = clean(form.get("lead", ""))[:LONGEST_TEXT]
    untouched = "lead" not in form or _mark(written) == form.get("lead_was")
    return Changes(lead=None if untouched else typed(written), order=order, out=out, back=back)


def _mark(lead: str) -> str:
    """A lead known again, whatever a browser does to its line ends."""
    return sha256(" ".join(clean(lead).split()).encode()).hexdigest()[:16]


def _number(value: str) -> int:
    value = value.strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else 0
