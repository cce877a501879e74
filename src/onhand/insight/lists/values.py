"""Values as they stand in an address: read, refused, and written the one way they are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from onhand.core.clock import EARLIEST, LATEST
from onhand.core.quantity import text as plain
from onhand.insight.lists.columns import Column

LONGEST: Final = 200
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_AGO: Final = re.compile(r"-([0-9]{1,4})([dhm])")
_UNITS: Final = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


class BadValue(ValueError):
    """This cannot stand there; the text says what can."""


def read(column: Column, given: str) -> Any:
    """A value for a column; raises ``BadValue``."""
    if column.choices and given not in column.choices:
        raise BadValue(f"must be one of {', '.join(column.choices)}")
    return _READERS[column.kind](given)


def write(value: Any) -> str:
    """A value as it is read; the same value is always written the same way."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return _written_ago(value) if isinstance(value, timedelta) else str(value)


def moment(given: str) -> datetime:
    """A day, which begins at midnight in UTC, or a moment with its zone."""
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise BadValue("must be a day (2026-03-02) or a moment with its zone (2026-03-02T12:00Z)") from None
    if found.tzinfo is None:
        if len(given) > len("2026-03-02"):
            raise BadValue("must name its zone, such as 2026-03-02T12:00Z")
        found = found.replace(tzinfo=UTC)
    return _plausible(found)


def yes_or_no(given: str) -> bool:
    """A plain answer."""
    if given not in {"yes", "no"}:
        raise BadValue("must be yes or no")
    return given == "yes"


def _words(given: str) -> str:
    if not given.strip() or "\x00" in given or len(given) > LONGEST:
        raise BadValue(f"must be 1 to {LONGEST} characters")
    return given


def _number(given: str) -> Decimal:
    if not _NUMBER.fullmatch(given):
        raise BadValue("must be a number, such as 5 or -2.5")
    return Decimal(given)


def _moment_or_ago(given: str) -> datetime | timedelta:
    if found := _AGO.fullmatch(given):
        return -int(found[1]) * _UNITS[found[2]]
    return moment(given)


def _day(given: str) -> date:
    try:
        found = date.fromisoformat(given)
    except ValueError:
        raise BadValue("must be a day, such as 2026-03-02") from None
    _plausible(datetime(found.year, found.month, found.day, tzinfo=UTC))
    return found


def _plausible(found: datetime) -> datetime:
    if not EARLIEST <= found < LATEST:
        raise BadValue("must lie in the years 1900 to 2999")
    return found.astimezone(UTC)


def _written_ago(ago: timedelta) -> str:
    for unit, length in _UNITS.items():
        if not ago % length:
            return f"-{-(ago // length)}{unit}"
    raise TypeError(f"{ago} is no whole number of minutes")


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "text": _words,
    "code": _words,
    "state": _words,
    "number": _number,
    "money": _number,
    "date": _day,
    "moment": _moment_or_ago,
    "flag": yes_or_no,
}
