"""Whom an item is meant for."""

from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Cluster, Item, Member
from storage.words import Audience, ClusterType, Role


async def is_for(session: AsyncSession, item: Item, member: Member) -> bool:
    """Whether an item's audience has this member in it; editors see everything."""
    if item.audience is Audience.ALL or member.role in (Role.EDITOR, Role.ADMIN):
        return True
    cluster = await session.get(Cluster, member.cluster_id) if member.cluster_id else None
    wanted = ClusterType.CLUSTER if item.audience is Audience.CLUSTERS else ClusterType.AREA
    return cluster is not None and cluster.type is wanted
