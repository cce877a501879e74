"""A peak of order updates: half the day's rate for a while, then twice that, and nobody waits or hears an error.

Orders live their lives through single requests: placed, confirmed, moved up, held, resumed, picked, packed, shipped,
delivered, some amended or cancelled; SKUs follow Zipf's law. Requests come by appointment (open loop), so a stall
shows in the latencies of all who waited meanwhile. It holds when the rates are kept up to the last appointment, 95 %
are answered within 1.5 s, none fails, and the books are in order.

Should 3,000 a second be beyond the machine, the proof fails and says how far it came.
"""

from __future__ import annotations

from onhand.core.database import connect
from onhand.doors.cli.bench import load, shop
from onhand.doors.cli.bench.load import Plan, Result
from onhand.doors.cli.bench.report import percentiles
from onhand.doors.cli.bench.stage import HOST, served
from proofs.figures import Figure, broken, fresh_database, worst

CONNECTIONS = 256
P95_MS = 1500
# (requests a second, seconds)
STAGES = ((1500.0, 600.0), (3000.0, 60.0))
IN_SHORT = ((100.0, 2.0), (200.0, 2.0))
# A stage keeps its rate when this share of its appointments was answered within it.
KEPT, KEPT_SHORT = 0.99, 0.95


def prove(short: bool) -> Figure:
    """Eleven minutes; in short four seconds at a tenth of the rate."""
    said, passed = [], True
    with fresh_database() as url:
        caller = shop.Caller(shop.set_up(url))
        with served(url, None, 1) as server:
            for number, (rate, seconds) in enumerate(IN_SHORT if short else STAGES):
                requests = shop.Mixing(caller, f"mix{number}")
                result = load.run_apart(Plan(HOST, server.port, CONNECTIONS, seconds, requests, per_second=rate))
                _, p95, p99 = percentiles(result.latencies)
                passed &= (
                    result.per_second() >= (KEPT_SHORT if short else KEPT) * rate
                    and p95 <= P95_MS
                    and not _errors(result)
                )
                said.append(
                    f"{rate:,.0f}/s asked: {result.per_second():,.0f}/s answered, p95 {p95:g} ms, p99 {p99:g} ms, "
                    f"{_errors(result)} errors"
                )
        with connect(url) as db:
            faults = broken(db)
    text = "; ".join(said) + f"; books {'in order' if not faults else 'broken'}{worst(faults)}"
    return Figure(12, "mixed order updates at a peak", passed=passed and not faults, figure=text)


def _errors(result: Result) -> int:
    return sum(number for status, number in result.statuses.items() if status >= 400)
