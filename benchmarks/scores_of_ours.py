"""Scores on the project's own corpus: how near to what a careful person reads."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.scores import Figure, plainly, read, share

_ITEMS = frozenset({"post", "reply", "hold", "rsvp"})


def our_corpus(folder: Path) -> Iterator[Figure]:
    """Each mail beside the reading that a careful person gives it."""
    score: Counter[str] = Counter()
    missed: dict[str, list[str]] = {}
    slowest = ("", 0.0)
    mails = sorted(folder.rglob("*.eml"))
    for mail in mails:
        meant = json.loads(mail.with_suffix(".json").read_text(encoding="utf-8"))
        said, seconds = read(mail.read_bytes())
        slowest = max(slowest, (mail.name, seconds), key=lambda one: one[1])
        for name, right in _judged(meant, said):
            score[name] += right
            score[f"all {name}"] += 1
            if not right:
                missed.setdefault(name, []).append(mail.stem)
    for name, target in TARGETS:
        yield share(f"our corpus: {name}", score[name], score[f"all {name}"], target, missed.get(name, []))
    yield Figure("  slowest", slowest[1], "s", limit=1.0, note=slowest[0])


#: What is counted, and the share that is to be reached, in per cent.
TARGETS = (
    ("start of an event exact", 90),
    ("no event invented", 93),
    ("last day to register right", 90),
    ("place to register right", 90),
    ("answer's own words exact", 75),
    ("bounces exact", 97),
    ("people's mail is not dropped", 100),
    ("disposition right", None),
    ("kind right", None),
    ("intent right", None),
)


def _judged(meant: dict[str, Any], said: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    if "events" in meant:
        yield from _events(meant["events"], said["events"])
    if "text" in meant:
        yield "answer's own words exact", plainly(meant["text"]) == plainly(said["text"])
    if "bounces" in meant:
        found, wanted = ({one["address"]: one.get("permanent") for one in many["bounces"]} for many in (said, meant))
        yield "bounces exact", found == wanted
    if meant.get("disposition") in _ITEMS:
        yield "people's mail is not dropped", said["disposition"] not in ("auto_reply", "bounce", "loop", "empty")
    for name in ("disposition", "kind", "intent"):
        if name in meant:
            yield f"{name} right", meant[name] == said[name]


def _events(meant: list[dict[str, Any]], said: list[dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    yield "no event invented", len(said) <= len(meant)
    for number, event in enumerate(meant):
        if "start" not in event:
            continue
        found = next((one for one in said if one["start"] == event["start"]), None)
        yield "start of an event exact", found is not None
        nearest = found or (said[number] if number < len(said) else {})
        if "registration_deadline" in event:
            right = nearest.get("registration_deadline") == event["registration_deadline"]
            yield "last day to register right", right
        for name in ("registration_url", "registration_email"):
            if name in event:
                yield "place to register right", nearest.get(name) == event[name]
