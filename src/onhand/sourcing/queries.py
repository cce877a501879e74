"""Questions to the room: which policy rules a channel now."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from onhand.core.database import Connection
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
