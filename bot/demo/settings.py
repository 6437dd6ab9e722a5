"""The settings of the demo: as a coordinator would write them, with every server on this machine."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.settings import Settings
from bridges.mail.servers import ImapServer
from bridges.standins.workspace import Workspace

NETWORK = "Gröna kluster"
ADDRESS = "kluster@lista.example.se"
#: What the mail room calls itself in Authentication-Results.
AUTHSERV = "mx.lista.example.se"
HOST = "127.0.0.1"
#: Seconds within which what was shared can be taken back.
UNDO_SECONDS = 5
#: Seconds between two posts of Brygga's in one channel; the workspace of the demo takes as many.
PACE = 0.1

#: The channels, by what the settings call them: id and name. Ids stay, so that links to them do.
CHANNELS = {
    "invitations": ("C0INBJUD", "inbjudningar"),
    "newsletters": ("C0NYHETS", "nyhetsbrev"),
    "tips": ("C0OMVARLD", "omvärld"),
    "questions": ("C0FRAGOR", "frågor"),
    "digest": ("C0VECKO", "veckobrev"),
    "desk": ("C0REDAKT", "redaktionen"),
}
DESK = CHANNELS["desk"][0]


class DemoSettings(Settings):
    """Settings that nothing in the environment changes: what is set for a real network must not reach the demo."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given here, and nothing else."""
        return (init_settings,)


def demo_settings(
    folder: Path,
    box: ImapServer,
    smtp_port: int,
    pages_port: int,
    workspace: Workspace,
    topics: Sequence[str],
) -> Settings:
    """The settings of a demo whose servers are these. `box`: the list's mailbox; `topics`: () = the usual ones."""
    network = {"name": NETWORK, "public_url": f"http://{HOST}:{pages_port}"}
    values = {
        "network": network | ({"topics": list(topics)} if topics else {}),
        "database": {"url": "sqlite:///brygga.db"},
        "list": {"address": ADDRESS, "undo_seconds": UNDO_SECONDS, "trusted_authserv": AUTHSERV},
        "imap": {"url": f"imap://{box.user}@{box.host}:{box.port}/INBOX", "password": SecretStr(box.password)},
        "smtp": {"url": f"smtp://{HOST}:{smtp_port}"},
        "slack": {
            "bot_token": SecretStr(workspace.bot_token),
            "app_token": SecretStr(workspace.app_token),
            "api_url": workspace.api_url,
            "pace": PACE,
            "channels": {use: channel for use, (channel, _) in CHANNELS.items()},
        },
        "web": {"host": HOST, "port": pages_port},
        "backup": {"folder": ""},  # a night that is jumped over is not worth a copy
    }
    return DemoSettings(**values, folder=folder)  # type: ignore[arg-type]
