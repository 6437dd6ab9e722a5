"""Bounces that are written for people: whom a server could not reach, told from its words in the languages of the north."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bridges.mail.delivery_status import is_address

_LONGEST = 60_000  # characters that are looked at
_LONGEST_LINE = 2_000
_REACH = 12  # lines: how far below "could not be delivered to:" an address may stand

#: A letter that did not arrive. English, Swedish, Norwegian and Danish, German, Finnish, French, Dutch, Spanish, Italian.
_FAILED = re.compile(
    r"undeliver(?:able|ed)|non-?deliver|not (?:be |been |yet been )?(?:able to be )?delivered|n.t (?:be )?delivered"
    r"|(?:unable to|could ?n.t|could not|cannot|can.t|not able to) (?:be )?(?:deliver|send|reach)|did not reach|n.t (?:be )?reach"
    r"|deliver(?:y|ing|ed)?\b.{0,60}\b(?:fail|error|problem|delayed|incomplete|unsuccessful)|(?:fail|error|problem)\w*.{0,40}\bdeliver"
    r"|failed (?:recipient|address|mail)|returned (?:to sender|mail|message)|returning message|mail error"
    r"|permanent (?:fatal )?error|fatal errors|(?:automatically )?rejected (?:your|mail|message)|was (?:automatically )?rejected|address not found|(?:user|recipient) unknown|no such user"
    r"|(?:has been|was) (?:postponed|delayed|returned|aborted)|message delayed|address(?:es)? (?:had|failed)"
    r"|(?:inte|ej|aldrig) (?:att )?(?:kunnat |kunde |kunna )?(?:levere|skicka|nå\b|nådde|fram\b|komma fram)|olevere|gick inte (?:fram|att leverera)"
    r"|leverans\w*.{0,60}(?:misslyck|fel\b|försena|fördröj)|misslyck\w* .{0,30}leverans|leveransfel|försena(?:d|t|ts|s)\b"
    r"|(?:nådde|nått|når|kom|kommit) (?:inte|ej|aldrig)|hittades (?:inte|ej)|finns (?:inte|ej)|(?:gick|går|kunde) (?:inte|ej)(?: att)? hitta"
    r"|okänd (?:mottagare|adress|användare)|retur(?:nera|neras|nerat)? till avsändaren|avvisa(?:de|des|ts|d)\b|studsa(?:de|t)"
    r"|ikke (?:bli |blive |blev |ble )?(?:lever|send|nå)|kunne ikke|leveringsfe[ij]l|forsinket"
    r"|unzustellbar|nicht (?:zugestellt|erreicht)|zustell\w*.{0,60}(?:fehl|verzög)|ei voitu|toimitus\w*.{0,40}(?:epäonnistu|viivästy)"
    r"|n.a (?:pas )?pu (?:etre|être)|non (?:remis|délivré|delivre|recapitat)|échec|niet (?:worden )?bezorg|onbestelbaar"
    r"|no se (?:pudo|ha podido) entregar|impossibile recapitare|não foi possível entregar",
    re.IGNORECASE,
)
#: Subjects that servers write; a person's begins otherwise.
_SUBJECT = re.compile(
    r"^\W*(?:undeliver|non-?deliver|mail (?:delivery|error|could not|system error|failed)|message (?:delivery|you sent|delayed)|deliver(?:y|ed)\b|returned mail"
    r"|returning mail|failure notice|failed mail|failed to deliver|automatically rejected|processing error|permanent delivery|warning: (?:could|message)|could not (?:send|deliver)|\[postmaster\]"
    r"|(?:e-?post|mejl|mail|meddelande|brev)\w* (?:kunde|kan|har|gick|nådde)|det gick inte att leverera|kunde (?:inte|ej) levere|(?:kan|går) (?:inte|ej) (?:att )?levere|(?:inte|ej) levere|olevere"
    r"|leverans(?:fel|status|rapport|meddelande)\w*\W*(?::|$)|misslyckad leverans|försenad leverans|retur(?:nerat|post)|oleverer|kunne ikke|kan ikke|ikke lever|leverings?|unzustellbar|zustell|nicht zustellbar|toimitus|ei voitu"
    r"|échec|non remis|niet bezorgd|onbestelbaar|no se (?:pudo|puede)|impossibile)",
    re.IGNORECASE,
)
#: The server goes on trying.
_TRIES_ON = re.compile(
    r"delayed|postponed|(?:will|to) (?:be )?(?:continue|retr|keep|re-?attempt)|attempts? will (?:continue|be)|still (?:being|trying)|not yet been"
    r"|(?:do not|don.t) need to re-?send|will try again|keep trying|no action is required|this is a warning|just a warning|temporary problem.{0,40}retry|delivery incomplete"
    r"|försenat?s?\b|fördröj|fortsätter? (?:att )?(?:försök|lever)|(?:nya|fler|ytterligare) försök (?:kommer|görs)|kommer att (?:fortsätta|försöka)|behöver inte skicka|försöker igen|ännu (?:inte|ej)"
    r"|forsinket|forsinkelse|vil (?:bli )?(?:fort|prøv|forsøk)|verzögert|wird weiter|viivästy|retardé|vertraagd",
    re.IGNORECASE,
)
#: The server does not, whatever else it says.
_GAVE_UP = re.compile(
    r"giv(?:en|ing) up|gave up|no (?:further|more) attempts|will not (?:be )?(?:try|tri|retr)|not going to try|permanent(?:ly)? (?:error|fail|fatal)|failed permanently"
    r"|inga fler(?:a)? försök|gett upp|ger (?:nu )?upp|gav upp|permanent fel|slutgiltig|kommer inte att försöka|has been returned",
    re.IGNORECASE,
)
#: Here begins the letter that came back.
_ORIGINAL = re.compile(
    r"^[\W_]*(?:original(?:et)? message|the original message|ursprungligt? (?:meddelande|brev)|ursprungliga meddelande\w*|meddelandehuvud|originalmeddelande"
    r"|(?:this|below|here|following)\b.{0,30}\bis (?:a |the )?(?:copy|header|original)|below this line|returned (?:mail|message)\W*(?:follows|below)?\W*$|old message|headers? (?:of|follow)"
    r"|(?:the )?(?:header|first|message header|your message|unsent message)\b.{0,60}\b(?:follow|below|attached)|--+ ?message|(?:här (?:är|följer)|nedan(?:för)?).{0,20}(?:kopia|meddelande)|kopia av"
    r"|ursprüngliche nachricht|opprinnelig melding|oprindelig|alkuperäinen viesti)"
    r"|^>?\s?(?:received|return-path|message-id|mime-version)[ \t]*:",
    re.IGNORECASE,
)
#: Lines about somebody else than who was not reached.
_ABOUT_OTHERS = re.compile(
    r"^[\W_]*(?:from|från|fra|von|sender|avsändare|avsändarens adress|reply-to|mail from|cc|kopia|message-?id|meddelande-?id|generated from)\b\W{0,3}[:<]"
    r"|^[\W_]*(?:\(?generated from|>>> mail|mail from:)"
    r"|\b(?:contact|kontakta|kontakt|vänd dig till|write to|skriv till|postmaster|help ?desk|support|if you (?:need|have)|om du (?:behöver|har))\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_ALONE = re.compile(
    r"^[\W\d_]*(?:(?:failed )?(?:recipient|mottagare|address|adress|to|till|användare|user)\w{0,10}\s*(?:\(s\))?\s*:\s*)?[\W_]*$",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:hej|hejsan|hallå|tjena|god (?:dag|morgon|kväll)|bästa|kära|tack|hi all|hi (?!.{0,3}this is)|hello|dear|kan (?:du|ni|någon)|jag|vi)\b",
    re.IGNORECASE,
)
#: Farmers deliver seed and grain as well.
_OF_MAIL = re.compile(
    r"mail\b|mail[sb]|mejl|e-?post|meddeland|message|brev|recipient|mottagare|adress|address|\b[45]\d\d\b|melding|meddelelse|nachricht|viesti|correo|posta\b|bericht|deliver",
    re.IGNORECASE,
)
_BLOCK_TAG = re.compile(
    r"<(?:/?(?:p|div|tr|li|table|h[1-6]|ul|ol|blockquote|pre)\b[^<>]{0,2000}|br[^<>]{0,200})>", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a server's words tell."""

    failed: tuple[tuple[str, str], ...]  # address and the words about it
    tries_on: bool
    sure: bool  # an address stands where servers put it


