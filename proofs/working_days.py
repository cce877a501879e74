"""Working days of a retailer's people and keys, made up from a seed, and misuse planted among them.

The normal days hold what is unusual and harmless: long days and night shifts, holidays after which everybody takes
returns back, stocktakings, sheets brought in, sales representatives who fly, new telephones, cookies cleared, passwords
forgotten, networks of telephones that change by the hour, exits of VPNs, a key's second data centre. Rules are tried
out on other seeds than those they are judged by.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from onhand.access.watching.memory import Fix
from onhand.access.watching.reading import Logged, sighting
from onhand.access.watching.rules import Sighting

CITIES = {
    "london": Fix(51.5, -0.1, "London"),
    "lisbon": Fix(38.7, -9.1, "Lisbon"),
    "madrid": Fix(40.4, -3.7, "Madrid"),
    "saopaulo": Fix(-23.5, -46.6, "São Paulo"),
    "newyork": Fix(40.7, -74.0, "New York"),
    "berlin": Fix(52.5, 13.4, "Berlin"),
    "lagos": Fix(6.5, 3.4, "Lagos"),
    "singapore": Fix(1.35, 103.8, "Singapore"),
}
# Hours to UTC, near enough.
OFFSET = {"london": 0, "lisbon": 0, "madrid": 1, "saopaulo": -3, "newyork": -5}
OPEN = (9, 21)
ROUND_THE_CLOCK = "madrid"
ROLES = ("associate", "associate", "manager", "warehouse", "night", "rotating", "service", "rep", "finance", "planner")
STOCKTAKING_EVERY = 30
# Days of the run on which everybody takes back, or sells, far more.
BUSY = {20: 3.0, 21: 2.5, 47: 2.0, 75: 3.0}
HOLIDAYS = {18, 19, 46, 74}


@dataclass
class Worker:
    """Somebody: where and when they work, what they do on a day, from where they come."""

    name: str
    role: str
    site: str
    hour: int
    home: str
    phones: list[str]
    device: str
    address: str = ""
    rates: dict[str, float] = field(default_factory=dict)

    @property
    def who(self) -> str:
        """How they sign."""
        return f"person/{self.name}"


@dataclass
class Days:
    """The events of a run in their order, where addresses lie, and how many sessions were begun in the part judged."""

    events: list[Logged] = field(default_factory=list)
    lying: dict[str, Fix] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)
    sessions: int = 0


class Maker:
    """Makes the days of one seed."""

    def __init__(self, seed: int, *, workers: int, days: int, judged: int, end: datetime) -> None:
        self.random = random.Random(seed)  # noqa: S311 - days are made up, not secrets
        self.days = Days()
        self.start = (end - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
        self.length = days
        self.judged_from = self.start + timedelta(days=days - judged)
        sites = list(OFFSET)
        self.days.workers = [self._worker(number, sites[number % len(sites)]) for number in range(workers)]

    def work(self) -> None:
        """Let all the days be worked."""
        for day in range(self.length):
            for worker in self.days.workers:
                self._day(worker, day)
            self._keys(day)

    def made(self) -> Days:
        """All of it, in order."""
        self.days.events.sort(key=lambda each: each.at)
        self.days.events = [each._replace(seq=seq) for seq, each in enumerate(self.days.events, start=1)]
        return self.days

    def _worker(self, number: int, site: str) -> Worker:
        role = ROLES[number % len(ROLES)]
        if role in {"night", "rotating"}:
            site = ROUND_THE_CLOCK
        chance = self.random
        home = self.address(site)
        hour = {"night": 21, "rotating": 6}.get(role, chance.choice([8, 9, 9, 10, 12]))
        rates = {
            "associate": {"adjusted": chance.uniform(0.5, 3), "returned": chance.uniform(0.5, 4)},
            "manager": {"adjusted": chance.uniform(1, 5), "returned": chance.uniform(0, 2), "exported": 0.3},
            "warehouse": {"adjusted": chance.uniform(2, 9)},
            "night": {"adjusted": chance.uniform(2, 9)},
            "rotating": {"adjusted": chance.uniform(2, 8)},
            "service": {"returned": chance.uniform(3, 15)},
            "rep": {"exported": 0.2},
            "finance": {"exported": 0.8},
            "planner": {"exported": 1.0},
        }[role]
        device = (
            f"till-{site}-{number % 3}" if role in {"associate", "warehouse", "night", "rotating"} else f"own-{number}"
        )
        return Worker(f"worker{number}", role, site, hour, home, self._telephones(site), device, home, rates)

    def address(self, city: str) -> str:
        """An address of its own network, which lies in a city or nowhere that is known."""
        chance = self.random
        address = f"{chance.randint(11, 99)}.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}"
        if city:
            self.days.lying[address] = CITIES[city]
        return address

    def _telephones(self, city: str) -> list[str]:
        """The networks a provider of telephones moves somebody about in; of some it is known where they lie."""
        return [self.address(city if self.random.random() < 0.6 else "") for _ in range(6)]

    def _day(self, worker: Worker, day: int) -> None:
        chance = self.random
        date = self.start + timedelta(days=day)
        weekend = date.weekday() >= 5
        office = worker.role in {"rep", "finance", "planner", "service"}
        if day in HOLIDAYS or (office and weekend) or (not office and chance.random() < 2 / 7):
            return
        if chance.random() < 0.03:
            return
        hour = worker.hour
        if worker.role == "rotating":
            hour = (6, 14, 22)[(day // 7) % 3]
        begins = date + timedelta(hours=hour - OFFSET[worker.site] + chance.uniform(-0.4, 0.6))
        hours = 8 + (chance.uniform(1, 4) if chance.random() < 0.06 else 0)
        self._sign_in(worker, begins, day)
        if worker.device.startswith("till") and chance.random() < 0.8:
            for _ in range(chance.randint(1, 3)):
                self._sign_in(worker, begins + timedelta(hours=chance.uniform(1, hours)), day)
        self._work(worker, day, begins, hours)
        if day % STOCKTAKING_EVERY == 12 and not office:
            self._count(worker, begins, hours)
        if worker.role == "manager" and chance.random() < 0.01:
            self._sheet(worker, begins + timedelta(hours=2))

    def _sign_in(self, worker: Worker, at: datetime, day: int) -> None:
        chance, address, known = self.random, worker.home, True
        if not worker.device.startswith("till"):
            where = chance.random()
            if where < 0.15:
                address = chance.choice(worker.phones)
            elif where < 0.19:
                # A guest somewhere.
                address = self.address(worker.site if chance.random() < 0.6 else "")
            if worker.role == "rep" and (day // 5) % 4 == 2:
                address = self.address(list(CITIES)[(day // 5 + len(worker.name)) % 5])
            known = chance.random() > 0.02
            if chance.random() < 0.002:
                known, worker.device = False, f"own-{worker.name}-{day}"
        worker.address = address
        if chance.random() < 0.08:
            self._miss(worker, at, chance.randint(1, 3), address)
        elif chance.random() < 0.002:
            self._miss(worker, at, chance.randint(5, 8), address)
        self.tell(
            at, "session.begun", worker.who, worker.who, {"known_browser": known, "device": worker.device}, address
        )
        if at >= self.judged_from:
            self.days.sessions += 1

    def _miss(self, worker: Worker, at: datetime, times: int, address: str) -> None:
        for back in range(times):
            when = at - timedelta(seconds=20 * (back + 1))
            self.tell(when, "person.sign_in_failed", worker.who, "stranger", {"name": worker.name}, address)

    def _work(self, worker: Worker, day: int, begins: datetime, hours: float) -> None:
        chance, busy = self.random, BUSY.get(day, 1.0)
        for _ in range(_times(chance, worker.rates.get("adjusted", 0) * (busy**0.5))):
            less = -chance.choice([1, 1, 1, 2, 2, 3, 5]) if chance.random() < 0.7 else chance.choice([1, 2])
            self.adjust(begins + timedelta(hours=chance.uniform(0, hours)), worker, less)
        for _ in range(_times(chance, worker.rates.get("returned", 0) * busy)):
            self.take_back(begins + timedelta(hours=chance.uniform(0, hours)), worker)
        if chance.random() < worker.rates.get("exported", 0):
            most = {"finance": 40_000, "planner": 120_000, "rep": 3_000, "manager": 8_000}[worker.role]
            rows = round(most * chance.uniform(0.4, 1.0))
            people = worker.role == "rep" and chance.random() < 0.3
            self.export(
                begins + timedelta(hours=chance.uniform(0, hours)),
                worker,
                min(rows, 900) if people else rows,
                people=people,
            )
        if chance.random() < 0.04:
            refused = {"route": "/people", "times": chance.randint(1, 6 if chance.random() < 0.95 else 15)}
            self.tell(begins + timedelta(hours=1), "access.refused", worker.who, worker.who, refused, worker.address)

    def _count(self, worker: Worker, begins: datetime, hours: float) -> None:
        chance = self.random
        for _ in range(chance.randint(60, 250)):
            change = 0 if chance.random() < 0.7 else chance.choice([-2, -1, -1, 1, 1])
            self.adjust(begins + timedelta(hours=chance.uniform(0, hours)), worker, change, counted=True)

    def _sheet(self, worker: Worker, at: datetime) -> None:
        for _ in range(self.random.randint(100, 500)):
            self.adjust(at, worker, self.random.choice([-3, -1, 2, 5]), counted=True, reference="import/7")

    def _keys(self, day: int) -> None:
        """A shop's key from two fixed addresses, one from a cloud of many, one whose data centre changes once."""
        at = self.start + timedelta(days=day, hours=0.2)
        for hour in range(0, 24, 2):
            when = at + timedelta(hours=hour)
            self.key(when, "key/webshop", f"10.1.{hour % 2}.7")
            self.key(when, "key/cloud", f"10.{self.random.randint(20, 60)}.{self.random.randint(0, 200)}.7")
            self.key(when, "key/reports", "10.9.1.7")

    # What can be told

    def tell(self, at: datetime, kind: str, subject: str, actor: str, data: dict[str, Any], address: str = "") -> None:
        """Something that happens."""
        self.days.events.append(Logged(0, at, kind, subject, actor, data, f"web {address}" if address else ""))

    def adjust(self, at: datetime, worker: Worker, by: float, *, counted: bool = False, reference: str = "") -> None:
        """A correction of stock."""
        figure = {"counted": "7"} if counted else {"by": str(by)}
        command = {"sku": f"sku{self.random.randint(1, 500)}", "reason": "count", "reference": reference, **figure}
        data = {"command": command, "was": "100", "is": str(100 + by)}
        self.tell(at, "stock.adjusted", f"site/{worker.site}", worker.who, data)

    def take_back(self, at: datetime, worker: Worker) -> None:
        """A return."""
        order = f"order/web-{self.random.randint(1, 99_999)}"
        self.tell(at, "order.returned", order, worker.who, {"site": worker.site, "reason": "does not fit"})

    def export(self, at: datetime, worker: Worker, rows: int, *, people: bool = False) -> None:
        """A list taken out."""
        data = {"rows": rows, "personal": people}
        self.tell(at, "rows.exported", "listing/customers" if people else "listing/orders", worker.who, data)

    def key(self, at: datetime, key: str, address: str) -> None:
        """A key used from somewhere."""
        self.tell(at, "key.used_from", key, key, {}, address)


