"""Checks what the internet is told of the list's domain: where its mail goes (MX), who may send (SPF, DMARC), and its keys (DKIM)."""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import dns.asyncresolver
import dns.exception
import dns.rdatatype
import dns.resolver

from bot.diagnosis.findings import Inquiry
from bot.diagnosis.letter_verdict import signatures
from bot.diagnosis.trouble import in_one_line

#: Endings that no name server outside knows (RFC 6761, RFC 6762).
_LOCAL = ("localhost", "local", "invalid", "internal", "lan")


class SilentError(Exception):
    """No name server gave an answer, so nothing is known; `timed_out`: none was to be had at all."""

    def __init__(self, reason: str, *, timed_out: bool = False) -> None:
        super().__init__(reason)
        self.timed_out = timed_out


@dataclass(frozen=True, slots=True)
class Names:
    """Asks name servers, and never waits longer than `seconds` for one question."""

    resolver: dns.asyncresolver.Resolver
    seconds: float

    async def ask(self, name: str, kind: str) -> list[str] | None:
        """The answers as text; [] when the name has none of this kind, None when there is no such name."""
        try:
            answer = await self.resolver.resolve(name, kind, lifetime=self.seconds, search=False)
        except dns.resolver.NXDOMAIN:
            return None
        except dns.resolver.NoAnswer:
            return []
        except dns.exception.Timeout as error:
            raise SilentError("", timed_out=True) from error
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise SilentError(in_one_line(error)) from error
        if answer.rdtype == dns.rdatatype.TXT:  # long texts come in pieces of 255 (RFC 7208 §3.3)
            return [b"".join(row.strings).decode(errors="replace") for row in answer]
        return [row.to_text() for row in answer]


async def look(inquiry: Inquiry) -> None:
    """Ask about the list's domain; only a domain that takes no mail at all is fatal."""
    settings, report, t = inquiry.settings, inquiry.report, inquiry.t
    if settings.imap is None and settings.smtp is None:
        return
    domain = settings.list.domain
    if domain.rpartition(".")[2] in _LOCAL or "." not in domain:
        report.doubt(
            "dns.domain", t("{domain} is a name for this machine alone: no name server is asked.", domain=domain)
        )
        return
    try:
        names = Names(_resolver(inquiry), inquiry.patience.dns)
    except (dns.exception.DNSException, OSError) as error:
        report.doubt("dns.domain", t("This machine names no name server: {error}", error=in_one_line(error)))
        return
    for step in (_mx, _spf, _dmarc, _dkim):
        try:
            await step(inquiry, names, domain)
        except SilentError as error:
            why = t("nothing within {seconds} seconds", seconds=f"{names.seconds:g}") if error.timed_out else error
            report.doubt(
                f"dns.{step.__name__.strip('_')}",
                t("No name server answered about {domain}: {error}", domain=domain, error=why),
                t("Try again, or name another with --dns-server."),
            )
            if error.timed_out:
                return  # the other questions would wait as long for as little


def _resolver(inquiry: Inquiry) -> dns.asyncresolver.Resolver:
    if inquiry.dns_server is None:
        return dns.asyncresolver.Resolver()
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = [inquiry.dns_server[0]]
    resolver.port = inquiry.dns_server[1]
    return resolver


async def _mx(inquiry: Inquiry, names: Names, domain: str) -> None:
    report, t = inquiry.report, inquiry.t
    hosts = await names.ask(domain, "MX")
    if hosts is None:
        says = t("There is no domain named {domain}.", domain=domain)
        report.bad("dns.mx", says, t("Look at the spelling of [list] address, or register the domain."))
    elif any(host.split()[-1] == "." for host in hosts):  # RFC 7505
        says = t("{domain} says that it takes no mail (null MX).", domain=domain)
        report.bad("dns.mx", says, t("Ask whoever runs the domain for an MX record to the mail provider."))
    elif hosts:
        mail = ", ".join(host.split()[-1].rstrip(".") for host in sorted(hosts))
        report.good("dns.mx", t("Mail to {domain} goes to {hosts}.", domain=domain, hosts=mail))
    elif await names.ask(domain, "A") or await names.ask(domain, "AAAA"):
        says = t("{domain} has no MX record; senders try its address instead.", domain=domain)
        report.doubt("dns.mx", says, t("Ask whoever runs the domain for an MX record to the mail provider."))
    else:
        says = t("{domain} has no MX record: nobody can mail it.", domain=domain)
        report.bad("dns.mx", says, t("Ask whoever runs the domain for an MX record to the mail provider."))


