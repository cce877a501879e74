"""Questions to the room: which policy rules a channel now, and which did before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from onhand.core.database import Connection
from onhand.core.pages import Listing
from onhand.sourcing.rules import Policy

_NOW = """
SELECT DISTINCT ON (channel_id) channel_id, version, rules
FROM sourcing_policy WHERE channel_id = ANY(%s) ORDER BY channel_id, version DESC
"""


def policies(db: Connection, channels: Iterable[int]) -> dict[int, Policy]:
    """The newest policy of each channel; a channel without one follows the built-in policy, version 0."""
    wanted = list(channels)
    found = {channel: Policy() for channel in wanted}
    for channel, version, rules in db.execute(_NOW, (wanted,)):
        found[channel] = msgspec.convert({**rules, "version": version}, Policy)
    return found


class Version(NamedTuple):
    """A version of a channel's policy, who made it and when."""

    channel: int
    policy: Policy
    created_at: datetime
    actor: str


def _version(channel: int, version: int, rules: dict[str, Any], created_at: datetime, actor: str) -> Version:
    return Version(channel, msgspec.convert({**rules, "version": version}, Policy), created_at, actor)


VERSIONS = Listing(
    "sourcing",
    "policies",
    tuple[int],
    "policy.id < %(k0)s",
    _version,
    {
        "channel": "policy.channel_id = %(channel)s",
        "current": "(NOT EXISTS (SELECT FROM sourcing_policy AS newer WHERE newer.channel_id = policy.channel_id"
        " AND newer.version > policy.version)) = %(current)s",
    },
)


def sites_named(db: Connection, sites: Iterable[int]) -> set[int]:
    """Those of these sites that a version of a policy names."""
    rows = db.execute(
        "SELECT site.id FROM places_site AS site WHERE site.id = ANY (%s::bigint[])"
        " AND EXISTS (SELECT FROM sourcing_policy AS policy WHERE jsonb_exists(policy.rules -> 'sites', site.code))",
        (list(sites),),
    )
    return {site for (site,) in rows}
