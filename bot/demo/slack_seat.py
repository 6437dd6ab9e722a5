"""A seat at Slack: what one person sees there, and what they do, always through the workspace."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.demo.pen import FileIn
from bot.demo.scene import Scene
from bridges.standins.workspace import OpenView
from bridges.standins.workspace.api_views import seen
from bridges.standins.workspace.people import TROUBLE, Person
from bridges.standins.workspace.records import Json, Refusal
from bridges.texts import Texts

#: What the page asks for.
Asked = Mapping[str, Any]
#: Slack's word for "no such thing here".
_COMMAND = "/brygga"


class NoSeat(LookupError):
    """This person does not see that: they are not in Slack, or not in that channel."""


class SlackSeat:
    """One person's screen."""

    def __init__(self, scene: Scene, key: str, errors: dict[str, dict[str, str]]) -> None:
        """`errors`: what stands beside the fields of forms, by view; shared between requests. Raises LookupError."""
        self._scene, self._room = scene, scene.workspace.room
        self._errors = errors
        self._person: Person = scene.slack_person(key)

    # -- what they see -------------------------------------------------------------------------------------------------

    def channel(self, channel: str) -> Json:
        """A channel with its messages, the oldest first. Raises NoSeat."""
        where = self._where(channel)
        own = [one for one in self._whispers(channel) if not one.get("thread_ts")]
        found = sorted([*self._scene.workspace.messages(channel), *own], key=lambda post: float(post["ts"]))
        return {"id": channel, "name": where, "messages": [self._shown(post) for post in found]}

    def thread(self, channel: str, ts: str) -> Json:
        """A message and its answers. Raises NoSeat."""
        self._where(channel)
        own = [one for one in self._whispers(channel) if one.get("thread_ts") == ts]
        found = sorted([*self._scene.workspace.messages(channel, ts), *own], key=lambda post: float(post["ts"]))
        return {"channel": channel, "ts": ts, "messages": [self._shown(post) for post in found]}

    def direct(self) -> Json:
        """The app's messages to this person."""
        return self.channel(self._scene.workspace.dm(self._person.id)) | {"name": self._room.app_name}

    def home(self) -> Json:
        """The app's Home as it is."""
        return {"view": self._scene.workspace.home(self._person.id)}

    def modal(self) -> Json:
        """The form on top, if any is open."""
        top = self._top()
        if top is None:
            return {"modal": None}
        about = {"id": top.id, "hash": top.hash, "view": top.view, "values": top.values}
        return {"modal": about | {"errors": self._errors.get(top.id, {})}}

    def _top(self) -> OpenView | None:
        for record in reversed(self._room.views.values()):
            if record.user == self._person.id and record.open and record.view["type"] == "modal":
                return seen(self._room, record)
        return None

    def _whispers(self, channel: str) -> list[Json]:
        return [one for one in self._scene.workspace.whispers(self._person.id) if one.get("channel") == channel]

    def _where(self, channel: str) -> str:
        where = self._room.channels.get(channel)
        if where is None or self._person.id not in where.members:
            raise NoSeat(f"{self._person.name} is not in {channel}")
        return where.name

    def _shown(self, post: Json) -> Json:
        post.pop("metadata", None)  # nobody sees it
        author = self._author(post)
        files = [{**file, "url": f"/api/file/{file['id']}"} for file in post.get("files", [])]
        sent = float(post["ts"])
        more = {"author": author, "when": words_of(sent, self._scene), "iso": iso_of(sent, self._scene)}
        return {**post, **more, **({"files": files} if files else {})}

    def _author(self, post: Json) -> Json:
        app = bool(post.get("bot_id"))
        if app:
            name = str(post.get("username") or self._room.app_name)
        else:
            record = self._room.people.get(str(post.get("user", "")))
            name = record.name if record else "Slack"
        return {"name": name, "app": app, "initials": initials(name)}

    # -- what they do --------------------------------------------------------------------------------------------------

    async def do(self, asked: Asked) -> Json:
        """One thing of DOINGS. Answers ok, the errors of a form, or what went wrong."""
        doing = DOINGS.get(str(asked.get("do")))
        if doing is None:
            return {"ok": False, "trouble": f"nobody can do {asked.get('do')!r}"}
        before = len(self._person.errors)
        try:
            errors = await doing(self, asked)
        except Refusal as refused:
            return {"ok": False, "trouble": refused.error}
        except (LookupError, ValueError, TypeError, StopIteration) as error:
            return {"ok": False, "trouble": str(error) or type(error).__name__}
        if errors:
            trouble = {"trouble": errors[""]} if "" in errors else {}
            return {"ok": False, "errors": {block: said for block, said in errors.items() if block}, **trouble}
        if len(self._person.errors) > before:
            return {"ok": False, "trouble": TROUBLE}
        return {"ok": True}

    async def _command(self, asked: Asked) -> None:
        if not self._scene.seeding:  # the seed waits for its own forms there
            self._room.opened.pop(self._person.id, None)
        text = str(asked.get("text", "")).strip()
        text = text.removeprefix(_COMMAND).strip()
        await self._person.command(_COMMAND, text, channel=str(asked.get("channel", "")))

    async def _say(self, asked: Asked) -> None:
        thread = asked.get("thread")
        await self._person.say(
            str(asked["channel"]),
            str(asked.get("text", "")),
            thread=str(thread) if thread else None,
            files=files_in(asked.get("files")),
        )

    async def _edit(self, asked: Asked) -> None:
        await self._person.edit(str(asked["channel"]), self._own(asked), str(asked["text"]))

    async def _delete(self, asked: Asked) -> None:
        await self._person.delete(str(asked["channel"]), self._own(asked))

    def _own(self, asked: Asked) -> str:
        """The message, when it is theirs."""
        ts = str(asked["ts"])
        post = self._room.channels[str(asked["channel"])].posts[ts]
        if post.get("user") != self._person.id or post.get("bot_id"):
            raise NoSeat(Texts("sv")("That message is somebody else's."))
        return ts

    async def _react(self, asked: Asked) -> None:
        await self._person.react(str(asked["channel"]), str(asked["ts"]), str(asked["name"]).strip(":"))

    async def _press(self, asked: Asked) -> None:
        channel, ts = str(asked["channel"]), str(asked["ts"])
        await self._person.press(channel, ts, str(asked["action_id"]), value=asked.get("value"))

    async def _shortcut(self, asked: Asked) -> None:
        await self._person.shortcut(str(asked["callback_id"]))

    async def _message_shortcut(self, asked: Asked) -> None:
        channel, ts = str(asked["channel"]), str(asked["ts"])
        await self._person.message_shortcut(str(asked["callback_id"]), channel, ts)

    async def _home(self, asked: Asked) -> None:
        await self._person.open_home()

    async def _press_home(self, asked: Asked) -> None:
        view = self._room.homes[self._person.id]
        await self._person.press_in_view({"id": view}, str(asked["action_id"]), value=asked.get("value"))

    async def _press_view(self, asked: Asked) -> None:
        view = self._view(asked)
        if asked.get("values"):  # what was typed before the press stays
            await self._person.fill(view, dict(asked["values"]))
        await self._person.press_in_view(view, str(asked["action_id"]), value=asked.get("value"))

    async def _submit(self, asked: Asked) -> dict[str, str]:
        view = self._view(asked)
        files = {name: files_in(given) for name, given in (asked.get("files") or {}).items()}
        errors = await self._person.submit(view, dict(asked.get("values") or {}), files)
        self._errors.pop(view.id, None)
        if shown := {block: said for block, said in errors.items() if block}:
            self._errors[view.id] = shown
        self._scene.changes()
        return errors

    async def _close(self, asked: Asked) -> None:
        view = self._view(asked)
        self._errors.pop(view.id, None)
        await self._person.close_view(view)

    def _view(self, asked: Asked) -> OpenView:
        record = self._room.views[str(asked["view_id"])]
        if record.user != self._person.id:
            raise NoSeat(Texts("sv")("That form is somebody else's."))
        return seen(self._room, record)


