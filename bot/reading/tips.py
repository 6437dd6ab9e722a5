"""What a tip is of: the first page that it links to, and the words that somebody wrote beside the link."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.reading.links import is_profile
from bot.reading.reading import NO_TITLE, Reading
from bridges.mail.replies import new_text
from bridges.markdown import from_plain
from bridges.urls import canonical, comparison_key, is_page, shortened
from storage.words import Kind

#: A link in neutral Markdown, alone or behind words.
_LINK = re.compile(
    r"(?P<words>\[(?:[^\[\]\\\n]|\\.)*\])\((?:<(?P<behind>https?://[^<>\s]+)>|(?P<bare>https?://[^\s()<>]+))\)"
    r"|<(?P<alone>https?://[^<>\s]+)>",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
#: Titles that say only that it is a tip.
_SAYS_TIP = re.compile(r"\W*(?:tips?|lästips|läs|länk|link)?\W*", re.IGNORECASE)
#: What stands before a signature (RFC 3676 §4.3), as neutral Markdown has it.
_SIGNATURE = re.compile(r"^\\?--$", re.MULTILINE)
#: Of a line that pointed at the link: no more than this is left of it ("Online:", "Läs mer här:").
_LABEL = 30


@dataclass(frozen=True, slots=True)
class Page:
    """The page that a tip is of."""

    url: str  # as it is opened
    key: str  # what its other addresses have in common with it


def as_tip(reading: Reading) -> Reading:
    """A tip for readers: its links lead to the pages themselves, and a title that is an address is one for people.

    Anything but a tip stays as it is.
    """
    if reading.kind is not Kind.TIP:
        return reading
    text, title = _LINK.sub(_plainly, reading.text), reading.title
    if _ADDRESS.fullmatch(title):
        first = _LINK.search(text)
        # A long address is cut where it becomes a title: the text has it whole.
        url = canonical(_target(first) if first is not None else title)
        if not first and is_page(url):
            text = "\n\n".join(filter(None, (_linked(url), text)))
        title = shortened(url)
    return replace(reading, title=title, text=text)


def page_of(reading: Reading, public_url: str) -> Page | None:
    """The first page that a tip links to and that is none of ours; None when there is none.

    Signatures link to offices: what stands in one is not what somebody found. Neither is the front page of a site that
    is named in passing: it is what a tip is of only where nothing else is said.
    """
    if reading.kind is not Kind.TIP:
        return None
    words, _ = new_text(_SIGNATURE.sub("-- ", reading.text))
    found = [_target(link) for link in _LINK.finditer(words)]
    found += [match[0] for match in _ADDRESS.finditer(reading.title)]
    for link in found:
        url = canonical(link)
        if (key := comparison_key(url)) and not _is_ours(url, public_url) and not is_profile(url):
            page = Page(url, key)
            return None if _is_front(url) and _beside(words, page) else page
    return None


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return not (parts.path.strip("/") or parts.query or parts.fragment)


def said_beside(reading: Reading, page: Page, title: str, *, by_mail: bool) -> Reading:
    """The words that somebody wrote beside the link to a page whose tip is called `title`; without a text there are
    none. Of a mail the signature is set apart, as of an answer.
    """
    text, trimmed = _beside(reading.text, page), ""
    if by_mail:
        text, trimmed = new_text(_SIGNATURE.sub("-- ", text))
    if reading.title != shortened(page.url) and _is_news(reading.title, title, text):
        text = "\n\n".join(filter(None, (from_plain(reading.title), text)))
    return replace(reading, text=text, trimmed=trimmed, event=None)


def _beside(md: str, page: Page) -> str:
    """A text without its links to the page, and without what only pointed at them."""
    lines = []
    for line in md.split("\n"):
        left = _LINK.sub(lambda link: _words(link, page), line)
        label = left.rstrip().endswith(":") and len(left) <= _LABEL
        if left == line or (not label and any(char.isalnum() for char in left)):
            lines.append(left.strip() if left != line else line)
    return "\n".join(lines).strip()


def _is_news(written: str, known: str, text: str) -> bool:
    """Whether a title says something that neither the tip nor the words below it say."""
    folded = written.casefold().strip()
    if written == NO_TITLE or _SAYS_TIP.fullmatch(written):
        return False
    return folded not in known.casefold() and from_plain(written).casefold() not in text.casefold()


def _target(link: re.Match[str]) -> str:
    return link["behind"] or link["bare"] or link["alone"] or ""


def _plainly(link: re.Match[str]) -> str:
    """The link, straight to its page."""
    if (url := canonical(_target(link))) == _target(link) or not is_page(url):
        return link[0]
    words = link["words"] or ""
    if _ADDRESS.fullmatch(words[1:-1]):  # shown as an address: it shows where it leads
        words = ""
    return f"{words}(<{url}>)" if words else f"<{url}>"


def _words(link: re.Match[str], page: Page) -> str:
    """What is left of a link to the page: its words, unless they are an address."""
    if comparison_key(_target(link)) != page.key:
        return link[0]
    words = (link["words"] or "")[1:-1]
    return "" if _ADDRESS.fullmatch(words) else words


def _linked(url: str) -> str:
    return f"<{url}>"


def is_named(title: str) -> bool:
    """Whether a title says more than that it is a tip, or where it is."""
    return title != NO_TITLE and not _SAYS_TIP.fullmatch(title) and not _ADDRESS.fullmatch(title)


def _is_ours(url: str, public_url: str) -> bool:
    if not public_url:
        return False
    ours, parts = urlsplit(canonical(public_url)), urlsplit(url)
    return parts.netloc == ours.netloc and parts.path.startswith(ours.path.rstrip("/"))
