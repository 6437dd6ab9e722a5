"""Pages are made here: one look, the reader's language, and everything from people escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.house import House
from bridges.markdown import to_html
from bridges.texts import LANGUAGES, Texts

_TEMPLATES = Path(__file__).parent / "templates"

#: The one style block of every page; its hash is in the Content-Security-Policy.
STYLE = (_TEMPLATES / "style.css").read_text(encoding="utf-8").strip()


@dataclass(frozen=True, slots=True)
class Button:
    """One thing that a page lets its reader do: it posts `name=value` to the page's own address."""

    label: str
    name: str
    value: str
    look: Literal["main", "plain", "danger"] = "main"


class Pages:
    """What all pages share: the house, the templates and the texts."""

    def __init__(self, house: House) -> None:
        self.house = house

    def texts(self, request: Request, language: str | None = None) -> Texts:
        """The reader's language: the member's, else the browser's, else the network's."""
        if language in LANGUAGES:
            return _texts(language)
        accepted = request.headers.get("accept-language", "")
        return _texts(accepted_language(accepted) or self.house.settings.network.locale)

    def show(self, template: str, texts: Texts, *, title: str, status: int = 200, **words: object) -> Response:
        """A page from a template."""
        page = _templates().get_template(template)
        frame = {"style": Markup(STYLE), "network": self.house.settings.network.name}  # noqa: S704  our own file
        html = page.render(title=title, t=texts.t, plural=texts.plural, lang=texts.lang, **frame, **words)
        return HTMLResponse(html, status_code=status, headers={"Content-Language": texts.lang})

    def say(
        self,
        texts: Texts,
        title: str,
        *paragraphs: str,
        buttons: Sequence[Button] = (),
        status: int = 200,
    ) -> Response:
        """A page that says one thing, and perhaps offers a button."""
        return self.show("say.html", texts, title=title, paragraphs=paragraphs, buttons=buttons, status=status)

    def dead_link(self, request: Request) -> Response:
        """The token is forged, of another purpose, or past its day: all look the same."""
        texts = self.texts(request)
        return self.say(
            texts,
            texts.t("This link does not work"),
            texts.t("It is too old, or a part of it is missing."),
            texts.t("Open it again from the mail it came in."),
            status=404,
        )

    def apology(self, request: Request, status: int) -> Response:
        """A page for what went wrong, in words for a person."""
        texts = self.texts(request)
        title, *paragraphs = _apologies(texts).get(status) or _apologies(texts)[400]
        response = self.say(texts, title, *paragraphs, status=status)
        if status == 503:
            response.headers["Retry-After"] = "30"
        return response


def _apologies(texts: Texts) -> dict[int, tuple[str, ...]]:
    t = texts.t
    return {
        400: (t("That could not be understood"), t("Go back, and press the button on the page again.")),
        404: (t("There is no such page"), t("The address may have been cut off. Open the link again from the mail.")),
        405: (t("That cannot be done here"), t("Open the link again from the mail.")),
        408: (t("That took too long"), t("Nothing has been changed. Go back and try again.")),
        413: (t("That is too much"), t("Nothing has been changed. Send long texts by mail instead.")),
        500: (t("Something broke here"), t("The fault is ours, and it has been noted. Try again in a while.")),
        503: (
            t("We cannot answer just now"),
            t("The database does not answer, and nothing has been changed. Try again in a minute."),
        ),
    }


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _texts(language: str) -> Texts:
    return Texts(language)


def accepted_language(header: str) -> str | None:
    """The first of our languages by a browser's wishes (RFC 9110 §12.5.4); None when it wishes for neither."""
    wishes: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            wishes.append((_weight(parameters), language))
    best = max(wishes, key=lambda wish: wish[0], default=(0.0, ""))
    return best[1] if best[0] > 0 else None


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def text_html(md: str) -> Markup:
    """People's Markdown as HTML for a page; `to_html` lets nothing unsafe through."""
    return Markup(to_html(md, styled=False))  # noqa: S704


def masked(address: str) -> str:
    """An address that its owner knows again and a stranger, to whom the link was forwarded, does not learn."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
