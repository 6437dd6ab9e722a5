"""Numbers for whoever watches the house: what happened since the start, and how the ledger stands now."""

from collections.abc import Mapping
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from bridges.health import Part
from storage.pages import Counts

#: What this process has counted since it began.
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

#: The type of what `exposition` returns.
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_requests = Counter(
    "brygga_http_requests", "Pages asked for, by route and answer", ("route", "method", "status"), registry=REGISTRY
)
_actions = Counter("brygga_actions", "What people did, by the road they came", ("action", "via"), registry=REGISTRY)

_METHODS = frozenset({"GET", "HEAD", "POST"})


def count_request(route: str, method: str, status: int) -> None:
    """One page was asked for."""
    _requests.labels(route, method if method in _METHODS else "other", str(status)).inc()


def count_action(action: str, via: str) -> None:
    """A person did something: "leave" by "web", "approve" by "mail" …"""
    _actions.labels(action, via).inc()


def exposition(now: datetime, version: str, parts: Mapping[str, Part], ledger: Counts | None) -> bytes:
    """All numbers as Prometheus reads them; without the ledger's when the database does not answer."""
    present = CollectorRegistry()
    _gauge(present, "brygga_build", "The version that runs", "version", {version: 1})
    up = {name: float(part.up) for name, part in parts.items()} | {"database": float(ledger is not None)}
    _gauge(present, "brygga_part_up", "Whether a part outside works", "part", up)
    if ledger is not None:
        _gauge(present, "brygga_outbox", "Deliveries in the outbox, by state", "state", ledger.outbox)
        _gauge(present, "brygga_inbox", "What came in, by state", "state", ledger.inbox)
        _gauge(present, "brygga_members", "Members, by status", "status", ledger.members)
        single = {
            "brygga_held": ("Posts that wait for an editor", ledger.held),
            "brygga_items": ("Items shared, undone and withdrawn ones too", ledger.items),
            "brygga_outbox_oldest_seconds": (
                "Age of the oldest delivery that is not sent",
                oldest_seconds(ledger.waiting.oldest, now),
            ),
        }
        for name, (says, value) in single.items():
            Gauge(name, says, registry=present).set(value)
    return generate_latest(present) + generate_latest(REGISTRY)


def oldest_seconds(oldest: datetime | None, now: datetime) -> int:
    """How long the oldest has waited, in whole seconds; 0 when nothing waits."""
    return 0 if oldest is None else max(0, round((now - oldest).total_seconds()))


def _gauge(registry: CollectorRegistry, name: str, says: str, label: str, values: Mapping[str, float]) -> None:
    gauge = Gauge(name, says, (label,), registry=registry)
    for value, number in values.items():
        gauge.labels(value).set(number)
