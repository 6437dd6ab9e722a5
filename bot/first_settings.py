"""Writes the first brygga.toml: what a coordinator answered, with a comment for each thing worth knowing."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bot.providers import Provider
from bot.settings import LOOPBACK
from bridges.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthAnswers:
    """What Microsoft 365 wants instead of a password."""

    tenant: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the coordinator said."""

    name: str
    locale: str
    public_url: str
    address: str
    imap_url: str
    imap_password: str
    smtp_url: str
    smtp_password: str
    database: str
    oauth: OAuthAnswers | None = None
    provider: Provider | None = None
    secret_key: str = ""  # "" = make one


def imap_url(host: str, user: str) -> str:
    """`outlook.office365.com` and a user → imaps://user@outlook.office365.com; without TLS on this machine alone."""
    scheme = "imap" if _here(host) and not host.endswith(":993") else "imaps"
    return f"{scheme}://{_user(user)}{host}"


def smtp_url(host: str, user: str) -> str:
    """The port says how the connection is made private: 465 from the start (RFC 8314 §3.3), else by STARTTLS."""
    scheme = (
        "smtps" if host.endswith(":465") else "smtp" if _here(host) and not host.endswith(":587") else "smtp+starttls"
    )
    return f"{scheme}://{_user(user)}{host}"


def _user(user: str) -> str:
    # The last @ separates, so the one in an address may stand.
    return f"{quote(user, safe='@+')}@" if user else ""


def _here(host: str) -> bool:
    name = host.rpartition(":")[0] or host
    return name in LOOPBACK or name.startswith("127.")


def toml_text(text: str) -> str:
    """A string as TOML writes it; JSON's way is the same but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def settings_text(t: Texts, answers: Answers) -> str:
    """The whole file."""
    sections = (_head(t), _network(t, answers), _database(t, answers), _list(t, answers), _imap(t, answers))
    return "\n".join((*sections, _smtp(t, answers), _slack(t), _rest(t)))


def write_private(path: Path, text: str) -> None:
    """Put the file there whole or not at all, readable by its owner alone: it holds passwords."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _head(t: Texts) -> str:
    return f"""\
# {t("The settings of Brygga. docs/settings.md explains every key.")}
# {t("The file holds passwords: nobody but Brygga's own user should be able to read it.")}
"""


def _network(t: Texts, answers: Answers) -> str:
    return f"""\
[network]
# {t("Stands in every letter: Anna via NAME.")}
name = {toml_text(answers.name)}
locale = {toml_text(answers.locale)}
timezone = "Europe/Stockholm"
# {t("Where people reach the pages; links in letters begin with it.")}
public_url = {toml_text(answers.public_url)}
# {t("Signs every link and address. Keep it secret, and keep it: with a new one, links in old letters are dead.")}
secret_key = {toml_text(answers.secret_key or secrets.token_urlsafe(32))}
"""


def _database(t: Texts, answers: Answers) -> str:
    return f"""\
[database]
# {t("A file beside this one; or postgresql://user:password@host/name")}
url = {toml_text(answers.database)}
"""


def _list(t: Texts, answers: Answers) -> str:
    authserv = answers.provider.authserv if answers.provider else ""
    trusted = f"trusted_authserv = {toml_text(authserv)}" if authserv else '# trusted_authserv = "mx.example.se"'
    return f"""\
[list]
# {t("The address that people write to.")}
address = {toml_text(answers.address)}
# {t("So long can a sender take a letter back before anybody has it; 0 = not at all.")}
undo_seconds = 120
# {t("The server that vouches for senders; brygga check says what yours is called.")}
{trusted}
"""


def _imap(t: Texts, answers: Answers) -> str:
    return f"""\
[imap]
# {t("The mailbox that the list address delivers to.")}
url = {toml_text(answers.imap_url)}
{_secret(t, "imap", answers.imap_password, answers)}"""


def _smtp(t: Texts, answers: Answers) -> str:
    known = answers.provider
    return f"""\
[smtp]
# {t("The server that letters leave by.")}
url = {toml_text(answers.smtp_url)}
connections = {known.connections if known else 3}
# {t("At most so many letters a minute; 0 = no limit.")}
per_minute = {known.per_minute if known else 0}
# {t("verp: each letter has a return address of its own, so that bounces are understood. plain: where the server refuses that.")}
envelope = {toml_text(known.envelope if known else "verp")}
{_secret(t, "smtp", answers.smtp_password, answers)}"""


def _secret(t: Texts, section: str, password: str, answers: Answers) -> str:
    """The password; or what Microsoft 365 wants instead, which must come last in its section."""
    if not (answers.provider and answers.provider.oauth):
        return f"password = {toml_text(password)}\n"
    oauth = answers.oauth
    rows = {
        "token_url": f"https://login.microsoftonline.com/{oauth.tenant if oauth else 'TENANT'}/oauth2/v2.0/token",
        "client_id": oauth.client_id if oauth else "…",
        "client_secret": oauth.client_secret if oauth else "…",
        "scope": "https://outlook.office365.com/.default",
    }
    lines = [f"[{section}.oauth]", *(f"{key} = {toml_text(value)}" for key, value in rows.items())]
    comment = f"# {t('Microsoft 365 takes no passwords; docs/install.md says how to make these.')}\n"
    return comment + "".join(f"{line}\n" if oauth else f"# {line}\n" for line in lines)


def _slack(t: Texts) -> str:
    """Left out until somebody has made the app."""
    return f"""\
# {t("Slack: docs/slack.md says how to make the app. Until then this stays as it is.")}
# [slack]
# bot_token = "xoxb-…"
# app_token = "xapp-…"
# [slack.channels]
# invitations = "inbjudningar"
# newsletters = "nyhetsbrev"
# tips = "omvarld"
# questions = "fragor"
# {t("Where editors decide about what is held; a private channel.")}
# desk = "redaktionen"
"""


def _rest(t: Texts) -> str:
    return f"""\
[web]
# {t("Where the pages are served; a web server with a certificate stands in front.")}
host = "127.0.0.1"
port = 8025

[backup]
# {t("What is saved each night, and how many nights are kept. It holds everything: copy it to another machine.")}
folder = "backups"
keep = 14

[limits]
# {t("Larger mail is held; larger attachments become links.")}
mail_mb = 25
attachment_mb = 10
"""
