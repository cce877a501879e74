"""What is unlike somebody. Each rule judges what happened now by what is remembered, before that is remembered, too.

Figures are robust: what was done on a day is held against the median of earlier days and their median deviation, so
that neither a busy day nor a thief's long patience moves the measure much. Where somebody is new, what their colleagues
do is the measure. A day on which all do more (a sale, a stocktaking, returns after a holiday) is nobody's misuse.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from statistics import median
from typing import Final, Literal

import msgspec

from onhand.access.watching.memory import (
    MOST_DAYS,
    MOST_DEVICES,
    MOST_NAMES,
    MOST_PEOPLE,
    MOST_PLACES,
    MOST_RECENT,
    Evidence,
    Fix,
    Memory,
    Rate,
    Spot,
)

Severity = Literal["low", "medium", "high"]
Facts = Mapping[str, str | float]
# All of us together.
HOUSE: Final = "house"
# A day of work begins with a sign-in.
HOURS_OF_WORK: Final = 8
EARTH_RADIUS_KM = 6371.0088


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The figures an operator may set: ``ONHAND_WATCH="exported_rows=100000, travel_kmh=1200"``."""

    # Nobody flies faster, and addresses are placed no better than this.
    travel_kmh: float = 1000
    travel_least_km: float = 300
    # A new place is one so far from every known one; somebody has to have signed in so often to be known at all.
    place_km: float = 150
    known_sign_ins: float = 5
    # So many a day are nothing special, whoever does them.
    adjustments: float = 15
    counts: float = 400
    lost_pieces: float = 150
    returns: float = 10
    exported_rows: float = 50_000
    exported_people: float = 2_000
    # So many deviations above the median are unlike somebody.
    deviations: float = 6
    # Who has done something on fewer days is held against colleagues.
    known_days: float = 5
    # So many days make habits; so far from every hour of them is odd.
    habit_days: float = 10
    odd_hours: float = 3
    # Refusals within ten minutes, of a person and of a key.
    refusals: float = 25
    key_refusals: float = 300
    # Wrong passwords for one name within an hour; names tried from one address within ten minutes.
    guesses: float = 10
    names: float = 10
    # A key used on so many days from so many networks at most is a key of few places.
    key_days: float = 3
    key_networks: float = 5
    # What happened longer ago than this is learnt from, and raises no alert.
    stale_hours: float = 24


def policy(figures: Mapping[str, float]) -> Policy:
    """The policy with these figures set; raises ``ValueError`` that says which is none, or out of range."""
    for name, figure in figures.items():
        if name not in Policy.__struct_fields__:
            raise ValueError(f"has no figure {name!r}; there are {', '.join(Policy.__struct_fields__)}")
        if not 0 < figure < 1e9:
            raise ValueError(f"{name} must be more than nothing; it is {figure:g}")
    return msgspec.structs.replace(Policy(), **figures)


class Sighting(msgspec.Struct, frozen=True):
    """Something that happened, as rules look at it.

    ``network``: from where, as narrow as is told apart; ``known_device``: whether the browser had been here before,
    None where nobody said; ``amounts``: how much of what, by measure.
    """

    seq: int
    at: datetime
    kind: str
    who: str
    subject: str
    deed: str = ""
    address: str = ""
    network: str = ""
    fix: Fix | None = None
    device: str = ""
    known_device: bool | None = None
    site: str = ""
    about: str = ""
    amounts: Mapping[str, float] = {}
    said: str = ""

    @property
    def evidence(self) -> Evidence:
        """As it is shown."""
        return Evidence(self.seq, self.at, self.kind, self.subject, self.said)

    @property
    def day(self) -> str:
        """The day, in UTC."""
        return self.at.date().isoformat()


