"""What is not passed on of a mail: links that name or watch one reader, and the ways out of somebody else's mailing.

A way out acts for whoever was sent the letter: passed on, it would unsubscribe the whole network. It goes with the
sentence that it stands in. A click tracker whose page cannot be told from its address leaves its words.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from urllib.parse import unquote, urlsplit

from bridges.clicks import carries_address, is_click, is_tools, marks_in
from bridges.hypertext.flow import SILENT
from bridges.mail.newsletters import BECAUSE, IN_BROWSER, WAY_OUT, may_tell
from bridges.neutral import Heading, Item, Items, Paragraph, Part, Quote, Rule, Table
from bridges.runs import GONE, Run
from bridges.sentences import URL, cut_at, plain_runs, sentences, without
from bridges.urls import canonical, comparison_key, is_page, shortened

#: A longer stretch without a full stop is no sentence about unsubscribing, whatever it mentions (characters).
_LONGEST_SENTENCE = 400

#: Addresses that act for one reader, or show the letter as one reader got it.
_ACTS = re.compile(
    r"un-?subscribe|/unsub(?:[/._?-]|$)|[?&/_-]unsub(?:=|/|$)|opt-?_?out|avregistrer|avprenumerer|a[vf]meld|meld-?(?:deg|dig)?-?a[vf]\b|avsluta-?_?(?:prenum|utskick)"
    r"|avanmal(?:an)?-?(?:nyhetsbrev|utskick)|abmeld|/(?:un)?subscriptions?/(?:manage|preferences|center|edit)"
    r"|(?:email|e-mail|mail|subscription|contact|communication)[-_/]?(?:preferences?|settings)|preference-?center"
    r"|(?:manage|update|edit)[-_/]?(?:your[-_/]?)?(?:subscriptions?|preferences?|profile)|list-manage\d*\.com/(?:profile|about|vcard)"
    r"|forward-?to-?(?:a-?)?friend|/ftaf|view-?_?in-?_?browser|web-?_?version|visaiwebblasare|online-?version|mirror-?page"
    r"|campaign-archive\d*\.com|/(?:open|o|wf/open|track/open)(?:\.php|\.gif)?\?"
    r"|/(?:prefs?|unsub|optout|avreg|avanmal|avsluta|avbestall|profile-?center|mina-?uppgifter)(?:[./?]|$)",
    re.IGNORECASE,
)
_PREFERENCES = re.compile(
    r"^\W*(?:e?mail |subscription )?(?:preferences|settings|inställningar|min profil|mina uppgifter)\W*$"
    r"|\b(?:uppdatera|ändra|hantera|redigera|justera)\b[^.!?\n]{0,40}\b(?:uppgifter|profil|inställning|prenumeration|preferens|intress)"
    r"|\bprenumerationsinställning|\b(?:tipsa|skicka(?: vidare)? till|vidarebefordra till|dela med)\b[^.!?\n]{0,20}\b(?:vän|kompis|kollega)"
    r"|\b(?:forward|send) (?:this |it |the )?(?:e-?mail |newsletter )?to (?:a )?(?:friend|colleague)\b"
    r"|\b(?:update|edit|change|manage)\b[^.!?\n]{0,20}\b(?:profile|preferences|settings|subscription|details)\b"
    r"|\bwhy (?:did|am) i get|\bvarför får jag",
    re.IGNORECASE,
)
_SENT_TO = re.compile(
    r"(?:skicka|sänt|sänd|sent|registrera|prenumer|utskick|e-?post|mejl|mail|till\b|to\b)", re.IGNORECASE
)
_HEADER_LINE = re.compile(r"\W*(?:till|to|kopia|cc|skickat till|sent to)\W*:", re.IGNORECASE)
_SHARES = re.compile(
    r"https?://(?:[\w-]+\.)*(?:facebook\.com/(?:sharer|share\.php|dialog)|(?:twitter|x)\.com/(?:intent|share|home\?status)"
    r"|linkedin\.com/(?:shareArticle|sharing|cws/share)|pinterest\.com/pin/create)|mailto:\?",
    re.IGNORECASE,
)
#: Stands in a plain text where the address of a tracker stood.
NOWHERE = "\ue000"
_EMPTY_BRACKETS = re.compile(rf"[ \t]*(?:\({NOWHERE}\)|<{NOWHERE}>|\[{NOWHERE}\]|{NOWHERE})")
#: "Klicka här": points at what was told of before.
_POINTS = re.compile(r"\W*(?:(?:klicka|tryck|klikk|klik|click)\W+)?(?:här|her|here)?\W*", re.IGNORECASE)
_ANY_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")


@dataclass(frozen=True, slots=True)
class Discretion:
    """What goes, for one mail."""

    mailing: bool = False  # sent by a newsletter tool: its words about itself go too
    readers: frozenset[str] = frozenset()  # addresses it was sent to, lower case
    marks: frozenset[str] = frozenset()  # by which its ways out and trackers know the reader

    # -- links

    @lru_cache(maxsize=256)  # noqa: B019  small values: letters say the same link again and again
    def link(self, url: str) -> str:
        """Where a link may lead; "" when it may not be passed on."""
        target = canonical(url)
        if target.lower().startswith("mailto:"):
            return "" if self.is_way_out("", target) else target.partition("?")[0] if self.mailing else target
        if not is_page(target):
            return target
        if is_click(target) or _ACTS.search(target) or self._names_reader(target):
            return ""
        return _as_written(url, self._unmarked(target))

    def _unmarked(self, url: str) -> str:
        """The address without parameters that say which reader this is, as the ways out of the same letter show."""
        before, question, query = url.partition("?")
        if not (self.marks and question) or is_tools(_host(url)):
            return url
        kept = "&".join(piece for piece in query.split("&") if unquote(piece.partition("=")[2]) not in self.marks)
        return f"{before}?{kept}" if kept else before

    def _knowing(self, urls: Iterable[str]) -> "Discretion":
        """The same, knowing by what marks the trackers and ways out among these addresses know the reader."""
        if not self.mailing:
            return self
        telling = (url for url in map(canonical, urls) if _ACTS.search(url) or is_click(url))
        return replace(self, marks=frozenset(mark for url in telling for mark in marks_in(url)))

    def is_way_out(self, words: str, url: str) -> bool:
        """Whether a link acts for the one reader whom the letter was sent to, by where it leads or what it says."""
        target = canonical(url)
        if _ACTS.search(unquote(target)) or (self.mailing and _SHARES.match(target)):
            return True
        return self.mailing and bool(
            WAY_OUT.search(words) or _PREFERENCES.search(words) or IN_BROWSER.search(words) or _only_opt_out(words)
        )

    def _names_reader(self, url: str) -> bool:
        plain = unquote(unquote(url)).lower()
        if any(reader in plain for reader in self.readers):
            return True
        return any("@" not in piece and carries_address(piece) for piece in urlsplit(url).path.split("/")[:40])

    # -- a letter in parts

    def parts(self, parts: Iterable[Part]) -> list[Part]:
        """A letter without what is not passed on."""
        parts = list(parts)
        if not self.marks and (knowing := self._knowing({run.href for run in _runs_of(parts) if run.href})).marks:
            return knowing.parts(parts)
        told = frozenset(
            comparison_key(run.href) for run in _runs_of(parts) if run.href and run.text.strip(f" {SILENT}")
        )
        kept = list(self._kept(parts, told))
        while self.mailing and kept and isinstance(kept[-1], Rule):  # nothing is left below it
            kept.pop()
        return kept

    def _kept(self, parts: Sequence[Part], told: frozenset[str]) -> Iterable[Part]:
        def line(runs: Sequence[Run]) -> tuple[Run, ...]:
            spoken = [each for run in runs for each in _spoken(run, told)]
            return tuple(run for run in self.line(spoken) if run.text != NOWHERE)

        for part in parts:
            match part:
                case Paragraph(lines):
                    if kept := [runs for each in lines if _says(runs := line(each)) or not each]:
                        yield Paragraph(kept)
                case Heading(words, level):
                    if _says(kept_words := line(words)):
                        yield Heading(kept_words, level)
                case Items(items):
                    if kept_items := list(_items(items, line)):
                        yield Items(kept_items)
                case Table(rows):
                    yield Table([[line(cell) for cell in row] for row in rows])
                case Quote(blocks):
                    if inner := list(self._kept(blocks, told)):
                        yield Quote(inner)
                case _:
                    yield part

    def line(self, runs: Sequence[Run]) -> list[Run]:
        """A line without the sentences that hold a way out, its links leading straight to their pages, or to `GONE`."""
        text = "".join(run.text for run in runs)
        if not self.mailing and not any(run.href for run in runs):
            return list(runs)
        ways = self._ways_out(runs)
        spans = sentences(text) if self.mailing or ways else []
        gone: list[tuple[int, int]] = []
        for span, within in zip(spans, cut_at(runs, spans), strict=True):
            follows = (
                bool(gone) and gone[-1][1] == span[0] and _only_points(within)
            )  # "Ser det konstigt ut? Klicka här"
            if follows or self._goes(within, ways):
                gone.append(span)
        return [each for run in without(runs, gone) for each in self._led(run)]

    def _ways_out(self, runs: Sequence[Run]) -> frozenset[str]:
        """Where the links lead that act for one reader; a link may be of more than one sentence."""
        links = groupby((run for run in runs if run.href), key=lambda run: run.href)
        return frozenset(href for href, same in links if self.is_way_out("".join(run.text for run in same), href))

    def _goes(self, within: Sequence[Run], ways: frozenset[str]) -> bool:
        text = "".join(run.text for run in within)
        if any(run.href in ways for run in within):
            return True
        if self.mailing and any(run.href for run in within) and _only_opt_out(URL.sub("", text)):
            return True  # "Avsluta: https://…"
        if not self.mailing or len(text) > _LONGEST_SENTENCE:
            return False
        if may_tell(text) and (WAY_OUT.search(text) or IN_BROWSER.search(text) or BECAUSE.search(text)):
            return True
        folded = text.casefold()
        if not any(reader in folded for reader in self.readers):
            return False
        return bool(_HEADER_LINE.match(text) or _SENT_TO.search(_ANY_ADDRESS.sub("", text)))

    def _led(self, run: Run) -> Iterable[Run]:
        if not run.href:
            yield run
        elif target := self.link(run.href):
            yield replace(run, text=target if run.text == run.href else run.text, href=target)
        else:
            address = run.text.strip().lower().startswith(("http://", "https://", "www."))
            yield replace(run, text=NOWHERE if address else run.text, href=GONE)

    # -- plain text

    def plain(self, text: str, *, marking: bool = False) -> str:
        """A plain text without what is not passed on; its lines stay lines. `marking`: `NOWHERE` stands where a tracker
        stood.
        """
        if self.mailing and not self.marks:
            urls = {run.href for line in text.split("\n") for run in plain_runs(line) if run.href}
            if (knowing := self._knowing(urls)).marks:
                return knowing.plain(text, marking=marking)
        out: list[str] = []
        waits = False  # for the address that belongs to a sentence that is gone
        for line in text.split("\n"):
            if not self.mailing and not URL.search(line):
                out.append(line)
                continue
            runs = list(plain_runs(line))
            only_address = all(run.href or not re.search(r"\w", run.text) for run in runs)
            if waits and only_address and line.strip():
                waits = False
                continue
            kept = "".join(run.text for run in self.line(runs))
            if NOWHERE in kept and not marking:
                kept = _EMPTY_BRACKETS.sub("", kept)
            gone = bool(re.search(r"\w", line)) and not re.search(rf"[\w{NOWHERE}]", kept)
            waits = gone and not any(run.href for run in runs) if line.strip() else waits
            if not gone:
                out.append(kept if kept == line else kept.rstrip())
        return "\n".join(out)


def _only_opt_out(words: str) -> bool:
    return bool(
        re.fullmatch(
            r"\W*(?:avanmälan|avanmäl(?: dig| mig)?(?: här)?|avsluta|avbeställ|avsäg|sluta|stop|leave|remove me)\W*",
            words,
            re.IGNORECASE,
        )
    )


def _only_points(within: Sequence[Run]) -> bool:
    """Whether a sentence is a link that only says where to press."""
    text = "".join(run.text for run in within)
    return any(run.href for run in within) and bool(_POINTS.fullmatch(text))


def _as_written(url: str, target: str) -> str:
    """The address as somebody wrote it, where only the writing differs."""
    return url if _plain(url) == _plain(target) else target


def _plain(url: str) -> str:
    return re.sub("^https?://", "", url.rstrip("/"), flags=re.IGNORECASE).casefold()


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _says(runs: Iterable[Run]) -> bool:
    return any(re.search(r"\w", run.text) for run in runs)


def _runs_of(parts: Iterable[Part]) -> Iterable[Run]:
    for part in parts:
        match part:
            case Paragraph(lines):
                yield from (run for line in lines for run in line)
            case Heading(words):
                yield from words
            case Items(items):
                yield from (run for item in items for line in item.lines for run in line)
            case Table(rows):
                yield from (run for row in rows for cell in row for run in cell)
            case Quote(blocks):
                yield from _runs_of(blocks)
            case _:
                pass


def _spoken(run: Run, told: frozenset[str]) -> Iterable[Run]:
    """A run as it can be read: of a picture that says nothing, where it leads, unless that is told elsewhere."""
    if SILENT not in run.text:
        yield run
        return
    if words := run.text.replace(SILENT, "").strip():
        yield run.saying(f"{words} ")
        return
    page = canonical(run.href)
    if is_page(page) and urlsplit(page).path.strip("/") and comparison_key(page) not in told and not is_click(page):
        yield run.saying(shortened(page))


def _items(items: Sequence[Item], line: Callable[[Sequence[Run]], tuple[Run, ...]]) -> Iterable[Item]:
    for item in items:
        kept = [runs for each in item.lines if _says(runs := line(each))]
        if kept:
            yield replace(item, lines=kept)
