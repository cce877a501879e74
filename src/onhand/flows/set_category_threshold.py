"""Thresholds for everything that is sold of a category, at a site, in one go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from onhand.catalog import queries as catalog
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused
from onhand.flows.answers import ThresholdsSet
from onhand.flows.commands import SetCategoryThreshold, SetThreshold
from onhand.flows.set_threshold import faults, set_threshold

# All of one go are written, and locked, together.
MOST: Final = 10_000


def singly(db: Connection, command: SetCategoryThreshold) -> list[SetThreshold] | Refused:
    """The thresholds of the single SKUs that it comes to."""
    skus = catalog.skus_in_category(db, command.category, most=MOST + 1)
    if skus is None:
        return Refused("unknown_category", f"There is no category {command.category!r}.", "category")
    if not skus:
        return Refused("empty_category", "Nothing is sold of this category; choose another.", "category")
    if len(skus) > MOST:
        return Refused(
            "too_many_skus", f"This category has more than {MOST:,} SKUs; set those of the ones below it.", "category"
        )
    return [SetThreshold(command.site, sku, command.quantity) for sku in skus]


def set_category_threshold(
    db: Connection, asks: Sequence[Ask[SetCategoryThreshold]], now: datetime
) -> list[ThresholdsSet | Refused]:
    """Set the thresholds of categories: each of them as a whole, or (where one of its SKUs cannot be) not at all."""
    return [_set(db, ask, now) for ask in asks]


def _set(db: Connection, ask: Ask[SetCategoryThreshold], now: datetime) -> ThresholdsSet | Refused:
    # These are few and large: one after the other is as fast as together.
    commands = singly(db, ask.command)
    if refused(commands):
        return commands
    fault = next((each for each in faults(db, commands) if each), None)
    if fault:
        return fault
    set_threshold(db, [Ask(each, ask.actor) for each in commands], now)
    return ThresholdsSet(len(commands))
