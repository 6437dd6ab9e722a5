"""The network that comes with Brygga, as a play."""

from bot.demo import seed
from bot.demo.cast import Play
from bot.demo.trouble import CannotPlay


def seeded_play() -> Play:
    """The network that comes with Brygga. Raises CannotPlay when it is not whole."""
    try:
        town = seed.town()
    except Exception as error:
        raise CannotPlay("the seed is broken: {why}", why=error) from error
    return Play(
        cast=town.people,
        clusters=town.clusters_csv,
        members=town.members_csv,
        topics=tuple(seed.TOPICS),
        plant=seed.plant,
    )
