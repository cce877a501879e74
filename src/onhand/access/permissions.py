"""The one table of permissions: all that may be seen or done, wherever it is asked for.

A permission is written ``see.X`` or ``do.X``. Pages, acts, the API, the live stream, commands of the terminal and jobs
ask for permissions, never for roles; a test walks every one of their ways in and fails on one that asks for nothing,
or for something that does not stand here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple


class Sensitivity(IntEnum):
    """What harm can be done with it: by looking, by working, or by deciding.

    High asks who is there once more, for that very act; see ``onhand.access.confirming``.
    """

    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Permission(NamedTuple):
    """To what area of work it belongs, how much harm it can do, and whether it may be limited to sites."""

    area: str
    sensitivity: Sensitivity
    sited: bool = False


_LOW, _MEDIUM, _HIGH = Sensitivity

PERMISSIONS: Final[Mapping[str, Permission]] = {
    "see.overview": Permission("orders", _LOW),
    "see.orders": Permission("orders", _LOW),
    "see.customers": Permission("orders", _LOW),
    "do.orders": Permission("orders", _MEDIUM),
    "do.shipments": Permission("orders", _MEDIUM, sited=True),
    "do.deliveries": Permission("orders", _MEDIUM, sited=True),
    "do.cancellations": Permission("orders", _MEDIUM, sited=True),
    "do.returns": Permission("orders", _MEDIUM, sited=True),
    "do.customers": Permission("orders", _MEDIUM),
    "see.desk": Permission("orders", _LOW),
    "do.cases": Permission("orders", _MEDIUM),
    "do.reviews": Permission("orders", _MEDIUM),
    "see.stock": Permission("stock", _LOW),
    "see.moves": Permission("stock", _LOW),
    "do.receiving": Permission("stock", _MEDIUM, sited=True),
    "do.moves": Permission("stock", _MEDIUM, sited=True),
    "do.transfers": Permission("stock", _MEDIUM, sited=True),
    "do.counts": Permission("stock", _HIGH, sited=True),
    "do.thresholds": Permission("stock", _HIGH, sited=True),
    "do.alerts": Permission("stock", _MEDIUM, sited=True),
    "see.products": Permission("masters", _LOW),
    "see.sites": Permission("masters", _LOW),
    "do.catalog": Permission("masters", _MEDIUM),
    "do.places": Permission("masters", _MEDIUM),
    "do.policies": Permission("masters", _MEDIUM),
    "see.messages": Permission("data", _LOW),
    "do.messages": Permission("data", _MEDIUM),
    "do.templates": Permission("data", _MEDIUM),
    "see.imports": Permission("data", _LOW),
    "do.imports": Permission("data", _MEDIUM),
    "see.webhooks": Permission("data", _LOW),
    "do.webhooks": Permission("data", _MEDIUM),
    "see.people": Permission("safety", _LOW),
    "see.audit": Permission("safety", _LOW),
    "see.watch": Permission("safety", _LOW),
    "see.health": Permission("safety", _LOW),
    "do.watch": Permission("safety", _MEDIUM),
    "do.health": Permission("safety", _MEDIUM),
    "see.privacy": Permission("safety", _LOW),
    "do.privacy": Permission("safety", _HIGH),
    "do.approvals": Permission("safety", _HIGH, sited=True),
    "do.devices": Permission("safety", _MEDIUM, sited=True),
    "do.people": Permission("safety", _HIGH),
    "do.roles": Permission("safety", _HIGH),
    "do.keys": Permission("safety", _HIGH),
}
# Asked by the clock alone; no role has it.
CLOCKWORK: Final = "do.clockwork"
# Asked by customers of what is their own; no role has it, and their pages see to it that it is theirs.
OWN: Final = "do.own"

Sites = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody may see and do, and where: each permission with the sites it holds at (None: everywhere).

    ``channels``: the only ones whose orders they may touch; None for all.
    """

    grants: Mapping[str, Sites]
    channels: frozenset[str] | None = None

    def may(self, permission: str, *sites: str) -> bool:
        """Whether they have a permission: at every one of these sites, or (none named) anywhere at all."""
        if permission not in self.grants:
            return False
        held = self.grants[permission]
        return held is None or held.issuperset(sites)

    def sites(self, permission: str) -> Sites:
        """Where a permission holds: everywhere (None), at these sites, or nowhere."""
        return self.grants.get(permission, frozenset())


NOBODY: Final = Standing({})


def everywhere(permissions: Iterable[str]) -> Standing:
    """Somebody who has these permissions without limits."""
    return Standing(dict.fromkeys(permissions))


class Post(NamedTuple):
    """Somebody's role, and the sites they have it at; none named means all."""

    role: str
    sites: Sequence[str]
    permissions: frozenset[str]


def standing_of(posts: Iterable[Post]) -> Standing:
    """All that somebody's posts allow together. What cannot be limited to sites holds everywhere."""
    grants: dict[str, Sites] = {}
    for post in posts:
        for permission in post.permissions:
            limited = post.sites and PERMISSIONS[permission].sited
            grants[permission] = _wider(grants.get(permission, frozenset()), frozenset(post.sites) if limited else None)
    return Standing(grants)


def _wider(one: Sites, other: Sites) -> Sites:
    return None if one is None or other is None else one | other
