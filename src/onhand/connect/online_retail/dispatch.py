"""How orders leave the house: confirmed when placed, picked, packed and shipped on a working day, delivered later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from onhand.connect.online_retail.documents import OpenLine, OpenOrder
from onhand.connect.online_retail.shelves import Shelves
from onhand.connect.online_retail.shipping import Shipping, delivery_days
from onhand.connect.online_retail.timetable import Happening, Timetable
from onhand.flows.commands import AdvanceOrder, PlaceOrder, Step


class Dispatch:
    """Plans the steps of every order that has goods reserved. What waits for goods is planned when they come."""

    def __init__(self, timetable: Timetable, shipping: Shipping) -> None:
        self._timetable = timetable
        self._shipping = shipping
        self._shelves = Shelves()

    def accept(self, command: PlaceOrder, at: datetime) -> OpenOrder:
        """An order was placed: reserve what is there, and plan its shipment."""
        order = OpenOrder(command)
        for line in order.lines.values():
            self._shelves.claim(line)
        self._timetable.plan(at, partial(self._confirm, order))
        self._plan_shipment(order, at)
        return order

    def bring(self, sku: str, pieces: int, at: datetime) -> None:
        """Goods are there: serve who waits, and plan their shipments."""
        for line in self._shelves.put(sku, pieces):
            self._plan_shipment(line.order, at)

    def give_up(self, line: OpenLine, wanted: int, at: datetime) -> int:
        """Cancel what has not been shipped of a line, up to so many pieces; what waits goes first. Says how many."""
        waiting = min(line.waiting, wanted)
        line.waiting -= waiting
        reserved = min(line.reserved, wanted - waiting)
        line.reserved -= reserved
        self.bring(line.sku, reserved, at)
        self._plan_delivery(line.order, at)
        return waiting + reserved

    def _plan_shipment(self, order: OpenOrder, at: datetime) -> None:
        if order.to_ship() and not order.leaving:
            order.leaving = True
            self._timetable.plan(self._shipping.picked_at(order.number, at), partial(self._pick, order))

    def _plan_delivery(self, order: OpenOrder, at: datetime) -> None:
        if order.complete() and not order.delivered:
            order.delivered = True
            arrival = at + timedelta(days=delivery_days(order.country))
            self._timetable.plan(arrival, partial(self._deliver, order))

    def _confirm(self, order: OpenOrder, at: datetime) -> Iterator[Happening]:
        yield _step(order, "confirm", at)

    def _pick(self, order: OpenOrder, at: datetime) -> Iterator[Happening]:
        if order.to_ship():
            yield _step(order, "pick", at, order.shipments + 1)
        self._timetable.plan(at + self._shipping.to_pack, partial(self._pack, order))
        self._timetable.plan(at + self._shipping.to_ship, partial(self._ship, order))

    def _pack(self, order: OpenOrder, at: datetime) -> Iterator[Happening]:
        if order.to_ship():
            yield _step(order, "pack", at, order.shipments + 1)

    def _ship(self, order: OpenOrder, at: datetime) -> Iterator[Happening]:
        order.leaving = False
        if not order.to_ship():
            return
        for line in order.lines.values():
            line.shipped += line.reserved
            line.reserved = 0
        order.shipments += 1
        yield _step(order, "ship", at, order.shipments)
        self._plan_delivery(order, at)

    def _deliver(self, order: OpenOrder, at: datetime) -> Iterator[Happening]:
        yield _step(order, "deliver", at)


def _step(order: OpenOrder, step: Step, at: datetime, shipment: int = 1) -> Happening:
    command = AdvanceOrder(channel=order.channel, number=order.number, step=step, at=at)
    return Happening(at, command, f"order/{order.channel}/{order.number}/{step}/{shipment}")
