"""What a check found: a line with its sign, what it means, and what to do about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import Message
from enum import StrEnum
from pathlib import Path

from bot.clock import Clock
from bot.settings import Settings
from bridges.texts import Texts


class Mark(StrEnum):
    """How it stands with one thing."""

    GOOD = "ok"
    DOUBT = "warning"  # works, or works for now; worth a look
    BAD = "missing"  # Brygga cannot do its work without it


#: The sign at the head of a line.
SIGNS = {Mark.GOOD: "✓", Mark.DOUBT: "!", Mark.BAD: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer."""

    check: str  # a stable name for scripts: "imap.login"
    mark: Mark
    says: str  # what was found, in a sentence
    do: str = ""  # the one thing to do; "" = nothing


class Report:
    """Takes the findings as they come and tells each at once."""

    def __init__(self, tell: Callable[[Finding], None] = lambda finding: None) -> None:
        self._tell = tell
        self._findings: list[Finding] = []

    def good(self, check: str, says: str) -> None:
        """It works."""
        self._add(Finding(check, Mark.GOOD, says))

    def doubt(self, check: str, says: str, do: str = "") -> None:
        """It works, or may work; somebody should look."""
        self._add(Finding(check, Mark.DOUBT, says, do))

    def bad(self, check: str, says: str, do: str = "") -> None:
        """It does not work, and must."""
        self._add(Finding(check, Mark.BAD, says, do))

    @property
    def findings(self) -> Sequence[Finding]:
        """All lines so far, in order."""
        return tuple(self._findings)

    def count(self, mark: Mark) -> int:
        """How many lines carry this sign."""
        return sum(finding.mark is mark for finding in self._findings)

    def _add(self, finding: Finding) -> None:
        self._findings.append(finding)
        self._tell(finding)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds."""

    answer: float = 10  # for a server to take a connection, and for each thing it is asked
    letter: float = 30  # for a letter to come back
    dns: float = 3  # for one question


@dataclass(slots=True)
class Learned:
    """What one step finds out that a later one needs."""

    imap: bool = False  # the mailbox was opened
    smtp: bool = False  # the server lets us send
    letter: Message | None = None  # the head of a letter that came back


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What every step is handed."""

    settings: Settings
    path: Path  # of the settings file, whether or not it is there
    t: Texts
    now: Clock
    report: Report
    patience: Patience = Patience()
    dns_server: tuple[str, int] | None = None  # None: the machine's own resolvers
    send_letter: bool = True
    learned: Learned = field(default_factory=Learned)
