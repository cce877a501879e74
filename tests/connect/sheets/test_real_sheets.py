"""Excerpts of real sheets, dirty as they are; where they come from stands beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from connect.sheets.senders import Desk, counts
from onhand.catalog.rules import barcode_fault, check_digit, normal_barcode
from onhand.connect.sheets import imports
from onhand.connect.sheets.checks import Options
from onhand.connect.sheets.imports import ImportView
from shop import Shop

SHEETS = Path(__file__).parents[2] / "data" / "sheets"


def test_a_catalogue_of_food_with_broken_letters_and_one_code_twice(desk: Desk) -> None:
    columns = {"code": "sku,barcode", "product_name": "name"}

    found = imports.start(desk.db, SHEETS / "open_food_facts.csv", "products", columns=columns)

    assert found.wrong == 4
    assert imports.preview(desk.db, found.id).faults == {"barcode_taken": 2, "unreadable_characters": 2}
    assert imports.go_ahead(desk.db, found.id).created == found.rows - 4


def test_the_goods_of_a_bicycle_maker(desk: Desk) -> None:
    columns = {"ProductNumber": "sku", "ProductID": "", "ListPrice": "price"}

    found = imports.start(
        desk.db, SHEETS / "adventureworks_products.csv", "products", columns=columns, values={"currency": "USD"}
    )

    assert counts(found) == (10, 0, 0, 0)
    assert imports.go_ahead(desk.db, found.id).created == 10
    assert desk.sole("SELECT amount::text FROM catalog_price JOIN catalog_sku AS sku ON sku.id = sku_id"
                     " WHERE sku.code = 'FW-M423'") == "60.7450"  # fmt: skip


def sales(desk: Desk, kind: str, **facts: object) -> ImportView:
    return imports.start(desk.db, SHEETS / "uci_online_retail.csv", kind, **facts)  # type: ignore[arg-type]


def test_the_invoices_of_a_gift_shop_with_cancellations_and_blanks(desk: Desk) -> None:
    for kind, columns in (("products", {"Description": "name", "UnitPrice": ""}), ("customers", {})):
        imports.go_ahead(desk.db, sales(desk, kind, columns=columns).id)

    found = sales(desk, "orders", columns={"UnitPrice": "unit_price"}, values={"channel": "web"})
    done = imports.go_ahead(desk.db, found.id)

    bad = imports.bad_rows(desk.db, found.id).items
    given_back = {(each.field, each.value) for each in bad if each.code == "too_small"}
    assert given_back == {("quantity", "-1"), ("quantity", "-12")}
    assert all(each.reason and each.remedy for each in bad)
    assert (done.state, done.created, done.refused) == ("done", desk.sole("SELECT count(*) FROM orders_order"), 0)
    assert counts(sales(desk, "orders", values={"channel": "web"}))[:3] == (0, 0, found.new)


ORDERS = '''
    Row ID,Order ID,Order Date,Customer ID,Customer Name,Country,Postal Code,Product ID,Category,Product Name,Quantity
    1,CA-1,2016-01-03,DP-1,Darren,United States,77095.0,OFF-1,Paper,"Message Book, 4 1/2"" X 4""",2
    2,CA-1,2016-01-03,DP-1,Darren,United States,77095.0,OFF-2,Labels,Avery 508,3
    3,CA-2,2016-01-04,DP-1,Darren,United States,60540.0,OFF-1,Paper,"Message Book, 4 1/2"" X 4""",1
    4,CA-3,2016-01-05,PO-2,Phil,United States,60540.0,OFF-1,Paper,Another book,1
'''


def test_one_export_of_orders_gives_products_customers_and_orders(desk: Desk) -> None:
    goods = {"Product ID": "sku", "Product Name": "name"}

    products = desk.start("products", ORDERS, columns=goods, options=Options(new_categories=True))
    assert counts(products) == (2, 0, 1, 1)
    imports.go_ahead(desk.db, products.id)
    assert desk.take("customers", ORDERS).created == 2
    orders = desk.take("orders", ORDERS, columns={"Product ID": "sku"}, values={"channel": "web"})

    assert (orders.created, orders.refused) == (3, 0)
    assert desk.sole("SELECT DISTINCT country FROM orders_order") == "US"


@pytest.mark.parametrize("length", [8, 12, 13, 14])
def test_sql_and_the_room_agree_on_every_last_digit(desk: Desk, shop: Shop, length: int) -> None:
    bodies = [f"{number * 7919 % 10 ** (length - 1):0{length - 1}d}" for number in range(1, 60)]
    codes = [f"{body}{(int(check_digit(body)) + wrong) % 10}" for body in bodies for wrong in (0, 1)]

    found = desk.start("barcodes", "sku,ean\n" + "\n".join(f"mug,{code}" for code in dict.fromkeys(codes)))

    told = {each.value for each in desk.bad(found) + imports.bad_rows(desk.db, found.id, most=500).items}
    assert told == {code for code in codes if barcode_fault(code)}
    imports.go_ahead(desk.db, found.id)
    kept = {code for (code,) in desk.db.execute("SELECT code::text FROM catalog_barcode").fetchall()}
    assert kept == {normal_barcode(code) for code in codes if not barcode_fault(code)}
