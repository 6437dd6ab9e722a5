"""Puts a failed connection into words: what it means, and where to look."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from bot.connections import SignInError
from bot.diagnosis.findings import Inquiry

#: Days before a certificate's end when it is told.
CERTIFICATE_DAYS = 14


def explain(inquiry: Inquiry, check: str, where: str, error: BaseException) -> None:
    """Report why `where` ("imap.example.se:993") could not be reached."""
    t = inquiry.t
    host = where.rpartition(":")[0]
    says, do = t("{where}: {error}", where=where, error=in_one_line(error)), t("Look at the address and the port.")
    for cause in _causes(error):
        if isinstance(cause, SignInError):
            says = t("The sign-in server gave no token: {error}", error=in_one_line(cause))
            do = t("Look at token_url, client_id, client_secret and refresh_token.")
        elif isinstance(cause, socket.gaierror):
            says = t("There is no server named {host}.", host=host)
            do = t("Look at the spelling, and whether this machine reaches the internet.")
        elif isinstance(cause, ConnectionRefusedError):
            says = t("{where} takes no connections.", where=where)
            do = t("Look at the port, and whether the server is running.")
        elif isinstance(cause, ssl.SSLCertVerificationError):
            says = t("The certificate of {host} is not trusted: {error}", host=host, error=cause.verify_message)
            do = t("Use the name that the certificate is for, or set [tls] ca_file.")
        elif isinstance(cause, ssl.SSLError):
            says = t("{where} answers, but not with TLS.", where=where)
            do = t("Look at the port: 993 for imaps, 465 for smtps, 587 for smtp+starttls.")
        elif isinstance(cause, TimeoutError):
            seconds = inquiry.patience.answer
            says = t("{where} does not answer within {seconds} seconds.", where=where, seconds=f"{seconds:g}")
            do = t("Look at the address and the port; a firewall may be in the way.")
        else:
            continue
        break
    inquiry.report.bad(check, says, do)


def certificate(inquiry: Inquiry, check: str, tls: ssl.SSLObject | ssl.SSLSocket | None) -> None:
    """Report that the connection is private, and for how long the certificate is good."""
    report, t = inquiry.report, inquiry.t
    if tls is None:
        report.good(check, t("No TLS; accepted, because the server is on this machine."))
        return
    ends = (tls.getpeercert() or {}).get("notAfter")
    if not isinstance(ends, str):
        report.good(check, t("The connection is private ({version}).", version=tls.version()))
        return
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)
    days = (until - inquiry.now()).days
    day = t.day(until.date(), inquiry.now().date())
    if days < CERTIFICATE_DAYS:
        report.doubt(check, t("The certificate ends on {day}.", day=day), t("Ask whoever runs the server to renew it."))
    else:
        version = tls.version()
        report.good(
            check,
            t("The connection is private ({version}), the certificate good until {day}.", version=version, day=day),
        )


def in_one_line(error: BaseException | bytes | str) -> str:
    """What the other side said, on one line and not too long."""
    if isinstance(error, bytes):
        error = error.decode(errors="replace")
    text = str(error) or type(error).__name__
    return " ".join(text.split())[:300]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was raised from; libraries wrap the reason that matters."""
    with suppress(RecursionError):
        while error is not None:
            yield error
            error = error.__cause__ or error.__context__
