"""`brygga init`: asks a coordinator what is needed, and writes a commented brygga.toml."""

import getpass
import os
import re
import shlex
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, NoReturn
from urllib.parse import urlsplit

import typer

from bot.first_settings import Answers, OAuthAnswers, imap_url, settings_text, smtp_url, write_private
from bot.providers import by_domain, by_imap_host, smtp_host_for
from bot.settings import DatabaseSettings, ListSettings, server_url
from bridges.texts import LANGUAGES, Texts, spoken_language

_HOST = re.compile(r"(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+")


class WrongAnswer(ValueError):
    """The answer cannot be used; the message says what to write instead."""


Checked = Callable[[str], str]  # the answer put right; raises WrongAnswer


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks at the terminal; where there is none, or all defaults were taken beforehand, it only takes what is given."""

    t: Texts
    ask: bool

    def __call__(
        self, option: str, question: str, checked: Checked, *, given: str = "", default: str = "", secret: bool = False
    ) -> str:
        """One answer: the one given, else the person's, else the default. Asks again until it can be used."""
        if given or not self.ask:
            return self._taken(option, checked, given or default)
        prompt = f"{question}{f' [{default}]' if default and not secret else ''}: "
        while True:
            typed = getpass.getpass(prompt) if secret else input(prompt)
            try:
                return checked(typed.strip() or default)
            except WrongAnswer as error:
                print(f"  {error}")

    def _taken(self, option: str, checked: Checked, answer: str) -> str:
        try:
            return checked(answer)
        except WrongAnswer as error:
            _give_up(f"{option}: {error}")


