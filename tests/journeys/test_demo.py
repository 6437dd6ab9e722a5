"""`brygga demo` as somebody types it: one line says where to look, one why it cannot, and Ctrl-C ends it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.forked import begin
from tests.fixtures.program import PATIENCE, until
from tests.fixtures.require import FULL_ONLY

ROOT = Path(__file__).parents[2]


class Demo:
    """The command in a process of its own."""

    def __init__(
        self, out: Path, folder: Path, *options: str, lang: str = "sv_SE.UTF-8", port: int | None = None
    ) -> None:
        self.out, self.port = out, port or free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("BRYGGA_", "LC_"))}
        # What is set for a real network must not reach the demo.
        environment |= {"LANG": lang, "BRYGGA_DATABASE__URL": "postgresql://nobody@127.0.0.1:1/real"}
        with out.open("wb") as printed:
            words = ["demo", "--port", str(self.port), "--data", str(folder), *options]
            self.process = begin(words, printed, printed, environment, ROOT)

    def said(self) -> list[str]:
        return self.out.read_text("utf-8").splitlines()

    def ended(self, seconds: float = PATIENCE) -> int:
        return self.process.wait(timeout=seconds)

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/state", timeout=10) as answer:
            return json.loads(answer.read())

    def up(self) -> None:
        until(lambda: self.process.poll() is not None or len(self.said()) > 1, f"the page is up: {self.said()}")
        assert self.process.poll() is None, self.said()
        until(lambda: self.state()["ready"], "Brygga runs")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as tried:
        return int(tried.getsockname()[1])


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Demo]]:
    """Starts demos, and sees to it that none is left running."""
    made: list[Demo] = []

    def start(*arguments: Any, **more: Any) -> Demo:
        made.append(Demo(tmp_path_factory.mktemp("printed") / "out", *arguments, **more))
        return made[-1]

    yield start
    for demo in made:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.wait()


@pytest.mark.parametrize("sign", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=FULL_ONLY)])
def test_it_says_where_it_is_and_stops_at_once(tmp_path: Path, start: Callable[..., Demo], sign: signal.Signals):
    demo = start(tmp_path / "demo", "--no-seed")
    demo.up()
    assert demo.said() == [
        f"Demon finns i {tmp_path / 'demo'}",
        f"Öppna http://127.0.0.1:{demo.port}/ i en webbläsare. Ctrl-C avslutar demon.",
    ]
    pages = demo.state()["pages"]
    with urllib.request.urlopen(f"{pages}/robots.txt", timeout=10) as answer:
        assert answer.read().startswith(b"User-agent")
    asked = time.monotonic()
    demo.process.send_signal(sign)
    assert demo.ended(10) == 0
    assert time.monotonic() - asked < 10
    assert demo.said()[2:] == ["Demon är avslutad. Allt finns kvar när du startar den igen."]


def test_it_ends_within_ten_seconds_while_the_seed_is_shared_and_a_page_listens(
    tmp_path: Path, start: Callable[..., Demo]
):
    demo = start(tmp_path / "demo", lang="en_GB.UTF-8")
    demo.up()
    assert re.fullmatch(r"Open http://127\.0\.0\.1:\d+/ in a browser\. Ctrl-C stops the demo\.", demo.said()[1])
    assert demo.state()["seeding"]
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/api/events", timeout=10) as events:
        assert events.readline().startswith(b"data: ")
        demo.process.send_signal(signal.SIGINT)
        assert demo.ended(10) == 0, demo.said()
    assert demo.said()[2:] == ["The demo has stopped. Everything is there when you start it again."]


def test_a_busy_port_is_one_line(tmp_path: Path, start: Callable[..., Demo]):
    with socket.create_server(("127.0.0.1", 0)) as other:
        demo = start(tmp_path / "demo", port=other.getsockname()[1])
        assert demo.ended() == 1
    assert demo.said() == [
        f"Demon finns i {tmp_path / 'demo'}",
        f"brygga: port {demo.port} går inte att använda här: välj en annan med --port",
    ]


def test_a_folder_of_somebody_elses_is_one_line_and_left_alone(tmp_path: Path, start: Callable[..., Demo]):
    (tmp_path / "thesis.txt").write_text("forty pages")
    demo = start(tmp_path, "--fresh", lang="C")
    assert demo.ended() == 1
    [where, why] = demo.said()
    assert where == f"Demon finns i {tmp_path}"
    assert why.startswith(f"brygga: {tmp_path} innehåller annat än en demo")
    assert (tmp_path / "thesis.txt").read_text() == "forty pages"


@FULL_ONLY
def test_a_folder_that_may_not_be_written_is_one_line(start: Callable[..., Demo]):
    demo = start(Path("/sys/brygga-demo"))  # where even root may make no folder
    assert demo.ended() == 1
    assert len(demo.said()) == 2
    assert "får inte skrivas" in demo.said()[1]


@FULL_ONLY
def test_a_place_where_no_folder_can_be_is_one_line(tmp_path: Path, start: Callable[..., Demo]):
    (tmp_path / "file").write_text("")
    demo = start(tmp_path / "file" / "demo")
    assert demo.ended() == 1
    assert len(demo.said()) == 2
    assert demo.said()[1].startswith("brygga: ")


@FULL_ONLY
def test_a_database_of_another_program_is_one_line(tmp_path: Path, start: Callable[..., Demo]):
    import sqlite3

    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "brygga-demo.txt").touch()
    with sqlite3.connect(folder / "brygga.db") as database:
        database.execute("create table photos (id integer)")
    database.close()
    demo = start(folder)
    assert demo.ended() == 1
    assert len(demo.said()) == 2
    assert demo.said()[1].endswith("`brygga demo --fresh` börjar om")


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path):
    program = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("aiosmtpd", "pymap"):
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
from bot.cli import run
sys.exit(run(["demo", "--data", {str(tmp_path / "demo")!r}]))
"""
    environment = {**os.environ, "LANG": "en_GB.UTF-8", "LC_ALL": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, cwd=ROOT, env=environment, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.decode() == (
        "brygga: the demo needs aiosmtpd, which is not installed: pip install 'brygga[demo]'\n"
    )
    assert not (tmp_path / "demo").exists()
