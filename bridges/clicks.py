"""Click trackers of newsletter tools: the page that they hide is read out of the address where it stands in it.

Where it does not, the link belongs to whoever was sent the letter: it is known as a tracker, never followed and never
passed on, with or without its reader's mark.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import parse_qsl, unquote, urlsplit

#: Hosts of the tools, Swedish ones first; what they serve that is no tracker is in `_PAGES`.
_TOOLS = re.compile(
    r"(?:.+\.)?(?:"
    r"ungpd\.(?:com|se)|ungapped\.(?:com|se|io)|anpdm\.(?:com|se)|anp\.se|apsis\.(?:one|se)|gansub\.com|ganapp\.se|getanewsletter\.com"
    r"|rule\.(?:io|se)|rulemailer\.(?:se|com)|(?:my)?paloma\.se|palomaapp\.com|bwz\.se|lime-newsletter\.com|idrelay\.com"
    r"|symplify\.com|voyado\.com|carmamail\.com|mailingr\.com|mailmailmail\.net|mkmail\.se|makenewsmail\.com"
    r"|mandrillapp\.com|awstrack\.me|pstmrk\.it|sendgrid\.(?:net|com)|convertkit-mail\d*\.com|kit-mail\d*\.com"
    r"|cmail\d*\.com|createsend\d*\.com|cmail\.email|mlsend\d*\.com|mlsnd\.com|mailerlite\.com|mjt\.lu|hubspotlinks\.com"
    r"|hubspotlinksstarter\.com|hubspotemail\.net|sidekickopen\d*\.com|acemln[a-z]\.com|emlnk\d*\.com|activehosted\.com"
    r"|rs6\.net|klclick\d*\.com|klaviyomail\.com|sendibt\d\.com|sendibm\d\.com|sendinblue\.com|sp1-brevo\.net|brevo\.com"
    r"|brevosend\.com|dmtrk\.(?:net|com)|exct\.net|exacttarget\.com|mkt\d+\.com|mktoresp\.com|eloqua\.com|customeriomail\.com"
    r"|beehiiv\.com|substack\.com|vuturevx\.com|mailgun\.org|mailtrack\.io|cordial\.io|icptrack\.com|benchmarkurl\.com"
    r"|getresponse\.com|gr8\.com|moosend\.com|elasticemail\.com|mailpanion\.com|emlfiles\d*\.com|ml\.mailersend\.com"
    r")"
)
#: The first labels of hosts that do nothing but count, and what trackers' paths begin with at a tool's own hosts.
_COUNTS = re.compile(r"(?:clicks?|klick(?:ar)?|track(?:ing|er)?|trk|ct|cl|lnks?|u\d{3,})(?:-[a-z0-9]+)?\.")
_COUNTING = re.compile(r"/(?:c|ct|cl|l|lnk|links?|r|t|e|k|click\w*|track\w*|redirect\w*|go)/.", re.IGNORECASE)
#: A part of a path that people can read: "nyheter", "sa-gar-det-till".
_READABLE = re.compile(r"(?=.*[a-zåäö]{4})[a-zåäö]+(?:-[a-zåäö0-9]+)*(?:\.[a-z]{3,5})?")
#: What newsletter tools serve for everyone: sign-up pages, surveys, forms, front pages.
_PAGES = re.compile(
    r"(?:ui\.)?ungpd\.(?:com|se)/(?:events?|surveys?|subscri\w*)/|gansub\.com/s/|(?:www\.)?anpdm\.com/(?:form|public)/"
    r"|beehiiv\.com/p/|substack\.com/(?:p|pub|@)",
    re.IGNORECASE,
)
#: The first labels of a sender's own host for its clicks, and the beginnings of paths on any host.
_LABELS = re.compile(
    r"(?:clicks?|klick(?:ar)?|links?|lnks?|l[aä]nk(?:ar)?|track(?:ing|er)?|trk|ct|cl|e?mail|email|url\d*|u\d{3,}|em\d*"
    r"|go|r|t|e|l|nl|newsletter|nyhetsbrev|utskick|brev|mailing|mg|mail\d)(?:-[a-z0-9]+)?\."
)
_PATHS = re.compile(
    r"/(?:track(?:ing)?/click|trackclick|ls/click|wf/click|lt\.php|click(?:s|\.php|track|thru|through)?|lnk|uni/ls/click"
    r"|ss/c|e/c|tr/cl|mk/cl|tr/click|f/a|CL0|L0|e3t|Ctc|redir(?:ect)?(?:\.(?:php|aspx?))?|c/v\d|link/c)(?:/|$)",
    re.IGNORECASE,
)
#: A mark that means one reader or one click: a GUID, a long hexadecimal number, letters and digits without a word in them.
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{16,}", re.IGNORECASE)
_MARK = re.compile(r"[A-Za-z0-9_=+~-]{16,}")
_BASE64 = re.compile(r"[A-Za-z0-9_=+/-]{12,8000}")
_WITHIN = re.compile(r"https?:(?:\\?/){2}[^\s\"'<>\\\x00-\x1f]+", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
#: Of the addresses in a packed record, these are the page.
_NAMES = ("url", "href", "link", "u", "l", "e", "target", "redirect", "dest", "destination", "to")
_MOST = 60  # parameters and parts of a path that are looked into
_UNPACKED = 20_000  # bytes


def page_within(url: str, host: str, path: str, query: str) -> str | None:
    """The page that a click tracker hides in its address; None when it is no tracker, or hides it elsewhere."""
    if not _looks_like_one(host, path):
        return None
    values = [value for _, value in parse_qsl(query, max_num_fields=None)[:_MOST]]
    parts = path.split("/")[1 : _MOST + 1]
    # Amazon SES and Postmark write it into the path, escaped: `/L0/https:%2F%2Fvreta.se%2Fsida/1/…`, `/3s/vreta.se%2Fsida/…`.
    if host.endswith("pstmrk.it") and len(parts) > 1 and parts[0][:1] in "23":
        return f"{'https' if parts[0].endswith('s') else 'http'}://{unquote(parts[1])}"
    for value in (*values, *parts):
        if page := _page_in(value):
            return page
    whole = _WITHIN.search(path)  # `/CL0/https://vreta.se/sida/1/…`: where it ends cannot be told from what follows it
    return whole[0] if whole and not re.match(r"/(?:CL0|L0)/", path, re.IGNORECASE) else None


def is_click(url: str) -> bool:
    """Whether the address is a tracker's that tells one reader from another, and hides where it leads."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    if not host or (_PAGES.match(f"{host}{parts.path}") and not parts.query):
        return False
    if re.fullmatch(r"(?:.+\.)?list-manage\d*\.com", host) and parts.path.startswith("/track/"):
        return True
    if _PAGES.match(f"{host}{parts.path}") or not _looks_like_one(host, parts.path):
        return False
    pieces = list(_pieces(parts.path, parts.query))
    if _TOOLS.fullmatch(host):
        counts = _COUNTS.match(host) or _COUNTING.match(parts.path)
        return bool(counts and any(pieces)) or any(_is_mark(piece, shortest=8) for piece in pieces)
    if _COUNTS.match(host) and _COUNTING.match(parts.path):
        return not any(_READABLE.fullmatch(piece) for piece in pieces[1:])
    return any(_is_mark(piece) for piece in pieces)


