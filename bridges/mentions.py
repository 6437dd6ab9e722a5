"""What a letter tells of beside its own, as cards, letters and pages list it: "tors 12 nov kl. 09.00 Titel · plats"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bridges.mail.headers import one_line
from bridges.occasions import headline, is_past, status_word, where
from bridges.texts import Texts
from storage.ids import ItemId, MentionId
from storage.mentions import Told
from storage.words import Attendance, EventStatus, Kind, Precision

_LONGEST_TITLE, _LONGEST_PLACE = 150, 80  # characters; the page of the letter has them whole


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionView:
    """An event or a page that an item tells of; the fields mean what they mean in `storage.models.Mention`."""

    id: MentionId
    kind: Kind
    title: str
    start: str = ""
    end: str | None = None
    timezone: str = "Europe/Stockholm"
    precision: Precision = Precision.TIME
    mode: Attendance | None = None
    place: str = ""
    online_url: str = ""
    registration_url: str = ""
    registration_email: str = ""
    registration_deadline: str = ""
    status: EventStatus = EventStatus.CONFIRMED
    url: str = ""
    shared_as: ItemId | None = None  # an item that stands

    def is_open(self, today: date) -> bool:
        """Whether it can be shared: nobody has, and it is still to come."""
        off = self.status is EventStatus.CANCELLED
        return self.shared_as is None and not off and not (self.start and is_past(self, today))


def views_of(told: Iterable[Told]) -> tuple[MentionView, ...]:
    """What an item tells of, for those who show it."""
    return tuple(
        MentionView(
            id=one.mention.id,
            kind=one.mention.kind,
            title=one.mention.title,
            start=one.mention.start,
            end=one.mention.end,
            timezone=one.mention.timezone,
            precision=one.mention.precision,
            mode=one.mention.mode,
            place=one.mention.place,
            online_url=one.mention.online_url,
            registration_url=one.mention.registration_url,
            registration_email=one.mention.registration_email,
            registration_deadline=one.mention.registration_deadline,
            status=one.mention.status,
            url=one.mention.url,
            shared_as=one.shared_as,
        )
        for one in told
    )


def heading(kind: Kind, t: Texts) -> str:
    """What stands above the rows."""
    return t.t("In the letter:") if kind is Kind.NEWSLETTER else t.t("It tells of more:")


def title_of(view: MentionView, t: Texts) -> str:
    """The title, with what must be known before it: "Inställt: Fältdag"."""
    title = one_line(view.title, _LONGEST_TITLE) or t.t("(no subject)")
    return headline(status_word(view.status, t), title)


def when_of(view: MentionView, today: date, t: Texts) -> str:
    """When it is, no more exactly than it is certain; "" of a page, and where no day is."""
    return t.when(view, today) if view.start else ""


def where_of(view: MentionView, t: Texts) -> str:
    """The place, and that it is online; that a page is one."""
    return t.t("Tip") if view.kind is Kind.TIP else one_line(where(view, t), _LONGEST_PLACE)


def row_of(view: MentionView, today: date, t: Texts) -> str:
    """The whole row in words."""
    first = " ".join(filter(None, (when_of(view, today, t), title_of(view, t))))
    return " · ".join(filter(None, (first, where_of(view, t))))


def first_rows(views: Sequence[MentionView], most: int) -> tuple[Sequence[MentionView], int]:
    """As many as find room, and how many are left."""
    return views[:most], max(0, len(views) - most)


def more_words(more: int, t: Texts) -> str:
    """Such as "… och 3 till"."""
    return t.plural("… and {n} more", "… and {n} more", more)


def sharing_words(views: Iterable[MentionView], kind: Kind, t: Texts) -> str:
    """What one does with them: "Dela en träff ur brevet"."""
    if any(view.kind is Kind.TIP for view in views):
        return t.t("Share something from the letter")
    return t.t("Share an event from the letter") if kind is Kind.NEWSLETTER else t.t("Share one of the events")
