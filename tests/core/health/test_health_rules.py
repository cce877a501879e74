"""When something is not as it should be, by the rules alone."""

from __future__ import annotations

from typing import Any

import pytest

from onhand.core.health.rules import SPANS, Signs, Traffic, percentile, span_of, summed, troubles

WELL = Traffic(1000, 2, [0, 0, 0, 900, 100, *[0] * 8])
SLOW = [0] * 9 + [100, 0, 0, 0]


def test_what_is_well_is_no_trouble() -> None:
    signs = Signs(
        traffic={"api": WELL, "pages": Traffic(3, 3, SLOW)},
        behind={"webhooks": 2.0},
        queued=0.1,
        disk=0.5,
        connections=0.2,
        certificate_days=60,
        backup_hours=3,
        drill_days=20,
    )

    assert troubles(signs) == []
    assert troubles(Signs()) == []


@pytest.mark.parametrize(
    ("signs", "kind", "severity"),
    [
        ({"down_seconds": 30}, "down", "critical"),
        ({"traffic": {"api": Traffic(1000, 30, [1000])}}, "errors", "major"),
        ({"traffic": {"api": Traffic(1000, 300, [1000])}}, "errors", "critical"),
        ({"traffic": {"pages": Traffic(100, 0, SLOW)}}, "slow", "major"),
        ({"behind": {"webhooks": 61.0}}, "behind", "major"),
        ({"queued": 0.6}, "queue", "major"),
        ({"disk": 0.08}, "disk", "major"),
        ({"disk": 0.01}, "disk", "critical"),
        ({"connections": 0.9}, "connections", "major"),
        ({"transaction_seconds": 700.0}, "transaction", "minor"),
        ({"certificate_days": 10}, "certificate", "minor"),
        ({"certificate_days": 1}, "certificate", "critical"),
        ({"backup_hours": 30}, "backup", "major"),
        ({"drill_days": 120}, "drill", "minor"),
        ({"drill_days": 1, "drill_failed": True}, "drill", "major"),
    ],
)
def test_each_trouble_is_known_by_its_sign(signs: dict[str, Any], kind: str, severity: str) -> None:
    (found,) = troubles(Signs(**signs))

    assert (found.kind, found.severity) == (kind, severity)


def test_answers_are_sorted_into_spans_of_time() -> None:
    assert [span_of(seconds) for seconds in (0.001, 0.005, 0.0051, 10.0, 99.0)] == [0, 0, 1, 11, len(SPANS)]


@pytest.mark.parametrize(("part", "within"), [(0.5, 0.0361), (0.95, 0.075), (0.99, 0.095), (1.0, 0.1)])
def test_percentiles_are_read_off_evenly_within_a_span(part: float, within: float) -> None:
    assert percentile(WELL.slower, part) == pytest.approx(within, abs=0.01)


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile([], 0.5) is None
    assert percentile([0] * 13, 0.5) is None
    assert percentile([*[0] * 12, 1], 0.5) == pytest.approx(15.0)


def test_several_together_are_their_sum() -> None:
    both = summed([WELL, Traffic(10, 1, [10, *[0] * 12]), Traffic()])

    assert (both.requests, both.errors, both.slower[0], both.slower[3]) == (1010, 3, 10, 900)
    assert summed([]) == Traffic(0, 0, [])
