"""Checks the server that letters leave by: reached, private, signed in, and what it can take."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from bot.connections import smtp_server, tls_context
from bot.diagnosis.findings import Inquiry
from bot.diagnosis.trouble import certificate, explain, in_one_line
from bridges.mail.servers import SmtpServer

#: A letter carries its attachments in base64, with a line end for every 76 characters.
ENCODED = 4 / 3 * 78 / 76


async def look(inquiry: Inquiry) -> None:
    """Go as far as the server lets us; no letter is sent."""
    if inquiry.settings.smtp is None:
        return
    server = smtp_server(inquiry.settings)
    where = f"{server.host}:{server.port}"
    smtp = client(server, inquiry.patience.answer)
    try:
        try:
            await smtp.connect()
        except Exception as error:  # noqa: BLE001  whatever the library raises, it was not reached
            _not_connected(inquiry, server, error)
            return
        inquiry.report.good("smtp.connect", inquiry.t("The sending server {where} answers.", where=where))
        certificate(inquiry, "smtp.tls", smtp.get_transport_info("ssl_object"))
        inquiry.learned.smtp = await _signed_in(inquiry, server, smtp)
        _abilities(inquiry, smtp)
    finally:
        smtp.close()


def client(server: SmtpServer, seconds: float) -> SMTP:
    """A connection that is not open yet."""
    return SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        tls_context=None if server.security == "none" else tls_context(server.ca_file),
        timeout=seconds,
    )


async def sign_in(server: SmtpServer, smtp: SMTP) -> None:
    """Log in, when the settings name a user."""
    if server.token:
        await smtp.auth_xoauth2(server.user, await server.token())
    elif server.user:
        await smtp.login(server.user, server.password)


@asynccontextmanager
async def signed_in(server: SmtpServer, seconds: float) -> AsyncIterator[SMTP]:
    """A connection that is open and logged in."""
    smtp = client(server, seconds)
    try:
        await smtp.connect()
        await sign_in(server, smtp)
        yield smtp
        with suppress(SMTPException, OSError):
            await smtp.quit()
    finally:
        smtp.close()


def _not_connected(inquiry: Inquiry, server: SmtpServer, error: Exception) -> None:
    t, where = inquiry.t, f"{server.host}:{server.port}"
    if isinstance(error, SMTPResponseException):
        reason = f"{error.code} {in_one_line(error.message)}"
        says = t("The sending server {where} turns us away: {reason}", where=where, reason=reason)
        inquiry.report.bad("smtp.connect", says, t("Ask whoever runs it whether this machine may send."))
    elif "STARTTLS" in str(error):
        says = t("The sending server {where} offers no STARTTLS.", where=where)
        inquiry.report.bad("smtp.connect", says, t("Look at the port, or write smtps:// with port 465."))
    else:
        explain(inquiry, "smtp.connect", where, error)


async def _signed_in(inquiry: Inquiry, server: SmtpServer, smtp: SMTP) -> bool:
    t = inquiry.t
    if not server.user:
        inquiry.report.good("smtp.login", t("No user is set: the server is asked to send without signing in."))
        return True
    try:
        await sign_in(server, smtp)
    except SMTPResponseException as error:
        reason = f"{error.code} {in_one_line(error.message)}"
    except SMTPException as error:
        reason = in_one_line(error)
    except OSError as error:
        explain(inquiry, "smtp.login", f"{server.host}:{server.port}", error)
        return False
    else:
        inquiry.report.good("smtp.login", t("Signed in as {user}.", user=server.user))
        return True
    cure = t("Look at the user in [smtp] url, and at [smtp] password.")
    if server.token:
        cure = t("Give the application the right to send from this mailbox by SMTP.")
    elif server.host.endswith("office365.com"):
        cure = t("Microsoft 365 takes no passwords: set [smtp.oauth]; see docs/install.md")
    elif server.host.endswith("gmail.com"):
        cure = t("Google takes app passwords only: make one in the account's security settings.")
    says = t("The sending server does not let {user} in: {reason}", user=server.user, reason=reason)
    inquiry.report.bad("smtp.login", says, cure)
    return False


def _abilities(inquiry: Inquiry, smtp: SMTP) -> None:
    """What the server says that it takes (EHLO)."""
    report, t = inquiry.report, inquiry.t
    size = smtp.esmtp_extensions.get("size", "")
    wanted = inquiry.settings.limits.attachment_mb
    if size.isdigit() and int(size) > 0:
        takes = int(int(size) / 1_000_000)
        if int(size) < wanted * 1_000_000 * ENCODED + 500_000:
            report.doubt(
                "smtp.size",
                t(
                    "The server takes letters of {takes} MB; attachments of {wanted} MB do not fit.",
                    takes=takes,
                    wanted=wanted,
                ),
                t("Set [limits] attachment_mb = {fits}", fits=max(0, int((takes - 1) / ENCODED))),
            )
        else:
            report.good("smtp.size", t("The server takes letters of {takes} MB.", takes=takes))
    if smtp.supports_extension("pipelining"):
        report.good("smtp.pipelining", t("The server takes commands in a row (PIPELINING): sending is quick."))
    else:
        report.good(
            "smtp.pipelining", t("The server wants each command by itself (no PIPELINING): sending takes longer.")
        )
