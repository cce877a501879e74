"""What a benchmark came to."""

from __future__ import annotations

from collections.abc import Sequence

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


class Report(msgspec.Struct, frozen=True):
    """All rows, and whether the books were right at the end."""

    rows: list[Row]
    check: str | list[str]
    oversold: int


# What the house holds itself to (a second), at the least and at best.
HELD = {
    "place": (1500, 3000),
    "update": (1500, 3000),
    "bulk": (5000, 10000),
    "hot": (1500, 3000),
    "read": (3000, 6000),
}


def percentiles(latencies: Sequence[float]) -> tuple[float, float, float]:
    """The latencies in milliseconds that half, 95 % and 99 % of the answers did not exceed."""
    ordered = sorted(latencies) or [0.0]
    return tuple(
        round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 2) for share in (0.5, 0.95, 0.99)
    )  # type: ignore[return-value]
