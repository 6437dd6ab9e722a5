"""Lines taken apart at their sentences, whatever stretches of words and links they are made of."""

import re
from collections.abc import Iterable, Sequence

from bridges.runs import Run

#: Where one sentence of a footer ends and the next begins.
_ENDS = re.compile(r"(?<=[.!?…])\s+(?=[^\s.,;:!?)])|\s+[|•·▪►»]\s+|\s{2,}|(?<=\s)[–—/-]\s+(?=[A-ZÅÄÖ])")
URL = re.compile(r"\b(?:https?://|www\.(?=[^\s<>]+\.))[^\s<>\"\\^`{|}]+|\bmailto:[^\s<>\"]+", re.IGNORECASE)


def sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence begins and ends, what parts it from the next belonging to it."""
    spans, start = [], 0
    for end in _ENDS.finditer(text):
        spans.append((start, end.end()))
        start = end.end()
    return [*spans, (start, len(text))]


def cut_at(runs: Sequence[Run], spans: Sequence[tuple[int, int]]) -> list[list[Run]]:
    """The runs of each stretch; the stretches stand in their order."""
    cut: list[list[Run]] = []
    number = position = 0  # of the run at hand, and where it begins
    for start, end in spans:
        within: list[Run] = []
        while number < len(runs):
            run = runs[number]
            first, last = max(start, position), min(end, position + len(run.text))
            if first < last:
                whole = last - first == len(run.text)
                within.append(run if whole else run.saying(run.text[first - position : last - position]))
            if position + len(run.text) > end:
                break
            position += len(run.text)
            number += 1
        cut.append(within)
    return cut


def without(runs: Sequence[Run], gone: Sequence[tuple[int, int]]) -> list[Run]:
    """The runs without those stretches, nor the signs that parted them from the rest."""
    if not gone:
        return list(runs)
    length = sum(len(run.text) for run in runs)
    edges = [0, *(edge for span in gone for edge in span), length]
    stretches = list(zip(edges[::2], edges[1::2], strict=True))
    kept = [run for within in cut_at(runs, stretches) for run in within]
    while kept and not re.search(r"[\w.!?)]", kept[-1].text):
        kept.pop()
    if kept:
        kept[-1] = kept[-1].saying(re.sub(r"[\s|•·▪►»/–—-]+$", "", kept[-1].text))
    return [run for run in kept if run.text]


def plain_runs(line: str) -> Iterable[Run]:
    """A line of plain text as runs, its addresses as links."""
    position = 0
    for found in URL.finditer(line):
        url = re.sub(r"[.,;:!?'*_~…»”’)\]>]+$", "", found[0])
        if found.start() > position:
            yield Run(line[position : found.start()])
        yield Run(url, href=url)
        position = found.start() + len(url)
    if position < len(line) or not line:
        yield Run(line[position:])
