from __future__ import annotations

import pytest

from connect.sheets.senders import Desk, counts
from onhand.connect.sheets import imports
from onhand.connect.sheets.checks import Options
from shop import Shop

MUGS = """
    sku,name,barcode,price,currency
    CUP-1,Cup,4006381333931,7.50,GBP
    CUP-2,Big cup,5901234123457,9.90,GBP
"""


def test_new_products_are_made_with_barcodes_and_prices(desk: Desk) -> None:
    found = desk.start("products", MUGS)
    assert counts(found) == (2, 0, 0, 0)

    done = imports.go_ahead(desk.db, found.id)

    assert (done.state, done.created, done.changed, done.refused) == ("done", 2, 0, 0)
    assert desk.sole("SELECT count(*) FROM catalog_barcode") == 2
    assert str(desk.sole("SELECT min(amount) FROM catalog_price")) == "7.5000"


def test_nothing_has_changed_before_it_goes_ahead(desk: Desk) -> None:
    desk.start("products", MUGS)

    assert desk.sole("SELECT count(*) FROM catalog_product WHERE code LIKE 'CUP%'") == 0


def test_the_same_sheet_twice_changes_nothing(desk: Desk, shop: Shop) -> None:
    desk.take("products", MUGS)
    told = len(shop.kinds())

    found = desk.start("products", MUGS)

    assert counts(found) == (0, 0, 2, 0)
    assert imports.go_ahead(desk.db, found.id).rows == 0
    assert len(shop.kinds()) == told


def test_new_changed_unchanged_and_wrong_rows_stand_in_one_sheet(desk: Desk) -> None:
    desk.take("products", MUGS)

    found = desk.start(
        "products",
        """
        sku,name,barcode
        CUP-1,Cup,
        CUP-2,Huge cup,
        CUP-3,Tiny cup,
        CUP-4,Odd cup,4006381333932
        """,
    )

    assert counts(found) == (1, 1, 1, 1)
    samples = imports.preview(desk.db, found.id).samples
    assert [(each.verdict, each.thing, each.before, each.after) for each in samples] == [
        ("new", "CUP-3", {}, {"sku": "CUP-3", "name": "Tiny cup"}),
        ("changed", "CUP-2", {"name": "Big cup"}, {"name": "Huge cup"}),
    ]


def test_what_a_sheet_does_not_say_stays_as_it_was(desk: Desk) -> None:
    desk.take("products", "sku,name,description,unit\nCUP-1,Cup,Holds tea.,box")

    desk.take("products", "sku,name\nCUP-1,Mug")

    assert desk.sole("SELECT name, description FROM catalog_product WHERE code = 'CUP-1'") == ("Mug", "Holds tea.")
    assert desk.sole("SELECT name, unit FROM catalog_sku WHERE code = 'CUP-1'") == ("Mug", "box")


def test_a_barcode_is_added_to_those_there_are(desk: Desk) -> None:
    desk.take("products", MUGS)

    desk.take("barcodes", "sku,ean,level,qty\nCUP-1,10614141000415,case,12")

    assert desk.sole(
        "SELECT array_agg(code::text ORDER BY quantity) FROM catalog_barcode WHERE code <> '05901234123457'"
    ) == [
        "04006381333931",
        "10614141000415",
    ]


def test_variants_of_a_product_are_saved_as_one(desk: Desk) -> None:
    done = desk.take("products", "sku,product,name,sku_name\nC-R,CUP,Cup,Red\nC-B,CUP,,Blue")

    assert done.created == 2
    assert desk.sole("SELECT count(*) FROM catalog_product WHERE code = 'CUP'") == 1


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("CUP,Cup,4006381333932,,", ("barcode", "bad_barcode")),
        ("CUP,Cup,4.00638E+12,,", ("barcode", "rounded_number")),
        (",Cup,,,", ("sku", "missing")),
        ("CUP,,,,", ("name", "missing")),
        ("CUP,Cup,,12 pounds,GBP", ("price", "not_a_number")),
        ("CUP,Cup,,-1,GBP", ("price", "too_small")),
        ("CUP,Cup,,1.23456,GBP", ("price", "too_fine")),
        ("CUP,Cup,,1,", ("currency", "missing")),
        ("CUP,Cup,,1,sterling", ("currency", "unknown_currency")),
        (f"{'C' * 65},Cup,,,", ("sku", "too_long")),
        ("CUP,Cup\ufffd,,,", ("name", "unreadable_characters")),
        ("CUP,Cup,,1,GBP,more", ("", "too_many_cells")),
    ],
)
def test_a_wrong_row_is_told_by_field_and_fault_and_harms_no_other(
    desk: Desk, row: str, fault: tuple[str, str]
) -> None:
    found = desk.start("products", f"sku,name,barcode,price,currency\n{row}\nGOOD,Good,,1,GBP")

    assert [each[1:] for each in desk.faults(found)] == [fault]
    assert all(each.reason and each.remedy and each.row == 2 for each in desk.bad(found))
    assert imports.go_ahead(desk.db, found.id).created == 1


def test_a_barcode_claimed_twice_or_taken_is_refused(desk: Desk) -> None:
    desk.take("products", MUGS)

    found = desk.start(
        "products",
        "sku,name,ean\nCUP-3,Cup,4006381333931\nCUP-4,Cup,96385074\nCUP-5,Cup,96385074",
    )

    assert desk.faults(found) == [(2, "barcode", "barcode_taken"), (4, "barcode", "barcode_taken")]


def test_a_row_that_repeats_another_is_harmless_and_one_that_contradicts_it_is_wrong(desk: Desk) -> None:
    found = desk.start("products", "sku,name\nCUP,Cup\nCUP,Cup\nCUP,\nCUP,Mug")

    assert counts(found) == (1, 0, 2, 1)
    (bad,) = desk.bad(found)
    assert (bad.row, bad.code, bad.reason) == (5, "listed_twice", "row 2 has the same sku and another name")


def test_rows_of_one_product_must_agree(desk: Desk) -> None:
    found = desk.start("products", "sku,product,name\nC-R,CUP,Cup\nC-B,CUP,Mug")

    assert desk.faults(found) == [(3, "name", "rows_disagree")]


def test_a_category_is_known_by_its_name_and_made_only_where_that_is_allowed(desk: Desk) -> None:
    sheet = "sku,name,category\nCUP,Cup,Table & Kitchen"

    assert desk.faults(desk.start("products", sheet)) == [(2, "category", "unknown_category")]

    desk.take("products", sheet, options=Options(new_categories=True))

    assert desk.sole("SELECT code, name FROM catalog_category") == ("table-kitchen", "Table & Kitchen")
    assert counts(desk.start("products", sheet)) == (0, 0, 1, 0)
    assert counts(desk.start("products", "sku,name,category\nCUP,Cup,TABLE-KITCHEN")) == (0, 0, 1, 0)


def test_what_has_stock_keeps_its_unit(desk: Desk, shop: Shop) -> None:
    shop.stock("mug", 3)

    found = desk.start("products", "sku,unit\nmug,kg")

    assert desk.faults(found) == [(2, "unit", "unit_fixed")]


def test_a_sku_stays_with_its_product(desk: Desk) -> None:
    assert desk.faults(desk.start("products", "sku,product\nmug,lamp")) == [(2, "product", "sku_of_other_product")]


def test_one_column_may_be_two_fields(desk: Desk) -> None:
    desk.take("products", "code,title\n4006381333931,Cup", columns={"code": "sku,barcode"})

    assert desk.sole("SELECT code::text FROM catalog_barcode") == "04006381333931"
