"""The program as a person starts it: quick, quiet, and plain about what is wrong."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]


def test_a_backup_made_and_restored_by_command(terminal):
    assert terminal("db", "upgrade").out.endswith("it was empty.\n")
    assert terminal("db", "upgrade").out.endswith("already.\n")
    terminal("members", "add", "anna@example.se")
    assert "keep it safe" in terminal("db", "backup", "b.gz").out
    terminal("members", "forget", "anna@example.se", "--yes")
    terminal("members", "add", "bo@example.se")
    asked = terminal.program("db", "restore", "b.gz", stdin="")
    assert asked.returncode == 1
    assert "nothing was changed" in asked.stderr
    terminal("db", "restore", "b.gz", "--yes")
    assert [m["email"] for m in terminal("members", "list", "--json").records] == ["anna@example.se"]
    terminal.write("cut.gz", (terminal.folder / "b.gz").read_bytes()[:-9])
    assert "not whole" in terminal.refused("db", "restore", "cut.gz", "--yes")
    assert "No such file" in terminal.refused("db", "restore", "nowhere.gz")
    assert terminal.refused("db", "backup", "nowhere/b.gz") == "nowhere: No such file or directory"


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("BRYGGA_DATABASE__URL", "mysql://x/y", "mysql is not supported"),
        ("BRYGGA_DATABASE__URL", "nonsense", "not a database URL"),
        ("BRYGGA_DATABASE__URL", "postgresql://u:hemligt@127.0.0.1:1/x", "the database cannot be used now"),
        ("BRYGGA_DATABASE__URL", "sqlite:////nowhere/at/all.db", "/nowhere/at/all.db: No such file or directory"),
        ("BRYGGA_DATABASE__URL", "sqlite:///brygga.toml", "is not a SQLite database"),
        ("BRYGGA_NETWORK__TIMEZONE", "Mars/Olympus", "is not a time zone"),
        ("BRYGGA_CONFIG", "nowhere.toml", "nowhere.toml is not there"),
    ],
)
def test_what_is_wrong_is_one_line(terminal, monkeypatch, variable, value, why):
    monkeypatch.setenv(variable, value)
    line = terminal.refused("members", "list")
    assert why in line
    assert "hemligt" not in line


def test_settings_may_be_named_anywhere_on_the_line(terminal, tmp_path, monkeypatch):
    terminal("members", "add", "anna@example.se")
    settings = str(terminal.folder / "brygga.toml")
    monkeypatch.chdir(tmp_path)
    for words in (["--config", settings, "members", "list"], ["members", "list", f"--config={settings}"]):
        monkeypatch.delenv("BRYGGA_CONFIG", raising=False)
        assert "anna@example.se" in terminal(*words).out
    monkeypatch.delenv("BRYGGA_CONFIG")
    assert "there is no brygga.toml here" in terminal.refused("members", "list")
    assert "there is no brygga.toml here" in ran(tmp_path).stderr
    assert not (tmp_path / "brygga.db").exists(), "no database wherever somebody happens to stand"


def ran(folder: Path) -> subprocess.CompletedProcess[str]:
    """`brygga run` from a folder where it cannot start, in a process of its own."""
    program = Path(sys.executable).with_name("brygga")
    done = subprocess.run([program, "run"], check=False, capture_output=True, text=True, cwd=folder, timeout=30)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    return done


def test_the_folder_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("BRYGGA_DATABASE__URL", "sqlite:////nowhere/at/all.db")
    assert ran(tmp_path).stderr == "brygga: /nowhere/at: No such file or directory\n"


def test_help_is_quick_and_loads_nothing_it_does_not_need(terminal):
    code = """
import sys
from bot.cli import run
code = run(["--help"])
print({name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
sys.exit(code)
"""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=HERE)
    assert done.returncode == 0
    assert time.monotonic() - began < 5
    for heavy in ("sqlalchemy", "alembic", "pydantic", "bridges", "storage"):
        assert f"'{heavy}'" not in done.stderr
    for command in ("init", "check", "run", "explain", "clusters", "members", "items", "outbox", "db"):
        assert f"\n  {command} " in done.stdout


def test_a_reader_that_has_seen_enough_is_no_failure(terminal):
    terminal("members", "import", terminal.write("m.csv", "email,name,cluster,role,locale,mode,topics,slack_user\n"
             + "".join(f"m{n}@example.se,M,,,,,,\n" for n in range(1_500))))  # fmt: skip
    command = [sys.executable, "-m", "bot.cli", "members", "list", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=HERE) as process:
        assert process.stdout is not None
        assert b"@example.se" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait() == 0
