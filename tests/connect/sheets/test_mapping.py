from __future__ import annotations

import pytest

from connect.sheets.senders import Desk
from onhand.connect.sheets import imports
from onhand.connect.sheets.checks import Options
from onhand.connect.sheets.errors import CannotImport
from onhand.connect.sheets.fields import plain
from onhand.connect.sheets.mapping import guess
from onhand.connect.sheets.trades import TRADES


@pytest.mark.parametrize(
    ("kind", "headers", "fields"),
    [
        ("products", ["SKU", "Product Name", "EAN-13", "List Price"], ["sku", "name", "barcode", "price"]),
        ("products", ["Código", "Descripción", "Código de barras"], ["sku", "description", "barcode"]),
        ("products", ["código do produto", "Nome", "Preço", "Moeda"], ["sku", "name", "price", "currency"]),
        ("stock", ["Depósito", "Localização", "Código", "Qtde", "Validade"],
         ["site", "location", "sku", "quantity", "expires_on"]),
        ("orders", ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "CustomerID", "Country"],
         ["number", "sku", "quantity", "placed_at", "customer", "country"]),
        ("customers", ["Cliente", "Razón social", "Correo electrónico", "País"], ["code", "name", "email", "country"]),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_names_in_three_languages(kind: str, headers: list[str], fields: list[str]) -> None:
    assert guess(TRADES[kind], headers) == dict(zip(headers, fields, strict=True))


def test_no_name_stands_for_two_fields_of_one_trade() -> None:
    for trade in TRADES.values():
        names = [name for field in trade.fields for name in field.spellings()]
        assert sorted(names) == sorted(set(names)), trade.name


def test_a_header_is_read_without_its_dress() -> None:
    assert plain(" Código_de-Barras* ") == "codigo de barras"
    assert plain("InvoiceNo") == "invoice no"


def test_columns_nobody_knows_are_told(desk: Desk) -> None:
    found = desk.start("products", "sku,name,shoe size\nCUP,Cup,7")

    assert imports.preview(desk.db, found.id).unknown == ["shoe size"]


def test_a_mapping_made_by_hand_is_remembered_by_the_set_of_headers(desk: Desk) -> None:
    desk.start("products", "ref no,what\nCUP,Cup", columns={"ref no": "sku", "what": "name"})

    again = desk.start("products", "WHAT,Ref. no\nMug,MUG")

    assert imports.preview(desk.db, again.id).columns == {"WHAT": "name", "Ref. no": "sku"}
    look = imports.looked_at(desk.db, desk.sheet("what,ref no\nMug,MUG"), "products")
    assert look.proposal.by == "an earlier file with these headers"
    assert (look.headers, look.sample, look.proposal.missing) == (["what", "ref no"], [["Mug", "MUG"]], [])


def test_a_mapping_can_be_kept_under_a_name(desk: Desk) -> None:
    first = desk.start("products", "a,b\nCUP,Cup", columns={"a": "sku", "b": "name"})
    imports.name_mapping(desk.db, first.id, "supplier")

    found = desk.start("products", "b,c,a\nMug,?,MUG", name="supplier")

    assert imports.preview(desk.db, found.id).columns == {"a": "sku", "b": "name"}
    with pytest.raises(CannotImport, match="No mapping"):
        desk.start("products", "a,b\nCUP,Cup", name="nobody")


@pytest.mark.parametrize(
    ("columns", "values", "code"),
    [
        ({"colour": "name"}, {}, "unknown_column"),
        ({"a": "colour"}, {}, "unknown_field"),
        ({"a": "sku", "b": "sku"}, {}, "mapped_twice"),
        ({"b": "name"}, {"name": "Cup"}, "mapped_twice"),
        ({"b": "name"}, {}, "no_column_for"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    desk: Desk, columns: dict[str, str], values: dict[str, str], code: str
) -> None:
    with pytest.raises(CannotImport) as caught:
        desk.start("products", "a,b\nCUP,Cup", columns=columns, values=values)

    assert caught.value.refusal.code == code


def test_numbers_with_a_decimal_comma_are_known_as_such(desk: Desk) -> None:
    found = desk.start("prices", "sku;moneda;precio\nmug;EUR;1.234,50\nlamp;EUR;€ 7,5")

    assert imports.preview(desk.db, found.id).options.decimal == "comma"
    imports.go_ahead(desk.db, found.id)
    assert desk.sole("SELECT array_agg(amount::text ORDER BY amount) FROM catalog_price") == ["7.5000", "1234.5000"]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("1,234.5", "1234.5000"), ("R$ 12.30", "12.3000"), ("7", "7.0000"), ("1 234.5", "1234.5000"), (".5", "0.5000")],
)
def test_numbers_are_read_as_people_write_them(desk: Desk, cell: str, amount: str) -> None:
    desk.take("prices", f'sku,currency,amount\nmug,GBP,"{cell}"', options=Options(decimal="point"))

    assert desk.sole("SELECT amount::text FROM catalog_price") == amount


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-03-31", "2026-03-31 00:00:00+00"),
        ("2026-03-31T14:30:05Z", "2026-03-31 14:30:05+00"),
        ("2026-03-31 14:30 +02:00", "2026-03-31 12:30:00+00"),
        ("31/03/2026", "2026-03-31 00:00:00+00"),
        ("03-31-2026 9:05", "2026-03-31 09:05:00+00"),
        ("20260331", "2026-03-31 00:00:00+00"),
    ],
)
def test_dates_are_read_in_the_stated_forms(desk: Desk, cell: str, moment: str) -> None:
    desk.take("prices", f"sku,currency,amount,from\nmug,GBP,1,{cell}")

    assert desk.sole("SELECT valid_from::text FROM catalog_price") == moment


def test_times_without_a_zone_are_those_of_the_zone_that_was_said(desk: Desk) -> None:
    desk.take(
        "prices", "sku,currency,amount,from\nmug,GBP,1,2026-07-01 12:00", options=Options(time_zone="Europe/London")
    )

    assert desk.sole("SELECT valid_from::text FROM catalog_price") == "2026-07-01 11:00:00+00"


@pytest.mark.parametrize(
    "cell", ["2026-02-29", "31/04/2026", "1/2/26", "2026-13-01", "tomorrow", "2026-01-01 25:00", "1850-01-01"]
)
def test_what_is_no_date_is_told(desk: Desk, cell: str) -> None:
    found = desk.start("prices", f"sku,currency,amount,from\nmug,GBP,1,{cell}\nlamp,GBP,1,31/12/2026")

    assert desk.faults(found) == [(2, "valid_from", "not_a_date")]


def test_days_and_months_are_never_guessed(desk: Desk) -> None:
    sheet = "sku,currency,amount,from\nmug,GBP,1,03/04/2026"
    with pytest.raises(CannotImport) as caught:
        desk.start("prices", sheet)
    assert caught.value.refusal.code == "ambiguous_dates"

    desk.take("prices", sheet, options=Options(dates="mdy"))

    assert desk.sole("SELECT valid_from::date::text FROM catalog_price") == "2026-03-04"


def test_an_option_that_is_no_word_of_ours_is_refused(desk: Desk) -> None:
    for options in (Options(decimal="dot"), Options(dates="ymd"), Options(time_zone="Mars/Olympus")):
        with pytest.raises(CannotImport):
            desk.start("products", "sku,name\nCUP,Cup", options=options)
