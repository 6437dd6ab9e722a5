"""Bounces that are written for people: whom a server could not reach, told from its words in the languages of the north."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bridges.mail import bounce_phrases as phrases
from bridges.mail.delivery_status import is_address

_LONGEST = 20_000  # characters that are looked at: what a server says stands above what came back
_LONGEST_LINE = 2_000
_REACH = 12  # lines: how far below "could not be delivered to:" an address may stand

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_ALONE = re.compile(
    r"^[\W\d_]*(?:(?:failed )?(?:recipient|mottagare|address|adress|to|till|användare|user)\w{0,10}\s*(?:\(s\))?\s*:\s*)?[\W_]*$",
    re.IGNORECASE,
)
_BLOCK_TAG = re.compile(
    r"<(?:/?(?:p|div|tr|li|table|h[1-6]|ul|ol|blockquote|pre)\b[^<>]{0,2000}|br[^<>]{0,200})>", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a server's words tell."""

    failed: tuple[tuple[str, str], ...]  # address and the words about it
    tries_on: bool
    sure: bool  # an address stands where servers put it


def lines_of_html(html: str) -> str:
    """HTML with its blocks as lines, for what else strips the tags."""
    return _BLOCK_TAG.sub("\n", html)


def is_bounce_subject(subject: str) -> bool:
    """Whether a subject begins as those of servers do."""
    return phrases.server_subject(subject[:300]) is not None


def speaks_of_failure(text: str) -> bool:
    """Whether a text says that something was not delivered, or not yet."""
    return phrases.failed(text[:_LONGEST]) is not None


def opens_as_a_server(text: str) -> bool:
    """Whether a text begins with mail that did not arrive, and not with a person's words."""
    lines = [line.strip() for line in text[:_LONGEST].split("\n", 40)[:40] if re.search(r"\w", line)]
    top = " ".join(lines[:8])[:600]
    return bool(lines) and not phrases.greeting(lines[0]) and speaks_of_failure(top) and bool(phrases.of_mail(top))


def greets(text: str) -> bool:
    """Whether a text begins as people's do."""
    return phrases.greeting(text.lstrip()[:200]) is not None


def before_original(text: str) -> str:
    """The server's own words: what stands above the letter that came back."""
    kept: list[str] = []
    has_said = False
    for line in text[:_LONGEST].split("\n"):
        if has_said and phrases.original(line[:_LONGEST_LINE]):
            break
        has_said = has_said or speaks_of_failure(line)
        kept.append(line[:_LONGEST_LINE])
    return "\n".join(kept)


def tries_on(words: str) -> bool:
    """Whether the server goes on trying."""
    return phrases.tries_on(words) is not None and phrases.gave_up(words) is None


def told(words: str, ours: frozenset[str]) -> Told:
    """Whom the server could not reach. `ours`: addresses that the mail itself is from or to, which are never meant."""
    lines = words.split("\n")
    found = list(_candidates(lines, ours))
    best = max((weight for _, _, weight in found), default=0)
    chosen: dict[str, int] = {}
    for address, line, weight in found:
        if weight == best:
            chosen.setdefault(address, line)
    if best < 2 and len(chosen) > 1:
        chosen = {}  # names in passing: nobody can tell who is meant
    return Told(tuple(_regions(lines, chosen).items()), tries_on(words), sure=best >= 2)


def regions(words: str, addresses: frozenset[str]) -> dict[str, str]:
    """The words about each of these addresses; those that are not in the text are left out."""
    lines = words.split("\n")
    at: dict[str, int] = {}
    for number, line in enumerate(lines):
        for match in _ADDRESS.finditer(line):
            if (address := match[0].strip(".'").lower()) in addresses:
                at.setdefault(address, number)
    return _regions(lines, at)


def _regions(lines: list[str], at: dict[str, int]) -> dict[str, str]:
    """From each address's line to the next address; everything when it is the only one."""
    if len(at) == 1:
        return dict.fromkeys(at, "\n".join(lines))
    ends = dict(pairwise([*sorted(set(at.values())), len(lines)]))
    return {address: "\n".join(lines[line : ends[line]]) for address, line in at.items()}


def _candidates(lines: list[str], ours: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Every address, its line, and how surely it is meant: 3 alone below the failure, 2 in the same sentence, 1 else."""
    failed_at = -_REACH - 1
    for number, line in enumerate(lines):
        if says_so := phrases.failed(line):
            failed_at = number
        if "@" not in line or phrases.about_others(line):
            continue
        for match in _ADDRESS.finditer(line):
            address = match[0].strip(".'").lower()
            if address in ours or not is_address(address) or _server_address(address):
                continue
            near = number - failed_at <= _REACH or any(
                phrases.failed(ahead) for ahead in lines[number + 1 : number + 4]
            )
            if near and _ALONE.match(line[: match.start()]):
                yield address, number, 3
            else:
                yield address, number, 2 if says_so or (near and number - failed_at <= 1) else 1


def _server_address(address: str) -> bool:
    return re.match(r"(?:mailer-daemon|postmaster|abuse|helpdesk|noreply|no-reply)@|imceaex-", address) is not None
