"""What is stolen says nothing, keys change while all goes on, and a start that would be unsafe is refused.

A thousand customers, with orders of theirs and of guests, come in through the API, and are found by what is sealed.
Then the database is dumped with PostgreSQL's own program, and every word of their names, every address, number and
postcode is looked for in it. Then the master key is changed again and again while callers read, save and order. Last,
a production start is tried in every unsafe way, and in a safe one.
"""

from __future__ import annotations

from proofs.figures import Figure, worst
from proofs.production_start import refused_as_it_should
from proofs.sealing import stolen_and_rotated

TITLE = "encryption: a dump tells nothing, keys rotate online, unsafe starts are refused"
CUSTOMERS, SHORT_CUSTOMERS = 1000, 50
ROTATIONS, SHORT_ROTATIONS = 10, 2


def prove(short: bool) -> Figure:
    """A thousand customers and ten rotations; in short fifty and two."""
    customers, rotations = (SHORT_CUSTOMERS, SHORT_ROTATIONS) if short else (CUSTOMERS, ROTATIONS)
    said, faults = stolen_and_rotated(customers, rotations)
    unsafe, starts = refused_as_it_should()
    faults = [*faults, *unsafe]
    figure = f"{said}; {starts} starts, {len(unsafe)} not as they should{worst(faults)}"
    return Figure(41, TITLE, passed=not faults, figure=figure)
