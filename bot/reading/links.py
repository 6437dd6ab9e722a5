"""The links of a text: where they lead, each once, and none that watches or acts for one reader."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.reading.sections import LINK, bare, target
from bridges.urls import canonical, comparison_key, is_page

if TYPE_CHECKING:
    from bridges.discretion import Discretion

#: More links than this are a catalogue.
MOST_LINKS = 1_000

_HOSTS = (
    r"(?:facebook|instagram|linkedin|twitter|x|youtube|threads|tiktok|pinterest|vimeo|flickr|snapchat)\.(?:com|net)"
    r"|bsky\.app|mastodon\.[a-z]+"
)
_SOCIAL = re.compile(rf"(?:[\w-]+\.)*(?:{_HOSTS})", re.IGNORECASE)
_POST = re.compile(
    r"/(?:watch|playlist|posts?|status|events?|groups?|reels?|videos?|p|jobs|pulse|learning|feed/update|embed|shorts|live)\b"
    r"|/\d{5,}",
    re.IGNORECASE,
)


def links_of(md: str) -> tuple[str, ...]:
    """The pages that a text in neutral Markdown links to: canonical, each once, in their order."""
    found: dict[str, str] = {}
    for link in LINK.finditer(md):
        url = canonical(target(link))
        if is_page(url) and not is_profile(url):
            found.setdefault(comparison_key(url), url)
            if len(found) >= MOST_LINKS:
                break
    return tuple(found.values())


def is_profile(url: str) -> bool:
    """Whether this is somebody's own page at a social network, as every footer has them: no post, film or event there."""
    parts = urlsplit(url)
    return bool(_SOCIAL.fullmatch(parts.hostname or "")) and not (
        _POST.search(parts.path) or "v=" in parts.query or (parts.hostname or "").startswith("vimeo")
    )


def is_front(url: str) -> bool:
    """Whether this is the front page of a site."""
    parts = urlsplit(url)
    path = parts.path.strip("/").lower()
    return not (parts.query or parts.fragment) and path in ("", "sv", "en", "se", "index.html", "start", "hem", "home")


def led(md: str, discretion: "Discretion") -> str:
    """A text whose links lead straight to their pages."""
    return "\n".join(_led(line, discretion) if "://" in line or "mailto:" in line else line for line in md.split("\n"))


def _led(line: str, discretion: "Discretion") -> str:
    return "".join(_pieces(line, discretion))


def _pieces(line: str, discretion: "Discretion") -> Iterator[str]:
    from bridges.discretion import NOWHERE  # noqa: PLC0415
    from bridges.markdown import escaped  # noqa: PLC0415
    from bridges.runs import Run  # noqa: PLC0415  few texts hold a link that is not passed on

    position = 0
    for link in LINK.finditer(line):
        yield line[position : link.start()]
        position = link.end()
        url, words = target(link), link["words"]
        to = discretion.link(url)
        if to == url:
            yield link[0]
        elif to:
            shown = words is None or bare(words) == url
            yield f"<{to}>" if shown else f"[{words}](<{to}>)"
        else:
            left = discretion.line([Run(bare(words) if words else url, href=url)])
            yield escaped("".join(run.text for run in left if run.text != NOWHERE).strip(), before=" ")
    yield line[position:]
