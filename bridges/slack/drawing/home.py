"""The app's own page in Slack, App Home: what is coming, what I have shared, and how I take it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bridges.mail.calendar_out import EventView
from bridges.mail.headers import one_line
from bridges.occasions import is_web, kicker, kind_word, when_and_where
from bridges.slack.drawing.message import Block
from bridges.slack.form.draft import cut
from bridges.slack.form.fields import plain
from bridges.slack.words.to_slack import escape
from bridges.texts import LANGUAGES, Texts
from storage.ids import ItemId
from storage.words import ItemStatus, Kind, Mode

#: Of each list; the rest is on the web.
MOST_ITEMS: Final = 20

#: Characters, so that a row stays below the 3,000 of a section even when each of its signs is escaped.
_LONGEST_TITLE, _LONGEST_LINE, _LONGEST_LINK = 150, 200, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeItem:
    """An item as the page lists it."""

    item_id: ItemId
    kind: Kind
    title: str
    cluster: str = ""
    event: EventView | None = None
    status: ItemStatus = ItemStatus.PUBLISHED
    url: str = ""  # its page


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """What the page shows one person."""

    network: str
    today: date  # where the network is
    coming: Sequence[HomeItem] = ()  # soonest first
    mine: Sequence[HomeItem] = ()  # newest first
    member: bool = True
    mode: Mode | None = None  # how the member takes what is shared
    paused_until: date | None = None
    join_address: str = ""  # whom one who is not a member mails to become one; "" = there is no mail
    url: str = ""  # where the network is on the web


def home(view: HomeView, t: Texts) -> Block:
    """The page. Its buttons: `share`, `read` and `edit` (value: the item); its choices: `mode` and `language`."""
    blocks = [
        _heading(cut(one_line(view.network) or "Brygga", _LONGEST_TITLE)),
        *([] if view.member else [_said(_how_to_join(view, t))]),
        {
            "type": "actions",
            "block_id": "share",
            "elements": [_button("share", t.t("Share something")) | {"style": "primary"}],
        },
        {"type": "divider"},
        _heading(t.t("Coming")),
        *_items(view.coming, "read", t.t("Read all"), view.today, t),
        *([] if view.coming else [_said(t.t("Nothing is coming yet. What is shared with a date shows here."))]),
        *_web(view, t),
    ]
    if view.member:
        blocks += [
            {"type": "divider"},
            _heading(t.t("Mine")),
            *_items(view.mine, "edit", t.t("Change"), view.today, t),
            *([] if view.mine else [_said(t.t("You have not shared anything yet."))]),
            {"type": "divider"},
            _heading(t.t("My settings")),
            *_settings(view, t),
        ]
    return {"type": "home", "blocks": blocks}


def _items(items: Sequence[HomeItem], action: str, label: str, today: date, t: Texts) -> list[Block]:
    return [_item(item, number, action, label, today, t) for number, item in enumerate(items[:MOST_ITEMS])]


def _item(item: HomeItem, number: int, action: str, label: str, today: date, t: Texts) -> Block:
    """Kind and cluster, title, when and where, as on the card; a title alone when it has neither."""
    title = escape(cut(one_line(item.title), _LONGEST_TITLE) or t.t("(no subject)"))
    gone = t.t("Withdrawn") if item.status is not ItemStatus.PUBLISHED else ""
    top = " · ".join(filter(None, (cut(kicker(kind_word(item.kind, t), item.cluster), _LONGEST_LINE // 2), gone)))
    when = cut(when_and_where(item.event, today, t), _LONGEST_LINE) if item.event else ""
    link = _links(item.url)
    lines = [
        escape(top),
        f"<{item.url}|{title}>" if link else title,
        escape(when),
    ]
    text = {"type": "mrkdwn", "text": "\n".join(filter(None, lines)), "verbatim": True}
    block: Block = {"type": "section", "block_id": f"{action}:{number}:{item.item_id}", "text": text}
    if gone:
        return block
    # A screen reader reads the buttons in a row, so each says what it is about.
    spoken = cut(f"{label}: {one_line(item.title)}", 75)
    return block | {"accessory": _button(action, label, str(item.item_id)) | {"accessibility_label": spoken}}


def _web(view: HomeView, t: Texts) -> list[Block]:
    if not _links(view.url):
        return []
    link = f"<{view.url}|{escape(t.t('Read on the web'))}>"
    return [{"type": "context", "elements": [{"type": "mrkdwn", "text": link, "verbatim": True}]}]


def _links(url: str) -> bool:
    """Whether it can stand in a link of Slack's, where a bar ends the address."""
    return is_web(url) and "|" not in url and len(url) <= _LONGEST_LINK


# -- settings -------------------------------------------------------------------------------------------------------------


def modes(t: Texts) -> dict[Mode, str]:
    """How a member can take what is shared."""
    return {
        Mode.EACH: t.t("Every post by mail, and the weekly digest"),
        Mode.DIGEST: t.t("The weekly digest"),
        Mode.MINE: t.t("Threads I follow, and the weekly digest"),
        Mode.NONE: t.t("No mail"),
    }


def _settings(view: HomeView, t: Texts) -> list[Block]:
    languages = {"sv": "Svenska", "en": "English"}
    blocks = [
        _choice("mode", t.t("What comes by mail"), {mode.value: text for mode, text in modes(t).items()}, view.mode, t),
        _choice("language", t.t("Language"), {lang: languages[lang] for lang in LANGUAGES}, t.lang, t),
    ]
    if view.mode is Mode.NONE and view.paused_until:
        until = t.t("The pause ends on {day}.", day=t.day(view.paused_until, view.today))
        blocks.insert(1, {"type": "context", "elements": [plain(until)]})
    return blocks


def _choice(field: str, label: str, words: dict[str, str], chosen: str | None, t: Texts) -> Block:
    options = {value: {"text": plain(text), "value": value} for value, text in words.items()}
    select: Block = {
        "type": "static_select",
        "action_id": field,
        "placeholder": plain(t.t("Choose")),
        "options": list(options.values()),
    }
    if chosen in options:
        select["initial_option"] = options[chosen]
    return {"type": "section", "block_id": field, "text": plain(label), "accessory": select}


def _how_to_join(view: HomeView, t: Texts) -> str:
    network = one_line(view.network)
    if view.join_address:
        return t.t(
            "You are not a member of {network} yet. Mail {address} to join. What you share until then waits for an editor.",
            network=network,
            address=one_line(view.join_address),
        )
    return t.t(
        "You are not a member of {network} yet. Ask an administrator to add you. What you share until then waits for an editor.",
        network=network,
    )


# -- blocks ---------------------------------------------------------------------------------------------------------------


def _heading(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def _said(text: str) -> Block:
    return {"type": "section", "text": plain(text)}


def _button(action: str, label: str, value: str = "") -> Block:
    button: Block = {"type": "button", "action_id": action, "text": plain(label)}
    return button | {"value": value} if value else button
