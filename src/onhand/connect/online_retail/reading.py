"""Rows of the file, read for certain or set aside.

The file is a shop's own record with all its dirt. A wrong guess would end up as a wrong figure in the ledger, where
nobody could tell it from a right one; so a row that breaks one of the rules below is set aside and counted, and a
person can look at it. The first rule that a row breaks is its reason.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
SHOP_TIME = ZoneInfo("Europe/London")
LONGEST_NAME = 200
FIRST_YEAR, LAST_YEAR = 1970, 2100

# What the shop books under a stock code although nobody can put it on a shelf.
NOT_GOODS = {
    "POST": "postage",
    "DOT": "postage of the website",
    "C2": "carriage",
    "23444": "carriage for the next day",
    "D": "discount",
    "M": "entered by hand",
    "S": "samples",
    "B": "bad debt",
    "BANK CHARGES": "bank charges",
    "AMAZONFEE": "a marketplace's fee",
    "CRUK": "a charity's commission",
    "PADS": "pads given along with cushions",
    "23574": "packing charge",
}

_GOODS = re.compile(r"[0-9]{5}[A-Z]{0,2}|DCGS[0-9A-Z]{1,8}")
_INVOICE = re.compile(r"C?[0-9]{6}")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_AMOUNT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,4})?")
_CUSTOMER = re.compile(r"[0-9A-Za-z]{0,32}")


class NotSales(ValueError):
    """The file is not one of sales: its first line must name the columns of the Online Retail file, in their order."""


class Reason(StrEnum):
    """Why a row, or a line of a reversal, was set aside. The value is what a person reads."""

    UNREADABLE = "a field cannot be read"
    NO_STOCK_CODE = "no stock code"
    NOT_GOODS = "not goods"
    GIFT_VOUCHER = "gift voucher"
    ODD_STOCK_CODE = "odd stock code"
    ODD_INVOICE_NUMBER = "odd invoice number"
    ZERO_QUANTITY = "zero quantity"
    STOCK_CORRECTION = "negative quantity on a sale"
    SOLD_ON_REVERSAL = "positive quantity on a reversal"
    NO_DESCRIPTION = "no description"
    NEGATIVE_PRICE = "negative price"
    ZERO_PRICE = "zero price"
    OUT_OF_TIME_ORDER = "earlier than the rows above it"
    INVOICE_CLOSED = "its invoice had ended long before"
    UNKNOWN_SKU = "not in the shop"
    NO_EARLIER_SALE = "no earlier sale found"
    MORE_THAN_SOLD = "more than was sold"

    @property
    def field(self) -> str:
        """The column at fault; of an unreadable row it hangs on the row."""
        return _FIELDS.get(self, "")


_FIELDS = {
    Reason.NO_STOCK_CODE: "StockCode",
    Reason.NOT_GOODS: "StockCode",
    Reason.GIFT_VOUCHER: "StockCode",
    Reason.ODD_STOCK_CODE: "StockCode",
    Reason.ODD_INVOICE_NUMBER: "InvoiceNo",
    Reason.ZERO_QUANTITY: "Quantity",
    Reason.STOCK_CORRECTION: "Quantity",
    Reason.SOLD_ON_REVERSAL: "Quantity",
    Reason.NO_DESCRIPTION: "Description",
    Reason.NEGATIVE_PRICE: "UnitPrice",
    Reason.ZERO_PRICE: "UnitPrice",
    Reason.OUT_OF_TIME_ORDER: "InvoiceDate",
    Reason.INVOICE_CLOSED: "InvoiceNo",
    Reason.UNKNOWN_SKU: "StockCode",
    Reason.NO_EARLIER_SALE: "CustomerID",
    Reason.MORE_THAN_SOLD: "Quantity",
}


class SaleRow(msgspec.Struct, frozen=True, gc=False):
    """One line of the file, typed. ``quantity`` keeps the file's sign; ``unit_price`` is in GBP, ``at`` in UTC.

    ``sku`` is the stock code in capitals: the shop typed ``85123a`` and ``85123A`` for the same goods.
    """

    line_number: int
    invoice: str
    sku: str
    description: str
    quantity: int
    at: datetime
    unit_price: Decimal
    customer: str | None
    country: str


class SetAside(msgspec.Struct, frozen=True, gc=False):
    """A line of the file that was not used, and why. Lines are counted from 1, the heading included.

    ``field`` is the column at fault, empty where the whole line is.
    """

    line_number: int
    invoice: str
    field: str
    reason: Reason


class Asides:
    """Counts what was set aside, by reason, keeps the first of each reason to show, and tells whoever wants all."""

    def __init__(self, shown: int = 20, tell: Callable[[SetAside], object] | None = None) -> None:
        self.counts: Counter[Reason] = Counter()
        self.examples: dict[Reason, list[SetAside]] = {}
        self._shown = shown
        self._tell = tell

    def add(self, line_number: int, invoice: str, reason: Reason, field: str = "") -> None:
        """Set one line aside."""
        aside = SetAside(line_number, invoice, field or reason.field, reason)
        self.counts[reason] += 1
        if self.counts[reason] <= self._shown:
            self.examples.setdefault(reason, []).append(aside)
        if self._tell:
            self._tell(aside)


def rows(lines: Iterable[str], asides: Asides, *, weeks_later: int = 0) -> Iterator[SaleRow]:
    """Read the lines of a file of sales. What breaks a rule goes to ``asides``.

    ``weeks_later`` moves every row by whole weeks, so that old sales can be replayed as if they were of today and a
    Monday stays a Monday. Raises NotSales when the heading is another one.
    """
    records = _records(lines)
    _, heading = next(records, (0, []))
    if tuple(heading or ()) != COLUMNS:
        raise NotSales(f"The first line must be {','.join(COLUMNS)}, but it is {','.join(heading or ())[:200]}.")
    later = timedelta(weeks=weeks_later)
    for line_number, fields in records:
        row = _typed(line_number, fields, later)
        if isinstance(row, str):
            asides.add(line_number, fields[0][:20] if fields else "", Reason.UNREADABLE, row)
        elif reason := fault(row):
            asides.add(line_number, row.invoice, reason)
        else:
            yield row


def _records(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Split lines into fields. A line the CSV reader gives up on (a field without end) has no fields."""
    reader = csv.reader(lines)
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            fields = []
        yield reader.line_num, fields


