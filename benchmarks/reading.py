"""What is understood of mails that others have collected, and of our own; and how fast, in how much memory.

    python -m benchmarks.reading FOLDER [--bounces FOLDER_OR_TAR] [--mutations 2000] [--mails 1000]

FOLDER may hold `replies/talon`, `replies/github`, `replies/crisp`, `mime`, `tnef`, `ics`, `dates` and `urls`; what is not
there is passed over and said. Bounces are those of flufl.bounce's source distribution, whose own table says what is right.
Prints one figure a line, with its target or limit and the ratio to it.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.reading_speed import cold_start, large_mails, mutated, thousand_mails
from benchmarks.scores import Figure
from benchmarks.scores_of_others import (
    bounces,
    calendars,
    days_named,
    other_replies,
    talon,
    tracking,
    whole_mails,
    winmails,
)
from benchmarks.scores_of_ours import our_corpus

ROOT = Path(__file__).parents[1]

#: In the order that they are printed.
MEASURES: tuple[tuple[str, Callable[[Path], Iterator[Figure]]], ...] = (
    ("replies/talon", talon),
    ("replies", other_replies),
    ("mime", whole_mails),
    ("tnef", winmails),
    ("ics", calendars),
    ("dates", days_named),
    ("urls", tracking),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the collections, one folder each")
    parser.add_argument("--bounces", type=Path, help="flufl.bounce's source distribution, unpacked or not")
    parser.add_argument("--mutations", type=int, default=2_000)
    parser.add_argument("--mails", type=int, default=1_000)
    options = parser.parse_args()
    for name, measure in MEASURES:
        place = options.folder / name
        _print(name, measure(place) if place.is_dir() else None)
    found = options.bounces or options.folder / "bounces"
    _print("bounces", bounces(found) if found.exists() else None)
    _print("tests/corpus", our_corpus(ROOT / "tests" / "corpus"))
    _print("mutations", mutated(options.folder, ROOT / "tests" / "corpus", options.mutations))
    _print("large mails", large_mails())
    _print("many mails", thousand_mails(options.mails))
    _print("cold start", cold_start())


def _print(name: str, figures: Iterator[Figure] | None) -> None:
    if figures is None:
        print(f"{name}: not there")
        return
    for figure in figures:
        print(figure, flush=True)


if __name__ == "__main__":
    main()
