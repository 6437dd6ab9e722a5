"""What stands in a letter, and the two faces of it: HTML that Outlook can show, and plain text that says the same."""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from bridges.mail.frames import TEMPLATES, html_template
from bridges.markdown import to_html, to_plain


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    label: str
    url: str
    quiet: bool = False  # in plain text its words alone: the address stands near by, once for many

    @property
    def spoken(self) -> str:
        """In plain text: the address alone when the words already are it."""
        if self.quiet:
            return self.label
        target = self.url.removeprefix("mailto:")
        return target if target == self.label else f"{self.label}: {target}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: words, and perhaps a link after them, and words after that."""

    text: str
    link: Link | None = None
    after: str = ""

    @property
    def spoken(self) -> str:
        """In plain text."""
        return " ".join(filter(None, (self.text, self.link.spoken if self.link else "", self.after)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A letter from its first line to its last; every kind of letter is one."""

    lang: str
    subject: str
    preview: str = ""  # what mail programs show beside the subject
    lead: tuple[Line, ...] = ()  # who reads an answer
    flag: str = ""  # "Inställt", "Flyttat", "Påminnelse"
    flag_tone: str = "wheat"  # rust: cancelled
    kicker: str = ""  # kind · cluster
    heading: str = ""
    facts: tuple[Line, ...] = ()  # when · where
    deadline: str = ""
    pressing: bool = False  # the deadline is near
    told: tuple[Line, ...] = ()  # what it tells of beside its own; the first line says so
    buttons: tuple[Link, ...] = ()  # before the text; the first is the main one
    body: str = ""  # neutral Markdown
    body_lang: str = ""
    choices: tuple[Link, ...] = ()  # buttons after the text; one alone is the main one
    notes: tuple[Line, ...] = ()  # topics, files, author
    foot: tuple[Line, ...] = ()  # why you get this
    ways: tuple[Link, ...] = ()  # read on the web, leave


def as_html(sheet: Sheet) -> str:
    """The letter as HTML of one column, with tables for its layout only and its looks on each element."""
    return html_template("letter.mjml").render(sheet=sheet, body=Markup(to_html(sheet.body)))  # noqa: S704  to_html escapes


def as_plain(sheet: Sheet) -> str:
    """The letter as plain text, the same things in the same order."""
    return _plain_template().render(sheet=sheet, body=to_plain(sheet.body)).strip("\n") + "\n"


@cache
def _plain_template() -> Template:
    loader = FileSystemLoader(TEMPLATES)
    plain = Environment(
        loader=loader,
        autoescape=False,  # noqa: S701  plain text has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return plain.get_template("letter.txt")
