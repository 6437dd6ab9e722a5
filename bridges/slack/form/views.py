"""The views that Slack opens over what a person is doing: the form that shares, a text in full, a word of warning."""

from collections.abc import Sequence
from typing import Final

from bridges.mail.headers import one_line
from bridges.mentions import row_of, title_of
from bridges.occasions import is_web, kicker, kind_word, when_and_where
from bridges.slack.drawing.message import Block, ItemView
from bridges.slack.drawing.pieces import button
from bridges.slack.form.draft import Draft, Meta, SlackFile, clean, cut
from bridges.slack.form.event import EventFields, event_of
from bridges.slack.form.fields import fields, plain, topic_names
from bridges.slack.form.reading import errors_by_block, objections, read
from bridges.slack.form.words import draft_of, kept, shown, text_in, typed
from bridges.slack.words.to_slack import escape, sections
from bridges.texts import Texts

__all__ = [
    "FORM",
    "Draft",
    "EventFields",
    "Meta",
    "SlackFile",
    "draft_of",
    "errors_by_block",
    "event_of",
    "form",
    "kept",
    "objections",
    "read",
    "shown",
    "skeleton",
    "text_in",
    "told",
    "told_rows",
    "topic_names",
    "typed",
    "whole_text",
]

#: The `callback_id` of the form that shares.
FORM: Final = "share"

_LONGEST_SECTION: Final = 3000  # characters
_LONGEST_HEADER: Final = 150
_MOST_ROWS: Final = 90  # of what a letter tells of, likewise
_MOST_TEXT_BLOCKS: Final = 40  # of the 100 that a view takes: its JSON may be 250 kB


def skeleton(t: Texts, meta: Meta) -> Block:
    """The form before anybody knows what to fill in: it opens within Slack's three seconds, and has no fields yet.

    Slack keeps what stands in a field whose ids stay the same, so fields first come with what they are filled in with.
    """
    return _share(t, meta, [_said(t.t("Getting the form ready …"))])


def form(t: Texts, meta: Meta, draft: Draft, *, topics: Sequence[str], refill: int = 0) -> Block:
    """The form, filled in. `refill`: how many times it has been filled in anew while open."""

    def block_id(field: str) -> str:
        return f"{field}:{refill}" if refill else field

    submit = t.t("Share") if meta.item_id is None and meta.held_id is None else t.t("Save")
    return _share(t, meta, fields(draft, topics, t, block_id)) | {"submit": plain(submit)}


def _share(t: Texts, meta: Meta, blocks: list[Block]) -> Block:
    title = t.t("Share with the network")
    if meta.item_id is not None:
        title = t.t("Change what is shared")
    elif meta.held_id is not None:
        title = t.t("Put the post right")
    view = _modal(title, t.t("Cancel"), blocks)
    return view | {"callback_id": FORM, "private_metadata": meta.packed()}


def told(t: Texts, sentence: str) -> Block:
    """A view that says one thing."""
    return _modal("Brygga", t.t("Close"), [_said(cut(clean(sentence), _LONGEST_SECTION) or "…")])


def told_rows(view: ItemView, t: Texts) -> Block:
    """What a letter tells of, each with a button that opens the form filled in with it."""
    blocks = [_said(one_line(view.title, 300) or t.t("(no subject)"))]
    for one in view.mentions[:_MOST_ROWS]:
        row: Block = _said(row_of(one, view.today, t))
        if one.is_open(view.today):
            row["accessory"] = button("share_mention", t.t("Share …"), title_of(one, t), one.id)
        elif one.shared_as is not None:
            row = _said(f"{row_of(one, view.today, t)} · {t.t('shared already')}")
        blocks.append(row)
    if len(view.mentions) > _MOST_ROWS:
        blocks.append(_said(t.t("The rest is on the page: {url}", url=view.url)))
    return _modal(t.t("In the letter"), t.t("Close"), blocks)


def whole_text(view: ItemView, t: Texts) -> Block:
    """An item's text in full, when its card shows the beginning; what no view can hold is read on its page."""
    top = kicker(kind_word(view.kind, t), view.cluster)
    when = when_and_where(view.event, view.today, t) if view.event else ""
    text, whole = sections(view.text, longest=_LONGEST_SECTION, most=_MOST_TEXT_BLOCKS)
    rest = t.t("Read on the web") if whole else t.t("Here is the beginning. The rest is on the page.")
    link = f"<{view.url}|{escape(rest)}>" if is_web(view.url) and "|" not in view.url else escape(rest)
    blocks = [
        _said(" · ".join(filter(None, (top, one_line(view.author))))),
        {"type": "header", "text": plain(cut(one_line(view.title) or t.t("(no subject)"), _LONGEST_HEADER))},
        *([_said(when)] if when else []),
        *text,
        {"type": "context", "elements": [{"type": "mrkdwn", "text": link, "verbatim": True}]},
    ]
    return _modal(t.t("The whole text"), t.t("Close"), blocks)


def _modal(title: str, close: str, blocks: list[Block]) -> Block:
    return {"type": "modal", "title": plain(title), "close": plain(close), "blocks": blocks}


def _said(sentence: str) -> Block:
    return {"type": "section", "text": plain(cut(sentence, _LONGEST_SECTION))}