def init(
    config: Annotated[Path | None, typer.Option(help="The file to write.", show_default="brygga.toml")] = None,
    lang: Annotated[str, typer.Option(help="sv or en: the language of the questions.", show_default=False)] = "",
    name: Annotated[str, typer.Option(envvar="BRYGGA_NETWORK__NAME", help="The network's name.")] = "",
    locale: Annotated[
        str, typer.Option(envvar="BRYGGA_NETWORK__LOCALE", help="sv or en: the network's language.")
    ] = "",
    address: Annotated[str, typer.Option(envvar="BRYGGA_LIST__ADDRESS", help="The address people write to.")] = "",
    public_url: Annotated[
        str, typer.Option(envvar="BRYGGA_NETWORK__PUBLIC_URL", help="Where people reach the pages.")
    ] = "",
    imap_host: Annotated[str, typer.Option(help="The mailbox server, HOST or HOST:PORT.")] = "",
    imap_user: Annotated[str, typer.Option(help="Its user.", show_default="the address")] = "",
    imap_password: Annotated[
        str, typer.Option(envvar="BRYGGA_IMAP__PASSWORD", help="Its password; better in the environment.")
    ] = "",
    smtp_host: Annotated[str, typer.Option(help="The sending server, HOST or HOST:PORT.")] = "",
    smtp_user: Annotated[str, typer.Option(help="Its user.", show_default="as for the mailbox")] = "",
    smtp_password: Annotated[
        str, typer.Option(envvar="BRYGGA_SMTP__PASSWORD", help="Its password; better in the environment.")
    ] = "",
    database: Annotated[str, typer.Option(envvar="BRYGGA_DATABASE__URL", help="Where everything is kept.")] = "",
    admin: Annotated[str, typer.Option(help="The first administrator's address.")] = "",
    admin_name: Annotated[str, typer.Option(help="And name.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take the defaults.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Ask what is needed and write the settings file; say what to do next."""
    from bot.settings import settings_path

    path = settings_path(config)
    asker = Asker(Texts(_language(lang)), ask=not yes and sys.stdin.isatty())
    t = asker.t
    try:
        _may_write(asker, path, force=force)
        if asker.ask:
            print(
                t(
                    "Brygga needs to know a few things. Enter takes what stands in brackets; Ctrl-C stops, and nothing is written."
                )
            )
        given = _Given(
            name, locale, address, public_url, imap_host, imap_user, imap_password,
            smtp_host, smtp_user, smtp_password, database,
        )  # fmt: skip
        if not asker.ask and (missing := _missing(given)):
            _give_up(t("Without a terminal these are needed too: {options}", options=", ".join(missing)))
        answers = replace(_answers(asker, given), secret_key=_old_key(path))
        first = _first_admin(asker, admin, admin_name)
    except (EOFError, KeyboardInterrupt):
        print()
        _give_up(t("Stopped; nothing was written."))
    try:
        write_private(path, settings_text(t, answers))
    except OSError as error:
        _give_up(t("{path} cannot be written: {error}", path=path, error=error.strerror or error))
    _tell_next(t, path, first)


@dataclass(frozen=True, slots=True)
class _Given:
    """What the command line and the environment said; "" = nothing."""

    name: str
    locale: str
    address: str
    public_url: str
    imap_host: str
    imap_user: str
    imap_password: str
    smtp_host: str
    smtp_user: str
    smtp_password: str
    database: str


def _missing(given: _Given) -> list[str]:
    """What has no default, and was not given."""
    known = by_imap_host(given.imap_host) or by_domain(given.address.rpartition("@")[2].lower())
    wanted = {
        "--address": given.address,
        "--imap-host": given.imap_host or known,
        "--imap-password": given.imap_password or (known and known.oauth),
    }
    return [option for option, answer in wanted.items() if not answer]


def _answers(ask: Asker, given: _Given) -> Answers:
    """All questions, in an order in which each answer suggests the next."""
    t = ask.t
    name = ask("--name", t("The network's name"), _filled(t), given=given.name, default=t("The network"))
    locale = ask("--locale", t("The network's language, sv or en"), _locale(t), given=given.locale, default=t.lang)
    address = ask(
        "--address",
        t("The address that people write to, such as kluster@lista.example.se"),
        _list_address(t),
        given=given.address,
    )
    domain = address.rpartition("@")[2]
    public_url = ask(
        "--public-url",
        t("The web address of the pages"),
        _web_address(t),
        given=given.public_url,
        default=f"https://{domain}",
    )
    known = by_domain(domain)
    host = ask(
        "--imap-host",
        t("The mailbox server (IMAP), such as imap.example.se"),
        _host(t),
        given=given.imap_host,
        default=known.imap if known else "",
    )
    known = by_imap_host(host) or known
    user = ask("--imap-user", t("User there"), _filled(t), given=given.imap_user, default=address)
    oauth = password = None
    if known and known.oauth:
        oauth = _oauth(ask)
    else:
        password = ask("--imap-password", t("Password"), _filled(t), given=given.imap_password, secret=True)
    out = ask(
        "--smtp-host", t("The sending server (SMTP)"), _host(t), given=given.smtp_host, default=smtp_host_for(host)
    )
    out_user = ask("--smtp-user", t("User there"), _filled(t), given=given.smtp_user, default=user)
    if password is not None:
        question = t("Password (Enter: the same)")
        password_out = ask(
            "--smtp-password", question, _filled(t), given=given.smtp_password, default=password, secret=True
        )
    else:
        password_out = ""
    kept = ask(
        "--database", t("Where everything is kept"), _database(t), given=given.database, default=DatabaseSettings().url
    )
    return Answers(
        name=name,
        locale=locale,
        public_url=public_url,
        address=address,
        imap_url=imap_url(host, user),
        imap_password=password or "",
        smtp_url=smtp_url(out, out_user),
        smtp_password=password_out,
        database=kept,
        oauth=oauth,
        provider=known,
    )


def _oauth(ask: Asker) -> OAuthAnswers | None:
    """Microsoft 365 wants an application instead of a password; it may be filled in later."""
    t = ask.t
    if not ask.ask:
        return None
    print(
        t(
            "Microsoft 365 takes no passwords. docs/install.md says how to make an application there; Enter leaves it for later."
        )
    )
    tenant = ask("", t("Tenant id"), str)
    if not tenant:
        return None
    client = ask("", t("Client id"), _filled(t))
    return OAuthAnswers(
        tenant=tenant, client_id=client, client_secret=ask("", t("Client secret"), _filled(t), secret=True)
    )


def _first_admin(ask: Asker, address: str, name: str) -> tuple[str, str] | None:
    """Who decides about held posts; None when nobody was named."""
    t = ask.t
    if not ask.ask and not address:
        return None
    who = ask("--admin", t("Your own address: the first administrator"), _address(t), given=address)
    guess = " ".join(word.capitalize() for word in re.split(r"[._]+", who.partition("@")[0]) if word)
    return who, ask("--admin-name", t("Your name"), _filled(t), given=name, default=guess)


def _may_write(ask: Asker, path: Path, *, force: bool) -> None:
    """A file that is there is written over only when somebody says so."""
    t = ask.t
    if force or not path.exists():
        return
    if not ask.ask:
        _give_up(t("{path} is there already; --force writes over it.", path=path))
    answer = input(t("{path} is there already. Write over it? [y/N]", path=path) + " ").strip().lower()
    if answer not in ("j", "ja", "y", "yes"):
        _give_up(t("Stopped; nothing was written."))


def _old_key(path: Path) -> str:
    """The key of the file that is written over: with another, every link in old letters would be dead."""
    try:
        key = tomllib.loads(path.read_text(encoding="utf-8"))["network"]["secret_key"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return key if isinstance(key, str) else ""


def _tell_next(t: Texts, path: Path, first: tuple[str, str] | None) -> None:
    option = f" --config {path}" if path != Path("brygga.toml") else ""
    address, name = first or (t("ADDRESS"), t("NAME"))
    print(t("{path} is written; only you can read it. Next:", path=path))
    steps: Sequence[tuple[str, str]] = (
        (f"brygga check{option}", t("tries everything, and says what to mend")),
        (f"brygga db upgrade{option}", t("makes the database")),
        (
            f"brygga members add {address} --name {shlex.quote(name)} --role admin{option}",
            t("lets you decide about what is held"),
        ),
        (f"brygga run{option}", t("starts")),
    )
    for number, (command, what) in enumerate(steps, 1):
        print(f"  {number}. {command}\n     {what}")


def _language(lang: str) -> str:
    """--lang, else English where the machine speaks it, else Swedish."""
    if lang:
        if lang not in LANGUAGES:
            raise typer.BadParameter("sv or en", param_hint="--lang")
        return lang
    return spoken_language(os.environ)


def _give_up(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(1)


# -- what an answer must look like ----------------------------------------------------------------------------------


def _filled(t: Texts) -> Checked:
    def checked(answer: str) -> str:
        if not answer or not answer.isprintable():
            raise WrongAnswer(t("Something must stand here."))
        return answer

    return checked


def _locale(t: Texts) -> Checked:
    def checked(answer: str) -> str:
        if answer.lower() not in LANGUAGES:
            raise WrongAnswer(t("Write sv or en."))
        return answer.lower()

    return checked


def _address(t: Texts) -> Checked:
    def checked(answer: str) -> str:
        if not _ADDRESS.fullmatch(answer):
            raise WrongAnswer(t("Write a mail address, such as anna@example.se."))
        return answer.lower()

    return checked


def _list_address(t: Texts) -> Checked:
    def checked(answer: str) -> str:
        try:
            return ListSettings(address=answer).address
        except ValueError as error:
            message = t("Write a plain address without +, such as kluster@lista.example.se.")
            raise WrongAnswer(message) from error

    return checked


def _web_address(t: Texts) -> Checked:
    def checked(answer: str) -> str:
        whole = answer if "://" in answer else f"https://{answer}"
        try:
            parts = urlsplit(whole)
            good = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", whole)
        except ValueError:
            good = False
        if not good:
            raise WrongAnswer(t("Write a web address, such as https://lista.example.se."))
        return whole.rstrip("/")

    return checked


def _host(t: Texts) -> Checked:
    def checked(answer: str) -> str:
        if not _HOST.fullmatch(answer):
            raise WrongAnswer(
                t("Write the name of a server, such as imap.example.se, with :PORT if it is an unusual one.")
            )
        try:
            server_url(f"imaps://{answer}", ("imaps",))
        except ValueError as error:
            raise WrongAnswer(t("The port must be a number up to 65535.")) from error
        return answer

    return checked


def _database(t: Texts) -> Checked:
    def checked(answer: str) -> str:
        if not answer.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise WrongAnswer(t("Write sqlite:///brygga.db or postgresql://user:password@host/name."))
        return answer

    return checked
