"""Small things kept by name, such as the secret key when the settings name none."""

import secrets

from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Kept

_NAME = "secret_key"


async def secret_key(session: AsyncSession) -> str:
    """The key that signs tokens, made at the first call and the same ever after."""
    row = await session.get(Kept, _NAME)
    if row is None:
        row = Kept(name=_NAME, value=secrets.token_urlsafe(32))
        session.add(row)
    return row.value
