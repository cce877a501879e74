"""Goods that were announced after somebody began to wait are promised to them: by priority, then by age.

Who waits has a day as soon as all of it is promised: the day on which the last of it comes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from onhand.core.quantity import ZERO, Quantity
from onhand.flows.workspace import Foreseen, Workspace
from onhand.stock.actions import Announced
from onhand.stock.rules import Pair, promise


def announced(supplies: Sequence[Announced]) -> Foreseen:
    """What goods that are about to be announced may change."""
    more: dict[Pair, Quantity] = defaultdict(Quantity)
    for each in supplies:
        more[each.sku, each.site] += each.quantity
    return Foreseen(frozenset(sku for sku, _ in more), more)


def promise_waiting(space: Workspace) -> None:
    """Give what is to come and promised to nobody to those entered who wait for more than they are promised.

    Whoever was put on hold meanwhile is passed over, as where goods are given out.
    """
    roads = space.roads
    if roads is None:
        return
    for queued in space.without_day:
        line = space.desk.line(queued.line)
        wanted = line.backordered - sum((peg.quantity for peg in space.pegs(line.id)), ZERO)
        if wanted <= 0 or space.desk.orders[queued.order].held_at:
            continue
        sites = {each.site for each in roads.candidates(queued.channel, None, None, None)}
        for supply, part in promise(space.supplies[line.sku], wanted, sites):
            space.peg(line, supply, part)
