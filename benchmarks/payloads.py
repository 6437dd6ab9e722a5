"""Whether payloads of Slack that others have collected are acknowledged and taken in, each as it is and with its blanks filled.

    python -m benchmarks.payloads FOLDER

FOLDER holds JSON files, one payload each, in folders of any depth. Each goes in over the socket and over HTTP, signed;
what is kept of them is then taken in. Prints how many were acknowledged, and what became of those that were kept.
"""

import argparse
import asyncio
import copy
import hashlib
import hmac
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import structlog
from sqlalchemy import select

from bot.house import House, list_house
from bot.settings import Settings, SlackSettings
from bot.slack.doors import SlackDoors
from bot.slack.opening import Opening
from bot.slack.receiving import take_in_waiting
from bot.slack.station import station
from bridges.health import Health
from bridges.slack.listen import hear, hear_http, make_bolt
from bridges.standins.workspace import Workspace
from bridges.tokens import Tokens
from storage.database import Database
from storage.ids import ProcessId
from storage.migrate import upgrade
from storage.models import Inbound

SECRET = "a signing secret of this run"
#: What stands in a field that was blanked, by the end of its name.
FILLING = {
    "user": "U0ANNA", "user_id": "U0ANNA", "channel": "C0INV", "channel_id": "C0INV", "ts": "1763800000.000100",
    "thread_ts": "1763700000.000100", "event_ts": "1763800000.000100", "text": "Hej åäö <@U0ANNA>", "bot_id": "B0OTHER",
    "team_id": "T0NET", "trigger_id": "1.2.3", "callback_id": "share", "action_id": "follow", "value": "1",
}  # fmt: skip


def filled(value: Any, number: int, name: str = "") -> Any:
    """The payload with plausible words where there were none."""
    if isinstance(value, dict):
        return {key: filled(inner, number, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, number, name) for inner in value]
    if value != "" or name in ("type", "subtype"):
        return value
    return FILLING.get(name, f"{name}{number}")


def over_http(payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The request as Slack posts and signs it."""
    if "command" in payload:
        body, content = urlencode({key: str(value) for key, value in payload.items()}), "form"
    elif "event" in payload:
        body, content = json.dumps(payload), "json"
    else:
        body, content = urlencode({"payload": json.dumps(payload)}), "form"
    moment = str(int(time.time()))
    sign = hmac.new(SECRET.encode(), f"v0:{moment}:{body}".encode(), hashlib.sha256).hexdigest()
    types = {"form": "application/x-www-form-urlencoded", "json": "application/json"}
    return body.encode(), {
        "content-type": types[content],
        "x-slack-request-timestamp": moment,
        "x-slack-signature": f"v0={sign}",
    }


def payloads(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


async def measure(folder: Path) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    workspace = Workspace()
    workspace.add_person("U0ANNA", "Anna Åkesson")
    workspace.add_channel("C0INV", "inbjudningar", members=("U0ANNA",))
    await workspace.start()
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(
            slack=SlackSettings(bot_token=workspace.bot_token, signing_secret=SECRET, api_url=workspace.api_url),
            folder=Path(place),
        )
        database, me = Database(settings.database.url, settings.folder), ProcessId("payloads")
        await upgrade(database)
        health, now = Health(lambda: datetime.now(UTC)), lambda: datetime.now(UTC)
        assert settings.slack
        slack = station(settings, settings.slack, database, me, health, list_house(settings), now)
        house = House(settings, database, Tokens("payloads"), now, health, slack=slack.workspace)
        doors = SlackDoors(house, slack.workspace, Opening(house, slack.workspace, slack.posts), lambda: None)
        app = make_bolt(slack.workspace.api.client, await slack.workspace.api.whoami(), SECRET, doors)
        acknowledged: Counter[str] = Counter()
        many = 0
        for number, payload in enumerate(payloads(folder)):
            many += 1
            whole = filled(payload, number) | ({"type": "event_callback"} if "event" in payload else {})
            for way, one in (("as they are", payload), ("filled", whole)):
                socket = await hear(app, copy.deepcopy(one), {})
                acknowledged[f"{way}, socket"] += socket.status == 200
                acknowledged[f"{way}, HTTP"] += (await hear_http(app, SECRET, *over_http(one))).status == 200
        for way, count in acknowledged.items():
            print(f"{way:22s} {count} of {many} acknowledged")
        while await take_in_waiting(house):
            pass
        async with database.read() as session:
            became = Counter(await session.scalars(select(Inbound.state)))
            reasons = Counter(await session.scalars(select(Inbound.reason)))
        print(f"kept {sum(became.values())}: " + ", ".join(f"{count} {state.value}" for state, count in became.items()))
        print(f"unexpected: {reasons['unexpected']}")
        await slack.close()
        await database.close()
    await workspace.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    asyncio.run(measure(parser.parse_args().folder))
