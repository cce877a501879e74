"""Create and change products with their SKUs, barcodes and prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import psycopg
import pytest

from onhand.catalog.actions import save_categories, save_products
from onhand.catalog.queries import find_by_barcode, prices_now, product_detail, skus_by_code
from onhand.catalog.records import BarcodeRecord, CategoryRecord, ProductRecord, SkuPriceRecord, SkuRecord
from onhand.core.database import Connection

from .cast import BLUE, MUG, NOW, RED, TEA, change, given_goods, refusal


def but(record: Any, **changes: Any) -> Any:
    return msgspec.structs.replace(record, **changes)


def count(db: Connection, table: str) -> int:
    row = db.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


def test_a_new_product_is_there_with_all_that_belongs_to_it(db: Connection) -> None:
    answers = save_products(db, [MUG, TEA], NOW)

    assert [change(answer) for answer in answers] == ["created", "created"]
    tea = skus_by_code(db, ["TEA-1", "NONE"])["TEA-1"]
    assert (tea.name, tea.unit, tea.decimals, tea.tracking, tea.shelf_life_days) == ("Green tea", "kg", 3, "lot", 365)
    case = find_by_barcode(db, "1 06 14141 00041 5")
    assert case is not None
    assert (case.sku, case.level, case.quantity, case.kind) == ("MUG-RED", "case", Decimal(12), "gtin")


def test_saving_the_same_again_changes_nothing(db: Connection) -> None:
    first = save_products(db, [MUG, TEA], NOW)
    again = save_products(db, [MUG, TEA], NOW)

    assert [change(answer) for answer in again] == ["unchanged", "unchanged"]
    assert [getattr(answer, "id", 0) for answer in first] == [getattr(answer, "id", 1) for answer in again]


@pytest.mark.parametrize(
    "changed",
    [
        but(MUG, name="Mug"),
        but(MUG, description=""),
        but(MUG, active=False),
        but(MUG, skus=[but(RED, name="Mug, crimson"), BLUE]),
        but(MUG, skus=[RED, but(BLUE, active=False)]),
        but(MUG, skus=[RED, but(BLUE, barcodes=[])]),
        but(MUG, skus=[RED, but(BLUE, barcodes=[BarcodeRecord("5901234123457", quantity=Decimal(2))])]),
        but(MUG, skus=[RED, BLUE, SkuRecord("MUG-GREEN")]),
        but(MUG, skus=[but(RED, prices=[SkuPriceRecord("GBP", Decimal(8))]), BLUE]),
    ],
)
def test_any_difference_makes_a_product_changed(db: Connection, changed: ProductRecord) -> None:
    save_products(db, [MUG], NOW)

    assert [change(answer) for answer in save_products(db, [changed], NOW)] == ["changed"]
    assert [change(answer) for answer in save_products(db, [changed], NOW)] == ["unchanged"]


def test_what_a_record_leaves_out_stays(db: Connection) -> None:
    given_goods(db)

    (answer,) = save_products(db, [but(MUG, skus=[SkuRecord("MUG-RED", "Mug, red")])], NOW)

    assert change(answer) == "unchanged"
    detail = product_detail(db, "MUG")
    assert detail is not None
    assert [(sku.code, len(sku.barcodes), len(sku.prices)) for sku in detail.skus] == [
        ("MUG-BLUE", 1, 0),
        ("MUG-RED", 2, 1),
    ]


def test_a_sku_of_a_retired_product_is_retired_with_it(db: Connection) -> None:
    save_products(db, [but(MUG, active=False)], NOW)

    assert not skus_by_code(db, ["MUG-RED"])["MUG-RED"].active


@pytest.mark.parametrize(
    ("sku", "code", "field"),
    [
        (but(RED, unit="furlong"), "unknown_unit", "skus[1].unit"),
        (but(BLUE, code="TEA-2"), "barcode_taken", "skus[1].barcodes[0].code"),
        (but(RED, code="TEA-1"), "listed_twice", "skus[1].code"),
        (but(RED, code="MUG-BLUE", barcodes=None), "sku_of_other_product", "skus[1].code"),
        (SkuRecord("T", barcodes=[BarcodeRecord("4006381333930")]), "bad_barcode", "skus[1].barcodes[0].code"),
        (SkuRecord("T", barcodes=[BarcodeRecord("A"), BarcodeRecord("A")]), "listed_twice", "skus[1].barcodes[1].code"),
        (SkuRecord("T", barcodes=[BarcodeRecord("TIN")]), "barcode_taken", "skus[1].barcodes[0].code"),
        (
            SkuRecord("T", barcodes=[BarcodeRecord("A", quantity=Decimal("0.5"))]),
            "bad_quantity",
            "skus[1].barcodes[0].quantity",
        ),
        (SkuRecord("T", prices=[SkuPriceRecord("GBP", Decimal(-1))]), "bad_price", "skus[1].prices[0].amount"),
        (
            SkuRecord("T", prices=[SkuPriceRecord("GBP", Decimal(1)), SkuPriceRecord("GBP", Decimal(2), NOW)]),
            "listed_twice",
            "skus[1].prices[1].valid_from",
        ),
    ],
)
def test_an_unsound_product_is_refused_whole_and_its_neighbours_saved(
    db: Connection, sku: SkuRecord, code: str, field: str
) -> None:
    save_products(db, [MUG], NOW)
    tin = SkuRecord("TEA-1", unit="kg", barcodes=[BarcodeRecord("TIN")])

    refused, saved = save_products(db, [but(TEA, skus=[tin, sku]), ProductRecord("POT", "Pot")], NOW)

    assert (refusal(refused).code, refusal(refused).field) == (code, field)
    assert change(saved) == "created"
    assert not skus_by_code(db, ["TEA-1", "T"])


def test_a_refusal_names_the_owner_of_the_barcode(db: Connection) -> None:
    save_products(db, [MUG], NOW)

    (answer,) = save_products(db, [ProductRecord("X", "X", skus=[but(BLUE, code="X")])], NOW)

    assert "'5901234123457' already belongs to SKU 'MUG-BLUE'" in refusal(answer).detail


def test_of_two_claims_in_a_batch_the_earlier_wins(db: Connection) -> None:
    rival = ProductRecord("X", "X", skus=[SkuRecord("X", barcodes=[BarcodeRecord("05901234123457")])])
    usurper = ProductRecord("Y", "Y", skus=[SkuRecord("MUG-RED")])

    answers = save_products(db, [MUG, rival, usurper], NOW)

    assert change(answers[0]) == "created"
    assert [refusal(answer).code for answer in answers[1:]] == ["barcode_taken", "sku_of_other_product"]


def test_skus_may_swap_their_barcodes(db: Connection) -> None:
    given_goods(db)
    swapped = but(MUG, skus=[but(RED, barcodes=BLUE.barcodes), but(BLUE, barcodes=RED.barcodes)])

    assert [change(answer) for answer in save_products(db, [swapped], NOW)] == ["changed"]

    scanned = find_by_barcode(db, "5901234123457")
    assert scanned is not None
    assert scanned.sku == "MUG-RED"


def test_a_barcode_given_up_can_be_taken_in_the_same_batch(db: Connection) -> None:
    given_goods(db)
    heir = ProductRecord("X", "X", skus=[SkuRecord("X", barcodes=BLUE.barcodes)])

    answers = save_products(db, [but(MUG, skus=[but(BLUE, barcodes=[])]), heir], NOW)

    assert [change(answer) for answer in answers] == ["changed", "created"]


def test_a_product_named_twice_in_a_batch_ends_as_the_last_says(db: Connection) -> None:
    answers = save_products(db, [MUG, but(MUG, name="Second"), but(MUG, name="Second")], NOW)

    assert [change(answer) for answer in answers] == ["created", "changed", "unchanged"]


def test_an_unknown_category_is_refused(db: Connection) -> None:
    save_categories(db, [CategoryRecord("kitchen", "Kitchen")])

    unknown, known = save_products(db, [but(MUG, category="kitchn"), but(TEA, category="kitchen")], NOW)

    assert (refusal(unknown).code, refusal(unknown).field) == ("unknown_category", "category")
    assert change(known) == "created"


def test_a_sku_with_stock_history_keeps_its_unit_and_tracking(db: Connection) -> None:
    ids = given_goods(db)
    by_gram = but(TEA, skus=[but(TEA.skus[0], unit="g")])
    by_serial = but(TEA, skus=[but(TEA.skus[0], tracking="serial")])
    counted = {ids["TEA-1"]}

    answers = save_products(db, [by_gram, by_serial, TEA], NOW, in_use=lambda _db, asked: counted & set(asked))

    assert [refusal(answer).field for answer in answers[:2]] == ["skus[0].unit", "skus[0].tracking"]
    assert change(answers[2]) == "unchanged"
    assert change(save_products(db, [by_gram], NOW)[0]) == "changed"


def test_a_price_saved_with_its_product_holds_at_once(db: Connection) -> None:
    ids = given_goods(db)

    assert prices_now(db, ids.values(), "GBP", NOW) == {ids["MUG-RED"]: Decimal("7.50")}
    assert prices_now(db, ids.values(), "EUR", NOW) == {}


def test_a_batch_takes_as_many_statements_as_one(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    execute = psycopg.Connection.execute

    def counted(connection: Connection, query: str, *values: Any) -> psycopg.Cursor[tuple[Any, ...]]:
        asked.append(query)
        return execute(connection, query, *values)

    monkeypatch.setattr(psycopg.Connection, "execute", counted)
    save_products(db, [MUG], NOW)
    for_one = len(asked)
    save_products(
        db, [ProductRecord(f"P{n}", "P", skus=[SkuRecord(f"P{n}", prices=RED.prices)]) for n in range(9)], NOW
    )

    assert len(asked) - for_one == for_one <= 12


def test_the_database_itself_keeps_barcodes_apart(db: Connection) -> None:
    ids = given_goods(db)

    with pytest.raises(psycopg.errors.UniqueViolation):
        db.execute("INSERT INTO catalog_barcode (code, sku_id) VALUES ('05901234123457', %s)", [ids["TEA-1"]])


def test_an_empty_batch_is_answered_with_nothing(db: Connection) -> None:
    assert save_products(db, [], NOW) == []
    assert count(db, "catalog_product") == 0
