"""What stands on the stage before the play begins: the channels and the people of the workspace."""

from collections.abc import Sequence

from bot.demo.cast import Character
from bot.demo.settings import CHANNELS, DESK, NETWORK
from bridges.standins.workspace import Workspace

#: Sorts of people who decide at the desk.
_AT_THE_DESK = ("editor", "admin")
_LOCALES = {"sv": "sv-SE", "en": "en-GB"}


def furnish(workspace: Workspace, cast: Sequence[Character]) -> None:
    """People and channels, as the shared workspace of the network has them."""
    present = [person for person in cast if person.slack_user]
    for person in present:
        workspace.add_person(
            person.slack_user,
            person.name,
            email=person.email,
            locale=_LOCALES.get(person.locale, "sv-SE"),
            guest=person.sort == "guest",
        )
    everybody = [person.slack_user for person in present]
    editors = [person.slack_user for person in present if person.sort in _AT_THE_DESK]
    for channel, name in CHANNELS.values():
        desk = channel == DESK
        workspace.add_channel(channel, name, private=desk, members=editors if desk else everybody)
    workspace.room.team_name = NETWORK
