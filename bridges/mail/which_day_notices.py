"""What the sender of an event in doubt hears: which day it is asked, and that the answer is noted."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bridges.mail.saying import Matter, Said
from bridges.texts import Texts
from bridges.which_day import WhichDay, asks, label, labels, until_then


def _which_day(m: Matter, t: Texts) -> Said:
    which = WhichDay.of(m.params)
    names = labels(which.choices, m.today, t)
    numbered = "\n".join(f"{number}. {name}" for number, name in enumerate(names, 1))
    return Said(
        subject=t.t("When is it? {title}", title=m.title(t)),
        text=tuple(filter(None, (asks(which, m.today, t), numbered, _how(which, t), until_then(which, m.today, t)))),
        choices=tuple(names),
    )


def _how(which: WhichDay, t: Texts) -> str:
    if which.choices:
        return t.t("Press the right one, or answer this mail with its number or with another day.")
    return t.t('Press the button, or answer this mail with the day and the time, such as "Thu 19 Nov 13:00".')


def _settled(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("Noted: {title}", title=m.title(t)),
        text=(settled_words(m.title(t), m.text("answer"), m, t),),
    )


def settled_words(title: str, answer: str, m: Matter, t: Texts) -> str:
    """That it is known now, and who hears of it."""
    when = label(answer, m.today, t) if answer else ""
    noted = (
        t.t('"{title}" is on {when}.', title=title, when=when) if when else t.t('"{title}" is as you say.', title=title)
    )
    return f"{noted} {t.t('The post says so now, and those who already have it are told.')}"


def _unclear(m: Matter, t: Texts) -> Said:
    which = WhichDay.of(m.params)
    names = labels(which.choices, m.today, t)
    numbered = "\n".join(f"{number}. {name}" for number, name in enumerate(names, 1))
    no_day = t.t("No day could be read in your answer, so nothing has been changed.")
    return Said(
        subject=t.t("When is it? {title}", title=m.title(t)),
        text=tuple(filter(None, (no_day, asks(which, m.today, t), numbered, _how(which, t)))),
        choices=tuple(names),
    )


#: By their names in Content.data.
WHICH_DAY_NOTICES: Mapping[str, Callable[[Matter, Texts], Said]] = MappingProxyType(
    {"which_day": _which_day, "which_day_settled": _settled, "which_day_unclear": _unclear}
)