@dataclass(frozen=True, slots=True)
class World:
    """What is known of sites: whether one is open at a moment, None where it has no hours."""

    is_open: Callable[[str, datetime], bool | None] = lambda _site, _at: None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A situation to be looked at. The same kind, person and situation again belongs to it."""

    kind: str
    who: str
    situation: str
    severity: Severity
    facts: Facts
    evidence: Sequence[Evidence]


@dataclass(slots=True)
class Minds:
    """What is remembered, by whom it is about. ``fetch`` brings what is not at hand; rules change what they get."""

    known: dict[str, Memory] = field(default_factory=dict)

    def of(self, who: str) -> Memory:
        """What is remembered of somebody; nothing, for a start."""
        if who not in self.known:
            self.known[who] = Memory()
        return self.known[who]


def look(minds: Minds, seen: Sighting, figures: Policy, world: World) -> list[Suspicion]:
    """What is suspicious about this, and remember it."""
    found = [each for rule in RULES for each in rule(minds, seen, figures, world)]
    _remember(minds, seen)
    return found


def parties(seen: Sighting) -> Iterator[str]:
    """Everybody and everything whose memory is asked for."""
    yield seen.who
    yield from {pool(seen), HOUSE}
    if seen.device:
        yield f"device/{seen.device}"
    if seen.address:
        yield f"address/{seen.address}"
    if seen.deed == "raised" and seen.subject.startswith("person/"):
        yield seen.subject


def pool(seen: Sighting) -> str:
    """Whom somebody's deeds are held against: those who do the same at the same site."""
    return f"site/{seen.site}" if seen.site else HOUSE


def distance_km(here: Fix, there: Fix) -> float:
    """The great-circle distance, by the haversine formula."""
    first, last = radians(here.latitude), radians(there.latitude)
    across = radians(there.longitude - here.longitude)
    chord = sin((last - first) / 2) ** 2 + cos(first) * cos(last) * sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def network_of(address: str) -> str:
    """The network an address is told apart by: one customer's of a provider, or near enough. Empty for none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{address}/{24 if found.version == 4 else 48}", strict=False))


# The rules


def _travel(minds: Minds, seen: Sighting, figures: Policy, _: World) -> Iterator[Suspicion]:
    memory = minds.of(seen.who)
    if seen.fix is None or memory.fix is None or memory.fix_at is None or memory.fix_event is None:
        return
    far = distance_km(memory.fix, seen.fix)
    hours = max((seen.at - memory.fix_at).total_seconds(), 60.0) / 3600
    if far >= figures.travel_least_km and far / hours > figures.travel_kmh:
        facts: Facts = {"from": memory.fix.name, "to": seen.fix.name, "km": round(far), "minutes": round(hours * 60)}
        yield Suspicion("impossible_travel", seen.who, seen.day, "high", facts, [memory.fix_event, seen.evidence])


def _new_place(minds: Minds, seen: Sighting, figures: Policy, _: World) -> Iterator[Suspicion]:
    if seen.deed != "signed_in" or not seen.network:
        return
    memory = minds.of(seen.who)
    if memory.sign_ins < figures.known_sign_ins or not _is_new_device(minds, memory, seen):
        return
    if not any(_same_place(spot, seen, figures) for spot in memory.spots):
        facts: Facts = {"address": seen.address, "place": seen.fix.name if seen.fix else ""}
        yield Suspicion("new_place", seen.who, f"{seen.day} {seen.network}", "medium", facts, [seen.evidence])


def _is_new_device(minds: Minds, memory: Memory, seen: Sighting) -> bool:
    if seen.known_device is not None:
        return not seen.known_device
    # A device that several use stands in the shop, and is new to nobody.
    return seen.device not in memory.devices and len(minds.of(f"device/{seen.device}").people) < 2


def _same_place(spot: Spot, seen: Sighting, figures: Policy) -> bool:
    if spot.fix and seen.fix:
        return distance_km(spot.fix, seen.fix) <= figures.place_km
    return _wide(spot.network) == _wide(seen.network)


def _wide(network: str) -> str:
    """The provider's region rather than the customer: between neighbours of it people are moved about by the hour."""
    found = ipaddress.ip_network(network)
    return str(found.supernet(new_prefix=16 if found.version == 4 else 32))


