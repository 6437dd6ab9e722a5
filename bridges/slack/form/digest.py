"""The form in which editors arrange the weekly digest: its lead, what goes along, and what stands first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bridges.digest_words import section_headings
from bridges.edition import EditionRow
from bridges.preview import Preview, facts_of, title_of, week_word
from bridges.slack.drawing import limits
from bridges.slack.drawing.message import Block
from bridges.slack.form.draft import LONGEST_TEXT, clean, cut, whole_number
from bridges.slack.form.fields import plain
from bridges.slack.form.words import shown, typed
from bridges.texts import Texts
from storage.ids import ItemId, Week
from storage.words import Section

#: The `callback_id` of the form.
DIGEST_FORM: Final = "digest"

#: Blocks of a view that lists of items may take, and characters of JSON: Slack takes 250 kB.
_MOST_BLOCKS, _MOST_JSON = limits.VIEW_BLOCKS - 5, 200_000
#: Beyond so many items their boxes say no more than this much of the title.
_MANY, _BRIEF = 150, 60
_NUMBERS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """What an editor changed in the form; what they left alone stays as it is by then."""

    week: Week
    lead: str | None  # neutral Markdown; None: left alone
    order: tuple[ItemId, ...]  # those that are to stand first in their section, in this order
    out: frozenset[ItemId]  # taken out
    back: frozenset[ItemId]  # put back in


def waiting_form(t: Texts, week: str) -> Block:
    """The form before anybody knows what stands in the edition: it opens within Slack's three seconds."""
    said = {"type": "section", "text": plain(t.t("Getting the digest ready …"))}
    return _modal(t, week, [said])


def digest_form(p: Preview, t: Texts) -> Block:
    """The form as the edition stands. Ten items share a list of boxes, for Slack takes no more in one."""
    blocks: list[Block] = [_lead(p, t)]
    brief = len(p.edition.rows) + len(p.left_out) > _MANY
    left = 0
    for name, inside, out in p.sections():
        options = [_option(p, t, row, number, brief=brief) for number, row in enumerate(inside, 1)]
        options += [_option(p, t, row, None, brief=brief) for row in out]
        lists: list[Block] = []
        for start in range(0, len(options), limits.FEW_OPTIONS):
            some = options[start : start + limits.FEW_OPTIONS]
            ticked = some[: max(0, len(inside) - start)]
            lists.append(_boxes(name.value, start, some, ticked, _heading(name, start, len(options), t)))
        first = [_first(name.value, t)] if len(inside) > 1 else []
        more = [*blocks, *lists, *first]
        if len(more) > _MOST_BLOCKS or limits.weight(more) > _MOST_JSON:
            left += len(options)
        else:
            blocks = more
    if left:
        blocks.append(_note(t.plural("{n} more is on the page.", "{n} more are on the page.", left)))
    return _modal(t, p.week, blocks) | {"submit": plain(t.t("Save"))}


def _modal(t: Texts, week: str, blocks: list[Block]) -> Block:
    return {
        "type": "modal",
        "callback_id": DIGEST_FORM,
        "private_metadata": f"{week[:20]} {t.lang}",
        "title": plain(t.t("The weekly digest")),
        "close": plain(t.t("Cancel")),
        "blocks": blocks,
    }


def _lead(p: Preview, t: Texts) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": "lead", "multiline": True, "max_length": LONGEST_TEXT}
    if initial := cut(shown(p.edition.lead), LONGEST_TEXT):
        element["initial_value"] = initial
    label = t.t("Lead for {week}", week=week_word(p.week, p.today, t))
    hint = t.t("Stands before everything else. May be left empty.")
    return _input("lead", label, element, hint=hint)


def _heading(name: Section, start: int, count: int, t: Texts) -> str:
    heading = section_headings(t)[name]
    if count <= limits.FEW_OPTIONS:
        return heading
    return f"{heading} ({start + 1}–{min(start + limits.FEW_OPTIONS, count)})"


def _option(p: Preview, t: Texts, row: EditionRow, number: int | None, *, brief: bool) -> Block:
    """A box; `number`: in its section, of what goes along. `brief`: there are many."""
    words = title_of(row, t) if number is None else f"{number}. {title_of(row, t)}"
    option: Block = {"text": plain(cut(words, _BRIEF if brief else limits.OPTION)), "value": str(row.item_id)}
    facts = "" if brief else cut(facts_of(row, p.edition.day, t), limits.OPTION)
    return option | {"description": plain(facts)} if facts else option


