"""Fixtures that every test may use; each server has a module of its own in tests/fixtures."""

pytest_plugins: list[str] = [
    "tests.fixtures.postgres",
]
