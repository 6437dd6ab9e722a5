"""Stories run on the mail room in memory; at full scale on Dovecot as well."""

import pytest

from tests.fixtures.mailrooms import Mailroom
from tests.fixtures.require import FULL


@pytest.fixture(params=["pymap", "dovecot"] if FULL else ["pymap"])
def mailroom(request: pytest.FixtureRequest) -> Mailroom:
    """An empty mailbox."""
    room: Mailroom = request.getfixturevalue(f"{request.param}_room")
    return room
