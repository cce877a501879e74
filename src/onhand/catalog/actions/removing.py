"""Take away what was made by mistake and nobody has used. What has been used is retired, never removed.

The ledger and orders keep plain ids, so nothing they name may go. Whoever writes there has read the SKU in the same
transaction; the lock on the table therefore waits for all of them, and they for us, before anybody decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from onhand.core.batch import Diary, alone_with, columns, moment, take_turns
from onhand.core.database import Connection, statement

# Asked about SKUs (ids) that shall go; answers those something depends on.
DependedOn = Callable[[Connection, list[int]], set[int]]


def remove_skus(db: Connection, codes: Iterable[str], *, depended_on: DependedOn, actor: str = "system") -> set[str]:
    """Remove SKUs nothing depends on, with their barcodes and prices, and products left without any.

    Answers the codes of those that are gone. The lock is short, and held until the transaction ends.
    """
    take_turns(db, "catalog")
    alone_with(db, "catalog_sku")
    known: dict[int, str] = dict(
        db.execute("SELECT id, code FROM catalog_sku WHERE code = ANY (%s)", [list(codes)]).fetchall()
    )
    free = [sku for sku in known if sku not in depended_on(db, list(known))]
    diary, gone = Diary(actor, moment(db, None)), set[str]()
    for code, product, product_gone in db.execute(statement("catalog", "remove_skus"), [free]):
        gone.add(code)
        diary.note("sku.removed", f"product/{product}", "removed", {"sku": code, "product_removed": product_gone})
    diary.write(db)
    return gone


def remove_barcodes(db: Connection, barcodes: Sequence[tuple[str, str]], *, actor: str = "system") -> int:
    """Take barcodes away from SKUs: (SKU, barcode as kept). Answers how many there were."""
    take_turns(db, "catalog")
    diary, gone = Diary(actor, moment(db, None)), 0
    for sku, barcode in db.execute(statement("catalog", "remove_barcodes"), columns(list(barcodes), "sku", "barcode")):
        gone += 1
        diary.note("barcode.removed", f"sku/{sku}", "removed", {"sku": sku, "barcode": barcode})
    diary.write(db)
    return gone


class OldPrice(NamedTuple):
    """A price by what it is known by."""

    sku: str
    currency: str
    valid_from: datetime


def remove_prices(db: Connection, prices: Sequence[OldPrice], *, actor: str = "system") -> int:
    """Take prices away: what was before holds again. Orders keep what they were placed at. Answers how many."""
    take_turns(db, "catalog")
    diary, gone = Diary(actor, moment(db, None)), 0
    for sku, currency, amount, valid_from in db.execute(
        statement("catalog", "remove_prices"), columns(list(prices), *OldPrice._fields)
    ):
        gone += 1
        record = {"currency": currency, "amount": amount, "valid_from": valid_from}
        diary.note("price.removed", f"sku/{sku}", "removed", record)
    diary.write(db)
    return gone
