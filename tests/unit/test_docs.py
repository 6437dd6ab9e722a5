"""The pages in docs/ are true: every setting, command and metric stands there, and what stands there exists."""

import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bot.cli import COMMANDS
from bot.cli.check import check
from bot.cli.run import run
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
SETTINGS = (DOCS / "settings.md").read_text(encoding="utf-8")
EVERYTHING = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def section(heading: str) -> str:
    """What stands under a heading of settings.md that names `[heading]`, up to the next."""
    parts = re.split(r"^## ", SETTINGS, flags=re.MULTILINE)[1:]
    found = [part for part in parts if f"[{heading}]" in part.partition("\n")[0]]
    assert len(found) == 1, f"[{heading}] has {len(found)} headings in settings.md"
    return found[0]


def keys() -> Iterator[tuple[str, str, object]]:
    """Every section, its keys and their defaults."""
    for name, field in Settings.model_fields.items():
        if name not in ("folder", "topic_words"):  # whose keys are the network's own
            model = model_in(field)
            assert model, name
            yield from keys_of(name, model)


def keys_of(where: str, model: type[BaseModel]) -> Iterator[tuple[str, str, object]]:
    for name, field in model.model_fields.items():
        if nested := model_in(field):
            yield from keys_of(f"{where}.{name}", nested)
        else:
            yield where, name, None if field.is_required() else field.get_default(call_default_factory=True)


def model_in(field: FieldInfo) -> type[BaseModel] | None:
    """The section that a field is, or may be."""
    kinds = (field.annotation, *getattr(field.annotation, "__args__", ()))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def toml(value: object) -> str:
    """A default as a person writes it in the file; "" for those that cannot be written (none, secrets)."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(f'"{word}"' for word in value) + "]"
    if isinstance(value, SecretStr):
        return f'"{value.get_secret_value()}"'
    return f'"{value}"' if isinstance(value, str) else "" if value is None else str(value)


@pytest.mark.parametrize(("where", "key", "default"), list(keys()), ids=lambda part: str(part)[:30])
def test_every_key_is_explained_with_its_default(where, key, default):
    rows = [row for row in section(where).splitlines() if row.startswith("|") and f"`{key}`" in row.split("|")[1]]
    assert len(rows) == 1, f"[{where}] {key}"
    if written := toml(default):
        assert f"`{written}`" in rows[0], f"[{where}] {key} is {written} unless set"


def test_the_section_whose_keys_are_the_networks_own_is_explained():
    assert "[topic_words]\n" in section("topic_words").partition("```toml")[2]


def test_no_key_is_explained_that_does_not_exist():
    known = {key for _, key, _ in keys()}
    environment = {"BRYGGA_CONFIG", "BRYGGA_DEBUG"}
    for row in SETTINGS.splitlines():
        if row.startswith("| `"):
            for key in re.findall(r"`([A-Za-z_]+)`", row.split("|")[1]):
                assert key in known | environment, key


def test_the_toml_in_the_pages_can_be_read():
    for block in re.findall(r"```toml\n(.*?)```", EVERYTHING, flags=re.DOTALL):
        Settings(**tomllib.loads(block))


def commands() -> list[str]:
    """Every command that there is: "run", "items show" …"""
    found = []
    for name, entry in COMMANDS.items():
        place, _, attribute = entry.place.partition(":")
        command = getattr(import_module(place), attribute)
        inside = typer.main.get_command(command).commands if isinstance(command, typer.Typer) else None
        found += [name] if inside is None else [f"{name} {each}" for each in inside]
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_stands_in_the_pages(command):
    assert f"brygga {command}" in EVERYTHING, f"no page says what `brygga {command}` is for"


def test_no_command_is_named_that_does_not_exist():
    known = set(commands())
    groups = {command.partition(" ")[0] for command in known if " " in command}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for group, more in re.findall(r"\bbrygga ([a-z]+) ([a-z]+)\b", text):
            assert group not in groups or f"{group} {more}" in known, f"{page.name}: brygga {group} {more}"


def test_what_stands_in_code_marks_after_brygga_is_a_command():
    groups = {command.partition(" ")[0] for command in commands()}
    for page in PAGES:
        for word in re.findall(
            r"(?:`|^)(?:\.venv/bin/)?brygga ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE
        ):
            assert word in groups, f"{page.name}: brygga {word}"


def metrics() -> set[str]:
    """The names of all metrics, as Prometheus sees them: a counter ends in _total."""
    found = set()
    for room in ("bot", "bridges", "schedules", "storage"):
        for file in (ROOT / room).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            if "prometheus_client" not in text:
                continue
            counters = set(re.findall(r'Counter\(\s*"(brygga_[a-z_]+)"', text))
            found |= {f"{name}_total" for name in counters}
            found |= set(re.findall(r'"(brygga_[a-z_]+)"', text)) - counters
    return found


def test_every_metric_stands_in_the_pages():
    operations = (DOCS / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(brygga_[a-z_]+)", operations))
    assert metrics()
    assert named == metrics()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} → {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_are_there(page):
    for name in re.findall(
        r"`((?:bot|bridges|storage|schedules|tests|docs)/[\w./-]+\.\w+)`", page.read_text(encoding="utf-8")
    ):
        assert (ROOT / name).exists(), f"{page.name}: {name}"


def test_options_that_are_named_exist():
    for name, function in (("check", check), ("run", run)):
        app = typer.Typer()
        app.command(name)(function)
        command = typer.main.get_command(app)
        options = {option for parameter in command.params for option in getattr(parameter, "opts", ())}
        for option in re.findall(rf"brygga {name} [^`\n]*?(--[a-z-]+)", EVERYTHING):
            assert option in options | {"--config"}, f"brygga {name} {option}"
