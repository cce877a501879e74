"""Hypothesis plays the shop: any command, in batches, in any order, and after each step the books must agree.

Every step is carried out twice, by the real flows on a real database and by the model, and then compared: the
answers, every position, balance, claim, line, state, supply and threshold, and the books' own proofs (``check``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from onhand.core.answers import Again
from onhand.core.asks import Command
from onhand.core.database import Connection
from onhand.core.refusals import Refused, Stale
from onhand.flows import commands as c
from onhand.orders.actions import ChannelRecord, save_channels
from onhand.places.actions import save_sites
from onhand.places.records import SiteRecord
from proofs import books
from proofs.books import Books
from proofs.figures import broken
from proofs.model import CHANNELS, COUNTRIES, SHELVES, SITES, TRACKING, LineName, Model, Refusal
from shop import NOON, Shop

# Lots and their last days, so that one name always means the same.
LOTS = {"A": NOON.date() + timedelta(days=1), "B": NOON.date() + timedelta(days=40), "C": None}
SERIALS = ("W1", "W2", "W3", "W4")

STEPS = ("confirm", "hold", "hold", "resume", "resume", "pick", "pack", "deliver", "priority")

skus = st.sampled_from(("mug", "mug", "lamp", "milk", "milk", "watch"))
sites = st.sampled_from(("london", "london", "lisbon", "leeds"))
shelves = st.sampled_from(SHELVES)
countries = st.sampled_from((None, "GB", "PT"))
carts = st.sampled_from(("basket", "trolley", "bag"))
few = st.integers(1, 4)
bits = st.sampled_from((1, 1, 1, 2, 4))
pick = st.integers(0, 60)
parts = st.integers(0, 12)
priorities = st.sampled_from((0, 0, 0, 5, -5))


def batch(*parts: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """One to three of a kind."""
    return st.lists(st.tuples(*parts), min_size=1, max_size=3)


wanted = st.lists(st.tuples(skus, st.sampled_from((1, 2, 3, 4, 8))), min_size=1, max_size=3)


class ShopMachine(RuleBasedStateMachine):
    """Played on ``db``, which whoever runs it provides; ``empty`` clears it before each sequence."""

    db: Connection
    empty: Callable[[Connection], None]
    played = 0

    def __init__(self) -> None:
        super().__init__()
        self.db.rollback()
        type(self).empty(self.db)
        self.shop = Shop(self.db)
        _furnish(self.shop)
        self.model = Model(self.shop.now)
        self.books = books.read(self.db)
        self.given: list[tuple[Command, str, Any]] = []
        self.steps = 0

    # What may happen

    @initialize(quantities=st.tuples(st.integers(0, 20), st.integers(0, 20)))
    def open_with_stock(self, quantities: tuple[int, int]) -> None:
        for site, quantity in zip(("london", "lisbon"), quantities, strict=True):
            lines = [self._received(sku, quantity, 0, None) for sku in ("mug", "lamp", "milk") if quantity]
            if lines:
                self.carry_out([c.Receive(site, lines)], self.model.receive, frees=TRACKING)

    @rule(orders=batch(st.sampled_from(tuple(CHANNELS)), countries, priorities, st.none() | carts, wanted))
    def place(self, orders: list[Any]) -> None:
        asked: list[c.PlaceOrder] = []
        for channel, country, priority, cart, lines in orders:
            there = c.Destination(country) if country else None
            number = f"N{len(self.model.orders) + len(asked)}" if asked or self.steps % 20 else "N0"
            asked.append(c.PlaceOrder(channel, number, _wanted(lines), ship_to=there, priority=priority, cart=cart))
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
            name = self._order(index)
            new = [
                c.LineChange(Decimal(quantity), line=self._line(name, line))
                if line % 3
                else c.LineChange(Decimal(quantity or 1), sku=sku)
                for line, sku, quantity in lines
            ]
            there = c.Destination(country) if country else None
            asked.append(c.AmendOrder(*name, new, priority or None, there))
        skus = self._skus(asked) | {change.sku for each in asked for change in each.lines if change.sku}
        self.carry_out(asked, self.model.amend, frees=skus, lapses=skus)

    @rule(orders=batch(pick, st.lists(st.tuples(parts, bits), max_size=2)))
    @precondition(lambda self: self.model.orders)
    def cancel(self, orders: list[Any]) -> None:
        asked = [
            c.CancelOrder(*name, "changed my mind", self._parts(name, lines))
            for index, lines in orders
            for name in [self._order(index)]
        ]
        named = {(each.channel, each.number) for each in asked}
        frees = {each.sku for each in self.model.promises if each.line and each.line[:2] in named}
        self.carry_out(asked, self.model.cancel, frees=frees)

    @rule(step=st.sampled_from(STEPS), orders=batch(pick, priorities))
    @precondition(lambda self: self.model.orders)
    def advance(self, step: c.Step, orders: list[Any]) -> None:
        asked = [c.AdvanceOrder(*self._order(index), step, priority=priority) for index, priority in orders]
        self.carry_out(asked, self.model.advance, frees=self._skus(asked) if step == "resume" else ())

    @rule(orders=batch(pick, st.none() | sites, st.lists(st.tuples(parts, bits), max_size=2)))
    @precondition(lambda self: self.model.orders)
    def ship(self, orders: list[Any]) -> None:
        asked = []
        for index, site, lines in orders:
            name = self._order(index)
            asked.append(c.AdvanceOrder(*name, "ship", site=site, lines=self._parts(name, lines)))
        self.carry_out(asked, self.model.advance)

    @rule(orders=batch(pick, st.sampled_from(("ship", "hold", "deliver", "pack"))))
    @precondition(lambda self: self.model.orders)
    def ship_and_more(self, orders: list[Any]) -> None:
        asked = [c.AdvanceOrder(*self._order(index), step) for index, step in orders]
        self.carry_out(asked, self.model.advance)

    @rule(returns=batch(pick, sites, parts, bits, st.sampled_from(("saleable", "quarantine", "damaged"))))
    @precondition(lambda self: any(wish.shipped for deal in self.model.orders.values() for wish in deal.lines))
    def take_back(self, returns: list[Any]) -> None:
        sold = [name for name, deal in self.model.orders.items() if any(wish.shipped for wish in deal.lines)]
        asked = [
            c.TakeBack(name[0], name[1], site, self._parts(name, [(line, quantity)]), condition=condition)
            for index, site, line, quantity, condition in returns
            for name in [sold[index % len(sold)]]
        ]
        self.carry_out(asked, self.model.take_back, frees=self._skus(asked))

    @rule(holds=batch(carts, st.sampled_from(tuple(CHANNELS)), countries, wanted, st.sampled_from((1, 15))))
    def hold_cart(self, holds: list[Any]) -> None:
        asked = []
        for cart, channel, country, lines, minutes in holds:
            there = c.Destination(country) if country else None
            asked.append(c.HoldCart(cart, channel, _wanted(lines), minutes, there))
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

    @rule(minutes=st.sampled_from((1, 2, 15, 30)))
    @precondition(lambda self: any(each.cart for each in self.model.promises))
    def time_passes_and_carts_expire(self, minutes: int) -> None:
        self.shop.later(minutes=minutes)
        over = [each for each in self.model.promises if each.over(self.shop.now)]

        def sweep(_: c.ExpireCarts) -> None:
            self.model.lapse(TRACKING)

        self.carry_out([c.ExpireCarts()], sweep, frees={each.sku for each in over})
        _same("holds left by the sweep", [each for each in self.books.promises if each.over(self.shop.now)], [])

    @rule()
    @precondition(lambda self: self.steps % 5 == 0)
    def the_clock_serves_whoever_was_passed_by(self) -> None:
        self.carry_out([c.ServeWaiting()], lambda _: None, frees=TRACKING, sweeps=True, promises=TRACKING)

    @rule()
    @precondition(lambda self: any(key[2] == "milk" and quantity for key, quantity in self.model.goods.items()))
    def the_clock_sets_expired_goods_aside(self) -> None:
        pairs: list[tuple[str, str]] = []

        def sweep(_: c.ExpireLots) -> None:
            pairs.extend(sorted(self.model.set_aside(), key=_by_sku))

        def give_way() -> None:
            for pair in pairs:
                self.model.give_way(*pair)

        self.carry_out([c.ExpireLots()], sweep, lapses=("milk",), then=give_way)

    @rule(minutes=st.sampled_from((1, 1, 20, 60 * 24, 60 * 24)))
    @precondition(lambda self: self.steps % 5 == 0 or any(each.cart for each in self.model.promises))
    def time_passes(self, minutes: int) -> None:
        self.shop.later(minutes=minutes)

    @rule(
        deliveries=batch(sites, st.lists(st.tuples(skus, few, pick, st.none() | shelves), min_size=1, max_size=3), pick)
    )
    def receive(self, deliveries: list[Any]) -> None:
        asked = []
        for where, lines, index in deliveries:
            due = [each for each in self.model.supplies if each.left]
            supply = due[index % len(due)] if due and index % 3 else None
            received = [self._received(*line) for line in lines]
            if supply:
                received.append(self._against(supply.sku, supply.lot, 1 + index % 5))
            site, reference = (supply.site, supply.reference) if supply else (where, "")
            asked.append(c.Receive(site, received, reference))
        self.model.now = self.shop.now
        for sku, lot in sorted(
            {(line.sku, lot) for each in asked for line in each.lines for lot in _lots(line)}, key=_by_sku
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
            site, source, sku, lot = self._shelf(where, shelf, "mug", index)
            lines = [c.MovedLine(sku, Decimal(quantity), lot), *(self._moved(*line) for line in others)]
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
                    c.Transfer(source, target, f"T{self.steps}-{index}", [self._moved(*line) for line in lines], due)
                )
        if asked:
            lapses = {line.sku for each in asked for line in each.lines}
            self.carry_out(asked, self.model.transfer, lapses=lapses, promises=lapses)

    @rule(found=batch(sites, shelves, skus, st.integers(-6, 6), st.booleans(), pick))
    def adjust(self, found: list[Any]) -> None:
        asked = []
        for where, any_shelf, any_sku, figure, counted, index in found:
            site, shelf, sku, lot = self._shelf(where, any_shelf, any_sku, index)
            by, there = (None, Decimal(abs(figure))) if counted else (Decimal(figure or 1), None)
            asked.append(c.Adjust(site, shelf, sku, "count", by, there, lot))
        pairs = sorted({(each.sku, each.site) for each in asked}, key=_by_sku)

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

    @rule(index=pick)
    @precondition(lambda self: self.given)
    def ask_again(self, index: int) -> None:
        """What was done is asked once more under the same key: nothing moves, and the answer is the first one."""
        command, key, answer = self.given[index % len(self.given)]
        (again,) = self.shop.ask(command, keys=[key])
        if not isinstance(again, Again) or again.answer != msgspec.json.encode(answer).decode():
            raise AssertionError(f"{command} was answered {answer}, and asked again {again}")
        self.books = books.read(self.db)
        self.compare()

    # How it is carried out and compared

    def carry_out(
        self,
        asked: Sequence[Any],
        verb: Callable[[Any], Any],
        *,
        frees: Iterable[str] = (),
        sweeps: bool = False,
        lapses: Iterable[str] = (),
        promises: Iterable[str] = (),
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Ask the real shop and the model; ``frees``: SKUs whose freed stock goes to those who wait.

        ``sweeps``: so does what lay free before. ``promises``: SKUs of which what comes is promised to those who wait.
        """
        self.steps += 1
        type(self).played += 1
        self.shop.later(seconds=1)
        model, frees = self.model, set(frees)
        model.now = self.shop.now
        queue = model.queue(frees)
        before = {(sku, site): 0 if sweeps else model.available(sku, site) for sku in frees for site in SITES}
        keys = [each.natural_key() or f"{type(each).__name__}/{self.steps}/{n}" for n, each in enumerate(asked)]
        try:
            answers = self.shop.ask(*asked, keys=keys)
        except Stale:
            if len(asked) == 1:
                raise
            self.db.rollback()  # as the writer does: one by one
            for each in asked:
                self.carry_out([each], verb, frees=frees, sweeps=sweeps, lapses=lapses, promises=promises, then=then)
            return
        books_before = self.books
        model.lapse(lapses)
        for command, key, answer in zip(asked, keys, answers, strict=True):
            self._hear(command, verb, key, answer)
        then()
        self._settle(queue, before)
        self.compare()
        self._judge_days(books_before, promises if self._taken(answers) else ())

    @staticmethod
    def _taken(answers: Sequence[Any]) -> bool:
        """Whether anything was done."""
        return not all(isinstance(answer, Refused | Again) for answer in answers)

    def _judge_days(self, was: Books, skus: Iterable[str]) -> None:
        """Whoever waits and has another day than before was told of once; what comes went to whose turn it is."""
        now = self.books
        moved = [
            name
            for name, day in now.days.items()
            if name in was.days and now.waiting[name][3] == was.waiting[name][3] and day != was.days[name]
        ]
        _same("days told", now.days_told - was.days_told, len(moved))
        faults = self.model.judge_days(skus, was.pegs_at)
        if faults:
            raise AssertionError("\n".join(faults))

    def _hear(self, command: Any, verb: Callable[[Any], Any], key: str, answer: Any) -> None:
        """One answer, against what the model says to the same command."""
        if isinstance(answer, Refused) and answer.code == "key_reused":
            _same(f"{command}", key in {known for _, known, _ in self.given}, True)
            return
        if isinstance(answer, Again):
            return  # the very same command, placed before
        refused = answer.code if isinstance(answer, Refused) else ""
        try:
            expected, code = verb(command), ""
        except Refusal as refusal:
            expected, code = None, str(refusal)
        _same(f"{command}\nanswered {answer}", refused, code)
        if refused:
            return
        self.given.append((command, key, answer))
        if isinstance(command, c.PlaceOrder):
            self._hear_placed(command, answer, expected)
        elif isinstance(command, c.OrderNamed):
            shown = [
                tuple(map(int, (n.ordered, n.reserved, n.backordered, n.shipped, n.cancelled, n.returned)))
                for n in answer.lines
            ]
            _same(f"the answer to {command}", shown, expected)

    def _hear_placed(self, command: c.PlaceOrder, answer: Any, expected: Any) -> None:
        shown = [(int(line.ordered), int(line.reserved), int(line.backordered)) for line in answer.lines]
        _same(f"the answer to {command}", shown, [line[:3] for line in expected])
        dated = [line.eta is not None for line in answer.lines]
        names = [(command.channel, command.number, line.line) for line in answer.lines]
        _same(f"the days promised to {command}", dated, [self.model.eta(name) for name in names])

    def _settle(self, queue: Sequence[LineName], before: dict[tuple[str, str], int]) -> None:
        """Take over from the books what the model does not foretell, where the rules allow it."""
        was, self.books, model = self.books, books.read(self.db), self.model
        # Whether a hold whose time is up has been swept away yet is nobody's business, so long as it was there before.
        unswept = [each for each in self.books.promises if each.over(model.now)]
        _same("holds made after their time", {e.id for e in unswept} - {e.id for e in was.promises}, set())
        model.promises = [each for each in model.promises if not each.over(model.now)] + unswept
        for name, (*_, waiting) in self.books.waiting.items():
            if name[:2] in model.orders and name[2] <= len(model.orders[name[:2]].lines):
                model.orders[name[:2]].lines[name[2] - 1].place = waiting
        freed = [pair for pair, was in before.items() if model.available(*pair) > was]
        faults = model.judge(queue, self._served(), freed)
        if faults:
            raise AssertionError("\n".join(faults))

    def _served(self) -> dict[tuple[LineName, str], int]:
        """What lines have been promised beyond what the model foretold."""
        served = _sums(self.books.promises)
        for key, quantity in _sums(self.model.promises).items():
            served[key] -= quantity
        return {key: quantity for key, quantity in served.items() if quantity}

    def compare(self) -> None:
        """Hold everything the books say against the model, then let the books prove themselves."""
        seen, model = self.books, self.model
        _same("goods", seen.goods, _nonzero(model.goods))
        _same("goods elsewhere", seen.away, _nonzero(model.away))
        _same("goods in transit", seen.transit, _nonzero(model.transit))
        _same("promises", _rows(seen), _rows(model))
        _same("lines", seen.lines, self._lines())
        _same("orders", seen.states, {name: (model.state(name), d.priority) for name, d in model.orders.items()})
        _same("waiting", {name: row[:3] for name, row in seen.waiting.items()}, self._waiting())
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
            _same(f"{sku} at {site}", figures, expected)
        self._compare_thresholds()
        _same("the books", broken(self.db), [])

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
            left[_key(each)[:5]] += each.left
        for key, (still, _) in seen.supplies.items():
            left[key[:5]] -= still
        _same("supplies", _nonzero(left), {})
        for each in model.supplies:
            each.left, each.promised = seen.supplies.get(_key(each), (0, 0))
            _same(f"{each} is promised at most once", each.promised <= each.left, True)
        model.pegs, model.pegs_at = dict(seen.pegs), dict(seen.pegs_at)
        waits = {name: row[0] for name, row in seen.waiting.items()}
        _same("nobody is promised more than he waits for", [n for n, q in seen.pegs.items() if q > waits.get(n, 0)], [])

    def _compare_thresholds(self) -> None:
        seen = self.books
        _same("thresholds", {pair: quantity for pair, (quantity, _) in seen.thresholds.items()}, self.model.thresholds)
        for pair, (quantity, below) in seen.thresholds.items():
            on_hand, unsellable, reserved, *_ = seen.positions[pair]
            _same(f"the threshold of {pair}", below, on_hand - unsellable - reserved < quantity)
        told = seen.crossings - self._crossings_before
        changed = sum(below != self._below_before.get(pair, False) for pair, (_, below) in seen.thresholds.items())
        _same("thresholds told once", told, changed)
        self._crossings_before = seen.crossings
        self._below_before = {pair: below for pair, (_, below) in seen.thresholds.items()}
        self.model.promises = list(seen.promises)

    _crossings_before = 0
    _below_before: dict[tuple[str, str], bool] = {}

    # What commands are made of

    def _order(self, index: int) -> tuple[str, str]:
        """One of the orders, the latest most often."""
        names = list(self.model.orders)
        return names[-1 - index % min(len(names), 12)] if index < 60 else ("web", "nobody's")

    def _line(self, name: tuple[str, str], index: int) -> int:
        """One of an order's lines, and now and then one that is not there."""
        there = len(self.model.orders[name].lines) if name in self.model.orders else 1
        return 1 + index % there if index < 12 else 99

    def _parts(self, name: tuple[str, str], lines: Sequence[tuple[int, int]]) -> list[c.LineQuantity]:
        return [c.LineQuantity(self._line(name, index), Decimal(quantity)) for index, quantity in lines]

    def _shelf(self, site: str, shelf: str, sku: str, index: int) -> tuple[str, str, str, str | None]:
        """Where goods lie, mostly; else anywhere."""
        lying = [key for key, quantity in self.model.goods.items() if quantity > 0]
        return lying[index % len(lying)] if lying and index % 4 else (site, shelf, sku, self._lot(sku, index))

    def _skus(self, asked: Sequence[Any]) -> set[str]:
        named = {(each.channel, each.number) for each in asked}
        return {wish.sku for name in named & set(self.model.orders) for wish in self.model.orders[name].lines}

    def _lot(self, sku: str, index: int) -> str | None:
        names = {"lot": tuple(LOTS), "serial": SERIALS}.get(TRACKING[sku])
        return names[index % len(names)] if names else None

    def _received(self, sku: str, quantity: int, index: int, shelf: str | None) -> c.ReceivedLine:
        if TRACKING[sku] == "serial":
            quantity = min(quantity, 2)
            serials = [SERIALS[(index + n) % len(SERIALS)] for n in range(quantity)]
            return c.ReceivedLine(sku, Decimal(quantity), serials=serials, location=shelf)
        lot = self._lot(sku, index)
        expires = LOTS[lot] if lot else None
        return c.ReceivedLine(sku, Decimal(quantity), lot=lot, expires_on=expires, location=shelf)

    def _against(self, sku: str, lot: str | None, quantity: int) -> c.ReceivedLine:
        if TRACKING[sku] == "serial":
            return c.ReceivedLine(sku, Decimal(1), serials=[lot or SERIALS[quantity % len(SERIALS)]])
        lot = lot or self._lot(sku, quantity)
        return c.ReceivedLine(sku, Decimal(quantity), lot=lot, expires_on=LOTS[lot] if lot else None)

    def _moved(self, sku: str, quantity: int, named: bool, index: int) -> c.MovedLine:
        return c.MovedLine(sku, Decimal(quantity), self._lot(sku, index) if named else None)


