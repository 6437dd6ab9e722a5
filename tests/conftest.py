"""Fixtures that every test may use, each server in a module of its own in tests/fixtures; and which tests share a worker."""

import gc

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

#: Those that others are built on come first.
pytest_plugins: list[str] = [
    "tests.fixtures.mailrooms",
    "tests.fixtures.smtp",
    "tests.fixtures.program",
    "tests.fixtures.village",
    "tests.fixtures.crowd",
    "tests.fixtures.dovecot",
    "tests.fixtures.postgres",
    "tests.fixtures.proxy",
    "tests.fixtures.pymap",
    "tests.fixtures.web",
    "tests.fixtures.newsroom",
    "tests.fixtures.reader",
    "tests.fixtures.terminal",
    "tests.fixtures.workspace",
    "tests.fixtures.town",
    "tests.fixtures.browser",
    "tests.fixtures.stage",
]

#: Whose tests look at one thing that takes long to make, on one worker, so that it is made once.
#: pytest-xdist's own mark for this has no effect with pytest 9.2, whose node ids it can no longer add to.
TOGETHER = frozenset(
    {
        "tests/browser/test_the_page.py",  # a demo with all that the seed brings
        "tests/journeys/test_demo_seed.py",  # likewise
    }
)

# The same examples every time, so that a red run is the work of a change; `--hypothesis-profile=roaming` tries others.
settings.register_profile("brygga", derandomize=True, deadline=None)
settings.register_profile("roaming", print_blob=True, deadline=None)
settings.load_profile("brygga")


class _OneByOne(LoadScopeScheduling):
    """Every test goes to whichever worker is free, but for those that stay together."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if module in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Only asked where there are workers."""
    return _OneByOne(config, log)


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the search for garbage need not go through it again for every test."""
    gc.collect()
    gc.freeze()
