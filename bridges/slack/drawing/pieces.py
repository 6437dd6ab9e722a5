"""What posts are put together from: lines, links, headings and buttons that can hold whatever people wrote."""

import re
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from bridges.mail.headers import one_line
from bridges.runs import Run
from bridges.slack.drawing import limits
from bridges.slack.drawing.message import Block
from bridges.slack.words.mrkdwn_out import escape, line_mrkdwn

_LONGEST_LINK = 800  # characters: a line with a longer one could no longer say anything else
_HOST = re.compile(r"[a-z0-9._-]+(?::\d+)?|\[[0-9a-f:.]+\](?::\d+)?")
_CALLS = re.compile(r"<(?=[!@#])")


def line(text: str, limit: int = 250) -> str:
    """Words of people as one line of mrkdwn: what they wrote is shown, and means nothing to Slack."""
    return line_mrkdwn([Run(one_line(text, limit))])


def bold(text: str, limit: int = 250) -> str:
    """The same, in bold."""
    return line_mrkdwn([Run(one_line(text, limit), bold=True)])


def struck(text: str, limit: int = 250) -> str:
    """The same, struck through."""
    return line_mrkdwn([Run(one_line(text, limit), strike=True)])


def plain(text: str, limit: int) -> str:
    """Words of people where Slack reads no signs (headings, buttons). `<!` and `<@` are written otherwise all the same:
    what we send must not hold a call to everyone anywhere.
    """
    return _CALLS.sub("‹", one_line(text, limit))


def link(url: str, words: str) -> str:
    """A link in mrkdwn; its words alone when it leads nowhere that is safe to press."""
    shown = line(words).replace("|", "¦") or line(url)
    target = address(url)
    return f"<{escape(target)}|{shown}>" if 0 < len(target) <= _LONGEST_LINK else shown


def address(url: str) -> str:
    """The link as Slack takes it: in ASCII, without a sign that ends it; "" when it is no link to a page or a mail."""
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc.rpartition("@")[2].lower()
        if not host.isascii():
            name, colon, port = host.partition(":")
            host = name.encode("idna").decode("ascii") + colon + port
    except ValueError:  # UnicodeError is one too
        return ""
    if parts.scheme.lower() == "mailto" and "@" in parts.path:
        return f"mailto:{quote(parts.path, safe='@+.%-_')}"
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(host):
        return ""
    rest = quote(parts.path, safe="/%:!$&'()*+,;=~")
    rest += f"?{_quoted(parts.query)}" if parts.query else ""
    rest += f"#{_quoted(parts.fragment)}" if parts.fragment else ""
    return f"{parts.scheme.lower()}://{host}{rest}"


def _quoted(part: str) -> str:
    return quote(part, safe="/%:!$&'()*+,;=~?")


# -- blocks -------------------------------------------------------------------------------------------------------------


def header(text: str) -> Block:
    """A heading, cut where Slack would refuse it."""
    return {"type": "header", "text": _plain_text(plain(text, limits.HEADER))}


def section(mrkdwn: str) -> Block:
    """A paragraph; `verbatim`, or Slack would look for names and calls in what is no sign."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn, "verbatim": True}}


def context(*lines: str) -> Block:
    """Small lines around the text."""
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": words, "verbatim": True} for words in lines[: limits.CONTEXT_ELEMENTS]],
    }


def actions(*buttons: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def button(
    action: str, words: str, about: str, value: int | str, *, style: str = "", confirm: Block | None = None
) -> Block:
    """A button; who hears it instead of seeing it hears what it is about as well: "Kommer – Fältdag 12 maj"."""
    made: Block = {
        "type": "button",
        "action_id": action,
        "text": _plain_text(plain(words, limits.BUTTON)),
        "accessibility_label": plain(f"{words} – {about}" if about else words, limits.BUTTON),
        "value": str(value),
    }
    if style:
        made["style"] = style
    if confirm:
        made["confirm"] = confirm
    return made


def link_button(action: str, words: str, about: str, url: str) -> Block:
    """A button that opens a page; `url` is one that `address` has answered."""
    made = button(action, words, about, 0, style="primary")
    del made["value"]
    return made | {"url": url}


def confirm(title: str, text: str, yes: str, no: str, *, danger: bool = False) -> Block:
    """The question before something that many notice."""
    return {
        "title": _plain_text(plain(title, limits.CONFIRM_TITLE)),
        "text": _plain_text(plain(text, limits.CONFIRM_TEXT)),
        "confirm": _plain_text(plain(yes, limits.CONFIRM_BUTTON)),
        "deny": _plain_text(plain(no, limits.CONFIRM_BUTTON)),
        "style": "danger" if danger else "primary",
    }


def _plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}  # ":30:" in a title is a clock, not a picture


def paragraphs(lines: Sequence[str]) -> list[Block]:
    """Lines as few paragraphs as hold them; a line never breaks, for a link could break with it."""
    texts: list[str] = []
    for words in filter(None, lines):
        if texts and len(texts[-1]) + 1 + len(words) <= limits.SECTION:
            texts[-1] += f"\n{words}"
        else:
            texts.append(words)
    return [section(text) for text in texts]
