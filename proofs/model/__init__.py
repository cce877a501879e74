"""The shop in plain Python: what every command must do, in dictionaries and lists, with no database and no locks.

It is the yardstick for the real flows (``machine`` compares the two after every step), so it is written for the
reader: one method a verb, quantities as whole numbers, everything found by walking through lists.

What it does not foretell, it judges: which of those who wait got what was freed is read from the books and held
against the rule (first in the queue, nobody passed over, nothing left lying), see ``judge``; and so is who was
promised what is to come, see ``judge_days``.
"""

from __future__ import annotations

from proofs.model.goods import Goods
from proofs.model.orders import Orders
from proofs.model.waiting import Waiting


class Model(Orders, Goods, Waiting):
    """All that is, and the verbs that change it. A verb returns what it answers, or raises ``Refusal``."""
