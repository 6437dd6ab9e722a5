"""Checks the settings: what is left out, what is readable by others, and what will surprise later."""

import os
from urllib.parse import urlsplit

from bot.diagnosis.findings import Inquiry
from bot.settings import LOOPBACK, ListSettings, readable_by_others

#: Microsoft 365 takes this many connections and messages a minute from one mailbox.
MICROSOFT_HOSTS = ("outlook.office365.com", "smtp.office365.com")
MICROSOFT_CONNECTIONS, MICROSOFT_PER_MINUTE = 3, 30


async def look(inquiry: Inquiry) -> None:
    """Look at everything that can be judged without asking anybody outside."""
    _file(inquiry)
    _parts(inquiry)
    _network(inquiry)
    _mail(inquiry)


def _file(inquiry: Inquiry) -> None:
    report, t, path = inquiry.report, inquiry.t, inquiry.path
    if not path.exists():
        if any(name.startswith("BRYGGA_") and "__" in name for name in os.environ):
            report.good("settings.file", t("No settings file; everything comes from the environment."))
        else:
            report.bad("settings.file", t("There are no settings yet."), t("Run: brygga init"))
        return
    report.good("settings.file", t("The settings in {path} can be read.", path=path))
    if readable_by_others(path):
        report.doubt(
            "settings.private",
            t("Other users of this machine can read {path}, and the passwords in it.", path=path),
            t("Run: chmod 600 {path}", path=path),
        )


def _parts(inquiry: Inquiry) -> None:
    """A section left out turns its part off; that may be meant, so it is said and not counted as missing."""
    report, t, settings = inquiry.report, inquiry.t, inquiry.settings
    if settings.imap is None and settings.smtp is None and settings.slack is None:
        report.bad(
            "settings.parts",
            t("Neither [imap], [smtp] nor [slack] is set: Brygga has nobody to talk to."),
            t("Run: brygga init"),
        )
        return
    if settings.imap is None:
        report.doubt(
            "settings.imap", t("No [imap]: nothing comes in by mail."), t("Set [imap] url, if mail is wanted.")
        )
    if settings.smtp is None:
        report.doubt("settings.smtp", t("No [smtp]: no mail goes out."), t("Set [smtp] url, if mail is wanted."))
    if (settings.imap or settings.smtp) and settings.list.address == ListSettings().address:
        report.bad(
            "settings.address",
            t("The address that people write to is not set."),
            t("Set [list] address, for example kluster@lista.example.se"),
        )


def _network(inquiry: Inquiry) -> None:
    report, t, network = inquiry.report, inquiry.t, inquiry.settings.network
    if network.secret_key is None:
        report.doubt(
            "settings.secret_key",
            t("No secret_key: one is made at the first start and kept in the database alone."),
            t("Set [network] secret_key, so that links in old letters work even with a new database."),
        )
    elif len(network.secret_key.get_secret_value()) < 20:
        report.doubt(
            "settings.secret_key",
            t("The secret_key is short; whoever guesses it can sign links in the network's name."),
            t("Set [network] secret_key to 40 random characters before the first letter goes out."),
        )
    address = urlsplit(network.public_url)
    if address.hostname in LOOPBACK:
        report.doubt(
            "settings.public_url",
            t("{url} is reached from this machine alone; links in letters lead nowhere.", url=network.public_url),
            t("Set [network] public_url to the https address that people reach the pages by."),
        )
    elif address.scheme != "https":
        report.doubt(
            "settings.public_url",
            t(
                "{url} is not https: links can be read on the way, and one-click leaving does not work.",
                url=address.geturl(),
            ),
            t("Put a web server with a certificate in front, and set [network] public_url to its https address."),
        )


def _mail(inquiry: Inquiry) -> None:
    report, t, settings = inquiry.report, inquiry.t, inquiry.settings
    if settings.imap and not settings.list.trusted_authserv:
        report.doubt(
            "settings.trusted_authserv",
            t("No trusted_authserv: a member's sender address is believed without proof."),
            t("Set [list] trusted_authserv to the name of your receiving server; the letter below shows it."),
        )
    ca_file = settings.tls.ca_file
    if ca_file and not (settings.folder / ca_file).is_file():
        report.bad(
            "settings.ca_file",
            t("The file {path} of [tls] ca_file is not there.", path=ca_file),
            t("Write the right path, or take the key away."),
        )
    if settings.smtp and settings.smtp.server.host in MICROSOFT_HOSTS:
        smtp = settings.smtp
        if smtp.connections > MICROSOFT_CONNECTIONS or not 0 < smtp.per_minute <= MICROSOFT_PER_MINUTE:
            report.doubt(
                "settings.microsoft",
                t("Microsoft 365 takes 3 connections and 30 messages a minute; these settings ask for more."),
                t("Set [smtp] connections = 3 and per_minute = 30"),
            )
