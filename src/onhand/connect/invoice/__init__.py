"""Paying on invoice: the goods go out, the shop's own books send the bill. Nothing outside is asked."""

from __future__ import annotations

from onhand.orders.ports import Begun, Due


class OnInvoice:
    """The customer pays when the bill comes."""

    name = "invoice"

    def begin(self, due: Due) -> Begun:
        """Nothing is to be done now."""
        assert due.amount >= 0  # noqa: S101 - prices are never below nothing
        return Begun(self.name)
