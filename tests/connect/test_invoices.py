"""Rows with one number become one invoice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from onhand.connect.online_retail.invoices import STAYS_OPEN, Reversal, invoices
from onhand.connect.online_retail.reading import Asides, Reason, SaleRow

from .sales import CLOCKS, HEARTS, LANTERNS, POTS, POTS_BACK, grouped, set_aside


def test_rows_with_one_number_are_one_invoice() -> None:
    (invoice,) = grouped(HEARTS, LANTERNS)

    assert (invoice.number, invoice.customer, invoice.country) == ("536365", "17850", "United Kingdom")
    assert [line.sku for line in invoice.lines] == ["85123A", "71053"]


def test_rows_of_the_same_goods_are_one_line() -> None:
    (invoice,) = grouped(HEARTS, LANTERNS, HEARTS.replace("85123A", "85123a"))

    assert [(line.sku, line.quantity) for line in invoice.lines] == [("85123A", 12), ("71053", 6)]
    assert invoice.lines[0].unit_price == Decimal("2.55")


def test_the_same_goods_at_two_prices_cost_their_mean_by_quantity() -> None:
    (invoice,) = grouped(HEARTS, HEARTS.replace(",6,", ",3,").replace(",2.55,", ",2.1,"))

    assert invoice.lines[0].unit_price == Decimal("2.4000")


def test_a_mean_price_is_rounded_to_four_places() -> None:
    (invoice,) = grouped(HEARTS.replace(",6,", ",2,").replace(",2.55,", ",1,"), HEARTS.replace(",6,", ",1,"))

    assert invoice.lines[0].unit_price == Decimal("1.5167")


def test_a_number_with_c_is_a_reversal_counted_upwards() -> None:
    (reversal,) = grouped(POTS_BACK)

    assert isinstance(reversal, Reversal)
    assert reversal.lines[0].quantity == 2


def test_an_invoice_torn_in_two_is_made_whole() -> None:
    first, second = grouped(HEARTS, CLOCKS, LANTERNS.replace("08:26", "08:46"))

    assert (first.number, len(first.lines)) == ("536365", 2)
    assert second.number == "536370"


def test_a_row_that_comes_long_after_its_invoice_is_set_aside() -> None:
    late = LANTERNS.replace("2010-12-01", "2010-12-02")

    assert set_aside(HEARTS, POTS, late) == {Reason.INVOICE_CLOSED: 1}


def test_a_row_much_older_than_those_above_it_is_set_aside() -> None:
    assert set_aside(POTS, HEARTS) == {Reason.OUT_OF_TIME_ORDER: 1}


moments = st.integers(0, 300).map(lambda minutes: datetime(2010, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@given(st.lists(st.tuples(st.integers(0, 20), moments), max_size=40))
def test_invoices_come_in_order_of_time_each_once_and_no_row_is_lost(told: list[tuple[int, datetime]]) -> None:
    asides = Asides()
    sales = [
        SaleRow(line, f"{number:06}", "71053", "LANTERN", 1, at, Decimal(1), None, "Norway")
        for line, (number, at) in enumerate(told, start=2)
    ]

    found = list(invoices(sales, asides))

    assert [each.at for each in found] == sorted(each.at for each in found)
    assert len({each.number for each in found}) == len(found)
    assert sum(each.lines[0].quantity for each in found) + asides.counts.total() == len(told)


def test_only_an_hour_of_sales_is_held() -> None:
    start = datetime(2010, 12, 1, tzinfo=UTC)
    read: list[datetime] = []

    def sales() -> Iterator[SaleRow]:
        for minute in range(200):
            read.append(start + timedelta(minutes=minute))
            yield SaleRow(minute, f"{minute:06}", "71053", "LANTERN", 1, read[-1], Decimal(1), None, "Norway")

    first = next(invoices(sales(), Asides()))

    assert read[-1] - first.at <= STAYS_OPEN + timedelta(minutes=1)
