"""The closed door of pages for members: it asks for an address, and mails the link there if it is a member's."""

import asyncio
import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from bot.metrics import count_action
from bot.web.edge import form_of
from bot.web.render import Pages
from bridges.texts import Texts

#: Seconds that asking for a link takes at least: a member's address is answered no slower than a stranger's.
_ASKING = 0.3


def ask(pages: Pages, texts: Texts, address: str = "", error: str = "") -> Response:
    """The page with the field for an address."""
    title = texts.t("This page is for members")
    status = 400 if error else 200
    return pages.show("ask.html", texts, title=title, address=address, error=error, status=status)


async def mail_link(pages: Pages, request: Request, send: Callable[[str], Awaitable[None]]) -> Response:
    """The same answer to everybody, and as slowly: who is a member, and which pages there are, stays unsaid.

    `send`: mails the link to an address, when it is a member's.
    """
    texts = pages.texts(request)
    t = texts.t
    address = (await form_of(request)).get("address", "").strip()
    if not _looks_like_address(address):
        return ask(pages, texts, address, t("That does not look like a mail address."))
    await asyncio.gather(send(address), asyncio.sleep(_ASKING))
    count_action("ask_for_link", "web")
    return pages.say(
        texts,
        t("Look in your inbox"),
        t("If {address} belongs to a member, a mail with a link comes within some minutes.", address=address),
        t("Nothing came? Look among the junk mail, or try the address that the network's mail comes to."),
    )


def _looks_like_address(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(at and local and "." in domain.strip(".") and len(text) <= 254 and not re.search(r"[\s<>,;\x00]", text))
