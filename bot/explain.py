"""What Brygga understands of a mail, and what it would do with it: the answer of `brygga explain`, without a ledger."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.checks import Disposition, Facts, Limits, Sender, Verdict, check
from bot.reading import EventReading, Reading, TipReading, Uncertain, read
from bot.reading.reading import announces
from bot.reading.sign_ups import sign_up_in
from bot.reading.texts import discretion_of, parts_of, post_words
from bot.settings import Settings
from bridges.mail import replies
from bridges.mail.addresses import Tag, tag_of, without_tokens
from bridges.mail.bounces import bounced
from bridges.mail.own import own_mail
from bridges.mail.parse import Mail, Mailbox, MailFile, parse
from bridges.mail.trust import verdict as trust_verdict
from bridges.tokens import Tokens
from storage.ids import MemberId
from storage.roster import ClusterRow
from storage.words import Intent, MemberStatus, Role

#: What explain says of one mail; ready for JSON.
Explanation = dict[str, object]

#: `disposition` is what a known member's mail would get.
_MEMBER = Sender(MemberId(0), Role.STAFF, MemberStatus.ACTIVE, first=False, items_last_hour=0)
#: What is only looked at, never shown: whatever days it mentions, it invites to nothing.
_SILENT = frozenset({"bounce", "auto_reply", "command", "loop", "duplicate"})
#: What becomes an item if nothing stops it; only for these does the kind mean anything.
_ITEMS = frozenset({"post", "hold", "duplicate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What explain knows beside the mail: the settings, where there are any, and the directory from a file."""

    address: str = "kluster@localhost"
    authserv: str = ""
    timezone: str = "Europe/Stockholm"
    topics: tuple[str, ...] = ()
    topic_words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    tokens: Tokens | None = None  # None: the settings name no secret key
    clusters: tuple[ClusterRow, ...] = ()

    @classmethod
    def of(cls, settings: Settings, clusters: Sequence[ClusterRow] = ()) -> "Circumstances":
        """The circumstances that a settings file describes."""
        secret = settings.network.secret_key
        return cls(
            address=settings.list.address,
            authserv=settings.list.trusted_authserv,
            timezone=settings.network.timezone,
            topics=tuple(settings.network.topics),
            topic_words=settings.topic_words,
            limits=Limits(settings.limits.mail_mb, settings.limits.items_per_hour),
            tokens=Tokens(secret.get_secret_value()) if secret else None,
            clusters=tuple(clusters),
        )


class Seen:
    """The Message-IDs met earlier in the same call, hashed: thousands of files in little memory."""

    def __init__(self) -> None:
        self._ids: set[bytes] = set()

    def before(self, message_id: str | None) -> bool:
        """Whether it was met before; from now on it is."""
        if message_id is None:
            return False
        key = hashlib.blake2b(message_id.encode("utf-8", "surrogatepass"), digest_size=12).digest()
        known = key in self._ids
        self._ids.add(key)
        return known


def explain(file: str, raw: bytes, around: Circumstances, seen: Seen) -> Explanation:
    """What one mail says, and what would become of it. Any bytes give an answer."""
    mail = parse(raw)
    tag = tag_of(mail, around.address)
    facts = Facts(
        sender=_MEMBER,
        trust=trust_verdict(mail, around.authserv).standing,
        own=own_mail(mail, around.tokens, around.address),
        tag=tag,
        is_answer=is_answer(mail, tag),
        seen_mail=seen.before(mail.message_id),
        limits=around.limits,
        raw=raw,
    )
    verdict = check(mail, facts)
    if verdict.disposition is Disposition.PARK:
        return nothing(file, verdict.detail or verdict.reason, mail.warnings)
    word = tag.word if tag is not None and tag.token is None else None
    reading = read(
        mail, word, around.timezone, topics=around.topics, answer=facts.is_answer, topic_words=around.topic_words
    )
    disposition, reason = _outcome(verdict, facts, reading)
    return _answer(file, disposition, reason) | _headers(mail) | _reading(mail, reading, disposition, raw, around)


def nothing(file: str, reason: str, warnings: Sequence[str] = ()) -> Explanation:
    """What is said of a file that holds no mail, or cannot be read."""
    return _answer(file, "empty", reason) | {"warnings": list(warnings)}


def is_answer(mail: Mail, tag: Tag | None) -> bool:
    """Whether a mail answers another: as the ledger would know if it had the thread. A forward refers to it and does not."""
    if tag is not None and tag.word != "bounce":
        return tag.word == "thread"
    if replies.is_forward(mail.subject, mail.plain or "") or announces(mail):
        return False
    return bool(mail.in_reply_to or mail.references or replies.is_answer(mail.subject))


def _outcome(verdict: Verdict, facts: Facts, reading: Reading) -> tuple[str, str]:
    """The checks' verdict, and what comes after it, in the words that explain promises."""
    if verdict.disposition is Disposition.ASIDE:
        detail = "" if verdict.reason == "bounce" else verdict.detail
        return verdict.reason, detail or verdict.reason
    if verdict.disposition is Disposition.HOLD:
        return "hold", verdict.reason
    if facts.tag is not None and facts.errand:
        return "rsvp" if facts.tag.word == "rsvp" else "command", facts.tag.word
    if not facts.is_answer:
        return "post", "member"
    if answer := sign_up_in(reading.text):
        return "rsvp", answer
    if not reading.text.strip() and not reading.files:
        return "empty", "empty_answer"
    return "reply", "answer" if facts.tag is None or facts.came_back else "thread"


