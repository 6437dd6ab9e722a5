"""Drafts the next migration from what the models say and the migrations do not: `python -m storage.migrations.draft TITLE`.

A draft is read and corrected by a person. It names plain column types, so that it stays true when ours change.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, BigInteger, Connection, Enum, String, TypeDecorator
from sqlalchemy.types import TypeEngine

from storage.database import Database
from storage.migrate import MIGRATIONS, VERSION_TABLE, _engine, config, head, upgrade
from storage.models import Base


async def draft(title: str) -> Path | None:
    """Write the migration; None when tables and migrations agree."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database("sqlite:///draft.db", Path(folder))
        first = not list((MIGRATIONS / "versions").glob("0*_*.py"))
        if not first:
            await upgrade(database)
        engine = _engine(database, begin="BEGIN")
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(_draft, title, first)
        finally:
            await engine.dispose()
            await database.close()


def _draft(connection: Connection, title: str, first: bool) -> Path | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    operations = produce_migrations(context, Base.metadata)
    if operations.upgrade_ops is None or operations.upgrade_ops.is_empty():
        return None
    code = render_python_code(operations.upgrade_ops, render_as_batch=not first, render_item=_plain)
    code = "\n".join(line for line in code.splitlines() if not line.strip().startswith("#")).strip()
    script = ScriptDirectory.from_config(config(MIGRATIONS, connection))
    number = "0001" if first else f"{int(head()) + 1:04}"
    made = script.generate_revision(number, title, head="base" if first else "head", upgrades=code)
    return Path(made.path) if made else None


def _plain(kind: str, thing: Any, _context: Any) -> Any:
    """Our own types as the plain ones they are stored in; row numbers as the model has them."""
    if kind != "type":
        return False
    stored: TypeEngine[Any] = thing.impl_instance if isinstance(thing, TypeDecorator) else thing
    if isinstance(stored, Enum):
        return f"sa.String({stored.length})"
    if isinstance(stored, BigInteger) and stored._variant_mapping:  # noqa: SLF001
        return "ROW_NUMBER"
    return f"sa.{stored!r}" if isinstance(stored, String | JSON) or stored is not thing else False


if __name__ == "__main__":
    path = asyncio.run(draft(" ".join(sys.argv[1:]) or "Change"))
    print(path or "tables and migrations agree")  # noqa: T201
