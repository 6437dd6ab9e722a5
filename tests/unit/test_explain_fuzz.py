"""Whatever a mail has become on its way, it is explained or refused with a reason, and soon."""

import json
import os
import time
from pathlib import Path

import pytest

from bot.explain import Circumstances, Seen, explain
from bridges.tokens import Tokens
from tests.fixtures.mutations import mutations
from tests.fixtures.require import FULL
from tests.fixtures.winmail import properties, winmail
from tests.unit.test_tnef import INVITATION, PDF, PROPERTIES, raw_mail

CORPUS = Path(__file__).parents[1] / "corpus"
#: Another folder of mails and calendars to begin from.
ELSEWHERE = os.environ.get("BRYGGA_TEST_MAILS", "")
COUNT = 20_000 if FULL else 500
AT_ONCE = 500  # in one test
#: Seconds of work that one mail may cost: a hang, not a slow machine.
PATIENCE = 5.0
AROUND = Circumstances(address="kluster@lista.example.se", tokens=Tokens("hemlig nyckel, lång nog"))
DISPOSITIONS = {"post", "reply", "hold", "bounce", "auto_reply", "command", "rsvp", "duplicate", "loop", "empty"}


def originals() -> list[bytes]:
    folders = [CORPUS, *([Path(ELSEWHERE)] if ELSEWHERE else [])]
    found = [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.eml"))]
    found.append(raw_mail(winmail({PROPERTIES: properties(INVITATION)}, PDF), "Välkommen på fältvandring"))
    calendars = [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.ics"))]
    head = b"From: anna@vreta.example.se\nSubject: Inbjudan\nContent-Type: text/calendar; charset=utf-8\n\n"
    return [raw[:300_000] for raw in (*found, *(head + data for data in calendars)) if raw]


@pytest.mark.parametrize("round_", range(COUNT // AT_ONCE))
def test_any_mail_that_was_one_is_explained_or_refused_and_soon(round_, tmp_path):
    seen = Seen()
    for number, raw in enumerate(mutations(originals(), AT_ONCE, seed=round_)):
        began = time.process_time()
        try:
            said = explain("mejl.eml", raw, AROUND, seen)
            json.dumps(said).encode()
        except Exception as error:
            kept = tmp_path / f"mejl-{round_}-{number}.eml"
            kept.write_bytes(raw)
            raise AssertionError(f"{kept} is not explained") from error
        assert time.process_time() - began < PATIENCE, f"mail {number} of round {round_} takes too long"
        assert said["disposition"] in DISPOSITIONS
        assert said["reason"]
        assert said["reason"] != "unexpected"
