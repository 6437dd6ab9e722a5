"""What each event is called: by its heading or line where there are several, else by the subject or the text."""

import re

from bot.reading.events.account import Account
from bot.reading.events.labels import Label, first
from bot.reading.events.parts import Part, title_line
from bot.reading.events.titles import title_of, welcomed_to
from bot.reading.events.told import Told


def called(account: Account, one: Told, part: Part) -> str:
    """What an event is called: by its own part, by the subject, or by what the text welcomes to."""
    own = ""
    if part.several and one.line >= 0:
        if one.field is not None:
            number = title_line(account, one)
            own = (
                title_of(account.page.lines[number].text, account.sent)
                if number < account.page.line_at(one.field.at)
                else ""
            )
        else:
            own = _line_above(account, one) or (_rest_of_line(account, one) if not _shares_line(account, one) else "")
    labelled = first(part.fields, Label.TITLE)
    subject = title_of(account.subject, account.sent)
    said = labelled.value if labelled is not None and len(labelled.value) < 160 else ""
    headings = (title_of(line.text, account.sent) for line in account.page.lines[:12] if line.heading)
    return (
        own
        or (said if part.several else "")
        or subject
        or said
        or next((heading for heading in headings if heading), "")
        or welcomed_to(account.page.text, account.sent)
        or account.subject.strip()
        or next((line.text.strip()[:160] for line in account.page.lines if re.search(r"\w", line.text)), "")
    )


def _line_above(account: Account, one: Told) -> str:
    """The heading that a line with its day stands under."""
    if not one.opens_line or one.line == 0:
        return ""
    above = account.page.lines[one.line - 1]
    if any(other.line == one.line - 1 for other in account.told) or account.page.lines[one.line].bullet or above.links:
        return ""
    short = 3 < len(above.text) <= 90 and not above.text.rstrip().endswith((":", ".", "!", "?", ","))
    return title_of(above.text, account.sent) if above.heading or short else ""


def _shares_line(account: Account, one: Told) -> bool:
    """Whether its line tells of several days in one breath, and so of one thing."""
    return any(
        other.line == one.line and other.span.day != one.span.day and other.role is one.role for other in account.told
    )


def _rest_of_line(account: Account, one: Told) -> str:
    """As in "3 november kl 9-11: Växtskydd": what stands beside the day."""
    line = account.page.lines[one.line]
    start = account.page.starts[one.line]
    before, after = line.text[: max(0, one.span.begin - start)], line.text[max(0, one.span.stop - start) :]
    rest = re.split(r"(?:[.;|]\s|\b(?:[Pp]lats|[Aa]nmäl\w*|[Ll]äs mer|OSA|[Ss]ista)\b)", after.strip(" ,.:;|–—-()"))[0]
    words = (
        rest
        if one.opens_line and len(re.sub(r"\W", "", rest)) >= 3
        else re.sub(r"\b(?:den|dag \d|på)\s*$", "", before).strip(" ,.:;|–—-(")
    )
    return title_of(words.strip(" ,.:;|–—-()"), account.sent) if len(re.sub(r"\W", "", words)) >= 3 else ""
