"""What people are here for. A role is a set of permissions; an owner may change it, and make others.

The roles below are the personas of a retailer, as they come. What somebody changed about one is kept beside it
(``access_role``): granted and withdrawn, so that a permission that comes with a new version reaches every role that
has it by nature, also those that were changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from onhand.access.permissions import PERMISSIONS, Sensitivity

_SHOP = frozenset({"see.stock", "see.products", "see.orders", "see.sites"})
_SEE = _SHOP | {"see.overview"}
_FLOOR = frozenset({"do.receiving", "do.moves", "do.transfers", "do.counts", "do.alerts"})
_LETTERS = frozenset({"see.messages", "do.messages"})
EVERYTHING: Final = frozenset(PERMISSIONS)
_DESK = frozenset({"see.desk", "do.cases"})
_SYSTEM = frozenset(each for each, about in PERMISSIONS.items() if each.startswith("see.") or about.area == "safety")

ROLES: Final[Mapping[str, frozenset[str]]] = {
    "store_associate": _SHOP
    | {"do.alerts", "see.customers", "do.orders", "do.shipments", "do.deliveries", "do.returns"},
    "store_manager": _SEE
    | _FLOOR
    | {"see.moves", "see.customers", "do.orders", "do.shipments", "do.deliveries", "do.cancellations", "do.returns"}
    | {"do.thresholds", "do.approvals", "do.devices"}
    | _DESK,
    "warehouse_operator": _SHOP | _FLOOR | {"see.moves", "do.shipments"},
    "warehouse_manager": _SEE
    | _FLOOR
    | {"see.moves", "do.orders", "do.shipments", "do.returns", "do.thresholds", "do.places"}
    | {"do.approvals", "do.devices"},
    "customer_service": _SHOP
    | _DESK
    | _LETTERS
    | {"see.customers", "see.privacy", "do.orders", "do.cancellations", "do.returns", "do.customers", "do.reviews"},
    "sales_representative": _SEE | _DESK | {"see.customers", "do.orders", "do.customers"},
    "sales_manager": _SEE
    | _DESK
    | _LETTERS
    | {"do.templates", "see.customers", "do.orders", "do.cancellations", "do.customers"},
    "purchasing": _SEE | {"do.alerts", "see.moves", "see.imports", "do.receiving"},
    "logistics": _SEE | {"see.moves", "do.orders", "do.shipments", "do.deliveries"},
    "driver": frozenset({"see.orders", "do.deliveries"}),
    "product_manager": _SEE | {"see.imports", "do.catalog", "do.imports", "do.reviews"},
    "planner": _SEE | {"do.alerts", "see.moves", "see.imports", "do.thresholds"},
    "production": _SHOP | {"see.moves", "do.receiving", "do.moves"},
    "finance": _SEE | {"see.moves", "see.audit"},
    "marketing": _SEE | _LETTERS | {"do.templates", "do.reviews"},
    # They stand outside of the house: what is theirs alone is shown to them by pages of their own.
    "supplier": frozenset(),
    "customer": frozenset(),
    "owner": EVERYTHING,
    # Keeps the system, and trades nothing with it.
    "administrator": _SYSTEM | {"do.imports", "do.webhooks"},
}
OUTSIDE: Final = frozenset({"supplier", "customer"})
NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")


class Role(msgspec.Struct, frozen=True):
    """A role as it is in force: what it allows, and what was changed about it.

    ``title`` is empty where the role is one of ours, whose title is translated.
    """

    name: str
    permissions: frozenset[str]
    granted: Sequence[str] = ()
    withdrawn: Sequence[str] = ()
    title: str = ""
    second_factor: bool = False
    changed_by: str = ""

    @property
    def ours(self) -> bool:
        """Whether it came with the house."""
        return self.name in ROLES


def in_force(
    name: str,
    granted: Sequence[str] = (),
    withdrawn: Sequence[str] = (),
    *,
    title: str = "",
    second_factor: bool | None = None,
    changed_by: str = "",
) -> Role:
    """A role with its changes. A permission that is known no longer (of another version) allows nothing."""
    allowed = (ROLES.get(name, frozenset()) | set(granted)) - set(withdrawn)
    permissions = frozenset(allowed & PERMISSIONS.keys())
    needs = asks_second_factor(permissions) if second_factor is None else second_factor
    return Role(name, permissions, granted, withdrawn, title, needs, changed_by)


def asks_second_factor(permissions: frozenset[str]) -> bool:
    """Whether who has these shall sign in with two factors unless somebody decided otherwise: who may decide must."""
    return any(PERMISSIONS[each].sensitivity is Sensitivity.HIGH for each in permissions)


def rights(role: str) -> frozenset[str]:
    """What one of our roles allows as it comes; nothing for a role that is not known."""
    return ROLES.get(role, frozenset())
