"""When something is not as it should be, and what figures mean. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, Literal

UPTIME_PROMISED: Final = 0.9995
# The ends of the spans of time into which answers are sorted, in seconds; what is slower than the last is in one more.
SPANS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0)
# After so long without its trouble an incident that began by itself is over.
CALM_SECONDS: Final = 300
LEAST_REQUESTS: Final = 50
MOST_ERRORS: Final = 0.01
MOST_P95_SECONDS: Final = 1.5
MOST_BEHIND_SECONDS: Final = 60.0
MOST_QUEUED: Final = 0.5
LEAST_DISK: Final = 0.10
MOST_CONNECTIONS: Final = 0.85
MOST_TRANSACTION_SECONDS: Final = 600.0
DAYS_TO_RENEW: Final = 14
MOST_BACKUP_HOURS: Final = 26.0
MOST_DRILL_DAYS: Final = 100.0

Severity = Literal["minor", "major", "critical"]


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests of a door over a while."""

    requests: int = 0
    errors: int = 0
    slower: Sequence[int] = ()

    @property
    def error_rate(self) -> float:
        """The part that failed by a fault of ours."""
        return self.errors / self.requests if self.requests else 0.0


@dataclass(frozen=True, slots=True)
class Signs:
    """What is looked at. Of what is not known nothing is said: None, or empty.

    ``traffic``: of the last minutes by door; ``down_seconds``: of the last finished minutes in which nobody served;
    ``behind``: seconds by follower; ``queued``: of the writer's queue the part taken; ``disk``: the part that is free.
    """

    traffic: Mapping[str, Traffic] = field(default_factory=dict)
    down_seconds: int = 0
    behind: Mapping[str, float] = field(default_factory=dict)
    queued: float = 0.0
    disk: float | None = None
    connections: float | None = None
    transaction_seconds: float = 0.0
    certificate_days: float | None = None
    backup_hours: float | None = None
    drill_days: float | None = None
    drill_failed: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it should be; ``about`` tells two of a kind apart."""

    kind: str
    about: str
    severity: Severity
    facts: Mapping[str, float | str]


def troubles(signs: Signs) -> list[Trouble]:
    """Everything that is not as it should be."""
    return list(_troubles(signs))


def _troubles(signs: Signs) -> Iterator[Trouble]:
    if signs.down_seconds >= 5:
        yield Trouble("down", "", "critical", {"seconds": signs.down_seconds})
    for door, traffic in signs.traffic.items():
        yield from _of_door(door, traffic)
    for follower, seconds in signs.behind.items():
        if seconds > MOST_BEHIND_SECONDS:
            yield Trouble("behind", follower, "major", {"seconds": round(seconds)})
    if signs.queued > MOST_QUEUED:
        yield Trouble("queue", "", "major", {"part": round(100 * signs.queued)})
    if signs.disk is not None and signs.disk < LEAST_DISK:
        yield Trouble(
            "disk", "", "critical" if signs.disk < LEAST_DISK / 2 else "major", {"free": round(100 * signs.disk)}
        )
    if signs.connections is not None and signs.connections > MOST_CONNECTIONS:
        yield Trouble("connections", "", "major", {"part": round(100 * signs.connections)})
    if signs.transaction_seconds > MOST_TRANSACTION_SECONDS:
        yield Trouble("transaction", "", "minor", {"seconds": round(signs.transaction_seconds)})
    yield from _of_care(signs)


def _of_door(door: str, traffic: Traffic) -> Iterator[Trouble]:
    if traffic.requests < LEAST_REQUESTS:
        return
    if traffic.error_rate > MOST_ERRORS:
        severity: Severity = "critical" if traffic.error_rate > 0.2 else "major"
        yield Trouble("errors", door, severity, {"percent": round(100 * traffic.error_rate, 1)})
    slow = percentile(traffic.slower, 0.95)
    if slow is not None and slow > MOST_P95_SECONDS:
        yield Trouble("slow", door, "major", {"seconds": round(slow, 2)})


def _of_care(signs: Signs) -> Iterator[Trouble]:
    if signs.certificate_days is not None and signs.certificate_days < DAYS_TO_RENEW:
        severity: Severity = "critical" if signs.certificate_days < 3 else "minor"
        yield Trouble("certificate", "", severity, {"days": round(signs.certificate_days)})
    if signs.backup_hours is not None and signs.backup_hours > MOST_BACKUP_HOURS:
        yield Trouble("backup", "", "major", {"hours": round(signs.backup_hours)})
    if signs.drill_failed:
        yield Trouble("drill", "failed", "major", {})
    elif signs.drill_days is not None and signs.drill_days > MOST_DRILL_DAYS:
        yield Trouble("drill", "", "minor", {"days": round(signs.drill_days)})


def span_of(seconds: float) -> int:
    """Into which span of time an answer is sorted."""
    return next((place for place, end in enumerate(SPANS) if seconds <= end), len(SPANS))


def percentile(slower: Sequence[int], part: float) -> float | None:
    """The time within which this part of the answers came, in seconds, read off evenly within its span; None for none.

    >>> percentile([0, 0, 0, 0, 100, *[0] * 8], 0.5)
    0.075
    """
    total = sum(slower)
    if not total:
        return None
    wanted, before = part * total, 0
    for place, reached in enumerate(accumulate(slower)):
        if reached >= wanted and reached > before:
            begin = SPANS[place - 1] if place else 0.0
            end = SPANS[place] if place < len(SPANS) else 2 * SPANS[-1]
            return begin + (end - begin) * (wanted - before) / (reached - before)
        before = reached
    return None


def summed(parts: Iterable[Traffic]) -> Traffic:
    """Several together."""
    found = list(parts)
    slower = [sum(each) for each in zip(*(part.slower for part in found if part.slower), strict=False)]
    return Traffic(sum(part.requests for part in found), sum(part.errors for part in found), slower)
