"""The record of who decided or changed what, and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Audit

#: The actor when nobody asked: the program itself.
PROGRAM = "brygga"


async def record(
    session: AsyncSession,
    actor: str,
    action: str,
    subject: str,
    via: str,
    detail: Mapping[str, Any],
    now: datetime,
) -> None:
    """Write one row, in the transaction of what it tells of.

    `actor` is an address, `member:12` or "brygga"; `action` "member.left"; `subject` "member:12"; `via` "mail", "web",
    "cli" or "slack".
    """
    session.add(Audit(at=now, actor=actor or PROGRAM, action=action, subject=subject, via=via, detail=dict(detail)))
