"""The workspace between two starts: all that was said in it as JSON, and the files' bytes beside it.

What belongs to a moment is not kept: open forms, buttons under way, the app's Home, which it draws anew.
"""

from collections.abc import Iterable
from dataclasses import asdict, fields
from random import SystemRandom
from typing import Any

from bridges.standins.workspace.records import Channel, Json, PersonRecord, StoredFile
from bridges.standins.workspace.room import Room

#: Of a room, as they are.
_PLAIN = ("whispers", "groups", "emoji", "_last_us", "_count")


def kept(room: Room) -> Json:
    """All that is worth keeping, without the bytes of files."""
    return {
        **{name.strip("_"): getattr(room, name) for name in _PLAIN},
        "people": [asdict(person) for person in room.people.values() if not person.bot],
        "channels": [_record(channel) | {"members": sorted(channel.members)} for channel in room.channels.values()],
        "files": [_record(file, but="content") for file in room.files.values() if file.completed],
    }


def restore(room: Room, data: Json, contents: dict[str, bytes]) -> None:
    """Put it back into a new room. `contents`: the bytes of files, by id; a file without them is gone.

    Raises KeyError or TypeError when it is not what `kept` made.
    """
    for name in _PLAIN:
        setattr(room, name, data[name.strip("_")])
    room.people |= {one["id"]: PersonRecord(**one) for one in data["people"]}
    room.channels |= {one["id"]: Channel(**one | {"members": set(one["members"])}) for one in data["channels"]}
    room.files |= {
        one["id"]: StoredFile(**one, content=contents[one["id"]]) for one in data["files"] if one["id"] in contents
    }
    # Ids made of chance must not come a second time: to the app a press with an old trigger is an old press.
    room.random.seed(SystemRandom().getrandbits(64))


def _record(thing: Channel | StoredFile, but: str = "") -> dict[str, Any]:
    return {name: getattr(thing, name) for name in _names(fields(thing)) if name != but}


def _names(them: Iterable[Any]) -> list[str]:
    return [one.name for one in them]
