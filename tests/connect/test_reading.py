"""Rows of the file are read for certain, or set aside with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onhand.connect.online_retail.reading import COLUMNS, RULES, Asides, NotSales, Reason, SaleRow, SetAside, rows

from .sales import HEADING, HEARTS, LANTERNS, lines, read, set_aside


def test_a_sound_row_is_read_with_its_types() -> None:
    (row,) = read(HEARTS)

    assert row == SaleRow(
        line_number=2,
        invoice="536365",
        sku="85123A",
        description="WHITE HANGING HEART T-LIGHT HOLDER",
        quantity=6,
        at=datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
        unit_price=Decimal("2.55"),
        customer="17850",
        country="United Kingdom",
    )


def test_stock_codes_in_small_letters_are_the_same_goods() -> None:
    (row,) = read("536982,85123a,WHITE HANGING HEART T-LIGHT HOLDER,35,2010-12-03 14:27:00,6.77,,United Kingdom")

    assert row.sku == "85123A"


def test_a_row_without_a_customer_is_a_strangers() -> None:
    (row,) = read("536982,85123A,WHITE HANGING HEART T-LIGHT HOLDER,35,2010-12-03 14:27:00,6.77,,United Kingdom")

    assert row.customer is None


def test_spaces_around_and_within_a_description_are_tidied() -> None:
    (row,) = read("536370,22900, SET 2 TEA  TOWELS I LOVE LONDON ,24,2010-12-01 08:45:00,2.95,12583,France")

    assert row.description == "SET 2 TEA TOWELS I LOVE LONDON"


def test_commas_and_quotes_in_a_description_are_part_of_it() -> None:
    (row,) = read('536477,22041,"RECORD FRAME 7"" SINGLE, SIZE ",48,2010-12-01 12:27:00,2.1,16210,United Kingdom')

    assert row.description == 'RECORD FRAME 7" SINGLE, SIZE'


def test_summer_minutes_are_an_hour_earlier_in_utc() -> None:
    (row,) = read("556458,21786,POLKADOT RAIN HAT ,22,2011-06-10 17:21:00,0.42,15491,United Kingdom")

    assert row.at == datetime(2011, 6, 10, 16, 21, tzinfo=UTC)


def test_rows_moved_by_weeks_keep_their_weekday_and_their_local_hour() -> None:
    (row,) = read(HEARTS, weeks_later=26)

    assert row.at == datetime(2011, 6, 1, 7, 26, tzinfo=UTC)
    assert row.at.weekday() == datetime(2010, 12, 1, tzinfo=UTC).weekday()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("536370,POST,POSTAGE,3,2010-12-01 08:45:00,18.0,12583,France", Reason.NOT_GOODS),
        ("C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527,United Kingdom", Reason.NOT_GOODS),
        ("540700,m,Manual,1,2011-01-10 16:00:00,1.25,,United Kingdom", Reason.NOT_GOODS),
        ("536779,BANK CHARGES,Bank Charges,1,2010-12-02 15:08:00,15.0,15823,United Kingdom", Reason.NOT_GOODS),
        ("C537600,AMAZONFEE,AMAZON FEE,-1,2010-12-07 12:41:00,1.0,,United Kingdom", Reason.NOT_GOODS),
        ("A563186,B,Adjust bad debt,1,2011-08-12 14:51:00,-11062.06,,United Kingdom", Reason.NOT_GOODS),
        ("550193,PADS,PADS TO MATCH ALL CUSHIONS,1,2011-04-15 09:27:00,0.001,13952,United Kingdom", Reason.NOT_GOODS),
        ("540238,gift_0001_20,Dotcomgiftshop Gift Voucher £20.00,1,2011-01-05 14:44:00,17.02,,X", Reason.GIFT_VOUCHER),
        ("540238,22016,Dotcomgiftshop Gift Voucher £100.00,1,2011-01-05 14:44:00,85,,X", Reason.GIFT_VOUCHER),
        ("536365,,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom", Reason.NO_STOCK_CODE),
        ("536365,7105,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom", Reason.ODD_STOCK_CODE),
        ("A36365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,Norway", Reason.ODD_INVOICE_NUMBER),
        ("536365,71053,WHITE METAL LANTERN,0,2010-12-01 08:26:00,3.39,17850,Norway", Reason.ZERO_QUANTITY),
        ("536589,21777,,-10,2010-12-01 16:50:00,0.0,,United Kingdom", Reason.STOCK_CORRECTION),
        ("C536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,Norway", Reason.SOLD_ON_REVERSAL),
        ("536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom", Reason.NO_DESCRIPTION),
        ("536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,-3.39,17850,Norway", Reason.NEGATIVE_PRICE),
        ("536941,22734,amazon,20,2010-12-03 12:08:00,0.0,,United Kingdom", Reason.ZERO_PRICE),
        ("536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850", Reason.UNREADABLE),
        ("536365,71053,WHITE METAL LANTERN,six,2010-12-01 08:26:00,3.39,17850,Norway", Reason.UNREADABLE),
        ("536365,71053,WHITE METAL LANTERN,1_0,2010-12-01 08:26:00,3.39,17850,Norway", Reason.UNREADABLE),
        ("536365,71053,WHITE METAL LANTERN,6,12/1/2010 8:26,3.39,17850,Norway", Reason.UNREADABLE),
        ("536365,71053,WHITE METAL LANTERN,6,0001-01-01 00:00:00,3.39,17850,Norway", Reason.UNREADABLE),
        ("536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,NaN,17850,Norway", Reason.UNREADABLE),
        ("536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,1e9,17850,Norway", Reason.UNREADABLE),
        ("536365,71053,WHITE\x00LANTERN,6,2010-12-01 08:26:00,3.39,17850,Norway", Reason.UNREADABLE),
        ("536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,'; --,Norway", Reason.UNREADABLE),
        ("", Reason.UNREADABLE),
    ],
)
def test_a_dirty_row_is_set_aside_with_its_reason(row: str, reason: Reason) -> None:
    assert set_aside(row) == {reason: 1}


def test_goods_of_the_shops_own_range_are_goods() -> None:
    assert len(read("543358,DCGSSBOY,BOYS PARTY BAG,1,2011-02-07 14:04:00,3.29,,United Kingdom")) == 1


def test_what_was_set_aside_can_be_found_again_in_the_file() -> None:
    asides = Asides()

    read(HEARTS, "536370,POST,POSTAGE,3,2010-12-01 08:45:00,18.0,12583,France", LANTERNS, asides=asides)

    (aside,) = asides.examples[Reason.NOT_GOODS]
    assert (aside.line_number, aside.invoice) == (3, "536370")


def test_only_the_first_examples_are_kept_but_all_are_counted() -> None:
    asides = Asides(shown=2)

    read(*["536370,POST,POSTAGE,3,2010-12-01 08:45:00,18.0,12583,France"] * 5, asides=asides)

    assert len(asides.examples[Reason.NOT_GOODS]) == 2
    assert asides.counts[Reason.NOT_GOODS] == 5


@pytest.mark.parametrize("heading", ["", "a,b,c", HEADING.lower(), HEADING + ",Margin", '"' + "x" * 200_000])
def test_a_file_with_another_heading_is_not_one_of_sales(heading: str) -> None:
    with pytest.raises(NotSales, match="The first line must be InvoiceNo,StockCode"):
        list(rows([heading + "\n"], Asides()))


def test_an_empty_file_is_not_one_of_sales() -> None:
    with pytest.raises(NotSales):
        list(rows([], Asides()))


def test_a_field_without_end_costs_no_more_than_itself() -> None:
    asides = Asides()

    list(rows([*lines(), '536365,71053,"' + "x" * 200_000 + "\n", HEARTS + "\n"], asides))

    assert asides.counts == {Reason.UNREADABLE: 1}


def test_every_rule_says_what_it_is_for() -> None:
    assert all(rule.__doc__ for _, rule in RULES)


cells = st.text(st.characters(exclude_characters='\n\r"'), max_size=20) | st.sampled_from(
    ["536365", "22139", "6", "-1"]
)


@given(st.lists(st.lists(cells, min_size=1, max_size=9).map(",".join), max_size=5))
def test_whatever_a_file_says_each_row_is_used_or_set_aside(told: list[str]) -> None:
    asides = Asides()

    used = list(rows([HEADING + "\n", *(row + "\n" for row in told)], asides))

    assert len(used) + asides.counts.total() == len(told)


def test_every_reason_names_the_column_at_fault() -> None:
    nameless = [reason for reason in Reason if reason.field not in COLUMNS]

    assert nameless == [Reason.UNREADABLE]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (HEARTS.replace(",6,", ",six,"), "Quantity"),
        (HEARTS.replace("2010-12-01", "2010-13-01"), "InvoiceDate"),
        (HEARTS.replace("2.55", "2,55"), ""),
        (HEARTS.replace("2.55", "dear"), "UnitPrice"),
        (HEARTS.replace("17850", "178 50"), "CustomerID"),
    ],
)
def test_an_unreadable_row_names_the_column_that_cannot_be_read(row: str, field: str) -> None:
    told: list[SetAside] = []

    list(rows(lines(row), Asides(tell=told.append)))

    assert [(each.line_number, each.field) for each in told] == [(2, field)]
