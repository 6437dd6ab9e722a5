"""Addresses of pages: as they are shown and opened, without what follows people, and as they are compared.

Pure: nothing is ever fetched to find out where an address leads.
"""

import re
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote, unquote, urlsplit

from url_normalize import url_normalize

from bridges.clicks import carries_address
from bridges.rewriters import unwrapped

#: Rewriters around rewriters; what is wrapped deeper is nobody's mail, and stays as it is.
MOST_LAYERS = 5
#: Longer addresses are left as they are (characters).
LONGEST = 8_000
#: A longer key is its hash: PostgreSQL's indexes hold 2,700 bytes.
_LONGEST_KEY = 500

#: Parameters that follow people or campaigns and change nothing of the page, in lower case; a star: all that begin so.
#: From the documentation of those who set them; what is not named here stays.
TRACKERS = (
    # web analytics
    *("utm_*", "mtm_*", "matomo_*", "pk_*", "piwik_*", "_ga", "_gl", "at_medium", "at_campaign", "wt.mc_id"),
    # advertisements
    *("gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "srsltid", "gpromocode", "gqt"),
    *("fbclid", "fb_action_ids", "fb_source", "igshid", "igsh", "msclkid", "yclid", "ysclid", "twclid", "ttclid"),
    *("ndclid", "sccid", "epik", "rtid", "irclickid", "vmcid", "rdt_cid", "li_fat_id", "ef_id", "s_kwcid", "mkwid"),
    *("pcrid", "hsa_*", "tw_source", "tw_campaign", "tw_term", "tw_content", "tw_adid", "_branch_match_id"),
    *("gdfms", "gdftrk", "gdffi", "wickedid", "cmpid"),
    # newsletters: which letter, and often who read it
    *("mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking", "oly_*"),
    *("vero_*", "__s", "ml_subscriber*", "ck_subscriber_id", "_ke", "_kx", "_bta_tid", "_bta_c", "trk_contact"),
    *("trk_msg", "trk_module", "trk_sid", "dm_i", "elqtrackid", "elqtrack", "elqaid", "elqat", "elqcampaignid"),
    *("elqcsid", "sms_source", "sms_click", "sms_uph", "redirect_log_mongo_id", "redirect_mongo_id"),
    *("sb_referer_host", "apsis_*", "bsft_*", "sfmc_*", "nl_tok", "vgo_ee", "et_rid", "et_cid", "spmailingid"),
    *("spuserid", "spjobid", "spreportid", "ml_recipient", "ajs_uid", "ajs_email", "bx_sender_conversion_id"),
    *(
        "sender_campaign",
        "sender_ctype",
        "omnisendcontactid",
        "omnisendattributionid",
        "inf_contact_key",
        "emci",
        "emdi",
    ),
    *(
        "ceid",
        "recipientid",
        "recipient_id",
        "subscriberid",
        "subscriber_id",
        "subscriber_hash",
        "email_hash",
        "rb_clickid",
    ),
)

#: What only there follows people; elsewhere it may be the page itself.
TRACKERS_OF = (
    (r"(.+\.)?(youtube\.com|youtu\.be|youtube-nocookie\.com|spotify\.com)", ("si", "feature", "pp")),
    (r"(.+\.)?ebay\.[a-z.]+", ("mkevt", "mkcid", "mkrid", "campid", "toolid", "customid")),
    (r"(.+\.)?(campaign-archive\d*|list-manage\d*)\.com|mailchi\.mp", ("e",)),  # e: the reader
    (r"(.+\.)?safelinks\.protection\..+|outlook\..+", ("data", "sdata", "reserved")),  # data: the reader's address
    (r"(.+\.)?linkedin\.com", ("trk", "trackingid", "refid", "lipi", "midtoken", "midsig", "eid", "otptoken")),
    (r"(.+\.)?(twitter|x)\.com", ("s", "t", "ref_src", "ref_url")),
    (r"(.+\.)?substack\.com", ("token", "r")),
    (r"(.+\.)?(ungpd\.com|ungpd\.se|anpdm\.com|gansub\.com)", ("c", "cid", "contactid", "rid", "email", "hash")),
)

_EXACT = frozenset(name for name in TRACKERS if not name.endswith("*"))
_BEGINNINGS = tuple(name[:-1] for name in TRACKERS if name.endswith("*"))
_ONLY_THERE = tuple((re.compile(host), frozenset(names)) for host, names in TRACKERS_OF)

#: Of these parameters a mail address may be the page: somebody's calendar.
_CALENDARS = frozenset({"src", "cid"})

#: A page of SiteVision, which serves one page under several paths and hosts: `fakta.5.538a0f3a1867b360d3ce2d43.html`.
_SITEVISION = re.compile(r"[./](\d{1,2}\.[0-9a-f]{14,40})(?:\.\d{1,3})?\.html$")
#: What a folder's own page is called.
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
#: What no address may hold, as it would end it or is never shown.
_UNSAFE = re.compile(r"[\s<>\"\\^`{|}\x00-\x20\x7f]")


@lru_cache(maxsize=256)  # the same link is looked at for the text, the links, the tips
def canonical(url: str) -> str:
    """The address as it is shown and opened: out of its rewriters, without trackers, and the same when asked again.

    What is no address of a page comes back as it is, but for the space around it. Never raises.
    """
    given = current = _clean(url)
    if len(given) > LONGEST:
        return given
    for _ in range(MOST_LAYERS + 1):
        if (inner := unwrapped(current)) is not None:
            current = _clean(inner)
            continue
        # Not before it is known that nobody wrapped it: what looks like a tracker may end the address within.
        current = _tidied(current)
        if unwrapped(current) is None:
            return current
    return given


@lru_cache(maxsize=256)
def comparison_key(url: str) -> str:
    """What two addresses of the same page have in common; "" for what is no address of a page. At most 500 characters."""
    shown = canonical(url)
    if not is_page(shown):
        return ""
    parts = urlsplit(shown)
    query = "&".join(sorted(filter(None, parts.query.split("&"))))
    if page := _SITEVISION.search(parts.path):
        key = f"sitevision:{page[1]}"
    else:
        key = f"{_host(parts.netloc)}{_path(parts.path)}"
    key += f"?{_folded(query)}" if query else ""
    key += f"#{_folded(parts.fragment)}" if parts.fragment else ""
    return key if len(key) <= _LONGEST_KEY else f"sha256:{sha256(key.encode()).hexdigest()}"


def is_page(url: str) -> bool:
    """Whether this is an address of a page on the web."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and _is_host(host) and not _UNSAFE.search(url)
    except ValueError:
        return False


def shortened(url: str, longest: int = 80) -> str:
    """An address for people: host and path, without what computers need."""
    shown = canonical(url)
    if not is_page(shown):
        return shown[:longest]
    parts = urlsplit(shown)
    host = parts.netloc.removeprefix("www.")
    with suppress(UnicodeError):
        host = host.encode("ascii").decode("idna")
    path = "".join(char if char.isprintable() else "\ufffd" for char in unquote(parts.path).rstrip("/"))
    words = f"{host}{path}"
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


# -- the parts --------------------------------------------------------------------------------------------------------


def _clean(url: str) -> str:
    """One line of text that any database and any mail can hold; a bare `www.` is an address too."""
    text = re.sub(r"[\x00-\x1f\x7f]", "", url.encode("utf-8", "replace").decode()).strip()
    return f"https://{text}" if re.match(r"www\.[^\s/?#]+\.", text, re.IGNORECASE) else text


def _tidied(url: str) -> str:
    """One layer put right; what is no address of a page as it is."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        return url
    if scheme not in ("http", "https") or not host or not _is_host(host):
        return url
    netloc = _netloc(scheme, host, port)
    if netloc is None:
        return url
    path = _without_amp(_escaped(parts.path)) or "/"
    query = "&".join(piece for piece in _escaped(parts.query).split("&") if piece and not _follows(piece, host))
    fragment = _escaped(parts.fragment) if parts.fragment.startswith(("!", "/")) else ""
    return f"{scheme}://{netloc}{path}" + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def _netloc(scheme: str, host: str, port: int | None) -> str | None:
    """Host in lower-case ASCII and the port, unless it is the usual one; without name and password. None: no host."""
    literal = f"[{host}]" if ":" in host else host
    if _UNSAFE.search(literal) or any(sign in host for sign in "/?#@%[]"):
        return None
    try:
        written = url_normalize(f"{scheme}://{literal}{'' if port is None else f':{port}'}/") or ""
        parts = urlsplit(written)
        ascii_only = parts.netloc.isascii() and bool(parts.hostname) and parts.port != 0
    except (ValueError, IndexError):
        return None
    return parts.netloc if ascii_only and parts.path == "/" else None


def _is_host(host: str) -> bool:
    return any(char.isalnum() for char in host)


def _escaped(part: str) -> str:
    return _UNSAFE.sub(lambda sign: quote(sign[0]), part)


def _without_amp(path: str) -> str:
    """The plain page of an AMP page: `/sida/amp/` is `/sida/`."""
    while found := re.fullmatch(r"(.*[^/])(/)amp(/?)", path, re.IGNORECASE):
        path = found[1] + found[3]
    return path


def _follows(piece: str, host: str) -> bool:
    """Whether this part of a query follows people, names one, or asks for the AMP page."""
    raw, _, value = piece.partition("=")
    name = unquote(raw).lower().removeprefix("amp;")
    if name in _EXACT or name.startswith(_BEGINNINGS):
        return True
    if (name == "amp" and value.lower() in ("", "1", "true")) or (name == "outputtype" and value.lower() == "amp"):
        return True
    if name not in _CALENDARS and len(value) > 5 and carries_address(value):
        return True
    return any(there.fullmatch(host) and name in names for there, names in _ONLY_THERE)


def _host(netloc: str) -> str:
    return netloc.rstrip(".").removeprefix("www.")


def _path(path: str) -> str:
    """A path as it is compared: one way of writing each letter, no dots, no name of a folder's own page, no last slash."""
    try:
        plain = urlsplit(url_normalize(f"https://x.invalid{path}") or "").path
    except (ValueError, IndexError):
        plain = path
    return _INDEX.sub("/", plain or "/").rstrip("/")


def _folded(part: str) -> str:
    """Each letter written one way: what needs no escape has none, what needs one has it in capitals."""
    return quote(_ESCAPE.sub(_one_way, part), safe="%!$&'()*+,;=:@/?[]#")


_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")


def _one_way(escape: re.Match[str]) -> str:
    letter = chr(int(escape[1], 16))
    return letter if letter.isascii() and (letter.isalnum() or letter in "-._~") else escape[0].upper()