def _boxes(section: str, start: int, options: Sequence[Block], ticked: Sequence[Block], label: str) -> Block:
    element: Block = {"type": "checkboxes", "action_id": f"in:{section}:{start}", "options": list(options)}
    if ticked:
        element["initial_options"] = list(ticked)
    return _input(element["action_id"], label, element)


def _first(section: str, t: Texts) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": f"first:{section}",
        "placeholder": plain(t.t("For example 3, 1")),
    }
    return _input(element["action_id"], t.t("What is to stand first there? Write the numbers in order."), element)


def _input(block_id: str, label: str, element: Block, *, hint: str = "") -> Block:
    block: Block = {"type": "input", "block_id": block_id, "label": plain(label), "element": element, "optional": True}
    return block | {"hint": plain(hint)} if hint else block


def _note(words: str) -> Block:
    return {"type": "context", "elements": [plain(words)]}


# -- reading --------------------------------------------------------------------------------------------------------------


def is_digest_form(view: Mapping[str, Any]) -> bool:
    """Whether this view is the form."""
    return view.get("callback_id") == DIGEST_FORM


def arranged(view: Mapping[str, Any]) -> Arranged:
    """What was changed in a form that was sent in, by what it showed; whatever is odd in it changes nothing."""
    was = {element["action_id"]: element for element in _elements(view)}
    out: set[ItemId] = set()
    back: set[ItemId] = set()
    order: list[ItemId] = []
    lead: str | None = None
    for name, answer in _answers(view):
        sort, _, section = name.partition(":")
        element = was.get(name, {})
        if sort == "lead":
            written = clean(answer.get("value"))
            # Slack may change the white space of what was left alone.
            lead = typed(written) if written.split() != clean(element.get("initial_value")).split() else None
        elif sort == "in":
            before, now = _values(element.get("initial_options")), _values(answer.get("selected_options"))
            offered = set(_values(element.get("options")))
            out |= set(before) - set(now)
            back |= (set(now) - set(before)) & offered
        elif sort == "first":
            rows = _rows(was, section)
            order += [rows[n - 1] for n in _numbers(answer.get("value")) if n <= len(rows)]
    return Arranged(
        week=Week(_meta(view)[0]),
        lead=lead,
        order=tuple(dict.fromkeys(order)),
        out=frozenset(out),
        back=frozenset(back),
    )


def objections_to_digest(view: Mapping[str, Any]) -> dict[str, str]:
    """What is to be put right, by block, in the language of the form: numbers that are none, or that nothing has."""
    t = Texts(_meta(view)[1])
    was = {element["action_id"]: element for element in _elements(view)}
    said: dict[str, str] = {}
    for name, answer in _answers(view):
        sort, _, section = name.partition(":")
        written = clean(answer.get("value"))
        if sort != "first" or not written:
            continue
        most = len(_rows(was, section))
        numbers = _numbers(written)
        if not numbers or max(numbers) > most:
            said[name] = t.t("Write numbers between 1 and {n}, with commas between them.", n=most)
    return said


def _meta(view: Mapping[str, Any]) -> tuple[str, str]:
    """The week and the language that the form was opened with."""
    week, _, lang = clean(view.get("private_metadata")).partition(" ")
    return week, lang


def _numbers(written: object) -> list[int]:
    numbers = [whole_number(number) or 0 for number in _NUMBERS.findall(clean(written))]
    return numbers if all(numbers) else []


def _rows(was: Mapping[str, Mapping[str, Any]], section: str) -> list[ItemId]:
    """The items of a section that have a number, in the order of the form."""
    lists = [(name, element) for name, element in was.items() if name.startswith(f"in:{section}:")]
    lists.sort(key=lambda one: whole_number(one[0].rpartition(":")[2]) or 0)
    return [item_id for _, element in lists for item_id in _values(element.get("initial_options"))]


def _elements(view: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    blocks = view.get("blocks")
    elements = (
        [block.get("element") for block in blocks if isinstance(block, Mapping)] if isinstance(blocks, list) else []
    )
    return [one for one in elements if isinstance(one, Mapping) and isinstance(one.get("action_id"), str)]


def _answers(view: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    state = view.get("state")
    values = state.get("values") if isinstance(state, Mapping) else None
    found: list[tuple[str, Mapping[str, Any]]] = []
    for fields in values.values() if isinstance(values, Mapping) else ():
        if isinstance(fields, Mapping):
            found += [(str(name), answer) for name, answer in fields.items() if isinstance(answer, Mapping)]
    return found


def _values(options: object) -> list[ItemId]:
    """The items that options name."""
    found = (
        [whole_number(option.get("value")) for option in options if isinstance(option, Mapping)]
        if isinstance(options, list)
        else []
    )
    return [ItemId(number) for number in found if number]
