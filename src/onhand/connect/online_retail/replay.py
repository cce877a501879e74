"""The year of the shop once more, as its own commands in order of time.

Orders, cancellations and returns are the file's. Around them stands what every shop does and the file leaves out: goods
are announced and received, orders confirmed, picked, packed, shipped and delivered. An order ships what it has on its
day; lines that wait for goods ship on the working day after these arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import chain, takewhile
from pathlib import Path

from msgspec.structs import replace

from onhand.connect.online_retail import source
from onhand.connect.online_retail.dispatch import Dispatch
from onhand.connect.online_retail.documents import OpenLine, OpenOrder, Purchases, orders_of
from onhand.connect.online_retail.invoices import Invoice, Reversal, invoices
from onhand.connect.online_retail.reading import SHOP_TIME, Asides, Reason, rows
from onhand.connect.online_retail.reversals import Undoing, condition_of
from onhand.connect.online_retail.shipping import Shipping, local
from onhand.connect.online_retail.shop import OPENING_DAYS, Shop, region_of, survey
from onhand.connect.online_retail.supplies import Supplies, opening_receipts
from onhand.connect.online_retail.timetable import Happening, Timetable


def read(
    file: Path | None = None, asides: Asides | None = None, *, days: int | None = None, weeks_later: int = 0
) -> Iterator[Invoice]:
    """The invoices of a file (ours when none is named), in order of time; of the first so many days only, if asked."""
    asides = asides or Asides()
    return first_days(invoices(rows(source.lines(file), asides, weeks_later=weeks_later), asides), days)


def first_days(documents: Iterable[Invoice], days: int | None) -> Iterator[Invoice]:
    """The invoices of the first so many calendar days, counted from the day of the first."""
    ordered = iter(documents)
    first = next(ordered, None)
    if first is None:
        return
    yield first
    if days is None:
        yield from ordered
    else:
        end = local(first.at.astimezone(SHOP_TIME).date() + timedelta(days=days), time(0))
        yield from takewhile(lambda document: document.at < end, ordered)


def sample(
    file: Path | None = None,
    *,
    days: int | None = None,
    weeks_later: int = 0,
    asides: Asides | None = None,
    opening: bool = False,
) -> tuple[Shop, Iterator[Happening]]:
    """The shop of a file (ours when none is named) and its happenings, ending where the days end, if they do.

    Orders on their way at the end of the days stay on their way. ``weeks_later`` moves all moments by whole weeks.
    Fewer than 60 days are played in the shop of 60, and are the beginning of that sample.
    """
    watched = None if days is None else max(days, OPENING_DAYS)
    shop = survey(read(file, days=watched, weeks_later=weeks_later))
    end = None if days is None else local(shop.opens + timedelta(days=days), time(0))
    documents = read(file, asides, weeks_later=weeks_later)
    return shop, replay(documents, shop, asides=asides, until=end, opening=opening)


def replay(
    documents: Iterable[Invoice],
    shop: Shop,
    *,
    shipping: Shipping | None = None,
    asides: Asides | None = None,
    until: datetime | None = None,
    opening: bool = False,
) -> Iterator[Happening]:
    """The commands of the shop, each with its moment, in order of time, up to ``until`` (not included).

    ``documents`` come in order of time, as ``invoices`` gives them. Lines of goods the shop does not have, and
    reversals of what was never sold, go to ``asides``. Without an end, the last orders are shipped and delivered,
    and what is still waiting then stays so. ``opening`` begins with receipts of the opening stock; without it, whoever
    sets up the shop has put ``shop.opening`` there.
    """
    happenings = _Replay(shop, shipping or Shipping(), asides or Asides()).run(documents)
    if until is not None:
        happenings = takewhile(lambda happening: happening.at < until, happenings)
    return chain(opening_receipts(shop), happenings) if opening else happenings


class _Replay:
    """The shop at one moment of the replay."""

    def __init__(self, shop: Shop, shipping: Shipping, asides: Asides) -> None:
        self._asides = asides
        self._skus = {sku.code for product in shop.products for sku in product.skus}
        self._timetable = Timetable()
        self._dispatch = Dispatch(self._timetable, shipping)
        self._supplies = Supplies(shop, self._timetable, self._dispatch)
        self._purchases = Purchases()

    def run(self, documents: Iterable[Invoice]) -> Iterator[Happening]:
        for document in documents:
            yield from self._timetable.until(document.at)
            known = self._known(document)
            yield from self._undo(known) if isinstance(known, Reversal) else self._sell(known)
        self._supplies.close()
        yield from self._timetable.until()

    def _known(self, document: Invoice) -> Invoice:
        """The document without lines of goods that the shop does not have."""
        if all(line.sku in self._skus for line in document.lines):
            return document
        for line in document.lines:
            if line.sku not in self._skus:
                self._asides.add(line.line_number, document.number, Reason.UNKNOWN_SKU)
        return replace(document, lines=tuple(line for line in document.lines if line.sku in self._skus))

    def _sell(self, invoice: Invoice) -> Iterator[Happening]:
        for command in orders_of(invoice):
            yield Happening(invoice.at, command, command.natural_key())
            order = self._dispatch.accept(command, invoice.at)
            if invoice.customer:
                self._purchases.remember(invoice.customer, order)
            buyer = self._supplies.buyer(region_of(order.country))
            for line in command.lines:
                buyer.sold(line.sku, int(line.quantity))

    def _undo(self, reversal: Reversal) -> Iterator[Happening]:
        """Cancel or take back, order by order, what the customer bought before."""
        undoings: dict[OpenOrder, Undoing] = {}
        for line in reversal.lines:
            left = line.quantity
            for sold in self._purchases.of(reversal.customer, line.sku):
                undoing = undoings.setdefault(sold.order, Undoing(sold.order))
                left -= self._undo_line(sold, left, undoing, reversal)
                if not left:
                    break
            else:
                fault = Reason.MORE_THAN_SOLD if left < line.quantity else Reason.NO_EARLIER_SALE
                self._asides.add(line.line_number, reversal.number, fault)
        for undoing in undoings.values():
            yield from undoing.happenings(reversal)

    def _undo_line(self, sold: OpenLine, wanted: int, undoing: Undoing, reversal: Reversal) -> int:
        """Undo up to so many pieces of one line, and say how many. What comes back fit for sale is there again."""
        cancelled = self._dispatch.give_up(sold, wanted, reversal.at)
        returned = min(sold.shipped, wanted - cancelled)
        sold.shipped -= returned
        undoing.note(sold, cancelled=cancelled, returned=returned)
        buyer = self._supplies.buyer(region_of(sold.order.country))
        buyer.sold(sold.sku, -cancelled - returned)
        if condition_of(reversal) == "saleable":
            self._dispatch.bring(sold.sku, returned, reversal.at)
        else:
            buyer.expect(sold.sku, -returned)
        return cancelled + returned