#: What a person can do in Slack, as the page calls it.
DOINGS = {
    "command": SlackSeat._command,  # noqa: SLF001
    "say": SlackSeat._say,  # noqa: SLF001
    "edit": SlackSeat._edit,  # noqa: SLF001
    "delete": SlackSeat._delete,  # noqa: SLF001
    "react": SlackSeat._react,  # noqa: SLF001
    "press": SlackSeat._press,  # noqa: SLF001
    "shortcut": SlackSeat._shortcut,  # noqa: SLF001
    "message_shortcut": SlackSeat._message_shortcut,  # noqa: SLF001
    "home": SlackSeat._home,  # noqa: SLF001
    "press_home": SlackSeat._press_home,  # noqa: SLF001
    "press_view": SlackSeat._press_view,  # noqa: SLF001
    "submit": SlackSeat._submit,  # noqa: SLF001
    "close": SlackSeat._close,  # noqa: SLF001
}


def files_in(given: Any) -> Sequence[FileIn]:
    """Files as the page sends them. Raises ValueError when they are none."""
    try:
        return [
            (
                str(one["name"]),
                str(one.get("type") or "application/octet-stream"),
                b64decode(one["base64"], validate=True),
            )
            for one in given or ()
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("a file needs name, type and base64") from error


def initials(name: str) -> str:
    """Two letters that stand for somebody."""
    words = [word for word in name.partition(" (")[0].split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def words_of(seconds: float, scene: Scene) -> str:
    """A moment as Slack and mail programs show it: the clock alone when it is today."""
    t, zone = Texts("sv"), ZoneInfo(scene.settings.network.timezone)
    local, today = datetime.fromtimestamp(seconds, UTC).astimezone(zone), scene.clock().astimezone(zone).date()
    clock = t.clock(local.time())
    return clock if local.date() == today else f"{t.day(local.date(), today)} {clock}"


def iso_of(seconds: float, scene: Scene) -> str:
    """The same moment for a program: as the clocks on the wall there show it, with what they differ from UTC."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(scene.zone).isoformat(timespec="seconds")


def day_with_year(day: date) -> str:
    """Such as "fre 27 nov 2026"."""
    return Texts("sv").day(day, date(day.year - 1, 1, 1))
