"""The question to the sender of an event whose day or hour is in doubt, in words: in mail, in Slack and on its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bridges.mail.headers import one_line
from bridges.texts import Texts
from storage.words import Doubt, Precision

_LONGEST = 120  # characters of what was written


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichDay:
    """What is asked."""

    doubt: Doubt
    said: str  # the words as they stood
    choices: tuple[str, ...]  # days or wall times
    known: str = ""  # the start that the item says meanwhile; "" = no day
    precision: Precision = Precision.TIME

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> "WhichDay":
        """As a notice keeps it."""
        return cls(
            doubt=Doubt(params.get("doubt") or Doubt.SEVERAL),
            said=str(params.get("said") or ""),
            choices=tuple(str(choice) for choice in params.get("choices") or ()),
            known=str(params.get("known") or ""),
            precision=Precision(params.get("precision") or Precision.TIME),
        )

    @property
    def params(self) -> dict[str, Any]:
        """The same, ready for JSON."""
        return {
            "doubt": self.doubt.value,
            "said": self.said,
            "choices": list(self.choices),
            "known": self.known,
            "precision": self.precision.value,
        }


def asks(which: WhichDay, today: date, t: Texts) -> str:
    """The question: what was written, why it is not certain, and what is asked."""
    said = one_line(which.said, _LONGEST)
    wrote = t.t('You wrote "{said}".', said=said) if said else ""
    match which.doubt:
        case Doubt.WEEKDAY if which.choices and said:
            day = date.fromisoformat(which.choices[0][:10])
            wrote = t.t(
                'You wrote "{said}", but {day} is a {weekday}.', said=said, day=t.month_day(day), weekday=t.weekday(day)
            )
        case Doubt.PAST if said:
            wrote = t.t('You wrote "{said}", and that day has been.', said=said)
        case Doubt.YEAR if said:
            wrote = t.t('You wrote "{said}", without a year.', said=said)
        case Doubt.CLOCK:
            return f"{wrote} {t.t('Which time do you mean?')}".strip()
        case Doubt.WEEK:
            return f"{wrote} {t.t('Which day is it?')}".strip()
    return f"{wrote} {t.t('Which day do you mean?')}".strip()


def until_then(which: WhichDay, today: date, t: Texts) -> str:
    """What readers see until it is answered."""
    if not which.known:
        return t.t("Until you answer, the post gives no day, only your own words, and no calendar file goes with it.")
    day = date.fromisoformat(which.known[:10])
    when = t.week(day, today) if which.precision is Precision.WEEK else t.day(day, today)
    return t.t("Until you answer, the post says {when}, and no calendar file goes with it.", when=when)


def labels(choices: Sequence[str], today: date, t: Texts) -> list[str]:
    """What each choice is called: its day, with the hour where that is what tells them apart."""
    one_day = len({choice[:10] for choice in choices}) < len(choices)
    return [label(choice, today, t, clock=one_day) for choice in choices]


def label(choice: str, today: date, t: Texts, *, clock: bool = True) -> str:
    """Such as "tis 20 okt kl. 13.00"."""
    moment = datetime.fromisoformat(choice)
    day = t.day(moment.date(), today)
    return f"{day} {t.clock(moment.time())}" if clock and "T" in choice else day
