"""What mail servers say to people when a letter did not arrive, in the languages of the north and of their neighbours."""

from bridges.mail.patterns import compiled, either

#: A letter that did not arrive, or not yet.
_FAILED = (
    # English
    r"undeliver(?:able|ed)|non-?deliver|not (?:be |been |yet been )?(?:able to be )?delivered|n.t (?:be )?delivered",
    r"(?:unable to|could ?n.t|could not|cannot|can.t|not able to) (?:be )?(?:deliver|send|reach)|did not reach|n.t (?:be )?reach",
    r"deliver(?:y|ing|ed)?\b.{0,60}\b(?:fail|error|problem|delayed|incomplete|unsuccessful)",
    r"(?:fail|error|problem)\w*.{0,40}\bdeliver|failed (?:recipient|address|mail)|address(?:es)? (?:had|failed)",
    r"returned (?:to sender|mail|message)|returning message|(?:has been|was) (?:postponed|delayed|returned|aborted)",
    r"permanent (?:fatal )?error|fatal errors|mail error|message delayed|address not found",
    r"(?:automatically )?rejected (?:your|mail|message)|was (?:automatically )?rejected|(?:user|recipient) unknown|no such user",
    # Swedish
    r"(?:inte|ej|aldrig) (?:att )?(?:kunnat |kunde |kunna )?(?:levere|skicka|nå\b|nådde|fram\b|komma fram)|olevere",
    r"gick inte (?:fram|att leverera)|(?:nådde|nått|når|kom|kommit) (?:inte|ej|aldrig)",
    r"leverans\w*.{0,60}(?:misslyck|fel\b|försena|fördröj)|misslyck\w* .{0,30}leverans|leveransfel|försena(?:d|t|ts|s)\b",
    r"hittades (?:inte|ej)|finns (?:inte|ej)|(?:gick|går|kunde) (?:inte|ej)(?: att)? hitta|avvisa(?:de|des|ts|d)\b",
    r"okänd (?:mottagare|adress|användare)|retur(?:nera|neras|nerat)? till avsändaren|studsa(?:de|t)",
    # Norwegian and Danish
    r"ikke (?:bli |blive |blev |ble )?(?:lever|send|nå)|kunne ikke|leveringsfe[ij]l|forsinket",
    # German, Finnish
    r"unzustellbar|nicht (?:zugestellt|erreicht)|zustell\w*.{0,60}(?:fehl|verzög)",
    r"ei voitu|toimitus\w*.{0,40}(?:epäonnistu|viivästy)",
    # French, Dutch, Spanish, Italian, Portuguese
    r"n.a (?:pas )?pu (?:etre|être)|non (?:remis|délivré|delivre|recapitat)|échec|niet (?:worden )?bezorg|onbestelbaar",
    r"no se (?:pudo|ha podido) entregar|impossibile recapitare|não foi possível entregar",
)
#: Subjects that servers write; a person's begins otherwise.
_SUBJECT = (
    r"undeliver|non-?deliver|mail (?:delivery|error|could not|system error|failed)|message (?:delivery|you sent|delayed)",
    r"deliver(?:y|ed)\b|returned mail|returning mail|failure notice|failed mail|failed to deliver|automatically rejected",
    r"processing error|permanent delivery|warning: (?:could|message)|could not (?:send|deliver)|\[postmaster\]",
    r"notice: mail delivery|message undeliverable",
    r"ditt (?:mejl|meddelande|brev|e-?post\w*) (?:kunde|kom|nådde|har inte)|(?:e-?post|mejl|mail|meddelande|brev)\w* (?:kunde|kan|har|gick|nådde)|det gick inte att leverera|olevere",
    r"kunde (?:inte|ej) levere|(?:kan|går) (?:inte|ej) (?:att )?levere|(?:inte|ej) levere|misslyckad leverans|försenad leverans",
    r"leverans(?:fel|status|rapport|meddelande)\w*\W*(?::|$)|leveransen (?:har|är|kunde|till)|retur(?:nerat|post)",
    r"kunne ikke|kan ikke|ikke lever|leverings?|unzustellbar|zustell|nicht zustellbar|toimitus|ei voitu",
    r"échec|non remis|niet bezorgd|onbestelbaar|no se (?:pudo|puede)|impossibile",
)
#: The server goes on trying.
_TRIES_ON = (
    r"delayed|postponed|(?:will|to) (?:be )?(?:continue|retr|keep|re-?attempt)|attempts? will (?:continue|be)",
    r"still (?:being|trying)|not yet been|(?:do not|don.t) need to re-?send|will try again|keep trying|no action is required",
    r"(?:this is|just) a warning|temporary problem.{0,40}retry|delivery incomplete",
    r"försenat?s?\b|fördröj|fortsätter? (?:att )?(?:försök|lever)|(?:nya|fler|ytterligare) försök (?:kommer|görs)",
    r"kommer att (?:fortsätta|försöka)|behöver inte skicka|försöker igen|ännu (?:inte|ej)",
    r"forsinket|forsinkelse|vil (?:bli )?(?:fort|prøv|forsøk)|verzögert|wird weiter|viivästy|retardé|vertraagd",
)
#: The server does not, whatever else it says.
_GAVE_UP = (
    r"giv(?:en|ing) up|gave up|no (?:further|more) attempts|will not (?:be )?(?:try|tri|retr)|not going to try",
    r"permanent(?:ly)? (?:error|fail|fatal)|failed permanently|has been returned",
    r"inga fler(?:a)? försök|gett upp|ger (?:nu )?upp|gav upp|permanent fel|slutgiltig|kommer inte att försöka",
)
#: Here begins the letter that came back.
_ORIGINAL = (
    r"original(?:et)? message|the original message|ursprungligt? (?:meddelande|brev)|ursprungliga meddelande\w*",
    r"meddelandehuvud|originalmeddelande|(?:this|below|here|following)\b.{0,30}\bis (?:a |the )?(?:copy|header|original)",
    r"below this line|returned (?:mail|message)\W*(?:follows|below)?\W*$|old message|headers? (?:of|follow)",
    r"(?:the )?(?:header|first|message header|your message|unsent message)\b.{0,60}\b(?:follows?|below|attached)\b",
    r"--+ ?message|(?:här (?:är|följer)|nedan(?:för)?).{0,20}(?:kopia|meddelande)|kopia av",
    r"ursprüngliche nachricht|opprinnelig melding|oprindelig|alkuperäinen viesti",
)
#: Lines about somebody else than who was not reached: the sender, and whom to ask.
_OTHERS = (
    r"^[\W_]*(?:from|från|fra|von|sender|avsändare|avsändarens adress|skickat av|reply-to|mail from|cc|kopia)\b\W{0,3}[:<]",
    r"^[\W_]*(?:message-?id|meddelande-?id)\b\W{0,3}[:<]|^[\W_]*(?:\(?generated from|>>> mail|mail from:)",
    r"\b(?:contact|kontakta|kontakt|vänd dig till|write to|skriv till|postmaster|help ?desk|support)\b",
    r"\b(?:if you (?:need|have)|om du (?:behöver|har))\b",
)
#: What people begin with, and servers seldom.
_GREETING = (
    r"hej|hejsan|hallå|tjena|god (?:dag|morgon|kväll)|bästa|kära|tack|hi all|hi (?!.{0,3}this is)|hello|dear",
    r"kan (?:du|ni|någon)|jag|vi",
)
#: Farmers deliver seed and grain as well.
_OF_MAIL = (
    r"mail\b|mail[sb]|mejl|e-?post|meddeland|message|brev|recipient|mottagare|adress|address|\b[45]\d\d\b",
    r"melding|meddelelse|nachricht|viesti|correo|posta\b|bericht|deliver",
)

failed = compiled(either(*_FAILED)).search
server_subject = compiled(rf"^\W*{either(*_SUBJECT)}").match
tries_on = compiled(either(*_TRIES_ON)).search
gave_up = compiled(either(*_GAVE_UP)).search
original = compiled(rf"^[\W_]*{either(*_ORIGINAL)}|^>?\s?(?:received|return-path|message-id|mime-version)[ \t]*:").match
about_others = compiled(either(*_OTHERS)).search
greeting = compiled(rf"^\W*{either(*_GREETING)}\b").match
of_mail = compiled(either(*_OF_MAIL)).search
