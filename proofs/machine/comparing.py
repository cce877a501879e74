"""The shop and its model side by side: everything the books say held against the model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from onhand.core.asks import Command
from onhand.core.database import Connection
from proofs import books
from proofs.figures import broken
from proofs.machine.differences import nonzero, rows, same, supply_key
from proofs.machine.furnishing import furnish
from proofs.model import Model
from proofs.model.things import LineName
from shop import Shop


class Comparing(RuleBasedStateMachine):
    """Played on ``db``, which whoever runs it provides; ``empty`` clears it before each sequence."""

    db: Connection
    empty: Callable[[Connection], None]
    played = 0
    _crossings_before = 0
    _below_before: dict[tuple[str, str], bool] = {}

    def __init__(self) -> None:
        super().__init__()
        self.db.rollback()
        type(self).empty(self.db)
        self.shop = Shop(self.db)
        furnish(self.shop)
        self.model = Model(self.shop.now)
        self.books = books.read(self.db)
        self.given: list[tuple[Command, str, Any]] = []
        self.steps = 0

    def compare(self) -> None:
        """Hold everything the books say against the model, then let the books prove themselves."""
        seen, model = self.books, self.model
        same("goods", seen.goods, nonzero(model.goods))
        same("goods elsewhere", seen.away, nonzero(model.away))
        same("goods in transit", seen.transit, nonzero(model.transit))
        same("promises", rows(seen), rows(model))
        same("lines", seen.lines, self._lines())
        same("orders", seen.states, {name: (model.state(name), d.priority) for name, d in model.orders.items()})
        same("waiting", {name: row[:3] for name, row in seen.waiting.items()}, self._waiting())
        self._compare_supplies()
        for (sku, site), figures in seen.positions.items():
            coming = [each for each in model.supplies if (each.sku, each.site) == (sku, site)]
            expected = (
                model.on_hand(sku, site),
                model.unsellable(sku, site),
                model.reserved(sku, site),
                sum(each.left for each in coming if each.kind != "transfer"),
                sum(each.promised for each in coming),
                sum(quantity for key, quantity in model.transit.items() if key[:2] == (site, sku)),
            )
            same(f"{sku} at {site}", figures, expected)
        self._compare_thresholds()
        same("the books", broken(self.db), [])

    def _lines(self) -> dict[LineName, tuple[int, ...]]:
        return {
            (*name, number): row for name in self.model.orders for number, row in enumerate(self.model.shown(name), 1)
        }

    def _waiting(self) -> dict[LineName, Any]:
        return {
            (*name, number): (wish.waiting, deal.priority, wish.since)
            for name, deal in self.model.orders.items()
            for number, wish in enumerate(deal.lines, 1)
            if wish.waiting
        }

    def _compare_supplies(self) -> None:
        """What is to come; which of several lots of one moment was settled first, and what is pegged, is the books'."""
        seen, model = self.books, self.model
        model.supplies = [each for each in model.supplies if each.left]
        left: dict[Any, int] = defaultdict(int)
        for each in model.supplies:
            left[supply_key(each)[:5]] += each.left
        for key, (still, _) in seen.supplies.items():
            left[key[:5]] -= still
        same("supplies", nonzero(left), {})
        for each in model.supplies:
            each.left, each.promised = seen.supplies.get(supply_key(each), (0, 0))
            same(f"{each} is promised at most once", each.promised <= each.left, True)
        model.pegs, model.pegs_at = dict(seen.pegs), dict(seen.pegs_at)
        waits = {name: row[0] for name, row in seen.waiting.items()}
        same("nobody is promised more than he waits for", [n for n, q in seen.pegs.items() if q > waits.get(n, 0)], [])

    def _compare_thresholds(self) -> None:
        seen = self.books
        same("thresholds", {pair: quantity for pair, (quantity, _) in seen.thresholds.items()}, self.model.thresholds)
        for pair, (quantity, below) in seen.thresholds.items():
            on_hand, unsellable, reserved, *_ = seen.positions[pair]
            same(f"the threshold of {pair}", below, on_hand - unsellable - reserved < quantity)
        told = seen.crossings - self._crossings_before
        changed = sum(below != self._below_before.get(pair, False) for pair, (_, below) in seen.thresholds.items())
        same("thresholds told once", told, changed)
        self._crossings_before = seen.crossings
        self._below_before = {pair: below for pair, (_, below) in seen.thresholds.items()}
        self.model.promises = list(seen.promises)
