"""Hypothesis plays the shop: any command, in batches, in any order, and after each step the books must agree.

Every step is carried out twice, by the real flows on a real database and by the model, and then compared: the
answers, every position, balance, claim, line, state, supply and threshold, and the books' own proofs (``check``).
"""

from __future__ import annotations

import msgspec
from hypothesis.stateful import precondition, rule

from onhand.core.answers import Again
from proofs import books
from proofs.machine.clock import Clock
from proofs.machine.draws import pick
from proofs.machine.goods import Goods
from proofs.machine.selling import Selling


class ShopMachine(Selling, Goods, Clock):
    """The whole of it: what customers do, what happens to goods, the clock, and whoever asks again."""

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
