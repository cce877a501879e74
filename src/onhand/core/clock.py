"""The time, as an argument: rules are handed ``now``; only doors and the writer read this clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]

# No shop has sold before the one or will promise after the other; beyond them lie typing errors, and years that one
# zone's clock shows and another's cannot.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(3000, 1, 1, tzinfo=UTC)
# The same for whoever reads only the schema.
YEARS = {"pattern": "^(19|2[0-9])[0-9]{2}-"}


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def must_be_plausible(field: str, moment: datetime | None) -> None:
    """Raise ``ValueError``, naming the field, when a moment lies in no shop's time."""
    if moment is not None and not EARLIEST <= moment < LATEST:
        raise ValueError(f"Field `{field}` must lie in the years 1900 to 2999")
