"""When somebody is told of an alert: pure decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

Kind = Literal["below_threshold", "will_run_out", "supply_late"]
KINDS: Final[tuple[Kind, ...]] = ("below_threshold", "will_run_out", "supply_late")
Channel = Literal["email", "sms", "push"]
CHANNELS: Final[tuple[Channel, ...]] = ("email", "sms", "push")

# The higher, the sooner somebody should act.
URGENCY: Final[Mapping[Kind, int]] = {"below_threshold": 2, "will_run_out": 1, "supply_late": 1}
NOTHING_LEFT: Final = 3
# After a letter the next one waits for so long, and then says all that happened meanwhile.
GAP: Final = timedelta(minutes=5)
# What happened longer ago is listed, but nobody is woken for it (when a database is restored, or followed anew).
WORTH_TELLING: Final = timedelta(days=1)
MOST_LISTED: Final = 20


class Preference(msgspec.Struct, frozen=True):
    """How somebody wants to hear of alerts at a site; as it stands, of somebody who said nothing."""

    channels: tuple[Channel, ...] = ("email",)
    muted: bool = False
    pace: Literal["at_once", "digest"] = "at_once"
    digest_at: time = time(8)
    quiet_from: time | None = None
    quiet_until: time | None = None


def urgency(kind: Kind, *, nothing_left: bool = False) -> int:
    """How soon somebody should act: 3 now, since nothing is left; 2 soon; 1 before it happens."""
    return NOTHING_LEFT if nothing_left else URGENCY[kind]


def told_when(wish: Preference, now: datetime, zone: ZoneInfo, told_at: datetime | None = None) -> datetime:
    """When somebody who wishes so hears of what happens now, where they were told last at a moment.

    At once, but not before the gap after the last letter has passed; or at the next hour of their digest. What would
    fall into quiet hours comes at their end. Hours are those of the site's clock: one that a change to summer time
    leaves out is the hour after it.
    """
    at = now if wish.pace == "at_once" else next_at(wish.digest_at, now, zone)
    if wish.pace == "at_once" and told_at:
        at = max(at, told_at + GAP)
    if wish.quiet_from is not None and wish.quiet_until is not None:
        local = at.astimezone(zone).time()
        if is_between(local, wish.quiet_from, wish.quiet_until):
            at = next_at(wish.quiet_until, at, zone)
    return at


def is_between(local: time, begin: time, end: time) -> bool:
    """Whether an hour of the clock lies in a span, which may go over midnight; one without length is empty."""
    if begin <= end:
        return begin <= local < end
    return local >= begin or local < end


def next_at(hour: time, now: datetime, zone: ZoneInfo) -> datetime:
    """The next moment, after now, at which the clock of a zone shows this hour."""
    day = now.astimezone(zone).date()
    while True:
        moment = datetime.combine(day, hour, zone).astimezone(UTC)
        if moment > now:
            return moment
        day += timedelta(days=1)


def wish_at(wishes: Mapping[str, Preference], site: str) -> Preference | None:
    """How somebody wants to hear of a site: as they said for it, else for all others; None where they said nothing."""
    return wishes.get(site, wishes.get(""))


def ways(wish: Preference, *, devices: bool) -> frozenset[Channel]:
    """By what somebody hears; who has no device left that shows anything is written to by e-mail."""
    if devices or "push" not in wish.channels:
        return frozenset(wish.channels)
    return frozenset(wish.channels) - {"push"} | {"email"}


def earliest(moments: Iterable[datetime]) -> datetime | None:
    """The first of these; None of none."""
    return min(moments, default=None)
