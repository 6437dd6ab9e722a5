"""Links that mail systems and portals write around other people's links, unwrapped without asking anybody.

What cannot be told from the address alone (most click trackers of newsletter tools, `bridges/clicks.py`) stays as it is.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from bridges.clicks import page_within


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Somebody who writes the real address into a parameter of their own."""

    host: str  # a pattern for the whole host
    path: str  # a pattern for the beginning of the path
    parameters: tuple[str, ...]  # where the address stands


_MICROSOFT = r"outlook\.(office|office365|live)\.com|outlook\.cloud\.microsoft"
_GOOGLE = r"(www\.)?google\.(com|[a-z]{2}|co\.[a-z]{2})"

#: By host, path and parameter; the parameter holds the address, percent-encoded once.
REWRITERS = (
    Rewriter(r"(.+\.)?safelinks\.protection\.(outlook\.com|office365\.us|partner\.outlook\.cn)", "/", ("url",)),
    Rewriter(_MICROSOFT, r"/mail/safelink\.html", ("url",)),
    Rewriter(r"statics\.teams\.cdn\.(office\.net|live\.net)", r"/.*safelinks.*\.html", ("url",)),
    Rewriter(r"urldefense\.proofpoint\.com", "/v1/url", ("u",)),
    Rewriter(r"linkprotect\.cudasvc\.com", "/url", ("a",)),  # Barracuda
    Rewriter(r"[^.]+\.trendmicro\.com", "/wis/clicktime/", ("url",)),
    Rewriter(r"protect\d*\.fireeye\.com", "/", ("u",)),
    Rewriter(r"clicktime\.symantec\.com", "/", ("u",)),
    Rewriter(_GOOGLE, "/url$", ("q", "url")),
    Rewriter(r"(l|lm)\.facebook\.com", r"/l\.php$", ("u",)),
    Rewriter(r"l\.(instagram|messenger)\.com|l\.threads\.(net|com)", "/", ("u",)),
    Rewriter(r"(www\.)?linkedin\.com", "/(redir/redirect|safety/go)", ("url",)),
    Rewriter(r"(www\.)?youtube\.com", "/redirect$", ("q",)),
    Rewriter(r"slack-redir\.net", "/link", ("url",)),
    Rewriter(r"duckduckgo\.com", "/l/", ("uddg",)),
    Rewriter(r"deref-[a-z0-9-]+\.[a-z]+", "/", ("redirectUrl", "url")),  # GMX, web.de, mail.com
)

_COMPILED = tuple((re.compile(r.host), re.compile(r.path), r.parameters) for r in REWRITERS)


def unwrapped(url: str) -> str | None:
    """The address within this one; None when nobody has rewritten it, or it cannot be told. Never raises."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    for host_pattern, path_pattern, parameters in _COMPILED:
        if host_pattern.fullmatch(host) and path_pattern.match(parts.path or "/"):
            return _first_address(parse_qsl(parts.query, max_num_fields=None), parameters)
    for special in _SPECIAL:
        if (inner := special(url, host, parts.path, parts.query)) is not None:
            return _address(inner)
    return None


def _first_address(query: list[tuple[str, str]], parameters: tuple[str, ...]) -> str | None:
    for parameter in parameters:
        for name, value in query:
            if name.removeprefix("amp;") == parameter and (address := _address(value)):
                return address
    return None


def _address(text: str) -> str | None:
    text = text.strip()
    return text if re.match(r"https?://[^/\s]", text, re.IGNORECASE) else None


# -- those who hide it otherwise ------------------------------------------------------------------------------------------


def _proofpoint_2(url: str, host: str, path: str, query: str) -> str | None:
    """`u=https-3A__vreta.se_en-5Fsida`: a hyphen for each percent sign, a low line for each slash."""
    if host != "urldefense.proofpoint.com" or not path.startswith("/v2/url"):
        return None
    given = next((value for name, value in parse_qsl(query) if name.removeprefix("amp;") == "u"), "")
    return unquote(given.translate(str.maketrans("-_", "%/")))


_PROOFPOINT_3 = re.compile(r"^https?://[^/]+/v3/__(?P<link>.+)__;(?P<hidden>[A-Za-z0-9_=-]*)!", re.IGNORECASE)
#: A star stands for one hidden character; two stars and a letter for a run of them, A for two, B for three and so on.
_STARS = re.compile(r"\*(?:\*([A-Za-z0-9_-]))?")
_RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _proofpoint_3(url: str, host: str, path: str, query: str) -> str | None:
    """`/v3/__https://vreta.se/f*ltdag__;w6Q!…`: what is not plain ASCII stands beside it in base64."""
    if host not in ("urldefense.com", "urldefense.us") or not path.startswith("/v3/"):
        return None
    found = _PROOFPOINT_3.match(url)
    if found is None:
        return None
    try:
        packed = found["hidden"].rstrip("=")
        hidden = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        return None
    position = 0

    def shown(star: re.Match[str]) -> str:
        nonlocal position
        length = _RUNS.index(star[1]) + 2 if star[1] else 1
        taken = hidden[position : position + length]
        position += length
        return taken or star[0]

    # Some mail systems fold the two slashes after the scheme into one.
    link = re.sub(r"^(https?:/)(?=[^/])", r"\1/", found["link"], flags=re.IGNORECASE)
    return _STARS.sub(shown, link)


def _cisco(url: str, host: str, path: str, query: str) -> str | None:
    """`secure-web.cisco.com/SIGNATURE/https%3A%2F%2Fvreta.se`."""
    return unquote(path.rpartition("/")[2]) if host == "secure-web.cisco.com" else None


def _sophos(url: str, host: str, path: str, query: str) -> str | None:
    """`eu-central-1.protection.sophos.com/?d=vreta.se&u=BASE64`."""
    if not host.endswith(".protection.sophos.com"):
        return None
    packed = next((value for name, value in parse_qsl(query) if name.removeprefix("amp;") == "u"), "")
    try:
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        return None


_AMP_CACHES = (
    re.compile(r"(?:www\.)?google\.[a-z.]{2,6}/amp/(?P<secure>s/)?(?P<rest>[^/]+\..+)"),
    re.compile(r"(?:[^/]+\.)?cdn\.ampproject\.org/[cvwai]{1,2}/(?P<secure>s/)?(?P<rest>[^/]+\..+)"),
)


def _amp_cache(url: str, host: str, path: str, query: str) -> str | None:
    """`www.google.com/amp/s/vreta.se/sida` and `vreta-se.cdn.ampproject.org/c/s/vreta.se/sida`."""
    for cache in _AMP_CACHES:
        if found := cache.fullmatch(f"{host}{path}"):
            scheme = "https" if found["secure"] else "http"
            return f"{scheme}://{found['rest']}" + (f"?{query}" if query else "")
    return None


#: Each answers what the address holds; None when it is not its own.
_SPECIAL: tuple[Callable[[str, str, str, str], str | None], ...] = (
    _proofpoint_2,
    _proofpoint_3,
    _cisco,
    _sophos,
    _amp_cache,
    page_within,  # newsletter tools
)
