"""The fields of the form that shares something, one function a sort of field, within Slack's limits."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final, TypeVar

from bridges.slack.drawing.message import Block
from bridges.slack.form.draft import LONGEST_TEXT, LONGEST_TITLE, MOST_FILES, Draft, clean, cut
from bridges.slack.form.event import is_web, mail_address
from bridges.texts import Texts
from storage.words import Attendance, Audience, Kind

_LONGEST_LINE: Final = 300  # characters of what is written in one line
_LONGEST_OPTION: Final = 75
_LONGEST_VALUE: Final = 150
_LONGEST_HINT: Final = 2000
_MOST_OPTIONS: Final = 100
#: Ten digits, as Slack wants a moment to have.
_FIRST_SECOND, _LAST_SECOND = 1_000_000_000, 9_999_999_999
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

_Word = TypeVar("_Word", Kind, Attendance, Audience)


def fields(draft: Draft, topics: Sequence[str], t: Texts, block_id: Callable[[str], str]) -> list[Block]:
    """All fields in the order that people meet them, filled in as far as the draft is. Only kind and title must be."""
    when = t.t("If the day is not decided, for example week 47.")
    chosen = topic_options(draft.topics)
    offered = chosen + [option for option in topic_options(topics) if option not in chosen]
    blocks = [
        _input("kind", t.t("What is it?"), _select(kinds(t), draft.kind), optional=False),
        _input("title", t.t("Title"), _line(draft.title, LONGEST_TITLE), optional=False),
        _input("text", t.t("Text"), _text(draft.text), hint=_text_hint(draft.text, t)),
        _input("start", t.t("Starts"), _moment(draft.start)),
        _input("end", t.t("Ends"), _moment(draft.end)),
        _input("all_day", t.t("Time of day"), _box("all_day", t.t("All day"), ticked=draft.all_day)),
        _input("when_text", t.t("When, in words"), _line(draft.when_text), hint=when),
        _input("mode", t.t("How do you meet?"), _select(modes(t), draft.mode) | _placeholder(t.t("Choose"))),
        _input("place", t.t("Place"), _line(draft.place)),
        _input("online_url", t.t("Link to the meeting or the page"), _url(draft.online_url)),
        _input(
            "registration_url",
            t.t("Link to sign up"),
            _url(draft.registration_url),
            hint=_sign_up_hint(draft.registration_url, t),
        ),
        _input("registration_deadline", t.t("Last day to sign up"), _day(draft.registration_deadline)),
        _input("topics", t.t("Topics"), _topics(offered, chosen) | _placeholder(t.t("Choose"))),
        _input("audience", t.t("For whom?"), _select(audiences(t), draft.audience)),
        _input("files", t.t("Files"), {"type": "file_input", "max_files": MOST_FILES}, hint=_files_hint(draft, t)),
    ]
    if not offered:  # Slack takes no list without options
        blocks = [block for block in blocks if block["element"]["action_id"] != "topics"]
    for block in blocks:
        block["block_id"] = block_id(block["element"]["action_id"])
    enough = t.t("This is enough to share. If people meet, say when and where as well.")
    blocks.insert(3, {"type": "context", "elements": [plain(enough)]})
    return blocks


# -- the choices ----------------------------------------------------------------------------------------------------------


def kinds(t: Texts) -> dict[Kind, str]:
    """What can be shared, in the reader's words."""
    return {
        Kind.INVITATION: t.t("Invitation"),
        Kind.NEWSLETTER: t.t("Newsletter"),
        Kind.TIP: t.t("Tip"),
        Kind.QUESTION: t.t("Question, or a partner wanted"),
    }


def modes(t: Texts) -> dict[Attendance, str]:
    """How people can meet."""
    return {
        Attendance.ONSITE: t.t("On site"),
        Attendance.ONLINE: t.t("Online"),
        Attendance.HYBRID: t.t("On site and online"),
    }


def audiences(t: Texts) -> dict[Audience, str]:
    """Whom it can be for."""
    return {
        Audience.ALL: t.t("Everyone in the network"),
        Audience.CLUSTERS: t.t("Clusters only"),
        Audience.AREAS: t.t("Areas without a cluster only"),
    }


