"""Whether a mail comes from whom it says, by the word of the one mail server we trust."""

from dataclasses import dataclass, field
from enum import StrEnum

from bridges.mail.parse import Mail

#: As `trusted_authserv`: Exchange Online, whose header names no server.
EXCHANGE = "exchange"

#: Domains under which anybody gets a name: two names below one of them are strangers to each other. The full list of
#: such domains (publicsuffix.org) has ten thousand rows and changes weekly; these are the ones that Swedish mail meets.
_SHARED = frozenset(
    """
    ac.se bd.se brand.se com.se fh.se fhsk.se fhv.se komforb.se kommunalforbund.se komvux.se lanbib.se
    naturbruksgymn.se org.se parti.se pp.se press.se tm.se
    ac.uk co.uk gov.uk ltd.uk me.uk net.uk nhs.uk org.uk plc.uk sch.uk
    ac.nz co.nz org.nz com.au net.au org.au edu.au gov.au co.jp or.jp ac.jp co.za org.za com.br com.tr com.pl
    com.ua com.cn com.mx co.in co.kr co.il com.sg com.hk
    aland.fi co.no priv.no co.dk
    onmicrosoft.com azurewebsites.net github.io gitlab.io blogspot.com wordpress.com herokuapp.com netlify.app
    pages.dev workers.dev web.app firebaseapp.com sharepoint.com amazonaws.com
    """.split()  # noqa: SIM905 - a table of words, not a list of strings
)


class Standing(StrEnum):
    """How far a mail's From can be believed."""

    PASSED = "passed"
    FAILED = "failed"
    UNSET = "unset"  # no server is named in the settings: nobody was asked


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the trusted server says about a mail."""

    standing: Standing
    reason: str  # a stable slug


@dataclass(frozen=True, slots=True)
class _Result:
    """One method's result in an Authentication-Results header, such as `dkim=pass header.d=vreta.se`."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)

    def domain(self, *names: str) -> str:
        """The domain in the first of these properties that is there; of an address, what follows the @."""
        value = next((self.properties[name] for name in names if name in self.properties), "")
        return _domain(value.rpartition("@")[2])


def verdict(mail: Mail, authserv: str) -> Verdict:
    """Whether a mail's From is who it says, by the results of the server named `authserv` ("" = none is named).

    Only the topmost Authentication-Results header counts, and only when it is that server's: it adds its own on top of
    whatever came with the mail, so everything below may have been written by the sender (RFC 8601 §5). A From with
    more than one mailbox is nobody's word, and fails whoever vouches for it.
    """
    if len(mail.senders) > 1:
        return Verdict(Standing.FAILED, "many_senders")
    if not authserv:
        return Verdict(Standing.UNSET, "nobody_asked")
    sender = mail.sender
    domain = _domain(sender.address.rpartition("@")[2]) if sender and "@" in sender.address else ""
    if not domain:
        return Verdict(Standing.FAILED, "no_sender")
    headers = mail.header_all("Authentication-Results")
    parsed = _parse(headers[0]) if headers else None
    if parsed is None:
        return Verdict(Standing.FAILED, "unreadable_verdict" if headers else "no_verdict")
    server, results = parsed
    if server != ("" if authserv.lower() == EXCHANGE else authserv.lower()):
        return Verdict(Standing.FAILED, "no_verdict")
    return _judge(results, domain)


def _judge(results: list[_Result], domain: str) -> Verdict:
    """PRODUCT's rule: dmarc=pass; or, for a domain without DMARC, an aligned DKIM or SPF pass."""
    dmarc = [result for result in results if result.method == "dmarc"]
    if any(result.result == "fail" for result in dmarc):
        return Verdict(Standing.FAILED, "dmarc_fail")
    judged = [found for result in dmarc if (found := result.domain("header.from"))]
    if not all(aligned(found, domain) for found in judged):
        return Verdict(Standing.FAILED, "other_from")  # the server judged another From than the one we read
    if dmarc and all(result.result == "pass" for result in dmarc):
        return Verdict(Standing.PASSED, "dmarc_pass")
    # `bestguesspass` is Exchange's word for "no DMARC here, but it would have passed": a domain without DMARC.
    if any(result.result not in ("none", "bestguesspass") for result in dmarc):
        return Verdict(Standing.FAILED, "dmarc_error")  # temperror, permerror: there may be a policy
    for result in results:
        if result.result != "pass":
            continue
        if result.method == "dkim" and aligned(result.domain("header.d", "header.i"), domain):
            return Verdict(Standing.PASSED, "dkim_pass")
        if result.method == "spf" and aligned(result.domain("smtp.mailfrom", "smtp.mail"), domain):
            return Verdict(Standing.PASSED, "spf_pass")
    return Verdict(Standing.FAILED, "not_aligned")


def aligned(one: str, other: str) -> bool:
    """Whether two domains are the same organisation's (RFC 7489 §3.1, relaxed), without a public suffix list.

    They are when they are equal, or when one lies under the other and the other is a domain that somebody owns: at
    least two labels, and none of the well-known ones that are let by the name. Stricter than the RFC for two domains side by
    side (`a.vreta.se`, `b.vreta.se`): those wait for an editor rather than pass on a guess.
    """
    one, other = _domain(one), _domain(other)
    shorter, longer = sorted((one, other), key=len)
    if "." not in shorter:
        return False
    return shorter == longer or (shorter not in _SHARED and longer.endswith(f".{shorter}"))


def _domain(text: str) -> str:
    """A domain for comparing: lower case, without a last dot, in its ASCII form (RFC 5890)."""
    text = text.strip().strip("<>").rstrip(".").lower()
    if text.isascii():
        return text
    try:
        return text.encode("idna").decode()
    except UnicodeError:
        return text


def _parse(value: str) -> tuple[str, list[_Result]] | None:
    """The server and the results of an Authentication-Results header; None when its quotes or comments do not close.

    Tolerant where servers are sloppy (no server id, stray words), which authres is not; strict where a sender could slip something in: what
    stands in a comment or within quotes never becomes a result.
    """
    bare = _without_comments(value)
    if bare is None:
        return None
    server, results = "", []
    for number, part in enumerate(bare.split(";")):
        words = part.split()
        if number == 0 and words and "=" not in words[0]:
            server = words[0].lower()  # a version may follow (RFC 8601 §2.2)
            continue
        if not words or "=" not in words[0]:
            continue  # "none", or the domain that Exchange leaves between two results
        method, _, result = words[0].partition("=")
        properties: dict[str, str] = {}
        for word in words[1:]:
            name, equals, text = word.partition("=")
            if equals:
                properties.setdefault(name.lower(), text)
        results.append(_Result(method.partition("/")[0].lower(), result.lower(), properties))
    return server, results


def _without_comments(value: str) -> str | None:
    """The header without (comments) and with "quoted text" in a harmless form; None when one of them stays open."""
    out: list[str] = []
    depth, quoted, escaped = 0, False, False
    for sign in value:
        if escaped:
            escaped = False
            if not depth:
                out.append("_")
        elif sign == "\\" and (depth or quoted):
            escaped = True
        elif quoted:
            if sign == '"':
                quoted = False
            else:
                out.append("_" if sign.isspace() or sign in ";=" else sign)
        elif sign == "(":
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
            out.append(" ")
        elif depth:
            continue
        elif sign == '"':
            quoted = True
        else:
            out.append(sign)
    if depth or quoted or escaped:
        return None
    return "".join(out)