async def _spf(inquiry: Inquiry, names: Names, domain: str) -> None:
    report, t = inquiry.report, inquiry.t
    texts = await names.ask(domain, "TXT") or []
    records = [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]
    cure = t("Ask the mail provider which SPF record to publish for {domain}.", domain=domain)
    if not records:
        report.doubt("dns.spf", t("{domain} has no SPF record: many servers distrust its mail.", domain=domain), cure)
        return
    if len(records) > 1:  # RFC 7208 §4.5: then none counts
        report.doubt(
            "dns.spf", t("{domain} has {n} SPF records, and so none counts.", domain=domain, n=len(records)), cure
        )
        return
    words = records[0].lower().split()
    if "+all" in words or "all" in words:
        report.doubt("dns.spf", t("The SPF record of {domain} lets everybody send.", domain=domain), cure)
    elif any(word in ("-all", "~all") or word.startswith("redirect=") for word in words):
        report.good("dns.spf", t("{domain} says who may send for it (SPF).", domain=domain))
    else:
        report.doubt(
            "dns.spf", t("The SPF record of {domain} does not end: it should with ~all or -all.", domain=domain), cure
        )


async def _dmarc(inquiry: Inquiry, names: Names, domain: str) -> None:
    report, t = inquiry.report, inquiry.t
    for parent in _upwards(domain):
        texts = await names.ask(f"_dmarc.{parent}", "TXT") or []
        records = [text for text in texts if text.replace(" ", "").lower().startswith("v=dmarc1")]
        if len(records) == 1:
            tags = dict(pair.strip().split("=", 1) for pair in records[0].split(";") if "=" in pair)
            policy = (tags.get("sp") if parent != domain else None) or tags.get("p", "none")
            report.good("dns.dmarc", t("{domain} has a DMARC policy: {policy}.", domain=parent, policy=policy))
            return
        if records:
            says = t("{domain} has {n} DMARC records, and so none counts.", domain=parent, n=len(records))
            report.doubt("dns.dmarc", says, t("Keep one of them."))
            return
    report.doubt(
        "dns.dmarc",
        t("{domain} has no DMARC policy: large providers distrust lists without one.", domain=domain),
        t('Publish a TXT record at _dmarc.{domain}: "v=DMARC1; p=none"', domain=domain),
    )


async def _dkim(inquiry: Inquiry, names: Names, domain: str) -> None:
    """The keys of the signatures that the letter to itself came with."""
    report, t = inquiry.report, inquiry.t
    head = inquiry.learned.letter
    signed = [tags for tags in signatures(head) if tags.get("s") and tags.get("d")] if head else []
    if not signed:
        report.doubt(
            "dns.dkim",
            t("No signature was seen, so it is not known which DKIM key to look for."),
            t("Mail somebody at another provider and look at DKIM there."),
        )
        return
    for tags in signed:
        name = f"{tags['s']}._domainkey.{tags['d']}"
        if _key(await names.ask(name, "TXT") or []):
            report.good("dns.dkim", t("The key of the signature is published ({name}).", name=name))
        else:
            report.doubt(
                "dns.dkim",
                t("The letter is signed, but its key is not published: {name}", name=name),
                t("Ask the mail provider which DKIM record to publish there."),
            )


def _key(texts: Sequence[str]) -> str:
    """The public key; "" when there is none, or it was withdrawn (RFC 6376 §3.6.1: an empty p=)."""
    for text in texts:
        tags = dict(pair.strip().split("=", 1) for pair in text.split(";") if "=" in pair)
        if key := tags.get("p", "").strip():
            return key
    return ""


def _upwards(domain: str) -> Iterator[str]:
    """The domain and those above it, down to two labels: where a DMARC policy may stand."""
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        yield ".".join(labels[start:])


def server_address(text: str) -> tuple[str, int]:
    """--dns-server: `9.9.9.9`, `9.9.9.9:53` or `[2620:fe::fe]:53`. Raises ValueError."""
    host, port = text, 53
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = int(rest.removeprefix(":") or 53)
    elif text.count(":") == 1:
        host, _, number = text.partition(":")
        port = int(number)
    return str(ipaddress.ip_address(host)), port
