"""The app's own page in Slack: what is coming, what is mine, how I take it; and always one that Slack takes."""

import json
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bridges.mail.calendar_out import EventView
from bridges.slack.drawing.home import HomeItem, HomeView, home
from bridges.slack.drawing.limits import objections_to_view
from bridges.standins.workspace import blocks as workspace
from bridges.texts import Texts
from storage.ids import ItemId
from storage.words import ItemStatus, Kind, Mode
from tests.fixtures.require import FULL

SV, EN = Texts("sv"), Texts("en")
TODAY = date(2026, 8, 14)


def shows(view: dict[str, Any]) -> None:
    assert objections_to_view(view) == []
    assert workspace.objections_to_view(view, home=True) == []
    assert View(**json.loads(json.dumps(view))).to_dict() == view


def walk(number: int = 7, **more: Any) -> HomeItem:
    event = EventView(
        title="Fältvandring",
        start="2026-08-26T13:00",
        end="2026-08-26T15:30",
        timezone="Europe/Stockholm",
        starts_at=datetime(2026, 8, 26, 11, tzinfo=UTC),
        place="Norrby gård & café",
        uid="1@example.se",
    )
    given: dict[str, Any] = {
        "item_id": ItemId(number),
        "kind": Kind.INVITATION,
        "title": "Fältvandring <om> mellangrödor",
        "cluster": "Vreta Kluster",
        "event": event,
        "url": f"https://lista.example.se/i/{number}",
    }
    return HomeItem(**given | more)


def page(**more: Any) -> HomeView:
    given: dict[str, Any] = {"network": "Gröna kluster", "today": TODAY, "mode": Mode.DIGEST}
    return HomeView(**given | more)


def actions(view: dict[str, Any]) -> list[tuple[str, str]]:
    elements = [block["accessory"] for block in view["blocks"] if "accessory" in block]
    elements += [element for block in view["blocks"] if block["type"] == "actions" for element in block["elements"]]
    return sorted((element["action_id"], element.get("value", "")) for element in elements)


def words(view: dict[str, Any]) -> str:
    return json.dumps(view, ensure_ascii=False)


def test_the_page_shows_what_is_coming_and_mine_and_the_settings():
    view = home(page(coming=[walk(7)], mine=[walk(8)]), SV)
    shows(view)
    assert actions(view) == [("edit", "8"), ("language", ""), ("mode", ""), ("read", "7"), ("share", "")]
    text = words(view)
    for part in ("Det som kommer", "Mina", "Inställningar", "Dela något", "INBJUDAN · Vreta Kluster"):
        assert part in text
    assert "<https://lista.example.se/i/7|Fältvandring &lt;om&gt; mellangrödor>" in text
    assert "ons 26 aug kl. 13.00–15.30 · Norrby gård &amp; café" in text


def test_the_settings_show_what_is_chosen():
    view = home(page(mode=Mode.NONE, paused_until=date(2026, 9, 1)), EN)
    shows(view)
    chosen = {
        block["accessory"]["action_id"]: block["accessory"]["initial_option"]["value"]
        for block in view["blocks"]
        if block.get("accessory", {}).get("type") == "static_select"
    }
    assert chosen == {"mode": "none", "language": "en"}
    assert "The pause ends on Tue 1 Sep." in words(view)


def test_one_who_is_not_a_member_is_told_what_to_do():
    view = home(page(member=False, mode=None, join_address="kluster+join@lista.example.se", coming=[walk()]), SV)
    shows(view)
    assert "Mejla kluster+join@lista.example.se för att gå med" in words(view)
    assert actions(view) == [("read", "7"), ("share", "")]
    assert "Be en administratör" in words(home(page(member=False), SV))


def test_an_empty_page_says_so():
    view = home(page(), SV)
    shows(view)
    assert "Inget är på gång än." in words(view)
    assert "Du har inte delat något än." in words(view)


def test_what_is_withdrawn_cannot_be_changed():
    view = home(page(mine=[walk(8, status=ItemStatus.WITHDRAWN)]), SV)
    assert ("edit", "8") not in actions(view)
    assert "Tillbakadraget" in words(view)


def test_long_lists_end_within_what_slack_takes():
    view = home(page(coming=[walk(n) for n in range(90)], mine=[walk(n) for n in range(90)]), SV)
    shows(view)
    assert len(view["blocks"]) <= 100


TEXT = st.one_of(st.text(st.characters(), max_size=300), st.sampled_from(["&" * 4000, "<!here>", "\u200b", "a|b>"]))


@settings(max_examples=300 if FULL else 40, deadline=None)
@given(TEXT, TEXT, TEXT, st.sampled_from([None, *Mode]), st.booleans(), st.sampled_from([SV, EN]))
def test_slack_takes_every_page(title: str, name: str, url: str, mode: Mode | None, member: bool, t: Texts):
    item = walk(title=title, cluster=name, url=f"https://x.example/{url}")
    view = home(
        page(network=name, coming=[item], mine=[item], mode=mode, member=member, join_address=title, url=url), t
    )
    shows(view)
    spoken = [block["text"]["text"] for block in view["blocks"] if block.get("text", {}).get("type") == "mrkdwn"]
    assert not any("<!" in text for text in spoken)
