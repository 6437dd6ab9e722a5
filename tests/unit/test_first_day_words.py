"""Every word that `brygga init` and `brygga check` say is there in Swedish, with the same values in it."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
SPEAKING = [
    *sorted((ROOT / "bot/diagnosis").glob("*.py")),
    ROOT / "bot/cli/check.py",
    ROOT / "bot/cli/init.py",
    ROOT / "bot/first_settings.py",
]


def said(path: Path) -> Iterator[tuple[str, ...]]:
    """The English texts in a file: `t("…")`, `inquiry.t("…")` and `t.plural("…", "…", n)`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        count = {"t": 1, "plural": 2}.get(name, 0)
        if count:
            texts = [argument.value for argument in node.args[:count] if isinstance(argument, ast.Constant)]
            assert len(texts) == count, f"{path.name}:{node.lineno} says what cannot be looked up"
            yield tuple(map(str, texts))


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


with (ROOT / "bridges/locale/sv/cli.po").open("rb") as _file:
    CATALOGUE = {message.id if isinstance(message.id, str) else message.id[0]: message for message in read_po(_file)}


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_said_in_english_is_said_in_swedish(path):
    for texts in said(path):
        message = CATALOGUE.get(texts[0])
        assert message, f"{texts[0]!r} is not in cli.po"
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        assert len(forms) == len(texts)
        for english, swedish in zip(texts, forms, strict=True):
            assert swedish
            assert values(english) == values(swedish), english


def test_nothing_is_translated_that_nobody_says():
    everything = {texts[0] for path in SPEAKING for texts in said(path)}
    assert set(CATALOGUE) - {""} == everything
