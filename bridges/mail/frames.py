"""The frames of letters in HTML, which Outlook can show: made of MJML once, filled for each letter."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

TEMPLATES = Path(__file__).parent / "templates"


@cache
def html_template(name: str) -> Template:
    """The frame of one sort of letter. What people wrote is escaped as it is filled in."""
    # MJML is made into HTML first and filled after: so its compiler never sees what people wrote.
    from mjml import mjml2html  # noqa: PLC0415  late: only who sends letters needs it

    looks = (TEMPLATES / "looks.mjml").read_text("utf-8")
    frame = (TEMPLATES / name).read_text("utf-8").replace("<!-- looks -->", looks)
    # No fonts: it would fetch them from Google, who would learn who reads what.
    return _environment().from_string(mjml2html(frame, disable_comments=False, fonts={}))


@cache
def html_piece(name: str) -> Template:
    """A piece of a letter that stands in it many times, in HTML as it goes out."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(TEMPLATES)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
