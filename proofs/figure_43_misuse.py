"""Misuse is noticed, and work is not taken for it.

Ninety working days of a hundred people and of keys are made up from seeds the rules were not tried out on, with twenty
misuses on the last of them (``working_days.py``). By the rules alone it is counted what is caught, and how many alerts
there are that nothing was planted for, over the sessions of sixty days. Then a run goes through the real log: history
is recorded, the follower's duty runs every few seconds as it does in the product, the misuses are recorded, and it is
timed from the last event of each until its alert stands in the table.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from onhand.access.watching import actions
from onhand.access.watching.reading import Logged
from onhand.access.watching.rules import Minds, Policy, World, look
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.doors.jobs.duties import SECONDS_TO_WATCH
from proofs.figures import Figure, fresh_database
from proofs.working_days import Days, Maker, Planted, is_open, plant_all, sightings

PAGE = 5_000
_INSERT = """
INSERT INTO core_event (at, kind, subject, actor, data, origin)
SELECT at, kind, subject, actor, data::jsonb, origin
FROM unnest(%s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
  AS told (at, kind, subject, actor, data, origin)
"""
TITLE = "misuse: 20 planted patterns caught, work not taken for it"
# Rules were tried out on seeds below a hundred.
SEEDS = range(4301, 4307)
LEAST_CAUGHT = 18
MOST_FALSE = 1.0
MOST_SECONDS = 60.0


class Judged(NamedTuple):
    """What came of a seed."""

    caught: int
    missed: list[str]
    false: Counter[str]
    sessions: int


def prove(short: bool) -> Figure:
    """Six seeds and a run of a hundred people through the log; in short one seed and thirty people."""
    judged = [_judge(seed, workers=60 if short else 100) for seed in (SEEDS[:1] if short else SEEDS)]
    sessions = sum(each.sessions for each in judged)
    false = sum((each.false for each in judged), Counter[str]())
    rate = 1000 * false.total() / sessions
    caught, slowest = _through_the_log(SEEDS[0], workers=60, days=30 if short else 90)
    least = min(each.caught for each in judged)
    passed = least >= LEAST_CAUGHT and rate <= MOST_FALSE and caught >= LEAST_CAUGHT and slowest <= MOST_SECONDS
    missed = Counter(what for each in judged for what in each.missed)
    return Figure(
        43,
        TITLE,
        passed=passed,
        figure=f"{len(judged)} seeds: at least {least} of 20 caught, {false.total()} false alerts in {sessions:,}"
        f" sessions ({rate:.2f} in 1,000); through the log {caught} of 20, the slowest after {slowest:.1f} s;"
        f" not caught: {', '.join(missed) or 'none'}",
    )


def _judge(seed: int, workers: int) -> Judged:
    end = datetime(2026, 11, 28, 23, tzinfo=UTC)
    maker, plants = _made(seed, workers, 90, end)
    days, minds, world = maker.made(), Minds(), World(is_open=is_open)
    raised: dict[tuple[str, str, str], datetime] = {}
    for seen in sightings(days):
        for found in look(minds, seen, Policy(), world):
            raised.setdefault((found.kind, found.who, found.situation), seen.at)
    caught = {each.what for each in plants if any(_belongs(each, who, at) for (_, who, _), at in raised.items())}
    false = Counter(
        kind
        for (kind, who, _), at in raised.items()
        if at >= maker.judged_from and not any(_belongs(each, who, at) for each in plants)
    )
    return Judged(len(caught), [each.what for each in plants if each.what not in caught], false, days.sessions)


def _made(seed: int, workers: int, days: int, end: datetime) -> tuple[Maker, list[Planted]]:
    maker = Maker(seed, workers=workers, days=days, judged=days * 2 // 3, end=end)
    maker.work()
    return maker, plant_all(maker, maker.start + timedelta(days=days - 1))


def _belongs(planted: Planted, who: str, at: datetime) -> bool:
    return who in planted.who and planted.begins <= at <= planted.ends


def _through_the_log(seed: int, workers: int, days: int) -> tuple[int, float]:
    """How many misuses were caught as they were recorded, and after how many seconds the slowest of them."""
    maker = Maker(seed, workers=workers, days=days, judged=1, end=utc_now())
    maker.work()
    history = maker.made().events
    maker.days.events = []
    plants = plant_all(maker, maker.start + timedelta(days=days - 1))
    made = maker.made().events
    # What was planted lies up to two days back: the night's deeds are of last night.
    figures, world = Policy(stale_hours=72), World(is_open=is_open)
    with fresh_database() as url, connect(url) as db:
        _bring_networks(db, maker.days)
        for start in range(0, len(history), PAGE):
            _record(db, history[start : start + PAGE])
        with connect(url, autocommit=True) as follower:
            while not actions.watch(follower, figures, maker.start, world).done:
                pass
        with _watched(url, figures, world):
            recorded = {}
            for each in plants:
                _record(db, [event for event in made if _is_of(each, event)])
                recorded[each.what] = time.monotonic()
            return _timed(db, plants, recorded)


def _is_of(planted: Planted, event: Logged) -> bool:
    origin = f"address/{event.origin.split()[-1]}" if event.origin else ""
    within = planted.begins <= event.at <= planted.ends
    return within and bool({event.actor, event.subject, origin} & planted.who)


def _bring_networks(db: Connection, days: Days) -> None:
    rows = [f"{address}/32,{fix.latitude},{fix.longitude},{fix.name}," for address, fix in days.lying.items()]
    actions.bring_networks(db, ["network,latitude,longitude,name,site", *rows], actor="system", now=utc_now())
    db.commit()


def _record(db: Connection, logged: Sequence[Logged]) -> None:
    """As they happened: each at its own moment, which the log's own verb gives to all of a transaction."""
    columns: list[list[Any]] = [[] for _ in range(6)]
    for each in logged:
        told = (each.at, each.kind, each.subject, each.actor, msgspec.json.encode(each.data).decode(), each.origin)
        for column, value in zip(columns, told, strict=True):
            column.append(value)
    db.execute(_INSERT, columns)
    db.commit()


@contextmanager
def _watched(url: str, figures: Policy, world: World) -> Iterator[None]:
    """The duty at work, as often as in the product."""

    def keep_watching() -> None:
        with connect(url, autocommit=True) as follower:
            while not stop.wait(SECONDS_TO_WATCH):
                actions.watch(follower, figures, utc_now(), world)

    stop = threading.Event()
    duty = threading.Thread(target=keep_watching)
    duty.start()
    try:
        yield
    finally:
        stop.set()
        duty.join(30)


def _timed(db: Connection, plants: Sequence[Planted], recorded: dict[str, float]) -> tuple[int, float]:
    waiting, slowest = {each.what: each for each in plants}, 0.0
    end = time.monotonic() + MOST_SECONDS
    calm = time.monotonic() + 2.5 * SECONDS_TO_WATCH
    while waiting and time.monotonic() < end:
        raised = {
            who for (who,) in db.execute("SELECT who FROM access_watching_alert WHERE last_at >= %s", (_first(plants),))
        }
        db.commit()
        for what in [what for what, each in waiting.items() if each.who & raised]:
            slowest = max(slowest, time.monotonic() - recorded[what])
            del waiting[what]
        if len(plants) - len(waiting) >= LEAST_CAUGHT and time.monotonic() > calm:
            break
        time.sleep(0.2)
    return len(plants) - len(waiting), slowest


def _first(plants: Sequence[Planted]) -> datetime:
    return min(each.begins for each in plants)
