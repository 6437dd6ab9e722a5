"""One line of words as Slack's mrkdwn: what people typed is shown as they typed it, and reaches nobody it should not."""

import re
from collections.abc import Iterable, Iterator, Sequence

from bridges.runs import ZERO_WIDTH, Run, merged, text_of

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SIGNS = {entity: sign for sign, entity in _ENTITIES.items()}
#: Slack reads these words as a call to everybody wherever it parses plain text (`parse: full`, `link_names`).
_CALL = re.compile(r"@(?=here|channel|everyone)", re.IGNORECASE)
_JOINER = "\u2060"  # of no width, and no place to break the line
#: Beside these, and spaces, Slack takes a mark for a mark.
_BEFORE_MARK = frozenset("([{\"'“”‘«»-–—/,.:;!?+=")
_AFTER_MARK = frozenset(")]}\"'“”’«»-–—/,.:;!?…")
_NO_MARKS: frozenset[str] = frozenset()
_MARKS = {"bold": "*", "italic": "_", "strike": "~"}


def escape(text: str) -> str:
    """Exactly the three signs that Slack wants escaped."""
    return re.sub("[&<>]", lambda found: _ENTITIES[found[0]], text)


def unescape(text: str) -> str:
    """The reverse, once."""
    return re.sub("&(?:amp|lt|gt);", lambda found: _SIGNS[found[0]], text)


def quiet(text: str) -> str:
    """The same to the eye, but no call to a whole channel."""
    return _CALL.sub(f"@{_JOINER}", text)


def line_mrkdwn(runs: Iterable[Run]) -> str:
    """A line of words, escaped, with marks that Slack takes for marks and signs that it takes for signs."""
    runs = merged(runs)
    live = _live_signs(runs)
    out: list[str] = []
    standing: list[str] = []  # marks that are open
    last = ""  # what the words so far end with
    for run, marks in _dressed(runs):
        keep = next((n for n, mark in enumerate(standing) if mark not in marks), len(standing))
        closed, standing = standing[keep:], standing[:keep]
        fresh = [mark for mark in marks if mark not in standing]
        words, first, end = _words(run, live)
        out += reversed(closed)
        if fresh:
            apart = bool(closed) or not _may_mark(last, _BEFORE_MARK)
        else:
            apart = bool(closed) and not _may_mark(first, _AFTER_MARK)
        if apart:
            out.append(ZERO_WIDTH)
        out += [*fresh, words]
        standing += fresh
        last = end
    line = "".join([*out, *reversed(standing)])
    return ZERO_WIDTH + line if line.startswith("&gt;") else line  # or it would be a quote


def _may_mark(neighbour: str, signs: frozenset[str]) -> bool:
    return not neighbour or neighbour.isspace() or neighbour in signs


def _dressed(runs: Sequence[Run]) -> Iterator[tuple[Run, list[str]]]:
    """Each run with its marks, those that last longest first; spaces at the edges of marks stand outside them."""
    pieces: list[tuple[Run, frozenset[str] | None]] = []  # None: only space
    for run in runs:
        core = run.text if run.href else run.text.strip()
        start = run.text.find(core)
        for text, dressed in ((run.text[:start], False), (core, True), (run.text[start + len(core) :], False)):
            if text:
                pieces.append((run.saying(text), _marks(run) if dressed else None))
    looks: list[frozenset[str]] = []
    for number, (_, marks) in enumerate(pieces):
        if marks is None:  # as both its neighbours look
            after = next((m for _, m in pieces[number + 1 : number + 3] if m is not None), _NO_MARKS)
            marks = ((looks[-1] if looks else _NO_MARKS) & after) - {"`"}  # noqa: PLW2901
        looks.append(marks)
    for (run, _), marks, spans in zip(pieces, looks, _spans(looks), strict=True):
        yield run, sorted(marks, key=lambda mark: (mark == "`", -spans[mark], mark))


def _marks(run: Run) -> frozenset[str]:
    """The marks of a run. Nothing says a backtick inside one line of code, so code that has one is plain words."""
    code = {"`"} if run.code and not run.href and "`" not in run.text else set()
    return frozenset({sign for look, sign in _MARKS.items() if getattr(run, look)} | code)


def _spans(looks: Sequence[frozenset[str]]) -> list[dict[str, int]]:
    """For each run, how far each of its marks goes on from there."""
    spans: list[dict[str, int]] = [{} for _ in looks]
    ahead: dict[str, int] = {}
    for number in reversed(range(len(looks))):
        ahead = {mark: ahead.get(mark, number) for mark in looks[number]}
        spans[number] = ahead
    return spans


def _words(run: Run, live: frozenset[str]) -> tuple[str, str, str]:
    """A run without its marks, the sign it begins with and the one it ends with."""
    if run.href:
        return _link(run, live), "<", ">"
    words = quiet(run.text)
    return escape(words if "`" in _marks(run) else _disarmed(words, live)), run.text[0], run.text[-1]


def _link(run: Run, live: frozenset[str]) -> str:
    target = escape(_CALL.sub("%40", href(run.href)))
    words = run.text.strip()
    if not words or escape(words) == target:
        return f"<{target}>"
    label = escape(_disarmed(quiet(words), live)).replace("|", "¦").replace("\n", " ")
    return f"<{target}|{label}>"


def href(target: str) -> str:
    """Where a link leads, without what would end it early."""
    return re.sub(r"[\s|<>]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), target)


# -- signs that people typed ------------------------------------------------------------------------------------------


def _live_signs(runs: Sequence[Run]) -> frozenset[str]:
    """The signs of this line that Slack might pair: those used as marks, and those typed at least twice."""
    used = _NO_MARKS.union(*map(_marks, runs))
    words = text_of(run for run in runs if "`" not in _marks(run))
    return used | {sign for sign in "*_~`" if words.count(sign) > 1}


def _disarmed(text: str, live: frozenset[str]) -> str:
    """The text with a space of no width on both sides of each sign that Slack would take for a mark."""
    if not any(sign in text for sign in live):
        return text
    out = [
        ZERO_WIDTH + char + ZERO_WIDTH
        if char in live and _could_mark(char, text[position - 1 : position], text[position + 1 : position + 2])
        else char
        for position, char in enumerate(text)
    ]
    return "".join(out).replace(ZERO_WIDTH * 2, ZERO_WIDTH)


def _could_mark(char: str, before: str, after: str) -> bool:
    """Whether Slack might take a sign with these neighbours for a mark."""
    if char == "`":
        return True
    opens = not before.isalnum() and not after.isspace()
    closes = not after.isalnum() and not before.isspace()
    return opens or closes
