"""Checks the mailbox that the list address delivers to: reached, private, signed in, opened, and awake."""

import asyncio
import ssl

from bot.connections import imap_server, tls_context
from bot.diagnosis.findings import Inquiry
from bot.diagnosis.trouble import certificate, explain, in_one_line
from bridges.mail.imap import CommandRefused, Connection, ImapTrouble, LoginRefused
from bridges.mail.servers import ImapServer


async def look(inquiry: Inquiry) -> None:
    """Go as far as the server lets us; the first step that fails is the one to mend."""
    if inquiry.settings.imap is None:
        return
    server = imap_server(inquiry.settings)
    if not await _reached(inquiry, server):
        return
    report, t = inquiry.report, inquiry.t
    try:
        async with Connection(server, inquiry.patience.answer) as mailbox:
            report.good("imap.login", t("Signed in as {user}.", user=server.user))
            await _opened(inquiry, server, mailbox)
    except (LoginRefused, CommandRefused) as error:
        report.bad(
            "imap.login",
            t(
                "The mailbox server does not let {user} in: {reason}",
                user=server.user or "?",
                reason=in_one_line(error),
            ),
            _sign_in_cure(inquiry, server),
        )
    except ImapTrouble as error:
        explain(inquiry, "imap.login", f"{server.host}:{server.port}", error)


async def _reached(inquiry: Inquiry, server: ImapServer) -> bool:
    """A connection of its own, for the reason when it fails and for the certificate when it does not."""
    where = f"{server.host}:{server.port}"
    try:
        async with asyncio.timeout(inquiry.patience.answer):
            context = tls_context(server.ca_file) if server.tls else None
            reader, writer = await asyncio.open_connection(server.host, server.port, ssl=context)
    except (OSError, ssl.SSLError) as error:
        explain(inquiry, "imap.connect", where, error)
        return False
    tls = writer.get_extra_info("ssl_object")
    try:
        async with asyncio.timeout(inquiry.patience.answer):
            greeting = await reader.readline()
    except (OSError, ValueError) as error:
        explain(inquiry, "imap.connect", where, error)
        return False
    finally:
        writer.transport.abort()
    if not greeting.startswith(b"* "):
        t = inquiry.t
        says = t(
            "{where} does not greet as a mailbox server does: {greeting}", where=where, greeting=in_one_line(greeting)
        )
        inquiry.report.bad("imap.connect", says, t("Look at the port: 993 for imaps."))
        return False
    inquiry.report.good("imap.connect", inquiry.t("The mailbox server {where} answers.", where=where))
    certificate(inquiry, "imap.tls", tls)
    return True


async def _opened(inquiry: Inquiry, server: ImapServer, mailbox: Connection) -> None:
    report, t = inquiry.report, inquiry.t
    try:
        await mailbox.select(server.mailbox)
    except ImapTrouble as error:
        report.bad(
            "imap.mailbox",
            t("The folder {name} cannot be opened: {reason}", name=server.mailbox, reason=in_one_line(error)),
            t("Look at the last part of [imap] url; it is INBOX when left out."),
        )
        return
    report.good("imap.mailbox", t("The folder {name} can be opened.", name=server.mailbox))
    inquiry.learned.imap = True
    if mailbox.can_idle:
        report.good("imap.idle", t("The server tells of new mail at once (IDLE)."))
    else:
        says = t("The server does not tell of new mail (no IDLE): Brygga asks now and then, and mail is slower.")
        report.doubt("imap.idle", says)


def _sign_in_cure(inquiry: Inquiry, server: ImapServer) -> str:
    t = inquiry.t
    if server.token:
        return t("Give the application the right to read this mailbox by IMAP.")
    if server.host.endswith("office365.com"):
        return t("Microsoft 365 takes no passwords: set [imap.oauth]; see docs/install.md")
    if server.host.endswith("gmail.com"):
        return t("Google takes app passwords only: make one in the account's security settings.")
    return t("Look at the user in [imap] url, and at [imap] password.")
