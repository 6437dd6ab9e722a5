"""The settings: `brygga.toml`, with any key overridden from the environment as BRYGGA_<SECTION>__<KEY>."""

import os
import stat
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import (
    SettingsError as SourceError,
)

from schedules.weeks import read_week

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingsError(Exception):
    """The settings cannot be used. The message says which key, what is wrong and what to write."""


class Section(BaseModel):
    """A part of the settings; an unknown key is an error, so that a misspelt one is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerUrl(BaseModel):
    """A mail server as one URL, taken apart."""

    model_config = ConfigDict(frozen=True)

    scheme: str
    host: str
    port: int
    user: str = ""
    path: str = ""


_PORTS = {"imaps": 993, "imap": 143, "smtps": 465, "smtp+starttls": 587, "smtp": 25}


def server_url(text: str, schemes: tuple[str, ...]) -> ServerUrl:
    """Take a server URL apart; the last @ separates user from host, so that a user name may be an address."""
    scheme, sep, rest = text.partition("://")
    if not sep or scheme not in schemes:
        message = f"must begin with {' or '.join(f'{s}://' for s in schemes)}"
        raise ValueError(message)
    authority, _, path = rest.partition("/")
    user, _, address = authority.rpartition("@")
    parts = urlsplit(f"//{address}")
    host = parts.hostname or ""
    if not host:
        message = "names no host"
        raise ValueError(message)
    if scheme in ("imap", "smtp") and host not in LOOPBACK and not host.startswith("127."):
        message = f"{scheme}:// (without TLS) is for this machine only; use {schemes[0]}://"
        raise ValueError(message)
    return ServerUrl(
        scheme=scheme, host=host, port=parts.port or _PORTS[scheme], user=unquote(user), path=unquote(path)
    )


def _words(value: object) -> object:
    """A list may come from the environment as `a,b`."""
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


Words = Annotated[list[str], NoDecode, BeforeValidator(_words)]
TopicWords = dict[str, list[str]]


class NetworkSettings(Section):
    """[network]: who we are."""

    name: str = "Nätverket"
    locale: Literal["sv", "en"] = "sv"
    timezone: str = "Europe/Stockholm"
    public_url: str = "http://127.0.0.1:8025"  # where people reach the pages
    secret_key: SecretStr | None = None  # signs tokens; None: made at the first start and kept in the database
    topics: Words = Field(
        default_factory=lambda: ["krisberedskap", "regler och villkor", "kapitalförsörjning", "nya affärsmodeller"]
    )
    open_archive: bool = False  # True: anybody may read the pages
    allow_private_urls: bool = False  # True: links to this machine and private networks may be fetched

    @field_validator("public_url")
    @classmethod
    def _http(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            message = "must begin with https://"
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            message = "is not a time zone; write for example Europe/Stockholm"
            raise ValueError(message) from error
        return value


class DatabaseSettings(Section):
    """[database]: where everything is kept."""

    url: str = "sqlite:///brygga.db"  # relative to the settings file's folder


class ListSettings(Section):
    """[list]: the address that people write to."""

    address: str = "kluster@localhost"
    undo_seconds: int = Field(default=120, ge=0, le=86_400)
    trusted_authserv: str = ""  # whose Authentication-Results count; "exchange" = Exchange Online's topmost header

    @field_validator("address")
    @classmethod
    def _address(cls, value: str) -> str:
        local, at, domain = value.strip().lower().rpartition("@")
        if not at or not local or not domain or "+" in local or " " in value.strip():
            message = "must be a plain address such as kluster@lista.example.se"
            raise ValueError(message)
        return f"{local}@{domain}"

    @property
    def local(self) -> str:
        """The part before the @."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """The part after the @."""
        return self.address.rpartition("@")[2]

    def sub(self, tag: str) -> str:
        """A subaddress of the list: `kluster+TAG@…`."""
        return f"{self.local}+{tag}@{self.domain}"


class OAuthSettings(Section):
    """[imap.oauth], [smtp.oauth]: XOAUTH2 for Microsoft 365 and Google."""

    token_url: str
    client_id: str
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    scope: str = ""


class ImapSettings(Section):
    """[imap]: the mailbox that the list address delivers to."""

    url: str
    password: SecretStr = SecretStr("")
    oauth: OAuthSettings | None = None

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        server_url(value, ("imaps", "imap"))
        return value

    @property
    def server(self) -> ServerUrl:
        """The URL taken apart; the path is the mailbox, INBOX when left out."""
        server = server_url(self.url, ("imaps", "imap"))
        return server if server.path else server.model_copy(update={"path": "INBOX"})


class SmtpSettings(Section):
    """[smtp]: the server that letters leave by."""

    url: str
    password: SecretStr = SecretStr("")
    oauth: OAuthSettings | None = None
    connections: int = Field(default=3, ge=1, le=50)
    per_minute: int = Field(default=0, ge=0)  # 0: no limit
    envelope: Literal["verp", "plain"] = "verp"

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        server_url(value, ("smtp+starttls", "smtps", "smtp"))
        return value

    @property
    def server(self) -> ServerUrl:
        """The URL taken apart."""
        return server_url(self.url, ("smtp+starttls", "smtps", "smtp"))


class SlackChannels(Section):
    """[slack.channels]: names or ids."""

    invitations: str = ""
    newsletters: str = ""
    tips: str = ""
    questions: str = ""
    digest: str = ""
    desk: str = ""


class SlackSettings(Section):
    """[slack]: the shared workspace."""

    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    api_url: str = "https://slack.com/api/"
    pace: float = Field(default=1.0, ge=0, le=60)  # seconds between posts in one channel; Slack allows one a second
    channels: SlackChannels = SlackChannels()


class WebSettings(Section):
    """[web]: where the pages are served."""

    host: str = "127.0.0.1"
    port: int = Field(default=8025, ge=0, le=65_535)
    metrics_key: SecretStr | None = None  # opens /metrics to others than this machine


class DigestSettings(Section):
    """[digest]: when the weekly digest goes."""

    day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    time: str = Field(default="07:30", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    preview_day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "fri"
    preview_time: str = Field(default="13:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    holidays: Words = Field(default_factory=list)  # ISO weeks: "2026-W28"

    @field_validator("holidays")
    @classmethod
    def _weeks(cls, value: list[str]) -> list[str]:
        return [read_week(week) for week in value]


class TlsSettings(Section):
    """[tls]: whom to believe."""

    ca_file: Path | None = None  # certificate authorities besides the system's


class RetentionSettings(Section):
    """[retention]: how long things stay."""

    raw_days: int = Field(default=365, ge=1)  # raw mail
    outbox_days: int = Field(default=90, ge=1)  # who got what


class BackupSettings(Section):
    """[backup]: what is saved each night."""

    folder: str = "backups"  # relative to the settings file's folder; "" turns it off
    keep: int = Field(default=14, ge=1, le=3_650)  # the newest so many


class LimitSettings(Section):
    """[limits]: what is too much."""

    mail_mb: int = Field(default=25, ge=1)  # larger mail is held, and not relayed whole
    attachment_mb: int = Field(default=10, ge=0)  # of one letter's attachments together; the rest are links
    items_per_hour: int = Field(default=3, ge=1)  # from one person; more are held


class Settings(BaseSettings):
    """All settings. A section left out turns that part off: no [imap], and nothing comes in by mail."""

    model_config = SettingsConfigDict(
        env_prefix="BRYGGA_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    network: NetworkSettings = NetworkSettings()
    topic_words: dict[str, Words] = Field(
        default_factory=dict
    )  # [topic_words]: more words for each topic of the network
    database: DatabaseSettings = DatabaseSettings()
    list: ListSettings = ListSettings()
    imap: ImapSettings | None = None
    smtp: SmtpSettings | None = None
    slack: SlackSettings | None = None
    web: WebSettings = WebSettings()
    digest: DigestSettings = DigestSettings()
    tls: TlsSettings = TlsSettings()
    retention: RetentionSettings = RetentionSettings()
    backup: BackupSettings = BackupSettings()
    limits: LimitSettings = LimitSettings()

    #: The folder that relative paths count from: the settings file's.
    folder: Path = Field(default_factory=Path.cwd, exclude=True)

    @field_validator("topic_words")
    @classmethod
    def _known_topics(cls, value: TopicWords, info: ValidationInfo) -> TopicWords:
        # A misspelt topic would find nothing, and nobody would know.
        network: NetworkSettings | None = info.data.get("network")
        topics = {topic.casefold() for topic in network.topics} if network else set()
        if network and (unknown := [name for name in value if name.casefold() not in topics]):
            message = f'"{unknown[0]}" is not among the topics of [network]'
            raise ValueError(message)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return (env_settings, init_settings)


def settings_path(config: Path | None = None) -> Path:
    """Where the settings are: --config, else $BRYGGA_CONFIG, else ./brygga.toml."""
    return config or Path(os.environ.get("BRYGGA_CONFIG") or "brygga.toml")


def load_settings(config: Path | None = None) -> Settings:
    """The settings from the file (when there is one) and the environment.

    Raises SettingsError, one sentence for all that is wrong. A file that was named and is not there is an error; the
    default one may be absent, as in a container that is set up by its environment alone.
    """
    path = settings_path(config)
    values: dict[str, object] = {}
    if path.exists():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            message = f"{path} cannot be read: {error}"
            raise SettingsError(message) from error
        except tomllib.TOMLDecodeError as error:
            message = f"{path} is not valid TOML: {error}"
            raise SettingsError(message) from error
    elif config or os.environ.get("BRYGGA_CONFIG"):
        message = f"{path} is not there; `brygga init` writes one"
        raise SettingsError(message)
    try:
        return Settings(**values, folder=path.resolve().parent)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(f"{path}: " + "; ".join(_complaint(e["loc"], e["msg"]) for e in error.errors())) from error
    except SourceError as error:
        raise SettingsError(f"environment: {error}") from error


def readable_by_others(path: Path) -> bool:
    """Whether other users of this machine can read the file, which holds passwords."""
    return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def _complaint(where: tuple[int | str, ...], what: str) -> str:
    """One complaint as a person reads it: `[imap] url: must begin with imaps://`."""
    section, *key = (str(part) for part in where)
    what = what.removeprefix("Value error, ")
    if what == "Extra inputs are not permitted":
        what = "there is no such key"
    return f"[{section}] {'.'.join(key)}: {what}" if key else f"[{section}]: {what}"
