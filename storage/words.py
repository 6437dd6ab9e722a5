"""The words that rows are written in: kinds, roles, modes and states, as people read them in the database."""

from enum import StrEnum


class ClusterType(StrEnum):
    """What an organisation in the network is."""

    CLUSTER = "cluster"
    AREA = "area"  # a region that takes part without a cluster


class Role(StrEnum):
    """What a member may do; each role may do what those before it may."""

    READER = "reader"  # comment, sign up, tip, ask; a share is held the first time
    STAFF = "staff"  # share, pass on, edit and withdraw their cluster's items
    EDITOR = "editor"  # the desk, the digest, any item
    ADMIN = "admin"  # members, clusters, sources, settings


class Mode(StrEnum):
    """How a member takes what is shared."""

    EACH = "each"  # every item by mail, and the digest
    DIGEST = "digest"  # weekly only
    MINE = "mine"  # threads I follow, and the digest
    NONE = "none"  # paused, optionally until a date


class MemberStatus(StrEnum):
    """Whether a member takes part."""

    ACTIVE = "active"
    LEFT = "left"  # left by themselves: one click, a mail or the command line
    SUSPENDED = "suspended"  # the address does not work


class Kind(StrEnum):
    """What sort of thing an item is."""

    INVITATION = "invitation"
    NEWSLETTER = "newsletter"
    TIP = "tip"
    QUESTION = "question"


class Intent(StrEnum):
    """What a mail wants with its item."""

    NEW = "new"
    UPDATE = "update"
    CANCELLATION = "cancellation"
    REMINDER = "reminder"
    SAVE_THE_DATE = "save_the_date"
    DATE_POLL = "date_poll"
    RECORDING = "recording"


class Audience(StrEnum):
    """Whom an item is for."""

    ALL = "all"
    CLUSTERS = "clusters"  # not areas
    AREAS = "areas"


class ItemStatus(StrEnum):
    """Where an item stands."""

    PUBLISHED = "published"
    UNDONE = "undone"  # taken back within the undo window: nobody received it
    WITHDRAWN = "withdrawn"  # taken back after it went out


class Precision(StrEnum):
    """How exactly an event's start is known; what is not known is never invented."""

    TIME = "time"
    DAY = "day"
    WEEK = "week"


class Doubt(StrEnum):
    """Why an event's day or hour is not certain: its sender is asked, and until then it says only what is known."""

    WEEKDAY = "weekday"  # "torsdag 20 oktober", which is a Tuesday
    NEAR = "near"  # "nästa onsdag": this week's or the next?
    WEEK = "week"  # a week alone: "v. 47"
    YEAR = "year"  # no year is said, and no near one fits
    PAST = "past"  # it has been already
    CLOCK = "clock"  # an hour that can be read in two ways
    SEVERAL = "several"  # days that contradict each other, or between which readers are to choose


class Attendance(StrEnum):
    """How people meet."""

    ONSITE = "onsite"
    ONLINE = "online"
    HYBRID = "hybrid"


class Answer(StrEnum):
    """What a member says to an event."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


class EventStatus(StrEnum):
    """Whether an event will take place as said."""

    CONFIRMED = "confirmed"
    MOVED = "moved"
    CANCELLED = "cancelled"


class InboxState(StrEnum):
    """What became of something that came in."""

    NEW = "new"  # stored, not yet understood
    DONE = "done"  # became an item, a comment or a decision
    HELD = "held"  # waits for an editor
    ASIDE = "aside"  # set aside for good: a loop, a duplicate, an auto-reply, a bounce
    PARKED = "parked"  # could not be understood; kept for a person, can be run again


class HeldState(StrEnum):
    """What editors decided about a held post."""

    WAITING = "waiting"
    RELEASED = "released"
    MERGED = "merged"  # it tells of an event that there was an item of
    REJECTED = "rejected"


class ContentKind(StrEnum):
    """What sort of thing is said to somebody."""

    ITEM = "item"
    COMMENT = "comment"
    RECEIPT = "receipt"  # to the sender: what happened to your mail
    DESK = "desk"  # to the editors: decide
    NOTICE = "notice"  # to one person: an answer, a link, a question
    DIGEST = "digest"
    EDIT = "edit"  # of a post in Slack: show the item, or the decision, as it stands now


class DeliveryState(StrEnum):
    """Where one delivery stands."""

    QUEUED = "queued"
    SENDING = "sending"  # claimed by a process
    SENT = "sent"
    PARKED = "parked"  # given up; a person can retry or drop it
    DROPPED = "dropped"  # not to be sent: undone, withdrawn, or dropped by a person


class Section(StrEnum):
    """Where an item stands in the digest, in the digest's order."""

    DEADLINES = "deadlines"  # the last day to answer is near
    THIS_WEEK = "this_week"
    LATER = "later"
    CHANGED = "changed"  # moved, cancelled, or otherwise not as an earlier edition said
    HORIZON = "horizon"  # tips, by the readers' votes
    NEWSLETTERS = "newsletters"
    QUESTIONS = "questions"
    RECORDINGS = "recordings"


class DigestState(StrEnum):
    """Where the edition of a week stands."""

    DRAFT = "draft"  # chosen and shown to the editors
    SENT = "sent"  # in the outbox, for everybody who gets it
    SKIPPED = "skipped"  # an editor said so, or the week is a holiday
    EMPTY = "empty"  # there was nothing to say
    MISSED = "missed"  # its day went by; the editors are asked
