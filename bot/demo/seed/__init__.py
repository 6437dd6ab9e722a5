"""The network that the demo begins with: six clusters, one area, a dozen and a half people, and what they have shared."""

from datetime import date, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from bot.demo.seed.people import SeedPerson, SeedTown, read_town
from bot.demo.seed.planting import Gardener, NotPlanted
from bot.demo.seed.story import TOPICS, ZONE, Shared, read_story
from bot.demo.seed.table import BadSeed

if TYPE_CHECKING:
    from bot.demo.scene import Scene

__all__ = ["TOPICS", "BadSeed", "NotPlanted", "SeedPerson", "SeedTown", "plant", "story", "town"]


def town(folder: Traversable | None = None) -> SeedTown:
    """Who is there before anything is shared. Raises BadSeed, also for what they will share: better now than halfway."""
    here = folder or _folder()
    found = read_town(here)
    read_story(here.joinpath("shared"), found, datetime.now(ZONE).date())
    return found


def story(today: date, folder: Traversable | None = None) -> tuple[Shared, ...]:
    """What they share, as of today. Raises BadSeed."""
    here = folder or _folder()
    return read_story(here.joinpath("shared"), read_town(here), today)


async def plant(scene: "Scene") -> None:
    """Let them share it all, and wait until it is quiet. Raises BadSeed before anything is shared, NotPlanted after."""
    today = scene.clock().astimezone(ZONE).date()
    await Gardener(scene, town(), story(today)).plant()


def _folder() -> Traversable:
    return files(__name__)
