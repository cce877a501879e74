"""What Hypothesis draws from: places, goods and quantities, those that lead somewhere more often than others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from proofs.model.things import SHELVES
from shop import NOON

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
