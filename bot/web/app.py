"""The pages put together: which address leads where, and what wraps them all."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.house import House
from bot.web.archive import Archive
from bot.web.desk import Desk
from bot.web.digests import Digests
from bot.web.edge import Edge, page_headers
from bot.web.links import Links
from bot.web.preview import Previews
from bot.web.render import STYLE, Pages
from bot.web.sharing import SharePage
from bot.web.slack import SlackEvents
from bot.web.state import State
from bot.web.votes import Votes
from bot.web.when import WhenPage


def make_app(house: House) -> Starlette:
    """All pages of one house. GET shows, POST acts; HEAD goes with every GET; nothing needs a cookie."""
    pages = Pages(house)
    state, links, desk, archive = State(house), Links(pages), Desk(pages), Archive(pages)
    previews = Previews(pages)
    votes = Votes(pages)

    async def front(request: Request) -> Response:
        return _front(pages, request)

    async def broken(request: Request, error: Exception) -> Response:
        return _page_of(pages, request, error)

    acts = ["GET", "POST"]
    take = house.slack.take if house.slack else None
    slack = [Route("/slack/events", SlackEvents(take).post, methods=["POST"])] if take else []
    app = Starlette(
        routes=[
            Route("/", front),
            Route("/healthz", state.healthz),
            Route("/metrics", state.metrics),
            Route("/robots.txt", _robots),
            Route("/i/{id}", archive.item, methods=acts),
            Route("/d/{week}", Digests(pages).page, methods=acts),
            Route("/a/{id}/{name:path}", archive.file, methods=acts),
            Route("/unsubscribe/{token}", links.unsubscribe, methods=acts),
            Route("/undo/{token}", links.undo, methods=acts),
            Route("/mute/{token}", links.mute, methods=acts),
            Route("/desk/{token}", desk.page, methods=acts),
            Route("/preview/{token}", previews.page, methods=acts),
            Route("/when/{token}", WhenPage(pages).page, methods=acts),
            Route("/share/{token}", SharePage(pages).page, methods=acts),
            Route("/vote/{id}/{token}", votes.page, methods=acts),
            *slack,
        ],
        middleware=[
            Middleware(
                Edge,
                headers=page_headers(STYLE, https=house.settings.network.public_url.startswith("https://")),
                apology=pages.apology,
            )
        ],
        exception_handlers={HTTPException: broken},
    )
    app.router.redirect_slashes = False  # a mail client's POST must not be sent on (RFC 8058 §3.2)
    return app


def _front(pages: Pages, request: Request) -> Response:
    texts = pages.texts(request)
    return pages.say(
        texts,
        pages.house.settings.network.name,
        texts.t("The links in the network's mail lead here. Open one of them to come to the right page."),
    )


async def _robots(request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def _page_of(pages: Pages, request: Request, error: Exception) -> Response:
    status, headers = (error.status_code, error.headers or {}) if isinstance(error, HTTPException) else (500, {})
    response = pages.apology(request, status)
    response.headers.update(headers)
    return response
