"""`brygga check`: every outside thing tried and explained."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.diagnosis.findings import SIGNS, Finding, Inquiry, Mark, Patience, Report
from bridges.texts import Texts


def check(
    config: Annotated[Path | None, typer.Option(help="The settings file.", show_default="brygga.toml")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    no_letter: Annotated[bool, typer.Option("--no-letter", help="Send no letters from the list to itself.")] = False,
    dns_server: Annotated[
        str, typer.Option(metavar="IP[:PORT]", help="Ask this name server.", show_default="the machine's own")
    ] = "",
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds for a server to answer.")] = 10,
    letter_timeout: Annotated[float, typer.Option(min=0.1, help="Seconds for a letter to come back.")] = 30,
) -> None:
    """Try mail, Slack, names, database and clock, and say what works, what does not, and what to do. Changes nothing."""
    from bot.clock import system_clock
    from bot.diagnosis.dns import server_address
    from bot.diagnosis.tour import check_everything
    from bot.settings import load_settings, settings_path

    try:
        server = server_address(dns_server) if dns_server else None
    except ValueError as error:
        raise typer.BadParameter(f"{dns_server!r} is no address of a name server", param_hint="--dns-server") from error
    settings = load_settings(config)
    texts = Texts(settings.network.locale)
    report = Report(_tell_json if as_json else _Teller(texts).tell)
    inquiry = Inquiry(
        settings=settings,
        path=settings_path(config),
        t=texts,
        now=system_clock,
        report=report,
        patience=Patience(answer=timeout, letter=letter_timeout),
        dns_server=server,
        send_letter=not no_letter,
    )
    asyncio.run(check_everything(inquiry))
    if not as_json:
        print(f"\n{_summary(texts, report)}")
    if report.count(Mark.BAD):
        raise typer.Exit(1)


def _tell_json(finding: Finding) -> None:
    line = {"check": finding.check, "result": finding.mark.value, "says": finding.says, "do": finding.do}
    print(json.dumps(line, ensure_ascii=False), flush=True)


class _Teller:
    """Prints each finding as it comes, under the name of its part."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._part = ""

    def tell(self, finding: Finding) -> None:
        part = finding.check.partition(".")[0]
        if part != self._part:
            print(f"{'' if not self._part else chr(10)}{_heading(self._texts, part)}")
            self._part = part
        print(_printable(f"  {SIGNS[finding.mark]} {finding.says}"))
        if finding.do:
            print(_printable(f"    → {finding.do}"))
        sys.stdout.flush()


def _heading(t: Texts, part: str) -> str:
    headings = {
        "settings": t("Settings"),
        "database": t("Database"),
        "imap": t("Mail in"),
        "smtp": t("Mail out"),
        "letter": t("A letter to itself"),
        "slack": "Slack",
        "dns": t("The domain"),
        "clock": t("The clock"),
    }
    return headings.get(part, part)


def _summary(t: Texts, report: Report) -> str:
    bad, doubt = report.count(Mark.BAD), report.count(Mark.DOUBT)
    if bad:
        return t.plural(
            "{n} thing is missing. Mend ✗ first, from the top.",
            "{n} things are missing. Mend ✗ first, from the top.",
            bad,
        )
    if doubt:
        return t.plural("It works. {n} thing is worth a look (!).", "It works. {n} things are worth a look (!).", doubt)
    return t("All is well. Next: brygga run")


def _printable(line: str) -> str:
    """The line as this terminal can show it: an old one has no ✓."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        plain = line.replace("✓", "ok").replace("✗", "MISSING").replace("→", "->")
        return plain.encode(encoding, "replace").decode(encoding)
    return line