def _times(chance: random.Random, rate: float) -> int:
    """So many times on a day as chance has it, a little more unevenly than by chance alone."""
    rate *= chance.uniform(0.6, 1.4)
    number, left = 0, 1.0
    while (left := left * chance.random()) > 2.718281828459045**-rate:
        number += 1
    return number


def is_open(site: str, at: datetime) -> bool | None:
    """Whether a site is open."""
    if site == ROUND_THE_CLOCK:
        return None
    return OPEN[0] <= (at + timedelta(hours=OFFSET[site])).hour < OPEN[1]


@dataclass(frozen=True)
class Planted:
    """A misuse: what it is, who does it, and its last event."""

    what: str
    who: frozenset[str]
    begins: datetime
    ends: datetime


Plant = Callable[[Maker, Worker, Worker, datetime], None]


def plant_all(maker: Maker, day: datetime) -> list[Planted]:
    """Twenty misuses, each by somebody else, on one day."""
    planted = []
    taken: set[str] = set()
    for what, role, plant in MISUSES:
        fitting = [each for each in maker.days.workers if each.role in role and each.name not in taken]
        one, other = maker.random.sample(fitting, 2)
        taken |= {one.name, *({other.name} if "each other" in what else set())}
        before = len(maker.days.events)
        at = day + timedelta(hours=one.hour - OFFSET[one.site] + 3)
        plant(maker, one, other, at)
        made = maker.days.events[before:]
        parties = {one.who, *({other.who} if "each other" in what else set())}
        parties |= {each.subject for each in made if each.subject.startswith("key/")}
        parties |= {each.actor for each in made if each.actor.startswith("key/")}
        parties |= {f"address/{each.origin.split()[-1]}" for each in made if each.kind == "person.sign_in_failed"}
        times = [each.at for each in made]
        planted.append(Planted(what, frozenset(parties), min(times), max(times)))
    return planted


