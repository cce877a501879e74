"""What holds of cases: by when somebody is owed an answer, and which act leads from which state to which."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from onhand.customers.rules import PRIORITIES, Priority

State = Literal["open", "waiting", "answered", "closed"]
Act = Literal["take", "hand_over", "answer", "wait", "note", "close", "reopen", "ask"]

STATES: Final[tuple[State, ...]] = ("open", "waiting", "answered", "closed")
# Within so many hours of being asked a question is answered for the first time. The clock runs day and night: who waits
# for an answer waits at night, too.
HOURS: Final[Mapping[Priority, int]] = {"urgent": 1, "high": 4, "normal": 24, "low": 72}
assert set(HOURS) == set(PRIORITIES)  # noqa: S101 - each priority has its hours

_LIVE: Final[frozenset[State]] = frozenset({"open", "waiting", "answered"})
# From which states an act may be done, and the state it leads to; None: the state it was in.
ACTS: Final[Mapping[Act, tuple[frozenset[State], State | None]]] = {
    "take": (_LIVE, None),
    "hand_over": (_LIVE, None),
    "answer": (_LIVE, "answered"),
    "wait": (_LIVE, "waiting"),
    "note": (frozenset(STATES), None),
    "close": (_LIVE, "closed"),
    "reopen": (frozenset({"closed"}), "open"),
    # The customer writes once more.
    "ask": (_LIVE, "open"),
}


def answer_due(asked: datetime, priority: Priority) -> datetime:
    """By when an answer is due to what was asked then."""
    return asked + timedelta(hours=HOURS[priority])


class Clock(NamedTuple):
    """By when an answer is due to what was asked last, and when it was given; how it was with what was asked first.

    ``first_due`` and ``first_answered`` are there from the second question on.
    """

    due: datetime
    answered: datetime | None = None
    first_due: datetime | None = None
    first_answered: datetime | None = None


def clock_after(clock: Clock, act: Act, priority: Priority, now: datetime) -> Clock:
    """The clock of a case after an act.

    A question that comes after an answer is owed one anew. One that comes while an answer is due puts nothing off: who
    asks twice does not wait longer.
    """
    if act == "answer" and clock.answered is None:
        return clock._replace(answered=now)
    if act == "ask" and clock.answered is not None:
        first_due, first_answered = clock.first_due or clock.due, clock.first_answered or clock.answered
        return Clock(answer_due(now, priority), None, first_due, first_answered)
    return clock


def may_follow(state: State, act: Act) -> bool:
    """Whether an act may be done to a case in this state."""
    return state in ACTS[act][0]


def after(state: State, act: Act) -> State:
    """The state a case is in after an act."""
    return ACTS[act][1] or state
