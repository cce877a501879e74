"""Reversals as the shop's cancellations and returns.

A reversal of the file names no sale, only the customer, the goods and how many. It is matched to what the same customer
bought of the same SKU, most recent sale first. What has not been shipped by then was cancelled, what has, came back.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from onhand.connect.online_retail.documents import OpenLine, OpenOrder
from onhand.connect.online_retail.invoices import Reversal
from onhand.connect.online_retail.shipping import luck
from onhand.connect.online_retail.shop import region_of
from onhand.connect.online_retail.timetable import Happening
from onhand.flows.commands import CancelOrder, LineQuantity, TakeBack

Condition = Literal["saleable", "quarantine", "damaged"]


def condition_of(reversal: Reversal) -> Condition:
    """How goods come back: by the reversal's number one time in ten damaged, one in ten to be looked at."""
    throw = luck(reversal.number, 10)
    return "damaged" if throw == 0 else "quarantine" if throw == 1 else "saleable"


class Undoing:
    """What one reversal does to one order: quantities given up, and quantities brought back, by line."""

    def __init__(self, order: OpenOrder) -> None:
        self._order = order
        self._cancelled: list[LineQuantity] = []
        self._returned: list[LineQuantity] = []

    def note(self, line: OpenLine, *, cancelled: int, returned: int) -> None:
        """So much of a line was given up, so much brought back."""
        if cancelled:
            self._cancelled.append(LineQuantity(line=line.number, quantity=Decimal(cancelled)))
        if returned:
            self._returned.append(LineQuantity(line=line.number, quantity=Decimal(returned)))

    def happenings(self, reversal: Reversal) -> Iterator[Happening]:
        """A cancellation, a return, or both."""
        key = f"reversal/{reversal.number}/{self._order.channel}/{self._order.number}"
        if self._cancelled:
            yield Happening(reversal.at, self._cancellation(reversal), f"{key}/cancelled")
        if self._returned:
            yield Happening(reversal.at, self._return(reversal), f"{key}/returned")

    def _cancellation(self, reversal: Reversal) -> CancelOrder:
        return CancelOrder(
            channel=self._order.channel,
            number=self._order.number,
            reason=f"Given up by the customer ({reversal.number})",
            lines=self._cancelled,
        )

    def _return(self, reversal: Reversal) -> TakeBack:
        return TakeBack(
            channel=self._order.channel,
            number=self._order.number,
            site=region_of(self._order.country).home,
            lines=self._returned,
            reason=f"Sent back by the customer ({reversal.number})",
            condition=condition_of(reversal),
            at=reversal.at,
        )
