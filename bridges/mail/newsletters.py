"""What tells that a mail was sent to many by a newsletter tool: its headers, and what such letters say of themselves.

The headers are gone when somebody forwards the letter; what it says of itself is not.
"""

import re
from functools import lru_cache

from bridges.mail.parse import Mail

#: From so many points on a mail is surely a mailing to many: two signs that do not depend on each other.
BULK = 3
#: Characters at either end that are looked at: what a letter says of itself stands first or last.
_END = 30_000

#: Headers that only tools for mailings set, by the beginning of their names.
_TOOL_HEADERS = (
    *("feedback-id", "x-campaign", "x-mc-user", "x-mcda", "x-mandrill-", "x-mailgun-", "x-sg-eid", "x-mj-", "x-cmail-"),
    *(
        "x-csa-complaints",
        "x-report-abuse",
        "x-apsis",
        "x-ungapped",
        "x-rule",
        "x-paloma",
        "x-getanewsletter",
        "x-gan-",
    ),
    *("x-elqmail", "x-sfmc", "x-mailer-lid", "x-mailer-recptid", "x-mailer-sid", "x-job", "x-newsletter", "x-mailing"),
    *("x-bulkmail", "x-lime-", "x-bizwizard", "x-brevo-", "x-sib-", "x-hs-", "x-ac-", "x-postmark-", "x-ses-outgoing"),
)
_TOOLS = re.compile(
    r"mailchimp|ungapped|\bapsis|anpdm|get ?a ?newsletter|gansub|paloma|\brule ?(?:mailer|communication)|campaign ?monitor"
    r"|createsend|mailerlite|brevo|sendinblue|mailjet|lime (?:newsletter|marketing)|bizwizard|idrelay|mailpoet|phplist"
    r"|symplify|voyado|carma|constant ?contact|hubspot|active ?campaign|dotdigital|dotmailer|klaviyo|eloqua|marketo"
    r"|sendgrid|acymailing|newsletter",
    re.IGNORECASE,
)
#: Lists where people write to each other carry the same headers as newsletters, and these beside.
_PEOPLE = ("x-beenthere", "x-mailman-version", "x-google-group-id", "x-loop", "x-listserver", "x-sympa-to")


class Ways:
    """Ways of saying one thing; each is looked for only where one of the words that it needs stands."""

    def __init__(self, *ways: tuple[str, str]) -> None:
        self._ways = tuple((tuple(needed.split("|")), re.compile(pattern)) for needed, pattern in ways)

    def search(self, text: str) -> bool:
        """Whether a text says it."""
        low = text.lower()
        return any(any(word in low for word in needed) and pattern.search(low) for needed, pattern in self._ways)


#: "Visa i webbläsaren": only a letter made by a tool has a page of itself.
IN_BROWSER = Ways(
    (
        "webbläs|webläs|browser|onlineversion|online-version|på webben|i webben|webbversion",
        (
            r"\b(?:läs|visa|se|öppna|titta på)\b[^.!?\n]{0,60}?(?:\bi (?:din |en )?(?:webb?läsare?n?|browser)|\bonline-?version|"
            r"\bpå webben\b|\bi webben\b|\bwebbversion)|\bwebbversion(?:en)?\b"
        ),
    ),
    (
        "ser inte|ser ej|visas inte|visas ej|fungerar inte|fungerar ej",
        r"(?:ser|visas|fungerar) (?:inte|ej)[^.!?\n]{0,40}(?:brev|mejl|mail|bild|korrekt|ut som)",
    ),
    (
        "konstig|fel|skum|märklig|underlig|rörig|dålig",
        r"\bser\b[^.!?\n]{0,40}\b(?:konstig|fel\b|skum|märklig|underlig|rörig|dålig)[^.!?\n]{0,20}",
    ),
    (
        "kan du inte|kan du ej|problem|svårt att|går inte att|går ej att|går det inte att|går det ej att",
        r"(?:kan du (?:inte|ej)|problem (?:med )?att|svårt att|går (?:det )?(?:inte|ej) att) (?:läsa|se)\b[^.!?\n]{0,40}",
    ),
    (
        "view",
        r"\bview (?:this |the )?(?:email |e-mail |mail |newsletter |it )?(?:in|on) (?:your |a |the )?(?:web ?)?(?:browser|web)",
    ),
    (
        "nettles|browser",
        r"\b(?:vis|se|les|læs|åpne|åbn)\b[^.!?\n]{0,60}?\bi (?:din |en )?(?:nettleser(?:en)?|browser(?:en)?)",
    ),
    ("online", r"\b(?:view|read|see) (?:it |this |the )?(?:email |newsletter )?online\b"),
    ("web version|trouble", r"\bweb version\b|\btrouble (?:viewing|reading)\b"),
)
#: "Avregistrera dig": how one gets away from a mailing, never from a meeting.
WAY_OUT = Ways(
    ("avregistr|avprenumer", r"\bav(?:registrera|prenumerera|prenumeration)"),
    ("avslut|avsäg|avbeställ", r"\bav(?:sluta|säga upp|beställa?)\b[^.!?\n]{0,40}(?:prenumer|nyhetsbrev|utskick)"),
    ("prenumer", r"\b(?:säg|säga) upp[^.!?\n]{0,30}prenumer"),
    (
        "avanmäl",
        (
            r"\bavanmäl[^.!?\n]{0,60}(?:nyhetsbrev|utskick|mejl|mail|brev|lista|prenumer)"
            r"|(?:nyhetsbrev|utskick|mejllista|sändlista)[^.!?\n]{0,80}\bavanmäl"
        ),
    ),
    (
        "nyhetsbrev|utskick|mejl|mail|brev",
        r"\b(?:inte|ej)\b[^.!?\n]{0,50}\b(?:få|ha|ta emot|motta)\b[^.!?\n]{0,40}(?:nyhetsbrev|utskick|mejl|mail|brev)",
    ),
    ("sluta få", r"\bsluta få\b"),
    ("meld|afmeld", r"\bmeld(?: deg| dig)? a[vf]\b|\ba[vf]meld"),
    ("unsubscribe|opt", r"\bunsubscribe\b|\bopt[- ]?out\b"),
    (
        "manage|update",
        r"\bmanage (?:your )?(?:subscription|(?:e-?mail )?preferences)\b|\bupdate (?:your )?(?:subscription )?preferences\b",
    ),
    ("no longer", r"\bno longer (?:wish|want) to receive\b"),
)
#: "Du får det här mejlet eftersom …"
BECAUSE = re.compile(
    r"\b(?:du (?:får|har fått|erhåller|tar emot)|detta|det här)\b[^.!?\n]{0,20}?\b(?:nyhetsbrev|mejl|mail|e-post|brev|utskick)"
    r"[^.!?\n]{0,60}?\b(?:eftersom|därför att|för att du|då du|skickades till|skickas till|är skickat till)\b"
    r"|\byou(?:'re| are)? (?:are )?receiv(?:ing|ed) this\b|\bthis (?:e-?mail|message|newsletter) was sent to\b",
    re.IGNORECASE,
)
_PIXEL = re.compile(
    r"<img\b(?=[^<>]{0,600}?\b(?:width|height)\s*[=:]\s*[\"']?[01](?:px)?[\"';\s/>])[^<>]{0,2000}>", re.IGNORECASE
)
#: "Nyhetsbrev nr 4", "Månadsbrev november": what the letter calls itself.
_NAMED = re.compile(
    r"\b(?:\w{0,30}nyhetsbrev(?:et)?|\w{0,20}(?:månads|vecko|kvartals|höst|vår|sommar|vinter|jul|medlems|info)brev(?:et)?|nyhetsmejl"
    r"|\w{3,30}brevet|news ?letter|e-?bulletin|monthly|nyheter från|nytt från|aktuellt från)(?!\w)",
    re.IGNORECASE,
)

