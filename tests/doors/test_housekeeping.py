"""Duties are done, by one process each, and by another when that one is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from threading import Event

import pytest

from onhand.core import settings
from onhand.core.database import Connection, connect
from onhand.core.writer import Writer
from onhand.doors.jobs.duties import Duty, duties
from onhand.doors.jobs.housekeeper import Housekeeper
from onhand.flows import commands as c
from onhand.flows.registry import FLOWS
from serving import eventually
from shop import Shop

Hire = Callable[..., Housekeeper]


class Bell:
    """A duty of the tests' own, done at every round; tells who did it, and when it was done so often."""

    def __init__(self) -> None:
        self.rung: Counter[str] = Counter()
        self._wanted: dict[str, tuple[int, Event]] = {}

    def duty(self, name: str, by: str = "") -> Duty:
        def ring(*_: object) -> None:
            self.rung[by or name] += 1
            wanted, event = self._wanted.get(by or name, (0, Event()))
            if self.rung[by or name] >= wanted:
                event.set()

        return Duty(name, 0.0, ring)

    def wait(self, name: str, more: int = 1) -> None:
        event = Event()
        self._wanted[name] = (self.rung[name] + more, event)
        assert event.wait(10), f"{name} was not done"


@pytest.fixture
def writer(db: Connection, database_url: str) -> Iterator[Writer]:
    writer = Writer(lambda: connect(database_url), FLOWS)
    writer.start()
    yield writer
    writer.stop()


@pytest.fixture
def hire(writer: Writer, database_url: str) -> Iterator[Hire]:
    hired = []

    def begin(*duties: Duty, keeps: bool) -> Housekeeper:
        connection = partial(connect, database_url, autocommit=True)
        hired.append(Housekeeper(connection, writer, duties, keeps=keeps, round_seconds=0.02))
        hired[-1].start()
        return hired[-1]

    yield begin
    for each in hired:
        each.stop()


def test_two_that_keep_share_out_and_one_takes_over(hire: Hire) -> None:
    bell, names = Bell(), ["sweep", "mop", "dust", "shine"]
    first = hire(*(bell.duty(name, f"first {name}") for name in names), keeps=True)
    second = hire(*(bell.duty(name, f"second {name}") for name in names), keeps=True)

    # Whichever of them came first to which duty.
    eventually(lambda: first.held | second.held == set(names))
    assert not first.held & second.held
    assert first.held
    assert second.held

    first.stop()
    for name in names:
        bell.wait(f"second {name}", more=2)
    assert second.held == set(names)


def test_a_serving_process_does_what_nobody_else_does_and_gives_way(hire: Hire) -> None:
    bell = Bell()
    hire(bell.duty("sweep", "server"), keeps=False)
    bell.wait("server", more=2)

    keeper = hire(bell.duty("sweep", "keeper"), keeps=True)
    bell.wait("keeper", more=2)
    swept = bell.rung["server"]
    bell.wait("keeper", more=2)

    assert bell.rung["server"] == swept
    keeper.stop()
    bell.wait("server", more=2)


def test_a_lost_connection_is_found_again(hire: Hire, db: Connection) -> None:
    bell = Bell()
    hire(bell.duty("sweep"), keeps=True)
    bell.wait("sweep")

    db.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'onhand'"
    )
    db.commit()

    bell.wait("sweep", more=2)


def test_a_duty_that_fails_does_not_keep_the_others_from_being_done(hire: Hire) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    bell = Bell()
    hire(Duty("fail", 0.0, fail), bell.duty("sweep"), keeps=True)

    bell.wait("sweep", more=2)


def test_every_duty_there_is_can_be_done(writer: Writer, shop: Shop, database_url: str) -> None:
    shop.stock("mug", 5)
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(2))], minutes=1))
    keeper = Housekeeper(lambda: connect(database_url, autocommit=True), writer, duties(settings.read({})), keeps=False)

    keeper.do_all()

    assert shop.available("mug") == 5
    shop.db.rollback()
    assert shop.db.execute("SELECT count(*) FROM stock_reservation WHERE outcome = 'expired'").fetchone() == (1,)
