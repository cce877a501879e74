"""Verbs of the room: a policy is never changed; a new version takes its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from onhand.core.database import Connection, statement
from onhand.sourcing.rules import Policy


def add_versions(db: Connection, policies: Sequence[tuple[int, Policy]], *, actor: str, now: datetime) -> None:
    """Record policies, by channel id, under the versions they carry."""
    rules = [msgspec.json.encode(_without_version(policy)).decode() for _, policy in policies]
    channels, versions = [channel for channel, _ in policies], [policy.version for _, policy in policies]
    db.execute(statement("sourcing", "add_versions"), (actor, now, channels, versions, rules))


def _without_version(policy: Policy) -> dict[str, object]:
    return {"rules": policy.rules, "sites": policy.sites, "most_parcels": policy.most_parcels}
