"""Mail providers that Swedish organisations use: where their mailboxes are, and what they want."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """What is known of one mail provider."""

    imap: str
    smtp: str  # with a port when it is not 587
    domains: tuple[str, ...] = ()  # of addresses that it gives out itself
    envelope: str = "verp"  # "plain": it does not let each letter have a return address of its own
    authserv: str = ""  # what its receiving server calls itself
    connections: int = 3
    per_minute: int = 0
    oauth: bool = False  # it takes no passwords


MICROSOFT = Provider(
    imap="outlook.office365.com",
    smtp="smtp.office365.com",
    envelope="plain",
    authserv="exchange",
    per_minute=30,
    oauth=True,
)
PROVIDERS = (
    MICROSOFT,
    Provider(
        imap="imap.gmail.com",
        smtp="smtp.gmail.com",
        domains=("gmail.com", "googlemail.com"),
        envelope="plain",
        authserv="mx.google.com",
    ),
    Provider(imap="mailcluster.loopia.se", smtp="mailcluster.loopia.se"),
    Provider(imap="imap.one.com", smtp="send.one.com:465"),
    Provider(imap="imap.fastmail.com", smtp="smtp.fastmail.com:465", domains=("fastmail.com",)),
    Provider(imap="imap.migadu.com", smtp="smtp.migadu.com:465"),
)

#: Under which a Microsoft tenant has its first addresses.
_MICROSOFT_DOMAIN = ".onmicrosoft.com"


def by_domain(domain: str) -> Provider | None:
    """Whose addresses end in this domain, where that is known."""
    if domain.endswith(_MICROSOFT_DOMAIN):
        return MICROSOFT
    return next((each for each in PROVIDERS if domain in each.domains), None)


def by_imap_host(host: str) -> Provider | None:
    """Whose mailbox server this is, where that is known."""
    return next((each for each in PROVIDERS if each.imap == host.lower()), None)


def smtp_host_for(imap_host: str) -> str:
    """Where a provider that we know nothing of most likely sends: smtp.example.se beside imap.example.se."""
    if known := by_imap_host(imap_host):
        return known.smtp
    host = imap_host.partition(":")[0]
    return "smtp." + host.removeprefix("imap.") if host.startswith("imap.") else host
