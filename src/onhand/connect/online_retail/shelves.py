"""How much we expect the shop to have, so that orders ship when they can and not before.

This is a rehearsal, not the ledger: one pile for each SKU wherever it lies, first come, first served. The ledger knows
sites and decides for itself; where the two differ, the shop refuses a step, and nothing is lost.
"""

from __future__ import annotations

from collections import defaultdict, deque

from onhand.connect.online_retail.documents import OpenLine


class Shelves:
    """Free pieces by SKU, and the lines that wait for more."""

    def __init__(self) -> None:
        self._free: defaultdict[str, int] = defaultdict(int)
        self._waiting: defaultdict[str, deque[OpenLine]] = defaultdict(deque)

    def claim(self, line: OpenLine) -> None:
        """Reserve for a line what is free; the rest of it waits its turn."""
        self._serve(line)
        if line.waiting:
            self._waiting[line.sku].append(line)

    def put(self, sku: str, quantity: int) -> list[OpenLine]:
        """Pieces are free again, or new. Gives the lines that got some of them."""
        self._free[sku] += quantity
        queue = self._waiting[sku]
        served = []
        while queue and self._free[sku]:
            if self._serve(queue[0]):
                served.append(queue[0])
            if not queue[0].waiting:
                queue.popleft()
        return served

    def _serve(self, line: OpenLine) -> int:
        quantity = min(line.waiting, self._free[line.sku])
        self._free[line.sku] -= quantity
        line.waiting -= quantity
        line.reserved += quantity
        return quantity