_AMOUNTS: Final[Mapping[str, tuple[str, str]]] = {
    # measure: the kind of alert, the figure of the policy below which nothing is said
    "adjustments": ("adjustments", "adjustments"),
    "counts": ("adjustments", "counts"),
    "lost": ("adjustments", "lost_pieces"),
    "returns": ("returns", "returns"),
    "rows": ("mass_export", "exported_rows"),
    "people": ("mass_export", "exported_people"),
}


def _too_much(minds: Minds, seen: Sighting, figures: Policy, _: World) -> Iterator[Suspicion]:
    if not seen.who.startswith("person/"):
        return
    memory, others = minds.of(seen.who), minds.of(pool(seen))
    for measure, amount in seen.amounts.items():
        if measure not in _AMOUNTS:
            continue
        kind, least = _AMOUNTS[measure]
        name = f"{measure} {seen.site}".strip()
        rate = _today(memory.rates.get(name), seen.day)
        today = rate.today + amount
        limit = max(getattr(figures, least), _usual(rate, others.rates.get(measure), figures))
        if today > limit and not any(_all_do(each, measure, rate, seen, today) for each in (others, minds.of(HOUSE))):
            severity: Severity = "high" if kind == "mass_export" or today > 3 * limit else "medium"
            facts: Facts = {"what": measure, "today": round(today), "usual": round(limit), "site": seen.site}
            evidence = [*rate.recent, seen.evidence]
            yield Suspicion(kind, seen.who, f"{seen.day} {name}", severity, facts, evidence)


def _today(rate: Rate | None, day: str) -> Rate:
    """A rate as it stands on a day: a day that has passed belongs to the past."""
    if rate is None:
        return Rate(day=day)
    if rate.day == day:
        return rate
    return Rate(day=day, past=[*rate.past, rate.today][-MOST_DAYS:])


def _usual(own: Rate, pooled: Rate | None, figures: Policy) -> float:
    """The most that is still like somebody: of their own days, or while they are new of their colleagues'."""
    past = own.past
    if len(past) < figures.known_days:
        past = [*past, *(pooled.past if pooled else [])]
    if len(past) < figures.known_days:
        return 0.0
    middle = median(past)
    spread = 1.4826 * median(abs(each - middle) for each in past)
    # Counts spread at least as chance has it.
    return middle + figures.deviations * max(spread, sqrt(middle), 1.0)


def _all_do(others: Memory, measure: str, own: Rate, seen: Sighting, today: float) -> bool:
    """Whether colleagues, three at least, have a day like this: as much as usual so many times over, or nearly."""
    same = f"{seen.day} {measure}/usual "
    times = [much for name, much in others.people.items() if name.startswith(same) and name != f"{same}{seen.who}"]
    return len(times) >= 3 and median(times) >= 1.5 and _times_usual(own, today) <= 2.5 * median(times)


def _times_usual(rate: Rate, today: float) -> float:
    """How often the usual of a day is in today; an amount as it is where nothing is usual."""
    return today / max(median(rate.past), 1.0) if rate.past else today


def _odd_hour(minds: Minds, seen: Sighting, figures: Policy, world: World) -> Iterator[Suspicion]:
    if not seen.who.startswith("person/") or seen.deed not in {"worked", "raised"}:
        return
    memory, house = minds.of(seen.who), minds.of(pool(seen))
    if memory.days < figures.habit_days or _is_habit(memory, seen.at, figures.odd_hours):
        return
    if seen.site and (_is_habit(house, seen.at, 1) or world.is_open(seen.site, seen.at)):
        return
    facts = {"hour": f"{seen.at:%H:%M}", "site": seen.site}
    yield Suspicion("odd_hours", seen.who, seen.day, "low", facts, [seen.evidence])


def _is_habit(memory: Memory, at: datetime, within: float) -> bool:
    """Whether an hour of those they are used to is nearer than so many hours."""
    often = max(2.0, 0.02 * sum(memory.hours))
    used = [hour for hour, days in enumerate(memory.hours) if days >= often]
    now = at.hour + at.minute / 60
    return any(min(abs(now - hour - 0.5), 24 - abs(now - hour - 0.5)) < within + 0.5 for hour in used)


