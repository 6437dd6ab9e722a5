"""Logs: one line a happening, JSON when not on a terminal; never message text, tokens or whole addresses."""

import logging
import sys
from typing import TextIO

import structlog


def set_up_logs(*, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send our own lines and the libraries' warnings to stderr, or to `stream`."""
    stream = stream or sys.stderr
    people = stream.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if people else "iso", utc=not people),
        structlog.processors.format_exc_info,
    ]
    dress: structlog.typing.Processor
    dress = structlog.dev.ConsoleRenderer() if people else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, dress],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    # Libraries speak up only when something is wrong; their debug lines hold whole mails (aioimaplib).
    logging.basicConfig(level=logging.WARNING, stream=stream, format="%(levelname)s %(name)s: %(message)s")


def blurred(address: str) -> str:
    """An address as logs may show it: `a…@example.se`."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}…@{domain}" if domain else "…"


def where(error: BaseException) -> str:
    """The place in our own code where it broke; what an error says itself may quote people's words and addresses."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.partition(".")[0] in ("bot", "bridges", "storage", "schedules"):
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
