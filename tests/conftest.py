"""Fixtures that every test may use; each server has a module of its own in tests/fixtures."""

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
