"""What customers do: orders and carts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from onhand.flows import commands as c
from proofs.machine.draws import STEPS, batch, bits, carts, countries, parts, pick, priorities, sites, skus, wanted
from proofs.machine.making import Making, wanted_lines
from proofs.model.things import CHANNELS, Refusal


class Selling(Making):
    """Orders and carts."""

    @rule(orders=batch(st.sampled_from(tuple(CHANNELS)), countries, priorities, st.none() | carts, wanted))
    def place(self, orders: list[Any]) -> None:
        asked: list[c.PlaceOrder] = []
        for channel, country, priority, cart, lines in orders:
            there = c.Destination(country) if country else None
            number = f"N{len(self.model.orders) + len(asked)}" if asked or self.steps % 20 else "N0"
            asked.append(
                c.PlaceOrder(channel, number, wanted_lines(lines), ship_to=there, priority=priority, cart=cart)
            )
        self.carry_out(asked, self.model.place, lapses={line.sku for each in asked for line in each.lines})

    @rule(channel=st.sampled_from(("web", "market")), lines=wanted, country=countries)
    def place_one(self, channel: str, lines: list[Any], country: str | None) -> None:
        self.place([(channel, country, 0, None, lines)])

    @rule(
        changes=batch(
            pick, st.lists(st.tuples(parts, skus, st.integers(0, 6)), min_size=1, max_size=3), priorities, countries
        )
    )
    @precondition(lambda self: self.model.orders)
    def amend(self, changes: list[Any]) -> None:
        asked = []
        for index, lines, priority, country in changes:
            name = self.an_order(index)
            new = [
                c.LineChange(Decimal(quantity), line=self.a_line(name, line))
                if line % 3
                else c.LineChange(Decimal(quantity or 1), sku=sku)
                for line, sku, quantity in lines
            ]
            there = c.Destination(country) if country else None
            asked.append(c.AmendOrder(*name, new, priority or None, there))
        skus = self.skus_of(asked) | {change.sku for each in asked for change in each.lines if change.sku}
        self.carry_out(asked, self.model.amend, frees=skus, lapses=skus)

    @rule(orders=batch(pick, st.lists(st.tuples(parts, bits), max_size=2)))
    @precondition(lambda self: self.model.orders)
    def cancel(self, orders: list[Any]) -> None:
        asked = [
            c.CancelOrder(*name, "changed my mind", self.some_of(name, lines))
            for index, lines in orders
            for name in [self.an_order(index)]
        ]
        named = {(each.channel, each.number) for each in asked}
        frees = {each.sku for each in self.model.promises if each.line and each.line[:2] in named}
        self.carry_out(asked, self.model.cancel, frees=frees)

    @rule(step=st.sampled_from(STEPS), orders=batch(pick, priorities))
    @precondition(lambda self: self.model.orders)
    def advance(self, step: c.Step, orders: list[Any]) -> None:
        asked = [c.AdvanceOrder(*self.an_order(index), step, priority=priority) for index, priority in orders]
        self.carry_out(asked, self.model.advance, frees=self.skus_of(asked) if step == "resume" else ())

    @rule(orders=batch(pick, st.none() | sites, st.lists(st.tuples(parts, bits), max_size=2)))
    @precondition(lambda self: self.model.orders)
    def ship(self, orders: list[Any]) -> None:
        asked = []
        for index, site, lines in orders:
            name = self.an_order(index)
            asked.append(c.AdvanceOrder(*name, "ship", site=site, lines=self.some_of(name, lines)))
        self.carry_out(asked, self.model.advance)

    @rule(orders=batch(pick, st.sampled_from(("ship", "hold", "deliver", "pack"))))
    @precondition(lambda self: self.model.orders)
    def ship_and_more(self, orders: list[Any]) -> None:
        asked = [c.AdvanceOrder(*self.an_order(index), step) for index, step in orders]
        self.carry_out(asked, self.model.advance)

    @rule(returns=batch(pick, sites, parts, bits, st.sampled_from(("saleable", "quarantine", "damaged"))))
    @precondition(lambda self: any(wish.shipped for deal in self.model.orders.values() for wish in deal.lines))
    def take_back(self, returns: list[Any]) -> None:
        sold = [name for name, deal in self.model.orders.items() if any(wish.shipped for wish in deal.lines)]
        asked = [
            c.TakeBack(name[0], name[1], site, self.some_of(name, [(line, quantity)]), condition=condition)
            for index, site, line, quantity, condition in returns
            for name in [sold[index % len(sold)]]
        ]
        self.carry_out(asked, self.model.take_back, frees=self.skus_of(asked))

    @rule(holds=batch(carts, st.sampled_from(tuple(CHANNELS)), countries, wanted, st.sampled_from((1, 15))))
    def hold_cart(self, holds: list[Any]) -> None:
        asked = []
        for cart, channel, country, lines, minutes in holds:
            there = c.Destination(country) if country else None
            asked.append(c.HoldCart(cart, channel, wanted_lines(lines), minutes, there))
        frees = {each.sku for each in self.model.promises if each.cart in {ask.cart for ask in asked}}
        lapses = frees | {line.sku for each in asked for line in each.lines}
        self.carry_out(asked, self.model.hold, frees=frees, lapses=lapses)

    @rule(named=st.lists(carts, min_size=1, max_size=2, unique=True))
    @precondition(lambda self: any(each.cart for each in self.model.promises))
    def release_cart(self, named: list[str]) -> None:
        held = {each.cart for each in self.model.promises}
        frees = {each.sku for each in self.model.promises if each.cart in named}

        def release(command: c.ReleaseCart) -> None:
            if command.cart not in held:
                raise Refusal("unknown_cart")
            self.model.let_go([command.cart])

        self.carry_out([c.ReleaseCart(cart) for cart in named], release, frees=frees)