def _furnish(shop: Shop) -> None:
    save_sites(shop.db, [SiteRecord("leeds", "Leeds", "third_party", "GB", "Europe/London", "GBP", "UK", 53.8, -1.5)])
    save_channels(shop.db, [ChannelRecord("phone", "Telephone", "phone", "GBP")])
    rules = msgspec.json.encode({"rules": ["ranked"], "sites": CHANNELS["phone"].sites}).decode()
    shop.db.execute(
        "INSERT INTO sourcing_policy (channel_id, version, rules, actor)"
        " SELECT id, 1, %s, 'tester' FROM orders_channel WHERE code = 'phone'",
        (rules,),
    )
    for sku, tracking in TRACKING.items():
        shop.product(sku, tracking=tracking)
    _same("the sites", set(COUNTRIES), set(SITES))


def _wanted(lines: Sequence[tuple[str, int]]) -> list[c.WantedLine]:
    return [c.WantedLine(sku, Decimal(quantity)) for sku, quantity in lines]


def _lots(line: c.ReceivedLine) -> list[str]:
    return [*line.serials, *([line.lot] if line.lot else [])]


def _by_sku(pair: tuple[str, str]) -> tuple[int, str]:
    return list(TRACKING).index(pair[0]), pair[1]


def _key(supply: Any) -> tuple[Any, ...]:
    return supply.kind, supply.reference, supply.sku, supply.site, supply.due, supply.lot


def _sums(promises: Iterable[Any]) -> dict[tuple[LineName, str], int]:
    sums: dict[tuple[LineName, str], int] = defaultdict(int)
    for each in promises:
        if each.line:
            sums[each.line, each.site] += each.quantity
    return sums


def _rows(holder: Books | Model) -> dict[tuple[Any, ...], int]:
    rows: dict[tuple[Any, ...], int] = defaultdict(int)
    for each in holder.promises:
        rows[each.sku, each.site, each.line, each.cart, each.until] += each.quantity
    return dict(rows)


def _nonzero(quantities: dict[Any, int]) -> dict[Any, int]:
    return {key: quantity for key, quantity in quantities.items() if quantity}


def _same(what: str, seen: object, expected: object) -> None:
    if seen != expected:
        if isinstance(seen, dict) and isinstance(expected, dict):
            apart = {key for key in {*seen, *expected} if seen.get(key) != expected.get(key)}
            seen, expected = ({k: each[k] for k in apart & set(each)} for each in (seen, expected))
        raise AssertionError(f"{what}: the books say {seen}, the model {expected}")
