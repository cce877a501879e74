"""What is named elsewhere already, in the ledger or in an order.

A SKU in use keeps its unit and tracking; what anything at all names by its id cannot be removed, only retired.
"""

from __future__ import annotations

from collections.abc import Iterable

from onhand.core.database import Connection
from onhand.customers import queries as customers
from onhand.customers.service import queries as service
from onhand.orders import queries as orders
from onhand.sourcing import queries as sourcing
from onhand.stock import queries as stock


def skus_in_use(db: Connection, skus: Iterable[int]) -> set[int]:
    """Those of these SKUs that have been moved, promised, announced or ordered."""
    wanted = list(skus)
    return stock.skus_in_use(db, wanted) | orders.skus_owed(db, wanted)


def skus_depended_on(db: Connection, skus: Iterable[int]) -> set[int]:
    """Those of these SKUs that the ledger or an order names, now or in the past."""
    wanted = list(skus)
    return stock.skus_named(db, wanted) | orders.skus_ordered(db, wanted)


def sites_depended_on(db: Connection, sites: Iterable[int]) -> set[int]:
    """Those of these sites where something has lain, was expected or was watched, or which a policy names."""
    wanted = list(sites)
    return stock.sites_named(db, wanted) | sourcing.sites_named(db, wanted)


def locations_depended_on(db: Connection, locations: Iterable[int]) -> set[int]:
    """Those of these locations where something has lain."""
    return stock.locations_named(db, locations)


def customers_depended_on(db: Connection, codes: Iterable[str]) -> set[str]:
    """Those of these customers who have ordered or asked for something."""
    ids = customers.ids_by_code(db, codes)
    named = orders.customers_with_orders(db, ids.values()) | service.customers_with_cases(db, ids.values())
    return {code for code, customer in ids.items() if customer in named}
