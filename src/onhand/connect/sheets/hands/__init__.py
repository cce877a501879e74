"""The hands that carry rows into the rooms, one for each trade: through the same verbs as every other door.

A hand builds records from what a row says over what there is, hands them to the room, and passes on what was refused.
It also takes things back: what an import made is removed where nothing depends on it, what it changed is put back.
"""

from __future__ import annotations

from onhand.connect.sheets.hands.hand import Bearer, Hand, Logged, Row
from onhand.connect.sheets.hands.orders import Orders
from onhand.connect.sheets.hands.others import Customers, Locations, Sites
from onhand.connect.sheets.hands.prices import Prices
from onhand.connect.sheets.hands.products import Barcodes, Products
from onhand.connect.sheets.hands.stock import Stock
from onhand.connect.sheets.hands.thresholds import Thresholds

__all__ = ["HANDS", "Bearer", "Hand", "Logged", "Row"]

HANDS: dict[str, Hand] = {
    "products": Products(),
    "barcodes": Barcodes(),
    "prices": Prices(),
    "sites": Sites(),
    "locations": Locations(),
    "customers": Customers(),
    "stock": Stock(),
    "thresholds": Thresholds(),
    "orders": Orders(),
}
