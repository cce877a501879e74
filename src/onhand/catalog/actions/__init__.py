"""Verbs that change the catalogue. Each takes a batch and answers every record, in order: what became of it, or why.

Saving the same twice leaves everything ``unchanged``. Nothing here commits; the caller does.
"""

from __future__ import annotations

from onhand.catalog.actions.categories import save_categories
from onhand.catalog.actions.prices import set_prices
from onhand.catalog.actions.products import InUse, save_products
from onhand.catalog.actions.removing import DependedOn, OldPrice, remove_barcodes, remove_prices, remove_skus
from onhand.catalog.actions.substitutes import set_substitutes

__all__ = [
    "DependedOn",
    "InUse",
    "OldPrice",
    "remove_barcodes",
    "remove_prices",
    "remove_skus",
    "save_categories",
    "save_products",
    "set_prices",
    "set_substitutes",
]
