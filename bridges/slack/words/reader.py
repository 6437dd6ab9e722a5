"""What Slack's ids and times stand for, as words: people, channels, groups, calls to everybody, and when it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bridges.runs import Run
from bridges.texts import Texts

_ZONE = "Europe/Stockholm"
_TOKEN = re.compile(r"\{(\w+)\}")
_LONG_AGO = date(1, 1, 1)  # no year is "this one" in a message that is read whenever


@dataclass(frozen=True, slots=True)
class Names:
    """The names of those that a message mentions, by their ids. Whoever is missing is somebody."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a message is read for: the names they see, in their language and time zone."""

    names: Names
    t: Texts
    zone: ZoneInfo

    @classmethod
    def of(cls, names: Names, zone: str, lang: str) -> "Reader":
        try:
            where = ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            where = ZoneInfo(_ZONE)
        return cls(names, Texts(lang), where)

    def person(self, user_id: str, label: str = "") -> str:
        return _sign("@", self.names.people.get(user_id, ""), label) or f"@{self.t('someone')}"

    def channel(self, channel_id: str, label: str = "") -> str:
        return _sign("#", self.names.channels.get(channel_id, ""), label) or self.t("a channel")

    def group(self, group_id: str, label: str = "") -> str:
        return _sign("@", self.names.groups.get(group_id, ""), label) or self.t("a group")

    def everybody(self, how: str) -> str:
        """@channel, @here, @everyone: as a word, which calls nobody where this is read."""
        return _sign("@", how, "")

    def time(self, stamp: object, form: str, fallback: str, href: str = "") -> Run:
        """A moment, in the form that its writer chose (Slack: "Formatting text for app surfaces", date tokens)."""
        try:
            moment = datetime.fromtimestamp(int(float(str(stamp))), UTC).astimezone(self.zone)
        except (ValueError, OverflowError, OSError):
            return Run(fallback or form, href=href)
        unknown = [name for name in _TOKEN.findall(form) if not self._moment(name, moment)]
        if unknown or not form:
            return Run(fallback or self._moment("date", moment), href=href)
        out, position = [], 0
        for found in _TOKEN.finditer(form):
            before = form[position : found.start()]
            words = self._moment(found[1], moment)
            if re.search(r"\bkl\.?\s*$", before):
                words = words.removeprefix("kl. ")  # the writer says it
            out += [before, words]
            position = found.end()
        return Run("".join([*out, form[position:]]), href=href)

    def _moment(self, token: str, moment: datetime) -> str:
        """One part of a moment; "" for what Slack may have added since."""
        day, clock = self.t.day(moment.date(), _LONG_AGO), self.t.clock(moment.time())
        match token.removesuffix("_pretty"):
            case "date" | "date_short" | "date_long" | "date_long_full" | "date_slash" | "day_divider":
                return day
            case "date_num":
                return moment.date().isoformat()
            case "time" | "time_secs":
                return clock
            case "ago":
                return f"{day} {clock}"
        return ""


def _sign(sign: str, name: str, label: str) -> str:
    """A name in one line with its sign; "" for none."""
    words = " ".join(name.split()) or " ".join(label.split())
    return f"{sign}{words.removeprefix(sign)}" if words else ""
