"""Every text of the pages has its Swedish, with the same values in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bridges.texts import Texts

WEB = Path(__file__).parents[2] / "bot" / "web"


def texts_of_code() -> Iterator[tuple[str, ...]]:
    for path in WEB.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                if name == "t" and words:
                    yield (words[0],)
                if name == "plural" and len(words) >= 2:
                    yield (words[0], words[1])


def texts_of_templates() -> Iterator[tuple[str, ...]]:
    for path in (WEB / "templates").glob("*.html"):
        source = path.read_text(encoding="utf-8")
        for found in re.finditer(r'\bt\("([^"]+)"', source):
            yield (found[1],)
        for found in re.finditer(r'\bplural\("([^"]+)", "([^"]+)"', source):
            yield (found[1], found[2])


def values_in(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


ALL = sorted({*texts_of_code(), *texts_of_templates()})


def test_the_texts_are_found():
    assert len(ALL) > 60
    assert ("You have left",) in ALL
    assert ("Send to {n} person", "Send to {n} people") in ALL


def test_each_text_is_swedish_for_swedes():
    t = Texts("sv")
    wrong = []
    for forms in ALL:
        values = {name: f"<{name}>" for form in forms for name in values_in(form) - {"n"}}
        shown = [t(forms[0], **values)] if len(forms) == 1 else [t.plural(*forms, n, **values) for n in (1, 2)]
        for english, swedish in zip(forms, shown, strict=True):
            kept = all(f"<{name}>" in swedish for name in values_in(english) - {"n"})
            if swedish == english.format(n=2, **values) or not kept or "!" in swedish:
                wrong.append((english, swedish))
    assert wrong == []
