"""All checks in order; each has its time, and none that fails stops the next."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.diagnosis import clock, database, dns, letter, mail_in, mail_out, settings, slack
from bot.diagnosis.findings import Inquiry
from bot.diagnosis.trouble import in_one_line

Step = Callable[[Inquiry], Awaitable[None]]

#: What is looked at, in the order that a person mends it: later ones use what earlier ones learned.
STEPS: tuple[tuple[str, Step], ...] = (
    ("settings", settings.look),  # asks nobody
    ("database", database.look),  # where everything is kept
    ("imap", mail_in.look),  # how mail comes
    ("smtp", mail_out.look),  # how it goes
    ("letter", letter.look),  # both together
    ("slack", slack.look),  # how people there are reached
    ("dns", dns.look),  # what others are told of us; the letter shows which key
    ("clock", clock.look),  # the letter shows the mail server's
)


async def check_everything(inquiry: Inquiry) -> None:
    """Go through all steps; what was found is in the report."""
    for name, step in STEPS:
        seconds = _longest(inquiry, name)
        try:
            async with asyncio.timeout(seconds):
                await step(inquiry)
        except TimeoutError:
            says = inquiry.t("This took more than {seconds} seconds and was left.", seconds=f"{seconds:g}")
            inquiry.report.bad(
                f"{name}.time", says, inquiry.t("Try again; if it stays, look at what {name} names.", name=f"[{name}]")
            )
        except Exception as error:  # noqa: BLE001  one thing that cannot be checked must not hide the others
            says = inquiry.t(
                "This could not be checked: {error}", error=f"{type(error).__name__}: {in_one_line(error)}"
            )
            inquiry.report.bad(f"{name}.failed", says)


def _longest(inquiry: Inquiry, name: str) -> float:
    """More than all the waits of a step together, so that it is the net and not the rule."""
    patience = inquiry.patience
    if name == "letter":
        return patience.letter + 6 * patience.answer
    if name == "dns":
        return 12 * patience.dns
    if name == "slack":
        return 20 * patience.answer
    return 6 * patience.answer + 1
