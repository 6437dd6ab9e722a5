"""Where the workspace is, and the knobs that tests turn."""

from collections.abc import Callable, Sequence

from bridges.standins.workspace.delivery import Delivery
from bridges.standins.workspace.room import Room


class Knobs:
    """What everybody may look at and turn."""

    room: Room
    delivery: Delivery

    @property
    def api_url(self) -> str:
        """What stands in place of https://slack.com/api/."""
        return f"{self.room.url}/api/"

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.room.port

    @property
    def bot_token(self) -> str:
        """The app's token."""
        return self.room.bot_token

    @property
    def app_token(self) -> str:
        """The token that opens sockets."""
        return self.room.app_token

    @property
    def signing_secret(self) -> str:
        """What HTTP deliveries are signed with."""
        return self.room.signing_secret

    @property
    def bot_user(self) -> str:
        """The app's user."""
        return self.room.bot_user

    @property
    def bot_id(self) -> str:
        """The app's bot."""
        return self.room.bot_id

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return self.room.team_id

    @property
    def scopes(self) -> set[str]:
        """What the app may do; tests change it."""
        return self.room.scopes

    @scopes.setter
    def scopes(self, scopes: set[str]) -> None:
        self.room.scopes = scopes

    @property
    def events(self) -> set[str]:
        """What the app asked to hear of; tests change it."""
        return self.room.events

    @events.setter
    def events(self, events: set[str]) -> None:
        self.room.events = events

    @property
    def request_url(self) -> str | None:
        """Where to deliver by signed HTTP; None = over sockets."""
        return self.delivery.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.delivery.request_url = url

    @property
    def retry_pauses(self) -> tuple[float, ...]:
        """Seconds before each further delivery of an event that was not acked."""
        return self.delivery.retry_pauses

    @retry_pauses.setter
    def retry_pauses(self, pauses: Sequence[float]) -> None:
        self.delivery.retry_pauses = tuple(pauses)

    @property
    def ack_within(self) -> float:
        """Seconds the app has to answer."""
        return self.delivery.ack_within

    @ack_within.setter
    def ack_within(self, seconds: float) -> None:
        self.delivery.ack_within = seconds

    @property
    def pace(self) -> float:
        """Seconds between the app's posts in a channel; 0 = no limit."""
        return self.room.pace

    @pace.setter
    def pace(self, seconds: float) -> None:
        self.room.pace = seconds

    @property
    def clock(self) -> Callable[[], float]:
        """What time it is, in seconds: the time stamps follow it."""
        return self.room.clock

    @clock.setter
    def clock(self, clock: Callable[[], float]) -> None:
        self.room.clock = clock

    @property
    def watch(self) -> Callable[[], None]:
        """Called whenever something has happened."""
        return self.room.watch

    @watch.setter
    def watch(self, watch: Callable[[], None]) -> None:
        self.room.watch = watch

    @property
    def tiers(self) -> dict[str, int]:
        """Calls a minute, by method; empty = no limit."""
        return self.room.tiers
