"""Invoices as the shop's orders: how they are placed, and what we remember of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from decimal import Decimal

from onhand.connect.online_retail import countries
from onhand.connect.online_retail.invoices import CURRENCY, Invoice, SoldLine
from onhand.flows.commands import Destination, PlaceOrder, WantedLine

MOST_LINES = 200
ORDERS_REMEMBERED = 200


def channel_of(invoice: Invoice) -> str:
    """Where an invoice was sold, by rule: the file is of one shop and does not say.

    Ireland buys in the store in Dublin, other foreign countries on a marketplace. At home, customers the shop knows
    buy on the web, and those without a number by phone.
    """
    if invoice.country == "EIRE":
        return "store"
    if invoice.country not in {countries.HOME, countries.NOWHERE}:
        return "marketplace"
    return "web" if invoice.customer else "phone"


def orders_of(invoice: Invoice) -> Iterator[PlaceOrder]:
    """The orders an invoice becomes: one, or several when it has more lines than an order may have (200).

    The first has the invoice's number, the others ``-2``, ``-3`` … after it.
    """
    country = countries.iso(invoice.country)
    for start in range(0, len(invoice.lines), MOST_LINES):
        part = start // MOST_LINES + 1
        yield PlaceOrder(
            channel=channel_of(invoice),
            number=invoice.number if part == 1 else f"{invoice.number}-{part}",
            lines=[_wanted(line) for line in invoice.lines[start : start + MOST_LINES]],
            customer=invoice.customer,
            ship_to=Destination(country=country) if country else None,
            currency=CURRENCY,
            placed_at=invoice.at,
        )


def _wanted(line: SoldLine) -> WantedLine:
    return WantedLine(sku=line.sku, quantity=Decimal(line.quantity), unit_price=line.unit_price)


class OpenLine:
    """One line of an order in pieces: ``waiting`` for goods, ``reserved``, or ``shipped`` and not come back."""

    __slots__ = ("number", "order", "reserved", "shipped", "sku", "waiting")

    def __init__(self, order: OpenOrder, number: int, sku: str, quantity: int) -> None:
        self.order = order
        self.number = number
        self.sku = sku
        self.waiting = quantity
        self.reserved = 0
        self.shipped = 0


class OpenOrder:
    """An order as we expect the shop to see it. ``leaving``: its next shipment has its time already."""

    __slots__ = ("channel", "country", "delivered", "leaving", "lines", "number", "shipments")

    def __init__(self, command: PlaceOrder) -> None:
        self.channel = command.channel
        self.number = command.number
        self.country = command.ship_to.country if command.ship_to else None
        self.lines = {
            wanted.sku: OpenLine(self, position, wanted.sku, int(wanted.quantity))
            for position, wanted in enumerate(command.lines, start=1)
        }
        self.leaving = False
        self.delivered = False
        self.shipments = 0

    def to_ship(self) -> bool:
        """Something is reserved that has not left yet."""
        return any(line.reserved for line in self.lines.values())

    def complete(self) -> bool:
        """Something has left, and nothing more will."""
        return self.shipments > 0 and not any(line.reserved or line.waiting for line in self.lines.values())


class Purchases:
    """What each known customer bought lately: the last 200 orders of each are remembered, so memory has a bound."""

    def __init__(self, remembered: int = ORDERS_REMEMBERED) -> None:
        self._remembered = remembered
        self._orders: dict[str, deque[OpenOrder]] = {}

    def remember(self, customer: str, order: OpenOrder) -> None:
        """A customer has bought."""
        self._orders.setdefault(customer, deque(maxlen=self._remembered)).append(order)

    def of(self, customer: str | None, sku: str) -> Iterator[OpenLine]:
        """The lines in which a customer bought a SKU, most recent first. Strangers have bought nothing."""
        for order in reversed(self._orders.get(customer or "", ())):
            if line := order.lines.get(sku):
                yield line
