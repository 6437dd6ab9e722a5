"""Mail that passes another on: that it does, and who wrote it first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bridges.mail.replies.attributions import address_in, attribution_at
from bridges.mail.replies.heads import Head, head_at, is_separator, is_sure, label_of, passes_on
from bridges.mail.replies.html import rough_lines
from bridges.mail.replies.subjects import outermost, says_forward
from bridges.mail.words import Mailbox, mailboxes

if TYPE_CHECKING:
    from bridges.mail.parse import Mail

_LINES = 3_000  # of a text that are looked through
_DEEPEST = 5  # forwards within forwards
_CLOSE = 12  # lines with text, between the head of a mail passed on and the head that it passed on in turn


def is_forward(subject: str, text: str) -> bool:
    """The outermost prefix says that it passes something on; without any, the first such head in the text does."""
    if says_forward(subject):
        return True
    if outermost(subject) not in ("", "vs", "ang"):  # "VS:" is "videresendt" in Norway, "vastaus" in Finland
        return False
    return any(passes_on(line.lstrip("> ")) for line in text.split("\n", 200)[:200] if len(line) < 300)


def forwarded_from(text: str) -> Mailbox | None:
    """Who wrote the mail that is passed on in a text; of a forward of a forward, the innermost.

    A head may name a person without an address; then the address is "".
    """
    lines = [line.lstrip("> \t\xa0") for line in text.split("\n", _LINES)[:_LINES]]
    writer: Mailbox | None = None
    position = depth = 0
    while depth < _DEEPEST and (found := _next_head(lines, position)) is not None:
        person = _person(found.fields.get("from", ""), named=depth > 0 or is_sure(found))
        if depth and not _goes_on(lines, position, found):
            break
        writer = person or writer
        position, depth = found.end, depth + 1
        if not says_forward(found.fields.get("subject", "")) and not _passed_on_below(lines, position):
            break
    return writer or _attributed(lines)


def first_author(mail: "Mail") -> Mailbox | None:
    """Who wrote what a mail passes on, in its text or as a file; None for a mail that passes nothing on."""
    from bridges.mail.parse import parse  # noqa: PLC0415  few mails hold another

    enclosed = [file for file in mail.attachments if file.content_type in ("message/rfc822", "message/global")]
    text = mail.plain or ""
    if not is_forward(mail.subject, text) and not (enclosed and not outermost(mail.subject) and not mail.report):
        lines = rough_lines(mail.html[:300_000]) if mail.html and mail.plain is None else []
        if not lines or not is_forward(mail.subject, "\n".join(lines)):
            return None
    writer = forwarded_from(text)
    if writer is None and mail.html:
        writer = forwarded_from("\n".join(rough_lines(mail.html[:300_000])))
    if writer is not None or not enclosed:
        return writer
    for _ in range(_DEEPEST):
        inner = parse(enclosed[0].content)
        writer = inner.sender or writer
        enclosed = [file for file in inner.attachments if file.content_type == "message/rfc822"]
        if not enclosed or not says_forward(inner.subject):
            deeper = forwarded_from(inner.plain or "") if says_forward(inner.subject) else None
            return deeper or writer
    return writer


def _next_head(lines: Sequence[str], position: int) -> Head | None:
    """The next head that is sure, or that stands below a separator, or whose From names an address."""
    separated = False
    for number in range(position, len(lines)):
        line = lines[number]
        if not line.strip():
            continue
        if passes_on(line) or is_separator(line):
            separated = True
            continue
        if label_of(line) is not None and (head := head_at(lines, number)) is not None and "from" in head.fields:
            first = label_of(line)
            if (
                is_sure(head)
                or separated
                or (first and first[0] == "from" and _person(head.fields["from"], named=False))
            ):
                return head
        separated = False
    return None


def _goes_on(lines: Sequence[str], position: int, found: Head) -> bool:
    """Whoever passed it on before wrote little above the next head."""
    return sum(1 for line in lines[position : found.start] if line.strip()) <= _CLOSE


def _passed_on_below(lines: Sequence[str], position: int) -> bool:
    """A line that says "passed on" before anything else of a head."""
    close = 0
    for line in lines[position : position + 60]:
        if passes_on(line):
            return True
        close += bool(line.strip())
        if close > _CLOSE or (label_of(line) or ("", ""))[0] == "from":
            return False
    return False


def _person(value: str, *, named: bool) -> Mailbox | None:
    """The person of a From field as text shows it. `named`: a name alone is taken too."""
    text = value.replace("[mailto:", "<").replace("<mailto:", "<").replace("]", ">").replace("\t", " ").strip(" *_")
    while "<<" in text:
        text = text.replace("<<", "<")
    if text.count("<") > 1:  # Outlook writes "Nils <n@a.se<mailto:n@a.se>>"
        head, _, tail = text.partition("<")
        text = f"{head}<{tail.replace('<', '>').split('>', 1)[0]}>"
    people = mailboxes(text[:1_000])
    if people:
        person = people[0]
        name = person.name.strip("'\"*_ ")
        return Mailbox("" if name.lower() == person.address else name, person.address)
    return Mailbox(" ".join(text.split()), "") if named and text and "@" not in text and len(text) <= 100 else None


def _attributed(lines: Sequence[str]) -> Mailbox | None:
    """Passed on as an answer is quoted: the line above the quote names its writer."""
    for number, line in enumerate(lines[:300]):
        if line.strip() and (count := attribution_at(lines, number)) and (text := address_in(lines, number, count)):
            address = text[: text.rfind("@")].rpartition("<")
            before = address[0].rpartition(" skrev ")[2].rpartition(", ")[2].rpartition(" PM ")[2].rpartition(" AM ")[2]
            name = "" if any(char.isdigit() for char in before) else before.strip(" ,")
            return _person(f"{name} <{text[len(address[0]) + 1 :].split('>')[0]}>" if address[1] else text, named=False)
    return None