def _typed(line_number: int, fields: list[str], later: timedelta) -> SaleRow | str:
    """Give the fields their types, or name the one that cannot be read for certain; none when their number is wrong."""
    if len(fields) != len(COLUMNS):
        return ""
    invoice, code, description, quantity, at, price, customer, country = fields
    name, pieces, moment, amount = _name(description), _whole(quantity), _moment(at, later), _amount(price)
    if name is None:
        return "Description"
    if pieces is None:
        return "Quantity"
    if moment is None:
        return "InvoiceDate"
    if amount is None:
        return "UnitPrice"
    if not _CUSTOMER.fullmatch(customer):
        return "CustomerID"
    sku = code.strip().upper()
    return SaleRow(line_number, invoice.strip(), sku, name, pieces, moment, amount, customer or None, country.strip())


# The same texts come again and again (a shop has so many goods, prices and minutes), so each is worked out once.
@lru_cache(8192)
def _name(text: str) -> str | None:
    name = " ".join(text.split())
    return name if name.isprintable() and len(name) <= LONGEST_NAME else None


@lru_cache(1024)
def _whole(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


@lru_cache(4096)
def _amount(text: str) -> Decimal | None:
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


@lru_cache(256)
def _moment(text: str, later: timedelta) -> datetime | None:
    """Local minutes into UTC; None for what is no moment, or a slip (a year in which nobody sold by computer)."""
    try:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHOP_TIME)
    except ValueError:
        return None
    return (local + later).astimezone(UTC) if FIRST_YEAR <= local.year <= LAST_YEAR else None


def fault(row: SaleRow) -> Reason | None:
    """The first rule that a row breaks; None when it can be used."""
    for reason, broken in RULES:
        if broken(row):
            return reason
    return None


def is_reversal(row: SaleRow) -> bool:
    """A sale taken back, in whole or in part: the invoice number begins with C."""
    return row.invoice.startswith("C")


def _no_stock_code(row: SaleRow) -> bool:
    """Nothing says what was sold."""
    return not row.sku


def _not_goods(row: SaleRow) -> bool:
    """Postage, fees, discounts and the like have no place on a shelf: the codes of NOT_GOODS."""
    return row.sku in NOT_GOODS


def _gift_voucher(row: SaleRow) -> bool:
    """A voucher is money paid in advance, not goods: ``gift_0001_20`` and whatever is named a gift voucher."""
    return row.sku.startswith("GIFT_") or "GIFT VOUCHER" in row.description.upper()


def _odd_stock_code(row: SaleRow) -> bool:
    """Goods have five digits and at most two letters, or are of the shop's own range (``DCGSSBOY``)."""
    return not _GOODS.fullmatch(row.sku)


def _odd_invoice_number(row: SaleRow) -> bool:
    """Sales have six digits, reversals a C before them; others (``A563185``) are entries of the books."""
    return not _INVOICE.fullmatch(row.invoice)


def _zero_quantity(row: SaleRow) -> bool:
    """Nothing was sold."""
    return row.quantity == 0


def _stock_correction(row: SaleRow) -> bool:
    """Less than nothing on an ordinary invoice is a correction of stock ("damaged", "thrown away"), not a sale."""
    return row.quantity < 0 and not is_reversal(row)


def _sold_on_reversal(row: SaleRow) -> bool:
    """A reversal takes back; a positive quantity on one may be a slip of the sign or of the number."""
    return row.quantity > 0 and is_reversal(row)


def _no_description(row: SaleRow) -> bool:
    """A blank description marks goods found or lost in this file, and leaves nothing to check the code by."""
    return not row.description


def _negative_price(row: SaleRow) -> bool:
    """Nobody is paid for taking goods."""
    return row.unit_price < 0


def _zero_price(row: SaleRow) -> bool:
    """Goods at no price are corrections of stock ("found", "check"), samples or gifts; the file does not say which."""
    return row.unit_price == 0


RULES: tuple[tuple[Reason, Callable[[SaleRow], bool]], ...] = (
    (Reason.NO_STOCK_CODE, _no_stock_code),
    (Reason.NOT_GOODS, _not_goods),
    (Reason.GIFT_VOUCHER, _gift_voucher),
    (Reason.ODD_STOCK_CODE, _odd_stock_code),
    (Reason.ODD_INVOICE_NUMBER, _odd_invoice_number),
    (Reason.ZERO_QUANTITY, _zero_quantity),
    (Reason.STOCK_CORRECTION, _stock_correction),
    (Reason.SOLD_ON_REVERSAL, _sold_on_reversal),
    (Reason.NO_DESCRIPTION, _no_description),
    (Reason.NEGATIVE_PRICE, _negative_price),
    (Reason.ZERO_PRICE, _zero_price),
)
