"""Where mail comes from and goes to: what is needed to log in at an IMAP and an SMTP server."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

#: Fetches a fresh OAuth access token (XOAUTH2).
AccessToken = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer:
    """The mailbox that the list address delivers to."""

    host: str
    port: int
    tls: bool
    user: str
    password: str
    mailbox: str = "INBOX"
    ca_file: Path | None = None
    token: AccessToken | None = None

    @property
    def name(self) -> str:
        """What the cursor of this mailbox is kept under; holds no secret."""
        return f"{self.user}@{self.host}:{self.port}/{self.mailbox}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """The server that letters leave by."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str = ""
    password: str = ""
    ca_file: Path | None = None
    token: AccessToken | None = None
