"""What happens to goods: they come, move, are counted, and somebody wants to be told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from onhand.flows import commands as c
from proofs.machine.draws import LOTS, batch, few, pick, shelves, sites, skus
from proofs.machine.making import Making, by_sku, lots_of
from proofs.model.things import TRACKING


class Goods(Making):
    """Goods and thresholds."""

    @initialize(quantities=st.tuples(st.integers(0, 20), st.integers(0, 20)))
    def open_with_stock(self, quantities: tuple[int, int]) -> None:
        for site, quantity in zip(("london", "lisbon"), quantities, strict=True):
            lines = [self.received(sku, quantity, 0, None) for sku in ("mug", "lamp", "milk") if quantity]
            if lines:
                self.carry_out([c.Receive(site, lines)], self.model.receive, frees=TRACKING)

    @rule(
        deliveries=batch(sites, st.lists(st.tuples(skus, few, pick, st.none() | shelves), min_size=1, max_size=3), pick)
    )
    def receive(self, deliveries: list[Any]) -> None:
        asked = []
        for where, lines, index in deliveries:
            due = [each for each in self.model.supplies if each.left]
            supply = due[index % len(due)] if due and index % 3 else None
            received = [self.received(*line) for line in lines]
            if supply:
                received.append(self.received_against(supply.sku, supply.lot, 1 + index % 5))
            site, reference = (supply.site, supply.reference) if supply else (where, "")
            asked.append(c.Receive(site, received, reference))
        self.model.now = self.shop.now
        for sku, lot in sorted(
            {(line.sku, lot) for each in asked for line in each.lines for lot in lots_of(line)}, key=by_sku
        ):
            self.model.lots.setdefault((sku, lot), LOTS.get(lot))
        self.carry_out(asked, self.model.receive, frees={line.sku for each in asked for line in each.lines})

    @rule(supplies=batch(sites, st.lists(st.tuples(skus, few, st.integers(1, 20)), min_size=1, max_size=3)))
    def expect(self, supplies: list[Any]) -> None:
        asked = []
        for index, (site, lines) in enumerate(supplies):
            # Days of their own: between two of one moment the books choose as they like.
            dues = [
                self.shop.now + timedelta(days=day, seconds=index, milliseconds=n) for n, (*_, day) in enumerate(lines)
            ]
            expected = [
                c.ExpectedLine(sku, Decimal(quantity), due) for (sku, quantity, _), due in zip(lines, dues, strict=True)
            ]
            asked.append(c.Expect(site, f"PO{self.steps}-{index}", expected))
        self.carry_out(asked, self.model.expect, promises={line.sku for each in asked for line in each.lines})

    @rule(changes=batch(pick, st.none() | st.integers(0, 6), st.none() | st.integers(1, 20), st.booleans()))
    @precondition(lambda self: self.model.supplies)
    def amend_supply(self, changes: list[Any]) -> None:
        asked = []
        for index, (which, quantity, day, named) in enumerate(changes):
            supply = self.model.supplies[which % len(self.model.supplies)]
            if quantity is None and day is None:
                continue
            # Days of their own, as where they are announced; and only the one supply goes to another.
            due = day and self.shop.now + timedelta(days=day, seconds=index, milliseconds=500 + self.steps % 400)
            was = supply.due if named or due else None
            line = c.SupplyChange(supply.sku, None if quantity is None else Decimal(quantity), due or None, was)
            asked.append(c.AmendSupply(supply.site, supply.reference, [line]))
        if asked:
            skus = {line.sku for each in asked for line in each.lines}
            self.carry_out(asked, self.model.amend_supply, lapses=skus, promises=skus)

    @rule(
        moves=batch(pick, sites, shelves, shelves, st.lists(st.tuples(skus, few, st.booleans(), pick), max_size=1), few)
    )
    def move(self, moves: list[Any]) -> None:
        asked = []
        for index, where, shelf, target, others, quantity in moves:
            site, source, sku, lot = self.a_shelf(where, shelf, "mug", index)
            lines = [c.MovedLine(sku, Decimal(quantity), lot), *(self.moved(*line) for line in others)]
            if source != target:
                asked.append(c.MoveStock(site, source, target, lines))
        frees = {line.sku for each in asked for line in each.lines}
        if asked:
            self.carry_out(asked, self.model.move, frees=frees, lapses=frees)

    @rule(sent=batch(sites, sites, st.lists(st.tuples(skus, few, st.booleans(), pick), min_size=1, max_size=2)))
    def transfer(self, sent: list[Any]) -> None:
        asked = []
        for index, (source, target, lines) in enumerate(sent):
            if source != target:
                due = self.shop.now + timedelta(days=1, seconds=index)
                asked.append(
                    c.Transfer(source, target, f"T{self.steps}-{index}", [self.moved(*line) for line in lines], due)
                )
        if asked:
            lapses = {line.sku for each in asked for line in each.lines}
            self.carry_out(asked, self.model.transfer, lapses=lapses, promises=lapses)

    @rule(found=batch(sites, shelves, skus, st.integers(-6, 6), st.booleans(), pick))
    def adjust(self, found: list[Any]) -> None:
        asked = []
        for where, any_shelf, any_sku, figure, counted, index in found:
            site, shelf, sku, lot = self.a_shelf(where, any_shelf, any_sku, index)
            by, there = (None, Decimal(abs(figure))) if counted else (Decimal(figure or 1), None)
            asked.append(c.Adjust(site, shelf, sku, "count", by, there, lot))
        pairs = sorted({(each.sku, each.site) for each in asked}, key=by_sku)

        def give_way() -> None:
            for pair in pairs:
                self.model.give_way(*pair)

        frees = {each.sku for each in asked}
        self.carry_out(asked, self.model.adjust, frees=frees, lapses=frees, then=give_way)

    @precondition(lambda self: self.steps % 3 == 0)
    @rule(thresholds=batch(sites, skus, st.none() | st.integers(1, 15)))
    def set_threshold(self, thresholds: list[Any]) -> None:
        asked = [
            c.SetThreshold(site, sku, None if quantity is None else Decimal(quantity))
            for site, sku, quantity in thresholds
        ]
        self.carry_out(asked, self.model.set_threshold)
