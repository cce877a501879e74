"""Why something about a note or a case cannot be done."""

from __future__ import annotations

from onhand.core.refusals import Refused
from onhand.customers.service.rules import ACTS, Act, State


def unknown_case(number: int) -> Refused:
    """There is no such case."""
    return Refused("unknown_case", f"There is no case {number}; look it up in the list of cases.", "number")


def unknown_note(number: int) -> Refused:
    """There is no such note."""
    return Refused("unknown_note", "The note is gone; somebody took it down meanwhile.", "note")


def not_in_this_state(number: int, state: State, act: Act) -> Refused:
    """The case is in a state in which this is not done."""
    able = ", ".join(sorted(ACTS[act][0]))
    return Refused("case_not_so", f"Case {number} is {state}; this is done to cases that are {able}.", "number")


def nobody(field: str) -> Refused:
    """Neither a customer nor an order is named."""
    return Refused("about_nobody", "Name a customer or an order: a case and a note are about somebody.", field)