def lines_of_html(html: str) -> str:
    """HTML with its blocks as lines, for what else strips the tags."""
    return _BLOCK_TAG.sub("\n", html)


def is_bounce_subject(subject: str) -> bool:
    """Whether a subject begins as those of servers do."""
    return _SUBJECT.match(subject[:300]) is not None


def speaks_of_failure(text: str) -> bool:
    """Whether a text says that something was not delivered, or not yet."""
    return _FAILED.search(text[:_LONGEST]) is not None


def opens_as_a_server(text: str) -> bool:
    """Whether a text begins with mail that did not arrive, and not with a person's words."""
    lines = [line.strip() for line in text[:_LONGEST].split("\n", 40)[:40] if re.search(r"\w", line)]
    top = " ".join(lines[:8])[:600]
    return bool(lines) and not _GREETING.match(lines[0]) and speaks_of_failure(top) and bool(_OF_MAIL.search(top))


def before_original(text: str) -> str:
    """The server's own words: what stands above the letter that came back."""
    kept: list[str] = []
    for line in text[:_LONGEST].split("\n"):
        if _ORIGINAL.match(line[:_LONGEST_LINE]) and any(speaks_of_failure(said) for said in kept):
            break
        kept.append(line[:_LONGEST_LINE])
    return "\n".join(kept)


