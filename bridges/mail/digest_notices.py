"""What editors hear of the weekly digest: it can be looked at, there is none this week, or it did not go."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from bridges.mail.saying import Matter, Said
from bridges.preview import (
    empty_words,
    goes_words,
    holiday_words,
    missed_words,
    moment_words,
    week_word,
    what_to_do,
)
from bridges.texts import Texts


def _preview(m: Matter, t: Texts) -> Said:
    week = _week(m, t)
    goes = _at(m, "goes")
    when = moment_words(goes, m.timezone, t) if goes else ""
    count = m.number("items")
    items = t.plural("It has {n} item.", "It has {n} items.", count)
    if not count:
        items = t.t("There is nothing in it yet, and if nothing comes, nothing is sent.")
    return Said(
        subject=t.t("Look at the digest of {week} before it goes", week=week),
        text=(
            " ".join(filter(None, (goes_words(when, m.number("people"), t) if when and count else "", items))),
            t.t("You can write a lead, take things out, change the order, send it now or skip it. If you do nothing, it goes."),
        ),
        link=_link(m, t.t("Look at it and change it")),
    )  # fmt: skip


def _empty(m: Matter, t: Texts) -> Said:
    week = _week(m, t)
    return Said(subject=t.t("No digest {week}", week=week), text=empty_words(week, t))


def _holiday(m: Matter, t: Texts) -> Said:
    week = _week(m, t)
    return Said(subject=t.t("No digest {week}", week=week), text=holiday_words(week, t))


def _missed(m: Matter, t: Texts) -> Said:
    week, goes, closes = _week(m, t), _at(m, "goes"), _at(m, "closes")
    if goes and closes:
        missed = missed_words(week, goes, closes, m.timezone, t)
    else:
        missed = t.t("The digest of {week} has not gone.", week=week)
    return Said(
        subject=t.t("The digest of {week} has not gone", week=week),
        text=(f"{missed} {what_to_do(t)}",),
        link=_link(m, t.t("Send it or skip it")),
    )


def _week(m: Matter, t: Texts) -> str:
    return week_word(m.text("week"), m.today, t)


def _at(m: Matter, name: str) -> datetime | None:
    return datetime.fromisoformat(m.text(name)) if m.text(name) else None


def _link(m: Matter, words: str) -> tuple[str, str] | None:
    """The editor's own link; at the desk in Slack there are buttons instead."""
    return (words, m.text("url")) if m.text("url") else None


#: The notices of the digest, by their name in Content.data.
DIGEST_NOTICES: Mapping[str, Callable[[Matter, Texts], Said]] = MappingProxyType(
    {
        "digest_preview": _preview,
        "digest_empty": _empty,
        "digest_missed": _missed,
        "digest_holiday": _holiday,
    }
)