def _own_rights(minds: Minds, seen: Sighting, _: Policy, __: World) -> Iterator[Suspicion]:
    if seen.deed != "raised":
        return
    if seen.subject == seen.who:
        yield Suspicion("own_rights", seen.who, f"{seen.seq}", "high", {"to": seen.said}, [seen.evidence])
        return
    back = minds.of(seen.subject).raised.get(seen.who)
    if back and seen.at - back < timedelta(days=7):
        facts = {"to": seen.said, "with": seen.subject}
        yield Suspicion("own_rights", seen.who, f"{seen.subject} {seen.day}", "high", facts, [seen.evidence])


def _refusals(minds: Minds, seen: Sighting, figures: Policy, _: World) -> Iterator[Suspicion]:
    if seen.deed != "refused":
        return
    counted = _lately(minds.of(seen.who).counts.get("refused", []), seen.at, minutes=10)
    number = sum(much for _, much in counted) + seen.amounts.get("refused", 1)
    most = figures.refusals if seen.who.startswith("person/") else figures.key_refusals
    if number > most:
        evidence = [*minds.of(seen.who).recent.get("refused", []), seen.evidence]
        facts = {"times": round(number)}
        yield Suspicion("many_refusals", seen.who, seen.day, "medium", facts, evidence)


def _lately(counted: Sequence[tuple[datetime, float]], at: datetime, *, minutes: float) -> list[tuple[datetime, float]]:
    return [each for each in counted if at - each[0] <= timedelta(minutes=minutes)]


def _guessing(minds: Minds, seen: Sighting, figures: Policy, _: World) -> Iterator[Suspicion]:
    if seen.deed not in {"failed", "signed_in", "locked"}:
        return
    memory = minds.of(seen.who)
    missed = sum(much for _, much in _lately(memory.counts.get("failed", []), seen.at, minutes=60))
    before = memory.recent.get("failed", [])
    if seen.deed == "signed_in":
        if missed >= figures.guesses:
            facts: Facts = {"times": round(missed), "then": "in"}
            yield Suspicion("guessing", seen.who, f"{seen.day} in", "high", facts, [*before, seen.evidence])
    elif seen.who.startswith("person/") and (missed + 1 >= figures.guesses or seen.deed == "locked"):
        yield Suspicion(
            "guessing", seen.who, seen.day, "medium", {"times": round(missed + 1)}, [*before, seen.evidence]
        )
    if seen.deed == "failed" and seen.address:
        yield from _spraying(minds.of(f"address/{seen.address}"), seen, figures)


def _spraying(memory: Memory, seen: Sighting, figures: Policy) -> Iterator[Suspicion]:
    lately = {name for name, at in memory.names.items() if seen.at - at <= timedelta(minutes=10)} | {seen.about}
    if len(lately) >= figures.names:
        who = f"address/{seen.address}"
        evidence = [*memory.recent.get("failed", []), seen.evidence]
        yield Suspicion("spraying", who, seen.day, "high", {"names": len(lately), "address": seen.address}, evidence)


def _key_elsewhere(minds: Minds, seen: Sighting, figures: Policy, _: World) -> Iterator[Suspicion]:
    if seen.deed != "key_used" or not seen.network:
        return
    memory = minds.of(seen.who)
    networks = {spot.network for spot in memory.spots}
    if memory.days < figures.key_days or seen.network in networks or len(networks) > figures.key_networks:
        return
    facts: Facts = {"address": seen.address, "place": seen.fix.name if seen.fix else ""}
    yield Suspicion("key_elsewhere", seen.who, seen.network, "high", facts, [seen.evidence])


RULES: Final[Sequence[Callable[[Minds, Sighting, Policy, World], Iterator[Suspicion]]]] = (
    _travel,
    _new_place,
    _too_much,
    _odd_hour,
    _own_rights,
    _refusals,
    _guessing,
    _key_elsewhere,
)


# Remembering


