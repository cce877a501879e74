"""What the clock does: time passes, and what is over is swept."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from onhand.flows import commands as c
from proofs.machine.differences import same
from proofs.machine.making import Making, by_sku
from proofs.model.things import TRACKING


class Clock(Making):
    """Time passes."""

    @rule(minutes=st.sampled_from((1, 1, 20, 60 * 24, 60 * 24)))
    @precondition(lambda self: self.steps % 5 == 0 or any(each.cart for each in self.model.promises))
    def time_passes(self, minutes: int) -> None:
        self.shop.later(minutes=minutes)

    @rule(minutes=st.sampled_from((1, 2, 15, 30)))
    @precondition(lambda self: any(each.cart for each in self.model.promises))
    def time_passes_and_carts_expire(self, minutes: int) -> None:
        self.shop.later(minutes=minutes)
        over = [each for each in self.model.promises if each.over(self.shop.now)]

        def sweep(_: c.ExpireCarts) -> None:
            self.model.lapse(TRACKING)

        self.carry_out([c.ExpireCarts()], sweep, frees={each.sku for each in over})
        same("holds left by the sweep", [each for each in self.books.promises if each.over(self.shop.now)], [])

    @rule()
    @precondition(lambda self: self.steps % 5 == 0)
    def the_clock_serves_whoever_was_passed_by(self) -> None:
        self.carry_out([c.ServeWaiting()], lambda _: None, frees=TRACKING, sweeps=True, promises=TRACKING)

    @rule()
    @precondition(lambda self: any(key[2] == "milk" and quantity for key, quantity in self.model.goods.items()))
    def the_clock_sets_expired_goods_aside(self) -> None:
        pairs: list[tuple[str, str]] = []

        def sweep(_: c.ExpireLots) -> None:
            pairs.extend(sorted(self.model.set_aside(), key=by_sku))

        def give_way() -> None:
            for pair in pairs:
                self.model.give_way(*pair)

        self.carry_out([c.ExpireLots()], sweep, lapses=("milk",), then=give_way)
