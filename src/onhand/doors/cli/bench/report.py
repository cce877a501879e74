"""What a benchmark came to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One figure: how many a second, how long each took, how that compares with SQL alone, what CPU each cost.

    ``cpu_ms_each`` is of the serving processes and the database together; the load generator is ``load_ms_each``.
    """

    name: str
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    ratio_to_floor: float | None
    cpu_ms_each: float
    load_ms_each: float = 0.0
    refused: int = 0
    detail: str = ""


class Report(msgspec.Struct, frozen=True):
    """All rows, and whether the books were right at the end."""

    rows: list[Row]
    check: str | list[str]
    oversold: int


class Held(NamedTuple):
    """What the house holds a row to: so many a second at the least and at best, within so many milliseconds."""

    least: float
    aim: float
    p95_ms: float = float("inf")
    aim_p95_ms: float = float("inf")


HELD = {
    "place": Held(1500, 3000, 250),
    "update": Held(1500, 3000),
    "bulk": Held(5000, 10000),
    "hot": Held(1500, 3000),
    "read": Held(3000, 6000),
    # Orders land by appointment, 1,500 a second; those at the edges of the window may fall out of it.
    "live": Held(1485, 1485, 1000),
    "pages": Held(0, 0, 500, 200),
}


def verdict(row: Row) -> str:
    """Whether a row held, in a word; nothing for a floor, which is held to nothing."""
    held = HELD.get(row.name)
    if held is None:
        return ""
    if row.per_second < held.least or row.p95_ms > held.p95_ms:
        return "BELOW"
    return "aim" if row.per_second >= held.aim and row.p95_ms <= min(held.aim_p95_ms, held.p95_ms) else "held"


def percentiles(latencies: Sequence[float]) -> tuple[float, float, float]:
    """The latencies in milliseconds that half, 95 % and 99 % of the answers did not exceed."""
    ordered = sorted(latencies) or [0.0]
    return tuple(
        round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 2) for share in (0.5, 0.95, 0.99)
    )  # type: ignore[return-value]
