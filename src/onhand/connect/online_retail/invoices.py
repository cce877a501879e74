"""Rows with one number become one invoice, or one reversal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from onhand.connect.online_retail.reading import Asides, Reason, SaleRow, is_reversal

CURRENCY = "GBP"
# The rows of an invoice stand together, but in 39 of 18,786 the clock ticked on meanwhile, and one is torn in two.
STAYS_OPEN = timedelta(hours=1)

_PRICE = Decimal("0.0001")


class SoldLine(msgspec.Struct, frozen=True, gc=False):
    """So many pieces of one SKU on an invoice or a reversal, always counted upwards; the unit price is in GBP.

    ``line_number`` is that of the first row in the file.
    """

    line_number: int
    sku: str
    description: str
    quantity: int
    unit_price: Decimal


class Invoice(msgspec.Struct, frozen=True):
    """What was sold to one customer at one moment. ``country`` is the file's name for it."""

    number: str
    at: datetime
    customer: str | None
    country: str
    lines: tuple[SoldLine, ...]


class Reversal(Invoice, frozen=True):
    """What one customer gave up or brought back, at one moment. The file does not name the sale that it undoes."""


def invoices(rows: Iterable[SaleRow], asides: Asides) -> Iterator[Invoice]:
    """Group rows by number, in order of time. Moment, customer and country are those of the first row.

    An invoice is given out when a row more than an hour younger is read, so only an hour of sales is held. A row more
    than an hour older than one above it, or of an invoice that was given out, is set aside.
    """
    gathering: dict[str, list[SaleRow]] = {}
    given: set[str] = set()
    oldest_open = datetime.min.replace(tzinfo=UTC)
    for row in rows:
        oldest_open = max(oldest_open, row.at - STAYS_OPEN)
        if row.invoice in given:
            asides.add(row.line_number, row.invoice, Reason.INVOICE_CLOSED)
        elif row.at < oldest_open:
            asides.add(row.line_number, row.invoice, Reason.OUT_OF_TIME_ORDER)
        elif row.invoice in gathering:
            gathering[row.invoice].append(row)
        else:
            yield from _ended(gathering, given, oldest_open)
            gathering[row.invoice] = [row]
    yield from _ended(gathering, given, None)


def _ended(gathering: dict[str, list[SaleRow]], given: set[str], before: datetime | None) -> Iterator[Invoice]:
    ended = [number for number, rows in gathering.items() if before is None or rows[0].at < before]
    for number in sorted(ended, key=lambda number: gathering[number][0].at):
        given.add(number)
        yield _invoice(gathering.pop(number))


def _invoice(rows: list[SaleRow]) -> Invoice:
    first = rows[0]
    kind = Reversal if is_reversal(first) else Invoice
    return kind(first.invoice, first.at, first.customer, first.country, tuple(_folded(rows)))


def _folded(rows: list[SaleRow]) -> Iterator[SoldLine]:
    """One line for each SKU. Where its rows differ in price, the price is their mean by quantity, to four places."""
    by_sku: dict[str, list[SaleRow]] = {}
    for row in rows:
        by_sku.setdefault(row.sku, []).append(row)
    for sku, same in by_sku.items():
        quantity = sum(abs(row.quantity) for row in same)
        yield SoldLine(same[0].line_number, sku, same[0].description, quantity, _mean_price(same, quantity))


def _mean_price(rows: list[SaleRow], quantity: int) -> Decimal:
    if len({row.unit_price for row in rows}) == 1:
        return rows[0].unit_price
    value = sum((abs(row.quantity) * row.unit_price for row in rows), Decimal(0))
    return (value / quantity).quantize(_PRICE, ROUND_HALF_UP)
