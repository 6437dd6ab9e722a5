"""What a demo is about: who is there, what Brygga knows of them, and what they do before anybody looks."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.demo.scene import Scene


class Character(Protocol):
    """Somebody whose seat one can take."""

    @property
    def key(self) -> str: ...  # "anna"
    @property
    def name(self) -> str: ...
    @property
    def sort(self) -> str: ...  # "staff", "mail", "area", "digest", "editor", "admin", "english", "guest", …
    @property
    def about(self) -> str: ...  # one Swedish sentence
    @property
    def about_en(self) -> str: ...
    @property
    def email(self) -> str: ...  # "" = has none
    @property
    def slack_user(self) -> str: ...  # "" = is not in Slack
    @property
    def cluster(self) -> str: ...  # its slug; "" for none
    @property
    def locale(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A network, and how it begins."""

    cast: Sequence[Character]
    clusters: bytes  # CSV, as `brygga clusters import` takes it
    members: bytes  # CSV, as `brygga members import` takes it
    topics: Sequence[str] = ()  # () = as the settings have them
    plant: "Callable[[Scene], Awaitable[None]] | None" = None  # shares what is there from the start