def is_tools(host: str) -> bool:
    """Whether this host is a newsletter tool's own."""
    return bool(_TOOLS.fullmatch(host)) or host.endswith(("list-manage.com", "campaign-archive.com"))


def marks_in(url: str) -> Iterator[str]:
    """What in an address may mean one reader."""
    parts = urlsplit(url)
    for piece in map(unquote, _pieces(parts.path, parts.query)):
        if _is_mark(piece, shortest=8) or re.fullmatch(r"\d{5,}", piece):
            yield piece


def carries_address(value: str) -> bool:
    """Whether a parameter's value is somebody's mail address: as it is, escaped again, in base64 or in hexadecimal."""
    value = unquote(unquote(value[:2_000])).strip()
    if "@" in value:
        return bool(_ADDRESS.fullmatch(value))
    return any(_ADDRESS.fullmatch(text.strip()) for text in _unpacked(value))


def _looks_like_one(host: str, path: str) -> bool:
    return bool(_TOOLS.fullmatch(host) or _LABELS.match(host) or _PATHS.match(path))


def _pieces(path: str, query: str) -> Iterator[str]:
    yield from path.split("/")[1 : _MOST + 1]
    for piece in query.split("&")[:_MOST]:
        yield piece.partition("=")[2] or piece


def _is_mark(piece: str, shortest: int = 16) -> bool:
    piece = unquote(piece)
    if _GUID.search(piece) or (_HEX.fullmatch(piece) and not piece.isdigit()):
        return True
    if shortest < 16 and re.fullmatch(r"[A-Za-z0-9_=+~.-]{8,}", piece) and re.search(r"\d", piece):
        return True
    found = _MARK.search(piece)
    if found is None or piece.count("-") > 3:
        return False
    mark = found[0]
    kinds = [bool(re.search(kind, mark)) for kind in ("[a-z]", "[A-Z]", r"\d")]
    if all(kinds):
        return len(mark) >= 40 or not re.search("[a-zåäö]{6}", mark)
    return len(mark) >= 40 and sum(kinds) > 1 and "-" not in mark


def _page_in(value: str) -> str | None:
    for _ in range(3):
        if re.match(r"https?:/{1,2}[^/\s]", value, re.IGNORECASE):
            return re.sub(r"^(https?:/)(?=[^/])", r"\1/", value, flags=re.IGNORECASE)
        if (again := unquote(value)) == value:
            break
        value = again
    for text in _unpacked(value):
        if (page := _page_in_record(text)) is not None:
            return page
    return None


def _page_in_record(text: str) -> str | None:
    """The page in what was packed: an address, or a record that names it."""
    with suppress(ValueError, RecursionError):
        record = json.loads(text)
        for _ in range(2):
            if isinstance(record, dict) and isinstance(record.get("p"), str):
                record = json.loads(record["p"])  # Mandrill's stands in another
        if isinstance(record, dict):
            named = (record.get(name) for name in _NAMES)
            return next((each for each in named if isinstance(each, str) and _WITHIN.fullmatch(each)), None)
    found = _WITHIN.search(text) or _WITHIN.search(unquote(text))
    return found[0].replace("\\/", "/") if found else None


def _unpacked(value: str) -> Iterator[str]:
    """What a value says when it is base64 (also compressed) or hexadecimal."""
    if not _BASE64.fullmatch(value):
        return
    packed = value.rstrip("=").replace("-", "+").replace("_", "/")
    for data in (_hex(value), _base64(packed)):
        if data is not None:
            with suppress(UnicodeDecodeError):
                yield _inflated(data).decode()


def _inflated(data: bytes) -> bytes:
    if data[:1] == b"\x78":
        with suppress(zlib.error):
            return zlib.decompressobj().decompress(data, _UNPACKED)
    return data


def _hex(value: str) -> bytes | None:
    with suppress(ValueError):
        return bytes.fromhex(value)
    return None


def _base64(packed: str) -> bytes | None:
    with suppress(ValueError, binascii.Error):
        return base64.b64decode(packed + "=" * (-len(packed) % 4))
    return None
