"""How many of other people's date phrases the grammar reads as they are meant: `python -m benchmarks.dates FILE`.

The file is in the form of Microsoft's Recognizers-Text: phrases, each with its values and the day it was said.
"""

import json
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.reading.when import spans

_STOCKHOLM = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True, slots=True)
class Score:
    """What was read rightly, of the phrases that name a day that exists."""

    right: int
    of: int
    missed: tuple[str, ...]
    invented: tuple[str, ...]  # phrases that name none, and got one


def score(path: Path) -> Score:
    """The figure for one file of phrases."""
    right, of = 0, 0
    missed: list[str] = []
    invented: list[str] = []
    for case in json.loads(path.read_text("utf-8-sig")):
        said = datetime.fromisoformat(case["Context"]["ReferenceDateTime"]).replace(tzinfo=_STOCKHOLM)
        read = {span.day for span in spans(case["Input"], said)}
        meant = _days(case)
        if not case["Results"] and read:
            invented.append(case["Input"])
        if not meant:
            continue
        of += 1
        if read & meant:
            right += 1
        else:
            missed.append(f"{case['Input']} ({', '.join(sorted(meant))}): {', '.join(sorted(read)) or 'nothing'}")
    return Score(right, of, tuple(missed), tuple(invented))


def _days(case: dict[str, Any]) -> set[str]:
    """The day that a phrase means: the coming one, or the last where it tells of the past."""
    values = [result["Value"] for result in case["Results"] if result["Type"] == "date"]
    days = {
        value.get(which, {}).get("date", "") for value in values for which in ("FutureResolution", "PastResolution")
    }
    return {day for day in days if day and not day.startswith("0001")}


def main() -> None:
    """Print the figure, and what was missed."""
    result = score(Path(sys.argv[1]))
    print(
        f"dates: {result.right} of {result.of} phrases that name a day ({100 * result.right / max(1, result.of):.0f} %)"
    )
    for phrase in result.missed:
        print(f"  missed: {phrase}")
    for phrase in result.invented:
        print(f"  invented: {phrase}")


if __name__ == "__main__":
    main()
