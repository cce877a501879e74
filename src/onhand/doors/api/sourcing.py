"""Questions about how channels choose sites."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from onhand.core.database import Connection
from onhand.core.pages import Page
from onhand.core.refusals import Refused
from onhand.doors.api.asking import Channel, Listed, Reads
from onhand.flows.policies import PolicyVersion, policy_versions

READS = Reads("Sourcing", "see.orders")


class PoliciesAsked(Listed, frozen=True, kw_only=True):
    """Which versions."""

    channel: Channel | None = None
    current: Annotated[bool, Meta(description="those in force, or (false) those replaced")] | None = None


@READS.at("/sourcing-policies", "How channels choose sites, version by version")
def list_sourcing_policies(db: Connection, asked: PoliciesAsked) -> Page[PolicyVersion] | Refused:
    """The latest first. A channel that has none follows the built-in policy, which decisions call version 0."""
    return policy_versions(db, channel=asked.channel, current=asked.current, after=asked.cursor, most=asked.limit)
