"""Where the workspace of the demo is kept between two starts: one JSON file, and a file for each file in it."""

import asyncio
import contextlib
import json
from pathlib import Path

from bot.demo.folder import write_whole
from bot.demo.trouble import CannotPlay
from bridges.standins.workspace import Workspace

#: Seconds that changes gather before they are written; after a crash so much of what was said last is missing.
GATHER_SECONDS = 1.0


class Attic:
    """Keeps what the workspace says; `changed` is set whenever there is something new."""

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        self._file, self._files = folder / "workspace.json", folder / "files"
        self._workspace = workspace
        self._written: set[str] = set()
        self.changed = asyncio.Event()

    def bring_down(self) -> bool:
        """Fill the workspace with what was kept; whether there was anything. Raises CannotPlay."""
        if not self._file.exists():
            return False
        try:
            contents = {path.name: path.read_bytes() for path in self._files.iterdir()} if self._files.is_dir() else {}
            self._workspace.restore(json.loads(self._file.read_bytes()), contents)
        except (ValueError, KeyError, TypeError) as error:
            raise CannotPlay("{file} cannot be read; `brygga demo --fresh` begins anew", file=self._file) from error
        self._written = set(contents)
        return True

    async def keep(self) -> None:
        """Write what is new, until cancelled; a folder that is full is tried again with the next change."""
        while True:
            await self.changed.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self.changed.clear()
            with contextlib.suppress(OSError):
                await asyncio.to_thread(self._write, self._taken())

    def put_away(self) -> None:
        """Write everything now."""
        self._write(self._taken())

    def _taken(self) -> tuple[bytes, dict[str, bytes]]:
        """What is to be written, taken in one moment."""
        files = self._workspace.room.files
        new = {key: file.content for key, file in files.items() if file.completed and key not in self._written}
        return json.dumps(self._workspace.kept(), ensure_ascii=False).encode("utf-8", "replace"), new

    def _write(self, taken: tuple[bytes, dict[str, bytes]]) -> None:
        text, files = taken
        self._files.mkdir(exist_ok=True)
        for key, content in files.items():
            write_whole(self._files / key, content)
            self._written.add(key)
        write_whole(self._file, text)
