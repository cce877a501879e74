"""Permissions and roles in words, for people. A test fails where one has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onhand.access.permissions import PERMISSIONS, Permission, Sensitivity
from onhand.access.roles import Role

AREAS: Final[Mapping[str, Promise]] = {
    "orders": _("Orders and customers"),
    "stock": _("Stock"),
    "masters": _("Products, sites and rules"),
    "data": _("Data in and out"),
    "safety": _("People and safety"),
}
SENSITIVITIES: Final[Mapping[Sensitivity, tuple[Promise, str]]] = {
    Sensitivity.LOW: (pgettext_lazy("how much harm", "low"), "calm"),
    Sensitivity.MEDIUM: (pgettext_lazy("how much harm", "medium"), "warn"),
    Sensitivity.HIGH: (pgettext_lazy("how much harm", "high"), "bad"),
}
WORDS: Final[Mapping[str, Promise]] = {
    "see.overview": _("See the overview and its figures"),
    "see.orders": _("See orders"),
    "see.customers": _("See customers"),
    "do.orders": _("Place, change, confirm and hold orders"),
    "do.shipments": _("Pick, pack and ship orders"),
    "do.deliveries": _("Mark orders as delivered"),
    "do.cancellations": _("Cancel orders"),
    "do.returns": _("Take goods back from customers"),
    "do.customers": _("Change customers"),
    "see.desk": _("See the service desk"),
    "do.cases": _("Leave notes, answer cases and write to customers"),
    "do.reviews": _("Read, publish and answer reviews"),
    "see.stock": _("See stock"),
    "see.moves": _("See what moved, and why"),
    "do.receiving": _("Take in and announce goods"),
    "do.moves": _("Move goods within a site"),
    "do.transfers": _("Send goods to another site"),
    "do.counts": _("Correct stock"),
    "do.thresholds": _("Set thresholds"),
    "do.alerts": _("Act upon alerts of stock"),
    "see.products": _("See products and prices"),
    "see.sites": _("See sites and locations"),
    "do.catalog": _("Change products and prices"),
    "do.places": _("Change sites and locations"),
    "do.policies": _("Change the rules of sourcing"),
    "see.messages": _("See what was written to whom"),
    "do.messages": _("Send letters again"),
    "do.templates": _("Change what letters say"),
    "see.imports": _("See imports"),
    "do.imports": _("Import files"),
    "see.webhooks": _("See webhooks"),
    "do.webhooks": _("Set up webhooks"),
    "see.people": _("See people and roles"),
    "see.audit": _("See the audit trail"),
    "see.watch": _("See alerts"),
    "do.watch": _("Deal with alerts"),
    "see.health": _("See how the system fares"),
    "do.health": _("Deal with incidents"),
    "do.devices": _("Set up shared devices and badges"),
    "see.privacy": _("See what is held on somebody"),
    "do.privacy": _("Hand out and erase what is held on somebody"),
    "do.approvals": _("Approve what others ask for"),
    "do.people": _("Let people in and give them roles"),
    "do.roles": _("Change what roles allow, and limits"),
    "do.keys": _("Make and revoke keys of machines"),
}
ROLES: Final[Mapping[str, Promise]] = {
    "store_associate": _("Store associate"),
    "store_manager": _("Store manager"),
    "warehouse_operator": _("Warehouse operator"),
    "warehouse_manager": _("Warehouse manager"),
    "customer_service": _("Customer service"),
    "sales_representative": _("Sales representative"),
    "sales_manager": _("Sales manager"),
    "purchasing": _("Purchasing"),
    "logistics": _("Logistics"),
    "driver": _("Driver"),
    "product_manager": _("Product manager"),
    "planner": _("Demand planner"),
    "production": _("Production"),
    "finance": _("Finance"),
    "marketing": _("Marketing"),
    "supplier": _("Supplier"),
    "customer": pgettext_lazy("a role", "Customer"),
    "owner": _("Owner"),
    "administrator": _("Administrator"),
}
# What a key of a machine may do, in bundles.
SCOPES: Final[Mapping[str, Promise]] = {
    "read": _("Read everything of orders, stock and products"),
    "orders": _("Place, change, ship, cancel and take back orders"),
    "stock": _("Receive, move, transfer and correct stock"),
    "catalog": _("Change products, sites, policies and customers"),
    "webhooks": _("Set up webhooks"),
    "desk": _("Work at the service desk: cases, notes, and who looks after a customer"),
    "privacy": _("Hand out and erase what is held on customers"),
}


def permission_words(name: str) -> str:
    """What a permission is called."""
    return str(WORDS.get(name, name))


def role_words(name: str, title: str = "") -> str:
    """What a role is called: ours by our words, others by their title."""
    return str(ROLES.get(name, title or name))


def role_title(role: Role) -> str:
    """What this role is called."""
    return role_words(role.name, role.title)


def by_area() -> Iterator[tuple[str, list[tuple[str, Permission]]]]:
    """The areas of work in words, each with its permissions in the table's order."""
    for area, words in AREAS.items():
        yield str(words), [(name, about) for name, about in PERMISSIONS.items() if about.area == area]
