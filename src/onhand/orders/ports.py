"""What taking an order needs of the outside: somebody who sees to it that it is paid."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple, Protocol


class Due(NamedTuple):
    """What is to be paid for an order."""

    channel: str
    number: str
    amount: Decimal
    currency: str


class Begun(NamedTuple):
    """A payment under way. ``go_to``: where the customer is sent to pay; nowhere when nothing is paid just now."""

    provider: str
    go_to: str = ""


class Payment(Protocol):
    """A way to pay."""

    @property
    def name(self) -> str:
        """What it is called in a form and in the books."""

    def begin(self, due: Due) -> Begun:
        """See to it that this is paid; called after the order is placed, outside of any transaction."""
