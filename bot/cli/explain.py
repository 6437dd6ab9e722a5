"""`brygga explain`: what Brygga understands of a mail, and what it would do with it."""

import json
import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.printing import safe

if TYPE_CHECKING:
    from bot.explain import Circumstances, Explanation, Seen
    from bridges.texts import Texts
    from storage.roster import ClusterRow

#: A file larger than this is not read: no server delivers such a mail, and memory is to stay small.
MOST_BYTES = 64 * 1024 * 1024
#: Of a mail's text, for people.
MOST_LINES = 8


def explain(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Mail as it is stored: .eml files.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, in the files' order.")] = False,
    clusters: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The directory, as `clusters import` takes it.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="The settings file.", show_default="brygga.toml")] = None,
) -> None:
    """What Brygga understands of a mail, and what it would do. Changes nothing; needs no database and no network."""
    from bot.explain import Circumstances, Seen
    from bot.settings import load_settings
    from bridges.texts import Texts

    settings = load_settings(config)
    around = Circumstances.of(settings, _directory(clusters))
    texts = Texts(settings.network.locale)
    seen, missing = Seen(), False
    for file in files:
        said = _explain_file(file, around, seen)
        missing = missing or said["reason"] in ("missing_file", "unreadable_file")
        if as_json:
            _write(json.dumps(said, ensure_ascii=False))
        else:
            _write(_summary(said, texts))
    if missing:
        raise typer.Exit(1)


def _explain_file(file: str, around: "Circumstances", seen: "Seen") -> "Explanation":
    from bot.explain import explain as explain_mail
    from bot.explain import nothing

    name = os.fsencode(file).decode("utf-8", "replace")
    raw = _read(file)
    if isinstance(raw, str):
        return nothing(name, raw)
    try:
        return explain_mail(name, raw, around, seen)
    except Exception as error:  # noqa: BLE001 - one mail that we cannot take must not hide the others: park, don't drop
        return nothing(name, "unexpected", [type(error).__name__])


def _read(file: str) -> bytes | str:
    """The bytes of a file, or the reason why there are none."""
    try:
        about = Path(file).stat()
        if not stat.S_ISREG(about.st_mode):
            return "not_a_file"  # a directory, a device, a pipe that may never end
        if about.st_size > MOST_BYTES:
            return "too_large"
        with Path(file).open("rb") as opened:
            return opened.read(MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return "missing_file"
    except (OSError, ValueError):
        return "unreadable_file"


def _directory(file: Path | None) -> "list[ClusterRow]":
    """The clusters in a file; a bad one is an error that names it, and nothing is explained."""
    from storage.roster import BadRoster, read_clusters

    if file is None:
        return []
    try:
        return read_clusters(file.read_bytes())
    except BadRoster as error:
        first, *more = error.reasons
        raise BadRoster([f"{file}: {first}", *more]) from error


def _write(text: str) -> None:
    """One piece of the answer, at once, in UTF-8 whatever the terminal: programs read it."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


# -- for people --------------------------------------------------------------------------------------------------------


def _summary(said: "Explanation", t: "Texts") -> str:
    """A mail in a few lines, in the reader's language: what would become of it, and what was understood."""
    lines = [said["file"], f"  {_outcome(said, t)}"]
    sender = said["from"]
    if isinstance(sender, dict):
        lines.append(t("  From: {sender}", sender=f"{sender['name']} <{sender['address']}>".strip()))
    for event in _list(said["events"]):
        lines.append(t("  When: {when}", when=_when(event, t)))
        if event["place"]:
            lines.append(t("  Where: {place}", place=event["place"]))
    files = [f"{file['name']} ({t.size(file['size'])})" for file in _list(said["attachments"])]
    if files:
        lines.append(t("  Files: {files}", files=", ".join(files)))
    warnings = said["warnings"]
    if isinstance(warnings, list) and warnings:
        lines.append(t("  Note: {warnings}", warnings=", ".join(warnings)))
    text = str(said["text"]).strip().splitlines()
    lines += [f"    {line}" for line in text[:MOST_LINES]]
    if len(text) > MOST_LINES:
        lines.append(t.plural("    … and {n} more line", "    … and {n} more lines", len(text) - MOST_LINES))
    return "\n".join(safe(str(line)) for line in lines) + "\n"


def _outcome(said: "Explanation", t: "Texts") -> str:
    reason = str(said["reason"])
    title = str(said["title"] or said["subject"])
    addresses = ", ".join(bounce["address"] for bounce in _list(said["bounces"]))
    sentences = {
        "post": t("Is shared as {kind}: {title}", kind=_kind(said, t), title=title),
        "reply": t("Goes to its thread as an answer"),
        "hold": t("Waits for an editor: {why}", why=_why(reason, t)),
        "bounce": t("A letter that came back: {addresses}", addresses=addresses or "?"),
        "auto_reply": t("Written by a machine: set aside, and never answered ({reason})", reason=reason),
        "command": t("An errand for Brygga: {word}", word=reason),
        "rsvp": t("A sign-up: {answer}", answer=reason),
        "duplicate": t("The same mail again: set aside"),
        "loop": t("Our own mail come back: set aside ({reason})", reason=reason),
        "empty": t("Nothing to share: {why}", why=_why(reason, t)),
    }
    return sentences[str(said["disposition"])]


def _kind(said: "Explanation", t: "Texts") -> str:
    kinds = {
        "invitation": t("an invitation"),
        "newsletter": t("a newsletter"),
        "tip": t("a tip"),
        "question": t("a question"),
    }
    return kinds.get(str(said["kind"]), str(said["kind"]))


def _why(reason: str, t: "Texts") -> str:
    """A reason in words; one that has none yet stands as it is."""
    words = {
        "too_big": t("the mail is too large to relay"),
        "many_senders": t("it has more than one sender"),
        "no_sender": t("it has no sender"),
        "untrusted": t("the trusted server does not say that the sender is who they say"),
        "missing_file": t("the file is not there"),
        "not_a_file": t("it is no ordinary file"),
        "unreadable_file": t("the file cannot be read"),
        "too_large": t("the file is larger than any mail"),
        "not_mail": t("it is not mail"),
        "empty": t("there is nothing in it"),
        "empty_answer": t("the answer has no words of its own"),
    }
    return words.get(reason, reason)


def _when(event: dict[str, Any], t: "Texts") -> str:
    wall = SimpleNamespace(start=event["start"], end=event["end"], precision=event["date_precision"])
    return t.when(wall, datetime.now(UTC).date())


def _list(value: object) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else []
