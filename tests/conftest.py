"""Fixtures that every test may use; each server has a module of its own in tests/fixtures."""

pytest_plugins: list[str] = [
    "tests.fixtures.dovecot",
    "tests.fixtures.mailrooms",
    "tests.fixtures.postgres",
    "tests.fixtures.smtp",
    "tests.fixtures.proxy",
    "tests.fixtures.pymap",
    "tests.fixtures.web",
    "tests.fixtures.reader",
    "tests.fixtures.program",
    "tests.fixtures.village",
    "tests.fixtures.crowd",
    "tests.fixtures.terminal",
]
