"""Each step carried out twice, by the shop and by the model, and what both answer held against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from onhand.core.answers import Again
from onhand.core.refusals import Refused, Stale
from onhand.flows import commands as c
from proofs import books
from proofs.books import Books
from proofs.machine.comparing import Comparing
from proofs.machine.differences import same, sums
from proofs.model.things import SITES, LineName, Refusal


class Playing(Comparing):
    """A machine that carries out commands."""

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
        same("days told", now.days_told - was.days_told, len(moved))
        faults = self.model.judge_days(skus, was.pegs_at)
        if faults:
            raise AssertionError("\n".join(faults))

    def _hear(self, command: Any, verb: Callable[[Any], Any], key: str, answer: Any) -> None:
        """One answer, against what the model says to the same command."""
        if isinstance(answer, Refused) and answer.code == "key_reused":
            same(f"{command}", key in {known for _, known, _ in self.given}, True)
            return
        if isinstance(answer, Again):
            return  # the very same command, placed before
        refused = answer.code if isinstance(answer, Refused) else ""
        try:
            expected, code = verb(command), ""
        except Refusal as refusal:
            expected, code = None, str(refusal)
        same(f"{command}\nanswered {answer}", refused, code)
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
            same(f"the answer to {command}", shown, expected)

    def _hear_placed(self, command: c.PlaceOrder, answer: Any, expected: Any) -> None:
        shown = [(int(line.ordered), int(line.reserved), int(line.backordered)) for line in answer.lines]
        same(f"the answer to {command}", shown, [line[:3] for line in expected])
        dated = [line.eta is not None for line in answer.lines]
        names = [(command.channel, command.number, line.line) for line in answer.lines]
        same(f"the days promised to {command}", dated, [self.model.eta(name) for name in names])

    def _settle(self, queue: Sequence[LineName], before: dict[tuple[str, str], int]) -> None:
        """Take over from the books what the model does not foretell, where the rules allow it."""
        was, self.books, model = self.books, books.read(self.db), self.model
        # Whether a hold whose time is up has been swept away yet is nobody's business, so long as it was there before.
        unswept = [each for each in self.books.promises if each.over(model.now)]
        same("holds made after their time", {e.id for e in unswept} - {e.id for e in was.promises}, set())
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
        served = sums(self.books.promises)
        for key, quantity in sums(self.model.promises).items():
            served[key] -= quantity
        return {key: quantity for key, quantity in served.items() if quantity}
