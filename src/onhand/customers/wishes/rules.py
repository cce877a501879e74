"""Whom to tell that goods are back, and when it has made sense. No I/O, no clock."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Final

# Not everybody who is told buys; with two letters for each piece that came few are told of goods already gone.
LETTERS_A_PIECE: Final = 2
# Who was told so long ago has bought, or will not.
LATELY: Final = timedelta(hours=1)
# However much came, so many letters about one SKU in a round.
MOST_AT_ONCE: Final = 100
# After so long somebody has bought elsewhere.
LONGEST: Final = timedelta(days=180)
# An ended wish, which names nobody any more, still tells how much was wished for.
KEPT: Final = timedelta(days=400)


def to_tell(free: Decimal, told_lately: int) -> int:
    """How many to tell now, of those who asked first: as many as what there is bears, less those told just before.

    >>> to_tell(Decimal(3), told_lately=2)
    4
    """
    worth = int((free * LETTERS_A_PIECE).to_integral_value(ROUND_CEILING))
    return max(0, min(worth - told_lately, MOST_AT_ONCE))
