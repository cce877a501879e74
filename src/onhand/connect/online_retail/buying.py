"""What the shop orders from its suppliers, week by week, knowing only what was sold so far.

Every Monday evening each region is looked at, SKU by SKU. Its position is what it has and expects, less what it owes.
Where that falls below the demand of four mean weeks, so much is ordered that it covers six. The mean is taken over the
last eight weeks, sales less reversals. The goods arrive the Monday after, before the doors open.

Why six: of the lines sold in the whole file, 13 in a hundred wait for goods when three weeks are covered (ordering
below two), 5 when five are (below three), 4 when six are. The buyer knows no season, so some always will.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator

WEEKS_WATCHED = 8
WEEKS_COVERED = 6
WEEKS_AT_LEAST = 4


class RegionBuyer:
    """The books of whoever buys for one region, in pieces by SKU."""

    def __init__(self) -> None:
        self._position: defaultdict[str, int] = defaultdict(int)
        self._week: Counter[str] = Counter()
        self._weeks: deque[Counter[str]] = deque()
        self._demand: Counter[str] = Counter()

    def expect(self, sku: str, pieces: int) -> None:
        """Goods are in the house, or on their way to it."""
        self._position[sku] += pieces

    def sold(self, sku: str, pieces: int) -> None:
        """Customers asked for this; a negative figure undoes it."""
        self._position[sku] -= pieces
        self._week[sku] += pieces

    def review(self) -> Iterator[tuple[str, int]]:
        """Close the week and say what to order: SKUs in the order of their codes, and pieces.

        What is really ordered is told to ``expect``.
        """
        self._close_week()
        weeks = len(self._weeks)
        for sku in sorted(self._demand):
            demand, position = max(0, self._demand[sku]), self._position[sku]
            if position * weeks < demand * WEEKS_AT_LEAST or position < 0:
                yield sku, -(-demand * WEEKS_COVERED // weeks) - position

    def _close_week(self) -> None:
        self._weeks.append(self._week)
        self._demand.update(self._week)
        self._week = Counter()
        if len(self._weeks) > WEEKS_WATCHED:
            for sku, pieces in self._weeks.popleft().items():
                self._demand[sku] -= pieces
