"""What a workspace keeps: people, channels, posts, files, views, and every call that was made."""

import time
from dataclasses import dataclass, field
from typing import Any

#: A JSON object, as Slack sends or takes it.
Json = dict[str, Any]


class Refusal(Exception):
    """Slack answers ok:false, with this error."""

    def __init__(self, error: str, **more: Any) -> None:
        """`more`: what else stands in the answer."""
        super().__init__(error)
        self.error = error
        self.more = more


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API."""

    method: str
    arguments: Json
    at: float  # seconds, of time.monotonic()
    answer: Json
    status: int = 200


@dataclass(frozen=True, slots=True)
class Ping:
    """Something in a post that notifies people."""

    channel: str
    ts: str
    markup: str


@dataclass(slots=True, kw_only=True)
class PersonRecord:
    """What the workspace knows of somebody."""

    id: str
    name: str  # shown
    handle: str
    real_name: str
    email: str = ""
    locale: str = "sv-SE"
    tz: str = "Europe/Stockholm"
    guest: bool = False
    external: bool = False
    deleted: bool = False
    bot: bool = False
    team_id: str = ""
    updated: int = field(default_factory=lambda: int(time.time()))


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel, or a direct message."""

    id: str
    name: str
    private: bool = False
    archived: bool = False
    connect: bool = False
    im_with: str = ""  # the person, when it is a direct message
    members: set[str] = field(default_factory=set)
    posts: dict[str, Json] = field(default_factory=dict)  # by ts, oldest first
    created: int = field(default_factory=lambda: int(time.time()))
    allowance: float = 0.0  # posts the app may make at once
    allowed_at: float = 0.0

    @property
    def kind(self) -> str:
        """As events call it."""
        return "im" if self.im_with else "group" if self.private else "channel"


@dataclass(slots=True, kw_only=True)
class StoredFile:
    """A file, and its bytes. Tests may change `mode` and `access`."""

    id: str
    name: str
    content_type: str
    content: bytes
    user: str
    title: str = ""
    length: int = 0  # announced
    uploaded: bool = True
    completed: bool = True
    mode: str = "hosted"  # "tombstone", "hidden_by_limit", "external"
    access: str = "visible"  # "check_file_info", "file_not_found"
    created: int = field(default_factory=lambda: int(time.time()))
    shares: dict[str, list[str]] = field(default_factory=dict)  # channel → ts


@dataclass(slots=True, kw_only=True)
class ViewRecord:
    """A view that is open for somebody, or their Home."""

    id: str
    user: str
    view: Json  # as the app made it, block ids filled in
    hash: str
    root: str
    previous: str = ""
    state: dict[tuple[str, str], Json] = field(default_factory=dict)
    version: int = 0
    open: bool = True


@dataclass(frozen=True, slots=True)
class OpenView:
    """A view as a person sees it at one moment."""

    id: str
    hash: str
    view: Json
    version: int
    values: dict[str, Any]  # by action_id: what each input shows

    @property
    def elements(self) -> dict[str, Json]:
        """Inputs and buttons by action_id."""
        from bridges.standins.workspace.blocks import inner_elements  # noqa: PLC0415  records know no rules

        found: dict[str, Json] = {}
        for block in self.view["blocks"]:
            for element in inner_elements(block):
                if "action_id" in element:
                    found[element["action_id"]] = element
        return found

    @property
    def texts(self) -> str:
        """All that can be read in it, one text object a line."""
        return "\n".join(texts_of([self.view.get("title"), *self.view["blocks"]]))


@dataclass(slots=True)
class Trigger:
    """A trigger_id: three seconds, once."""

    user: str
    made: float
    used: bool = False
    view: str = ""  # the view it was pressed in


@dataclass(slots=True)
class Reply:
    """A response_url: five times in half an hour."""

    user: str
    channel: str
    made: float
    ts: str = ""  # the message that was acted on
    uses: int = 0


def texts_of(thing: Any) -> list[str]:
    """Every text object's text in it, from top to bottom."""
    if isinstance(thing, list):
        return [text for one in thing for text in texts_of(one)]
    if isinstance(thing, dict):
        own = thing.get("text")
        if thing.get("type") in ("plain_text", "mrkdwn", "text") and isinstance(own, str):
            return [own]
        return [text for one in thing.values() for text in texts_of(one)]
    return []
