"""What of an order is told to its customer: decided from what happened and from how things stand when it is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final, Literal, NamedTuple, get_args

# What happens to an order that is worth a letter, as the log names it.
Happened = Literal["ship", "deliver", "pack", "cancel", "promise"]
Step = Literal[
    "ready", "part_sent", "sent", "part_handed_over", "handed_over", "delivered", "part_cancelled", "cancelled"
]
STEPS: Final[tuple[Step, ...]] = get_args(Step)
Word = Literal["given", "later", "sooner", "lost"]
# An order may lose several parts, one after the other; every other step is told once.
TOLD_EACH_TIME: Final = frozenset({"part_cancelled"})
_GONE: Final = frozenset({"shipped", "delivered", "returned"})


def steps(happened: Collection[str], state: str, *, fetched: bool = False, told: Collection[str] = ()) -> list[Step]:
    """Which steps an order in this state has taken that its customer has not been told of.

    ``fetched``: the customer fetches it, and so nobody delivers it.
    """
    found: list[Step] = []
    if "cancel" in happened:
        found.append("cancelled" if state == "cancelled" else "part_cancelled")
    if state != "cancelled" and (way := _way(happened, state, fetched=fetched)):
        found.append(way)
    return [each for each in found if each in TOLD_EACH_TIME or each not in told]


def _way(happened: Collection[str], state: str, *, fetched: bool) -> Step | None:
    """How far the goods have come: the last that is true is told, whatever came before it."""
    if fetched:
        if "ship" in happened or "deliver" in happened:
            return "handed_over" if state in _GONE else "part_handed_over"
        return "ready" if "pack" in happened and state == "packed" else None
    if "deliver" in happened and state == "delivered":
        return "delivered"
    if "ship" in happened:
        return "sent" if state in _GONE else "part_sent"
    return None


class DayNews(NamedTuple):
    """A line's goods are expected on another day than was said; ``lost``: nobody knows any more on which."""

    line: int
    word: Word
    day: date | None


def days(said: Mapping[int, date | None], now: Mapping[int, date | None]) -> list[DayNews]:
    """Of which lines another day is to be told: ``said`` is what the customer was told last, by the line's number.

    What waits no longer is left out.
    """
    found = [(line, _word(was, now[line]), now[line]) for line, was in sorted(said.items()) if line in now]
    return [DayNews(line, word, day) for line, word, day in found if word]


def _word(was: date | None, day: date | None) -> Word | None:
    if was == day:
        return None
    if day is None:
        return "lost"
    if was is None:
        return "given"
    return "later" if day > was else "sooner"