def _remember(minds: Minds, seen: Sighting) -> None:
    memory = minds.of(seen.who)
    if seen.deed in {"signed_in", "worked", "raised", "key_used"}:
        _remember_day(memory, seen)
    if seen.deed in {"worked", "raised"} and seen.site:
        _remember_day(minds.of(pool(seen)), seen)
    if seen.fix and seen.deed != "failed":
        memory.fix, memory.fix_at, memory.fix_event = seen.fix, seen.at, seen.evidence
    if seen.deed in {"signed_in", "key_used"}:
        _remember_place(minds, memory, seen)
    if seen.amounts and seen.deed == "worked":
        _remember_amounts(memory, [minds.of(each) for each in {pool(seen), HOUSE}], seen)
    if seen.deed in {"refused", "failed"}:
        _count(memory, seen)
    if seen.deed == "failed" and seen.address:
        address = minds.of(f"address/{seen.address}")
        _count(address, seen)
        address.names = _newest({**address.names, seen.about: seen.at}, MOST_NAMES)
    if seen.deed == "raised" and seen.subject != seen.who:
        memory.raised = _newest({**memory.raised, seen.subject: seen.at}, MOST_NAMES)


def _remember_day(memory: Memory, seen: Sighting) -> None:
    """An hour is counted once a day; when many have been counted all are halved, so that habits can change."""
    if memory.last_day != seen.day:
        memory.days, memory.last_day, memory.hours_today = memory.days + 1, seen.day, 0
    memory.hours = memory.hours or [0.0] * 24
    for ahead in range(HOURS_OF_WORK if seen.deed == "signed_in" else 1):
        hour = (seen.at.hour + ahead) % 24
        if not memory.hours_today >> hour & 1:
            memory.hours_today |= 1 << hour
            memory.hours[hour] += 1
    if max(memory.hours) > 60:
        memory.hours = [days / 2 for days in memory.hours]


def _remember_place(minds: Minds, memory: Memory, seen: Sighting) -> None:
    memory.sign_ins += 1
    if seen.network:
        rest = [spot for spot in memory.spots if spot.network != seen.network]
        memory.spots = [*rest, Spot(seen.network, seen.fix, seen.day)][-MOST_PLACES:]
    if seen.device:
        memory.devices.pop(seen.device, None)
        memory.devices = dict([*memory.devices.items(), (seen.device, seen.day)][-MOST_DEVICES:])
        device = minds.of(f"device/{seen.device}")
        if len(device.people) < 4:
            device.people[seen.who] = 1.0


def _remember_amounts(memory: Memory, pools: Sequence[Memory], seen: Sighting) -> None:
    for measure, amount in seen.amounts.items():
        name = f"{measure} {seen.site}".strip()
        rate = _today(memory.rates.get(name), seen.day)
        recent = [*rate.recent, seen.evidence][-MOST_RECENT:]
        memory.rates[name] = Rate(rate.day, rate.today + amount, rate.past, recent)
        for others in pools:
            _remember_of_all(others, measure, memory.rates[name], seen)


def _remember_of_all(others: Memory, measure: str, rate: Rate, seen: Sighting) -> None:
    """How much each did today, and how often their usual; of days that have passed only how much there was."""
    if next(iter(others.people), seen.day)[: len(seen.day)] < seen.day:
        past, others.people = others.people, {}
        for name, much in past.items():
            of = name.split(" ")[1]
            if not of.endswith("/usual"):
                kept = others.rates.setdefault(of, Rate())
                kept.past = [*kept.past, much][-3 * MOST_DAYS :]
    for name, much in ((measure, rate.today), (f"{measure}/usual", _times_usual(rate, rate.today))):
        entry = f"{seen.day} {name} {seen.who}"
        if entry in others.people or len(others.people) < MOST_PEOPLE:
            others.people[entry] = much


def _count(memory: Memory, seen: Sighting) -> None:
    counted = _lately(memory.counts.get(seen.deed, []), seen.at, minutes=60)
    memory.counts[seen.deed] = [*counted, (seen.at, seen.amounts.get(seen.deed, 1.0))][-200:]
    memory.recent[seen.deed] = [*memory.recent.get(seen.deed, []), seen.evidence][-MOST_RECENT:]


def _newest(known: Mapping[str, datetime], most: int) -> dict[str, datetime]:
    return dict(sorted(known.items(), key=lambda each: each[1])[-most:])
