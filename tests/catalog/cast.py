"""The same few goods in every test: a mug in two colours, and tea by weight."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from onhand.catalog.actions import save_products
from onhand.catalog.queries import skus_by_code
from onhand.catalog.records import (
    BarcodeRecord,
    ProductRecord,
    SavedProduct,
    SkuPriceRecord,
    SkuRecord,
)
from onhand.core.database import Connection
from onhand.core.refusals import Refused

NOW = datetime(2025, 6, 2, 12, tzinfo=UTC)

RED = SkuRecord(
    "MUG-RED",
    "Mug, red",
    barcodes=[BarcodeRecord("4006381333931"), BarcodeRecord("10614141000415", "case", Decimal(12))],
    prices=[SkuPriceRecord("GBP", Decimal("7.50"))],
)
BLUE = SkuRecord("MUG-BLUE", "Mug, blue", barcodes=[BarcodeRecord("5901234123457")])
MUG = ProductRecord("MUG", "Stoneware mug", "Holds tea.", skus=[RED, BLUE])
TEA = ProductRecord("TEA", "Green tea", skus=[SkuRecord("TEA-1", unit="kg", tracking="lot", shelf_life_days=365)])


def change(answer: object) -> str:
    """What became of a record that was not refused."""
    assert not isinstance(answer, Refused), answer
    return str(getattr(answer, "change", None))


def refusal(answer: object) -> Refused:
    """The refusal a record met."""
    assert isinstance(answer, Refused), answer
    return answer


def given_goods(db: Connection) -> dict[str, int]:
    """The shop sells mugs and tea; answers the ids of the SKUs."""
    assert all(isinstance(answer, SavedProduct) for answer in save_products(db, [MUG, TEA], NOW))
    return {code: sku.id for code, sku in skus_by_code(db, ["MUG-RED", "MUG-BLUE", "TEA-1"]).items()}