def tries_on(words: str) -> bool:
    """Whether the server goes on trying."""
    return _TRIES_ON.search(words) is not None and _GAVE_UP.search(words) is None


def told(words: str, ours: frozenset[str]) -> Told:
    """Whom the server could not reach. `ours`: addresses that the mail itself is from or to, which are never meant."""
    lines = words.split("\n")
    found = list(_candidates(lines, ours))
    best = max((weight for _, _, weight in found), default=0)
    chosen: dict[str, int] = {}
    for address, line, weight in found:
        if weight == best:
            chosen.setdefault(address, line)
    if best < 2 and len(chosen) > 1:
        chosen = {}  # names in passing: nobody can tell who is meant
    return Told(tuple(_regions(lines, chosen).items()), tries_on(words), sure=best >= 2)


def regions(words: str, addresses: frozenset[str]) -> dict[str, str]:
    """The words about each of these addresses; those that are not in the text are left out."""
    lines = words.split("\n")
    at: dict[str, int] = {}
    for number, line in enumerate(lines):
        for match in _ADDRESS.finditer(line):
            if (address := match[0].strip(".'").lower()) in addresses:
                at.setdefault(address, number)
    return _regions(lines, at)


def _regions(lines: list[str], at: dict[str, int]) -> dict[str, str]:
    """From each address's line to the next address; everything when it is the only one."""
    if len(at) == 1:
        return dict.fromkeys(at, "\n".join(lines))
    ends = dict(pairwise([*sorted(set(at.values())), len(lines)]))
    return {address: "\n".join(lines[line : ends[line]]) for address, line in at.items()}


def _candidates(lines: list[str], ours: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Every address, its line, and how surely it is meant: 3 alone below the failure, 2 in the same sentence, 1 else."""
    failed_at = -_REACH - 1
    for number, line in enumerate(lines):
        if says_so := _FAILED.search(line):
            failed_at = number
        if "@" not in line or _ABOUT_OTHERS.search(line):
            continue
        for match in _ADDRESS.finditer(line):
            address = match[0].strip(".'").lower()
            if address in ours or not is_address(address) or _server_address(address):
                continue
            near = number - failed_at <= _REACH or any(
                _FAILED.search(ahead) for ahead in lines[number + 1 : number + 4]
            )
            if near and _ALONE.match(line[: match.start()]):
                yield address, number, 3
            else:
                yield address, number, 2 if says_so or (near and number - failed_at <= 1) else 1


def _server_address(address: str) -> bool:
    return re.match(r"(?:mailer-daemon|postmaster|abuse|helpdesk|noreply|no-reply)@", address) is not None
