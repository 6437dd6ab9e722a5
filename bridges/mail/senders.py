"""Who a mail says it is from, as far as machines go: a mail server, an address that nobody reads, a list."""

import re

from bridges.mail.parse import Mail

#: Local parts that servers send their reports from.
_SERVER = re.compile(
    r"^(?:mailer-?_?daemon|mail-?_?daemon|mdaemon|post(?:master|office)|microsoftexchange[0-9a-f]{12,}"
    r"|(?:internet\.?)?mail[._-]?(?:delivery|system|administrator)(?:[._-]?(?:sub)?system)?"
    r"|delivery[._-]?(?:failure|status|report)s?|bounces?|ndr)(?:\W|$)",
    re.IGNORECASE,
)
#: What servers call themselves; a person's name has none of these, whatever their address.
_SERVER_NAME = re.compile(
    r"^(?:.{0,40}\b)?(?:mailer[- ]?daemon|mail delivery (?:sub)?system|mail delivery service|internet mail delivery"
    r"|mail administrator|(?:e-?mail )?postmaster|system ?administrator|systemadministratör"
    r"|mail ?system|courier mail server|jetmail system|microsoft exchange|mail delivery)\b",
    re.IGNORECASE,
)
_NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:no-?_?\.?repl(?:y|ies)|do-?_?\.?not-?_?\.?reply|dont-?reply"
    r"|svara-?(?:inte|ej)|ej-?svara|ejsvar|inget-?svar|ikke-?svar|keine-?antwort)(?:\W|$)",
    re.IGNORECASE,
)
_BOUNCE_ADDRESS = re.compile(r"(?:^|[+._-])(?:bounces?|returns?|errors?|verp)(?:[+._=-]|$)", re.IGNORECASE)
_LIST_HEADERS = ("List-Id", "List-Unsubscribe", "Feedback-ID", "List-Post")
#: What lists and their forwarders put on people's mail that has none of the above.
_OLD_LIST_HEADERS = ("Mailing-List", "X-Mailing-List", "X-BeenThere", "X-Listserver", "X-List-Name", "X-ML-Name")


def word(mail: Mail, name: str) -> str:
    """The first word of a header, lower case, without parameters and comments."""
    return re.split(r"[\s;(,]", (mail.header(name) or "").strip()[:200], maxsplit=1)[0].lower()


def null_sender(mail: Mail) -> bool:
    """Whether the envelope had no sender (RFC 5321 §4.5.5), as the last server noted it."""
    return (mail.header("Return-Path") or "").replace(" ", "") == "<>"


def surely_from_server(mail: Mail) -> bool:
    """Whether nobody but a mail server can have sent it; whoever looks after one may well write as `postmaster@`."""
    by_address = _SERVER.match(local_part(mail)) and not local_part(mail).lower().startswith("post")
    return null_sender(mail) or bool(mail.header("X-Failed-Recipients")) or bool(by_address)


def from_server(mail: Mail) -> bool:
    """Whether a mail server sends it, and in all likelihood no person."""
    if surely_from_server(mail):
        return True
    if mail.sender is None:  # "Mail Delivery System <>"
        return bool(_SERVER_NAME.search((mail.header("From") or "").strip(' "<>')[:100]))
    return bool(_SERVER.match(local_part(mail)) or _SERVER_NAME.match(mail.sender.name.strip(" \"'")[:100]))


def to_bounces(mail: Mail) -> bool:
    """Whether it came to an address that only what comes back is sent to: `kluster+bounce-…@`, `list-bounces@`."""
    return any(_BOUNCE_ADDRESS.search(address.partition("@")[0]) for address in mail.delivered_to)


def from_nobody(mail: Mail) -> bool:
    """Whether the sender's address says that nobody reads answers to it."""
    return bool(_NO_REPLY.search(local_part(mail)))


def from_list(mail: Mail) -> bool:
    """Whether a mail came by a list or a newsletter tool (RFC 2369, RFC 2919)."""
    return any(mail.header(name) for name in _LIST_HEADERS)


def by_old_list(mail: Mail) -> bool:
    """Whether a list without List-Id passed it on: Majordomo, Ezmlm, Listserv."""
    if any(mail.header(name) for name in _OLD_LIST_HEADERS):
        return True
    return re.search(r"\bowner-|-(?:owner|request)@", (mail.header("Sender") or "")[:500], re.IGNORECASE) is not None


def local_part(mail: Mail) -> str:
    """What stands before the @ of the sender's address; "" when there is none."""
    return mail.sender.address.rpartition("@")[0].strip('"') if mail.sender else ""