_NUMBERED = re.compile(r"(?:\b(?:nr|nummer|no|issue|utgåva)\.?\s?|#)\d{1,3}\b(?!\s*(?:kr|:))", re.IGNORECASE)


def bulk_signs(mail: Mail) -> int:
    """How strongly a mail looks like a mailing to many; `BULK` and more: surely. Forwarded ones are seen by their words."""
    return header_signs(mail) + _said_signs(mail.html or "", mail.plain or "")


@lru_cache(maxsize=1)  # a mail is asked about more than once while it is read
def _said_signs(html: str, plain: str) -> int:
    said = f"{_ends(html)}\n{_ends(plain)}".replace("&nbsp;", " ").replace("\u00a0", " ")
    points = 0
    if may_tell(said):
        points += 2 * bool(IN_BROWSER.search(said))
        points += 2 * bool(WAY_OUT.search(said))
        points += bool(BECAUSE.search(said))
    return points + bool(html and _PIXEL.search(html[:400_000]))


def may_tell(text: str) -> bool:
    """Whether a text may speak of itself as a mailing at all: quickly."""
    folded = text.lower()
    return any(word in folded for word in _TELLING)


#: One of these is in every sentence of a letter about itself; most mail has none.
_TELLING = (
    *(
        "webbläsare",
        "webb läsare",
        "browser",
        "version",
        "webben",
        "brev",
        "utskick",
        "prenum",
        "avregist",
        "avbeställ",
    ),
    *(
        "avanmäl",
        "meld",
        "nettles",
        "sluta få",
        "unsub",
        "opt",
        "manage",
        "preferences",
        "subscri",
        "receiv",
        "sent to",
        "online",
        "trouble",
    ),
    *("problem", "svårt att", "läsa", "visas", "ser inte", "ser ej", "fungerar", "mejl", "mail", "e-post", "no longer"),
    *("konstig", "skum", "märklig", "underlig", "rörig", "dålig", " fel ", "bild"),
)


def header_signs(mail: Mail) -> int:
    """The points that the headers alone give."""
    names = {name.lower() for name, _ in mail.headers}
    tool = any(name.startswith(_TOOL_HEADERS) for name in names) or bool(_TOOLS.search(mail.header("x-mailer") or ""))
    post = (mail.header("list-post") or "").strip().upper()
    if not tool and (names & set(_PEOPLE) or (post and not post.startswith("NO"))):
        return 0  # people write there
    return (
        2 * tool
        + 2 * ("list-unsubscribe" in names)
        + ("list-unsubscribe-post" in names)
        + ("list-id" in names)
        + ((mail.header("precedence") or "").strip().lower() in ("bulk", "junk"))
    )


def calls_itself_one(subject: str) -> bool:
    """Whether a title says that this is a newsletter, or one of a row of letters."""
    return bool(_NAMED.search(subject[:500]) or _NUMBERED.search(subject[:500]))


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"