def _stolen(maker: Maker, one: Worker, _: Worker, at: datetime, city: str = "lagos") -> None:
    maker.tell(
        at, "session.begun", one.who, one.who, {"known_browser": False, "device": "strange"}, maker.address(city)
    )


def _stolen_unplaced(maker: Maker, one: Worker, other: Worker, at: datetime) -> None:
    _stolen(maker, one, other, at, "")


def _travel(maker: Maker, one: Worker, _: Worker, at: datetime) -> None:
    for minutes, city in ((0, one.site), (40, "singapore")):
        when, address = at + timedelta(minutes=minutes), maker.address(city)
        maker.tell(when, "session.begun", one.who, one.who, {"known_browser": True, "device": one.device}, address)


def _repeat(times: int, minutes: float, do: Callable[[Maker, Worker, datetime], None]) -> Plant:
    def plant(maker: Maker, one: Worker, _: Worker, at: datetime) -> None:
        for number in range(times):
            do(maker, one, at + timedelta(minutes=minutes * number))

    return plant


def _at_night(do: Callable[[Maker, Worker, datetime], None], hour: int) -> Plant:
    def plant(maker: Maker, one: Worker, _: Worker, at: datetime) -> None:
        if one.site == ROUND_THE_CLOCK:  # where nights are worked it is none of these
            one.site = "london"
        when = at.replace(hour=0, minute=20) + timedelta(hours=hour - OFFSET[one.site])
        do(maker, one, when)

    return plant


