"""Who somebody in Slack is to the network: a member, or a user whom nobody has said to be one."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.checks import Disposition, Verdict
from bot.house import House
from bot.understanding import Author
from bridges.slack.directory import Person
from storage.readers import KnownSender, sender_by_slack_user
from storage.words import MemberStatus, Role


class Visitor:
    """Somebody who does something in Slack, with what the network lets them."""

    def __init__(self, user: str, person: Person | None, known: KnownSender | None, language: str) -> None:
        self.user = user
        self.guest = person is not None and (person.guest or person.external)
        self.known = known if known is not None and known.status is not MemberStatus.LEFT else None
        name = (self.known.name if self.known else "") or (person.name if person else "")
        self.author = Author(
            name=name,
            email=self.known.email if self.known else "",
            member_id=self.known.member_id if self.known else None,
            cluster_id=self.known.cluster_id if self.known else None,
            language=self.known.language if self.known else person.language if person else language,
            slack_user=user,
        )

    @property
    def is_editor(self) -> bool:
        """Whether they decide at the desk."""
        return self.known is not None and self.known.role in (Role.EDITOR, Role.ADMIN)

    def may_change(self, author_id: int | None, cluster_id: int | None) -> bool:
        """Whether an item with this author and cluster is theirs to change: their own, their cluster's, or any."""
        known = self.known
        if known is None:
            return False
        own = author_id == known.member_id
        return own or self.is_editor or (known.role is Role.STAFF and known.cluster_id == cluster_id is not None)

    def objection(self, items_per_hour: int, *, shares: bool) -> Verdict | None:
        """Why what they say waits for an editor; None when it need not. An answer only has to be a member's."""
        known = self.known
        if known is None:
            return Verdict(Disposition.HOLD, "guest" if self.guest else "unknown_user")
        if not shares:
            return None
        if known.role is Role.READER and not known.shared_before:
            return Verdict(Disposition.HOLD, "first_share")
        if known.items_last_hour >= items_per_hour:
            return Verdict(Disposition.HOLD, "too_many")
        return None


async def visitor(session: AsyncSession, house: House, user: str, person: Person | None, now: datetime) -> Visitor:
    """Whoever this user of the workspace is. Guests and people of other workspaces are never members here."""
    linked = person is None or not (person.guest or person.external)
    known = await sender_by_slack_user(session, user, now) if linked else None
    return Visitor(user, person, known, house.settings.network.locale)


def held_sender(user: str) -> str:
    """How a held post names one who shares in Slack."""
    return f"slack:{user}"
