"""A checkout over HTTP, a request each: idempotent, reserved, recorded and durable, at the rate of a busy shop.

256 connections place two-line orders against a real server, with the load generator and the database on the same
machine and fsync on. The key of each order is its channel and number. It holds when at least 1,500 a second are
answered, 95 % within 250 ms, none refused, and the books are in order.
"""

from __future__ import annotations

from onhand.doors.cli.bench.rows import Bench
from proofs.figures import Figure, fresh_database

LEAST, P95_MS = 1500, 250


def prove(short: bool) -> Figure:
    """Half a minute; in short three seconds, in which any rate will do."""
    with fresh_database() as url:
        report = Bench(url, None, 3.0 if short else 30.0, frozenset({"place"})).run()
    (row,) = report.rows
    fast = row.per_second >= LEAST and row.p95_ms <= P95_MS
    said = f"{row.per_second:,.0f}/s, p50 {row.p50_ms:g} ms, p95 {row.p95_ms:g} ms, check {report.check}"
    passed = (fast or short) and report.check == "clean" and not row.refused
    return Figure(11, "HTTP checkout, one order a request", passed=passed, figure=said)