def _raise_oneself(maker: Maker, one: Worker, _: Worker, at: datetime) -> None:
    _raise(maker, one, one, at)


def _raise(maker: Maker, by: Worker, whom: Worker, at: datetime) -> None:
    change = {"before": [{"role": by.role, "sites": []}], "after": [{"role": "owner", "sites": []}]}
    maker.tell(at, "person.posts_changed", whom.who, by.who, change, by.home)


def _raise_each_other(maker: Maker, one: Worker, other: Worker, at: datetime) -> None:
    _raise(maker, one, other, at)
    _raise(maker, other, one, at + timedelta(minutes=9))


def _probe(maker: Maker, one: Worker, _: Worker, at: datetime) -> None:
    for number in range(8):
        refused = {"route": f"/route/{number}", "times": 8}
        maker.tell(at + timedelta(seconds=30 * number), "access.refused", one.who, one.who, refused, one.home)


def _key_probes(maker: Maker, _: Worker, __: Worker, at: datetime) -> None:
    for number in range(12):
        refused = {"route": f"/api/{number}", "times": 60}
        maker.tell(at + timedelta(seconds=20 * number), "access.refused", "key/reports", "key/reports", refused)


def _key_elsewhere(maker: Maker, _: Worker, __: Worker, at: datetime) -> None:
    maker.key(at, "key/webshop", maker.address("singapore"))