# -- the fields, in the order that is promised -------------------------------------------------------------------------


def _answer(file: str, disposition: str, reason: str) -> Explanation:
    """Every field; those that are not known stay empty."""
    people: list[object] = []
    return {
        "file": file,
        "disposition": disposition,
        "reason": reason,
        "kind": None,
        "intent": None,
        "message_id": None,
        "in_reply_to": None,
        "forwarded_from": None,
        "from": None,
        "to": people,
        "cc": people,
        "subject": "",
        "title": "",
        "language": None,
        "text": "",
        "trimmed": "",
        "html": None,
        "attachments": [],
        "links": [],
        "events": [],
        "tips": [],
        "bounces": [],
        "warnings": [],
        "cluster": None,
    }


def _headers(mail: Mail) -> Explanation:
    return {
        "message_id": mail.message_id,
        "in_reply_to": next(iter(mail.in_reply_to), None),
        "forwarded_from": _person(writer) if (writer := replies.first_author(mail)) else None,
        "from": _person(mail.sender) if mail.sender else None,
        "to": [_person(person) for person in mail.to],
        "cc": [_person(person) for person in mail.cc],
        "subject": mail.subject,
    }


def _reading(mail: Mail, reading: Reading, disposition: str, raw: bytes, around: Circumstances) -> Explanation:
    changes = disposition == "reply" and reading.intent is not Intent.NEW
    item, tells = disposition in _ITEMS, disposition not in _SILENT
    return {
        "kind": reading.kind.value if item else None,
        "intent": reading.intent.value if item or changes else None,
        "title": reading.title,
        "language": reading.language,
        "text": without_tokens(_as_written(reading.text), around.address),
        "trimmed": without_tokens(reading.trimmed, around.address),
        "html": _clean_html(mail),
        "attachments": [_file(file) for file in mail.attachments],
        "links": list(reading.links) if tells else [],
        "events": [_event(event) for event in (reading.event, *reading.further) if event is not None and tells],
        "tips": [_tip(tip) for tip in reading.tips if tells],
        "bounces": [
            {"address": bounce.address, "permanent": bounce.permanent, "status": bounce.status}
            for bounce in bounced(mail, raw) or ()
        ],
        "warnings": list(dict.fromkeys((*mail.warnings, *reading.warnings))),
        "cluster": _cluster(mail, around.clusters),
    }


def _person(person: Mailbox) -> dict[str, str]:
    return {"name": person.name, "address": person.address}


def _file(file: MailFile) -> dict[str, object]:
    return {
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "md5": file.md5,
    }


def _tip(tip: TipReading) -> dict[str, object]:
    return {"title": tip.title, "url": tip.url or None, "deadline": tip.deadline or None}


def _event(event: EventReading) -> dict[str, object]:
    return {
        "title": event.title,
        "start": _instant(event.start, event.timezone),
        "end": _instant(event.end, event.timezone) if event.end else None,
        "all_day": event.all_day,
        "date_precision": event.date_precision.value,
        "timezone": event.timezone,
        "mode": event.mode.value if event.mode else None,
        "place": event.place or None,
        "online_url": event.online_url or None,
        "registration_url": event.registration_url or None,
        "registration_email": event.registration_email or None,
        "registration_deadline": event.registration_deadline or None,
        "organiser": event.organiser or None,
        "co_organisers": list(event.co_organisers),
        "status": event.status.value,
        "uid": event.uid or None,
        "sequence": event.sequence,
        "needs_confirmation": event.needs_confirmation,
        "uncertain": _uncertain(event.uncertain) if event.uncertain else None,
    }


def _uncertain(uncertain: Uncertain) -> dict[str, object]:
    return {"doubt": uncertain.doubt.value, "said": uncertain.said, "choices": list(uncertain.choices)}


def _instant(wall: str, timezone: str) -> str:
    """Wall time with its offset; a day stays a day."""
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(timezone)).isoformat() if "T" in wall else wall


def _as_written(text: str) -> str:
    """Neutral Markdown as the person wrote it: without its escapes, lines not broken anew."""
    from bridges.markdown import to_plain_whole  # noqa: PLC0415 - loaded when there is a mail to explain

    return to_plain_whole(text)


def _clean_html(mail: Mail) -> str | None:
    """The mail's HTML as it may be shown and passed on: no scripts, no styles, no pictures, nothing that watches."""
    if not mail.html:
        return None
    from bridges.hypertext import html_of  # noqa: PLC0415 - most mail that is explained has none
    from bridges.neutral import Ready  # noqa: PLC0415

    parts, _ = parts_of(mail.html, discretion_of(mail))
    return html_of(parts if parts is not None else [Ready(post_words(mail).plain)])


def _cluster(mail: Mail, clusters: Sequence[ClusterRow]) -> str | None:
    """The cluster that the sender's domain belongs to."""
    domain = mail.sender.address.rpartition("@")[2] if mail.sender else ""
    return next((row.slug for row in clusters if domain and domain in (row.domains or ())), None)
