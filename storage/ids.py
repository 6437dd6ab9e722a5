"""The types of ids, so that an id of one world cannot land in a column of another."""

from typing import NewType

MemberId = NewType("MemberId", int)
ClusterId = NewType("ClusterId", int)
InboxId = NewType("InboxId", int)
ItemId = NewType("ItemId", int)
CommentId = NewType("CommentId", int)
HeldId = NewType("HeldId", int)
MentionId = NewType("MentionId", int)
ContentId = NewType("ContentId", int)
DeliveryId = NewType("DeliveryId", int)

#: One running `brygga run`, as the ledger knows it.
ProcessId = NewType("ProcessId", str)
#: A Message-ID with its angle brackets (RFC 5322 §3.6.4).
MessageId = NewType("MessageId", str)
#: Where a delivery goes: "mail:anna@example.se" or "slack:C0123".
Destination = NewType("Destination", str)
#: The edition of one ISO week: "2026-W48".
Week = NewType("Week", str)
