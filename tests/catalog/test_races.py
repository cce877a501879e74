"""Two people change the catalogue at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from onhand.catalog.actions import save_categories, save_products
from onhand.catalog.queries import categories
from onhand.catalog.records import BarcodeRecord, CategoryRecord, ProductRecord, SavedProduct, SkuRecord
from onhand.core.database import Connection, connect
from onhand.core.refusals import Refused


@pytest.mark.usefixtures("db")
def test_of_eight_who_want_one_barcode_one_gets_it(database_url: str) -> None:
    together = Barrier(8)

    def claim(number: int) -> SavedProduct | Refused:
        barcode = BarcodeRecord("4006381333931")
        product = ProductRecord(f"P{number}", "Pen", skus=[SkuRecord(f"P{number}", barcodes=[barcode])])
        with connect(database_url) as connection:
            together.wait(10)
            return save_products(connection, [product])[0]

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(claim, range(8)))

    refusals = [answer for answer in answers if isinstance(answer, Refused)]
    assert [refusal.code for refusal in refusals] == ["barcode_taken"] * 7


def test_two_moves_at_once_cannot_make_a_circle(db: Connection, database_url: str) -> None:
    save_categories(db, [CategoryRecord("a", "A"), CategoryRecord("b", "B")])
    db.commit()
    together = Barrier(2)

    def hang(child: str, parent: str) -> None:
        with connect(database_url) as connection:
            together.wait(10)
            save_categories(connection, [CategoryRecord(child, child.upper(), parent)])

    with ThreadPoolExecutor(2) as people:
        list(people.map(hang, ["a", "b"], ["b", "a"]))

    assert sorted(category.depth for category in categories(db).items) == [0, 1]