def _guess(maker: Maker, one: Worker, _: Worker, at: datetime) -> None:
    address = maker.address("lagos")
    for number in range(14):
        when = at + timedelta(seconds=40 * number)
        maker.tell(when, "person.sign_in_failed", one.who, "stranger", {"name": one.name}, address)


def _spray(maker: Maker, _: Worker, __: Worker, at: datetime) -> None:
    address = maker.address("")
    for number, each in enumerate(maker.days.workers[:30]):
        when = at + timedelta(seconds=10 * number)
        maker.tell(when, "person.sign_in_failed", each.who, "stranger", {"name": each.name}, address)


def _patient(maker: Maker, one: Worker, _: Worker, at: datetime) -> None:
    """Never much on a day: not what a look at days finds."""
    for day in range(3):
        for number in range(9):
            maker.adjust(at + timedelta(days=-day, minutes=17 * number), one, -1)


_FLOOR = ("associate", "warehouse", "manager")
MISUSES: Sequence[tuple[str, Sequence[str], Plant]] = (
    ("a stolen password, used far away", ("rep", "finance", "planner"), _stolen),
    ("a stolen password, used nobody knows where", ("finance", "planner", "service"), _stolen_unplaced),
    ("one account in two places at once", ("manager", "service"), _travel),
    ("write-offs all afternoon", ("associate",), _repeat(60, 3, lambda m, w, t: m.adjust(t, w, -2))),
    ("more write-offs than usual", ("associate", "manager"), _repeat(32, 9, lambda m, w, t: m.adjust(t, w, -1))),
    ("one large loss", ("warehouse",), _repeat(1, 0, lambda m, w, t: m.adjust(t, w, -400))),
    (
        "losses hidden in counts",
        ("warehouse", "associate"),
        _repeat(30, 4, lambda m, w, t: m.adjust(t, w, -12, counted=True)),
    ),
    ("write-offs at night", ("associate", "manager"), _at_night(lambda m, w, t: m.adjust(t, w, -3), 3)),
    ("a list taken out at night", ("finance", "planner"), _at_night(lambda m, w, t: m.export(t, w, 20_000), 2)),
    ("returns nobody brought", ("associate",), _repeat(35, 8, lambda m, w, t: m.take_back(t, w))),
    ("returns above a high habit", ("service",), _repeat(90, 3, lambda m, w, t: m.take_back(t, w))),
    ("everything taken out at once", ("rep", "manager"), _repeat(1, 0, lambda m, w, t: m.export(t, w, 400_000))),
    ("everything taken out in slices", ("finance", "manager"), _repeat(60, 2, lambda m, w, t: m.export(t, w, 6_000))),
    ("all customers taken out", ("service", "rep"), _repeat(1, 0, lambda m, w, t: m.export(t, w, 8_000, people=True))),
    ("a role for oneself", ("manager", "rep"), _raise_oneself),
    ("roles for each other", ("manager", "associate"), _raise_each_other),
    ("doors tried one after the other", ("service", "rep", "associate"), _probe),
    ("a key used from elsewhere", _FLOOR, _key_elsewhere),
    ("a password guessed at", ("warehouse", "associate"), _guess),
    ("a little every day", ("associate", "warehouse"), _patient),
)


def sightings(days: Days) -> Iterator[Sighting]:
    """All of it as rules look at it."""
    return (sighting(event, days.lying) for event in days.events)
