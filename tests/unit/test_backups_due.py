"""When a backup is due: once a night where the network is, and as soon as somebody asks after a night that was missed."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.backups import reason_of
from schedules.backups import due
from storage.backup_file import BadBackup

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("now", "newest", "wanted"),
    [
        ("2026-11-27T14:45+01:00", None, True),  # the first day
        ("2026-11-27T15:45+01:00", "2026-11-27T14:45+01:00", False),
        ("2026-11-28T02:45+01:00", "2026-11-27T14:45+01:00", False),  # not in the evening and not at midnight
        ("2026-11-28T03:45+01:00", "2026-11-27T14:45+01:00", True),  # at night
        ("2026-11-28T04:45+01:00", "2026-11-28T03:45+01:00", False),
        ("2026-11-29T09:45+01:00", "2026-11-28T03:45+01:00", True),  # the machine was off at night
        ("2026-11-30T03:45+01:00", "2026-11-29T09:45+01:00", True),  # and then at night again
        ("2026-11-28T02:45+00:00", "2026-11-28T01:45+00:00", True),  # 03.45 and 02.45 where the network is
        ("2026-03-29T03:45+02:00", "2026-03-28T03:45+01:00", True),  # summer time begins at 2
        ("2026-10-25T03:45+01:00", "2026-10-24T03:45+02:00", True),  # and ends at 3
        ("2026-10-25T02:45+01:00", "2026-10-24T03:45+02:00", False),
    ],
)
def test_it_is_due_once_a_night_and_when_a_night_was_missed(now: str, newest: str | None, wanted: bool):
    last = datetime.fromisoformat(newest) if newest else None
    assert due(datetime.fromisoformat(now), last, STOCKHOLM) is wanted


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(28, "No space left on device"), "full"),
        (PermissionError(13, "Permission denied"), "denied"),
        (OSError(30, "Read-only file system"), "denied"),
        (FileNotFoundError(2, "No such file or directory"), "missing"),
        (BadBackup("3 rows of items went into the backup, and 2 came back"), "damaged"),
        (RuntimeError("database or disk is full"), "full"),
        (ConnectionError("the server closed the connection\nwhile it spoke"), "the server closed the connection"),
    ],
)
def test_why_it_failed_is_a_word_that_the_notice_knows(error: Exception, reason: str):
    assert reason_of(error) == reason


def test_a_full_disk_is_known_by_what_the_system_says():
    with pytest.raises(OSError, match="space") as full:
        Path("/dev/full").write_bytes(b"a row")
    assert reason_of(full.value) == "full"
