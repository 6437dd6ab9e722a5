"""`brygga slack`: what Slack is told about Brygga."""

import json
import sys
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.cli.context import Failed
from bot.settings import load_settings
from bridges.slack.manifest import manifest as the_manifest

app = typer.Typer(help="Slack: the app manifest.", no_args_is_help=True)

WHERE = (
    "Paste it at https://api.slack.com/apps: Create New App, From a manifest, JSON. docs/slack.md goes on from there."
)


@app.callback()
def slack() -> None:
    """Slack: the app manifest."""


@app.command()
def manifest(
    http: Annotated[
        bool, typer.Option("--http", help="Slack comes to [network] public_url, without Socket Mode.")
    ] = False,
) -> None:
    """Print the app manifest to paste at Slack: the name, the rights and the events, no more than Brygga uses."""
    network = load_settings().network
    if http and urlsplit(network.public_url).scheme != "https":
        raise Failed(f"Slack comes to https only: set [network] public_url, which is {network.public_url}")
    told = the_manifest(network.name, socket=not http, url=network.public_url, lang=network.locale)
    # A terminal that lacks å shows a question mark; in JSON it can be written so that nothing is lost.
    plain = "utf" not in (sys.stdout.encoding or "utf-8").lower()
    sys.stdout.write(json.dumps(told, ensure_ascii=plain, indent=2) + "\n")
    if sys.stdout.isatty():
        sys.stderr.write(f"\n{WHERE}\n")