def topic_options(topics: Sequence[str]) -> list[Block]:
    """A topic each, none twice; the value is the topic itself, or one that is always the same where it is too long."""
    options: dict[str, Block] = {}
    for topic in topics:
        name = " ".join(clean(topic).split())
        if name and len(options) < _MOST_OPTIONS:
            value = topic_value(name)
            options.setdefault(value, _option(cut(name, _LONGEST_OPTION), value))
    return list(options.values())


def topic_value(topic: str) -> str:
    """What the answer names a topic by."""
    if cut(topic, _LONGEST_VALUE) == topic:
        return topic
    return cut(topic, _LONGEST_VALUE - 14).rstrip("…") + "~" + hashlib.sha256(topic.encode()).hexdigest()[:12]


def topic_names(values: Sequence[str], topics: Sequence[str]) -> tuple[str, ...]:
    """The network's own spelling of chosen topics; one that it no longer has stays as it is."""
    names = {topic_value(" ".join(clean(topic).split())): topic for topic in topics}
    return tuple(names.get(value, value) for value in values)


# -- sorts of fields ------------------------------------------------------------------------------------------------------


def plain(text: str) -> Block:
    """Plain text; signs such as `:tada:` stay as they are written."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _input(field: str, label: str, element: Block, *, hint: str = "", optional: bool = True) -> Block:
    block = {"type": "input", "label": plain(label), "element": {"action_id": field} | element, "optional": optional}
    return block | {"hint": plain(cut(hint, _LONGEST_HINT))} if hint else block


def _option(text: str, value: str) -> Block:
    return {"text": plain(text), "value": value}


def _placeholder(text: str) -> Block:
    return {"placeholder": plain(text)}


def _select(words: dict[_Word, str], chosen: _Word | None) -> Block:
    options = {word: _option(text, word.value) for word, text in words.items()}
    element: Block = {"type": "static_select", "options": list(options.values())}
    return element | {"initial_option": options[chosen]} if chosen in options else element


def _topics(offered: Sequence[Block], chosen: Sequence[Block]) -> Block:
    options = list(offered)[:_MOST_OPTIONS]
    element: Block = {"type": "multi_static_select", "options": options}
    initial = [option for option in options if option in chosen]
    return element | {"initial_options": initial} if initial else element


def _box(value: str, text: str, *, ticked: bool) -> Block:
    option = _option(text, value)
    element: Block = {"type": "checkboxes", "options": [option]}
    return element | {"initial_options": [option]} if ticked else element


def _line(text: str, longest: int = _LONGEST_LINE) -> Block:
    element: Block = {"type": "plain_text_input", "max_length": longest}
    initial = cut(" ".join(clean(text).split()), longest)
    return element | {"initial_value": initial} if initial else element


def _text(text: str) -> Block:
    element: Block = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_TEXT}
    initial = cut(clean(text), LONGEST_TEXT)
    return element | {"initial_value": initial} if initial else element


def _url(url: str) -> Block:
    element: Block = {"type": "url_text_input"}
    return element | {"initial_value": url} if is_web(url) and clean(url) == url else element


def _moment(moment: datetime | None) -> Block:
    element: Block = {"type": "datetimepicker"}
    seconds = int(moment.timestamp()) if moment and moment.tzinfo else 0
    return element | {"initial_date_time": seconds} if _FIRST_SECOND <= seconds <= _LAST_SECOND else element


def _day(day: date | None) -> Block:
    element: Block = {"type": "datepicker"}
    return element | {"initial_date": day.isoformat()} if day and _FIRST_DAY <= day <= _LAST_DAY else element


# -- what a field says of what it cannot show --------------------------------------------------------------------------------


def _text_hint(text: str, t: Texts) -> str:
    whole = clean(text)
    if cut(whole, LONGEST_TEXT) == whole:
        return ""
    return t.t(
        "The whole text is too long for this field. Leave it as it stands, and all of it goes along: it is kept."
    )


def _sign_up_hint(url: str, t: Texts) -> str:
    address = mail_address(url)
    return t.t("Left empty, people sign up at {address} as before.", address=address) if address else ""


def _files_hint(draft: Draft, t: Texts) -> str:
    names = [" ".join(clean(file.name).split()) or file.id for file in draft.files]
    return t.t("Already goes along: {files}", files=", ".join(names)) if names else ""
