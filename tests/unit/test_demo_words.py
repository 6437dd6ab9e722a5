"""Every text of the demo has its Swedish."""

import ast
import re
from pathlib import Path

import pytest

from bot.demo.state import SPECIAL
from bridges.texts import Texts

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "bot" / "cli" / "demo.py", *sorted((ROOT / "bot" / "demo").glob("*.py"))]


def texts_of(file: Path) -> set[str]:
    """What is said through texts, or as a reason why it cannot be played."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            said = ast.unparse(node.func)
            if said in ("t", "t.t", "t.plural", "CannotPlay") or said.startswith("Texts("):
                found.add(node.args[0].value)
    return {text for text in found if isinstance(text, str) and " " in text}


KNOWN = sorted({text for file in FILES for text in texts_of(file)} | {about for _, about in SPECIAL})


def test_they_are_found():
    assert len(KNOWN) > 15


@pytest.mark.parametrize("text", KNOWN)
def test_it_is_said_in_swedish_with_the_same_values(text: str):
    names = sorted(re.findall(r"{(\w+)}", text))
    values = {name: f"<{name}>" for name in names}
    swedish = (
        Texts("sv").plural(text, text, 2, **{k: v for k, v in values.items() if k != "n"})
        if "n" in names
        else Texts("sv")(text, **values)
    )
    assert swedish != Texts("en")(text, **(values | {"n": 2} if "n" in names else values))
    assert "!" not in swedish
    assert all(value in swedish for name, value in values.items() if name != "n")
