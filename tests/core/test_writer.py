"""The writer, with real threads on a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from threading import Event
from typing import Any

import pytest

from onhand.core.asks import Ask, Command
from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.core.writer import Overloaded, Stopping, Writer
from onhand.flows import commands as c
from onhand.flows.registry import FLOWS
from shop import Shop

StartWriter = Callable[..., Writer]


class Note(Command, frozen=True):
    """A command of the tests' own: a text to write down, or poison."""

    text: str


def note(db: Connection, asks: Sequence[Ask[Note]], now: datetime) -> list[str]:
    if any(ask.command.text == "poison" for ask in asks):
        raise ZeroDivisionError
    for ask in asks:
        db.execute("INSERT INTO customers_customer (code) VALUES (%s)", (ask.command.text,))
    return [ask.command.text for ask in asks]


@pytest.fixture
def start_writer(database_url: str) -> Iterator[StartWriter]:
    writers: list[Writer] = []

    def begin(flows: dict[type[Command], Any] | None = None, **facts: Any) -> Writer:
        writers.append(Writer(lambda: connect(database_url), flows or FLOWS, **facts))
        writers[-1].start()
        return writers[-1]

    yield begin
    for writer in writers:
        assert writer.stop()


def written(db: Connection) -> set[str]:
    db.rollback()
    return {code for (code,) in db.execute("SELECT code FROM customers_customer")}


def test_thirty_two_buyers_of_one_sku_never_buy_more_than_there_is(shop: Shop, start_writer: StartWriter) -> None:
    shop.stock("mug", 100)
    writers = [start_writer(), start_writer()]

    def buy(number: int) -> bool:
        order = c.PlaceOrder("market", f"B{number}", [c.WantedLine("mug", Decimal(1))])
        return not refused(writers[number % 2].ask(order))

    with ThreadPoolExecutor(32) as buyers:
        bought = sum(buyers.map(buy, range(400)))

    assert bought == 100
    assert shop.available("mug") == 0


def test_one_key_asked_by_many_at_once_has_one_effect(shop: Shop, start_writer: StartWriter) -> None:
    shop.stock("mug", 100)
    writers = [start_writer(), start_writer()]
    order = c.PlaceOrder("web", "same", [c.WantedLine("mug", Decimal(3))])

    with ThreadPoolExecutor(32) as callers:
        answers = list(callers.map(lambda number: writers[number % 2].ask(order), range(64)))

    assert not any(refused(answer) for answer in answers)
    assert shop.available("mug") == 97


def test_a_poisoned_command_fails_alone(db: Connection, start_writer: StartWriter) -> None:
    writer = start_writer({Note: note})
    texts = ["one", "two", "poison", "three", "four"]
    answers: list[Any] = []
    done = Event()

    def hear(given: Sequence[Any]) -> None:
        answers.extend(given)
        done.set()

    writer.tell([Ask(Note(text)) for text in texts], hear)

    assert done.wait(10)
    assert [isinstance(answer, ZeroDivisionError) for answer in answers] == [False, False, True, False, False]
    assert written(db) == {"one", "two", "three", "four"}


def test_a_full_queue_turns_callers_away_at_once(db: Connection, start_writer: StartWriter) -> None:
    gate = Event()

    def slow(db: Connection, asks: Sequence[Ask[Note]], now: datetime) -> list[str]:
        gate.wait(10)
        return note(db, asks, now)

    writer = start_writer({Note: slow}, most_waiting=3)
    writer.submit([Ask(Note("n0")), Ask(Note("n1")), Ask(Note("n2"))])
    with pytest.raises(Overloaded):
        writer.submit([Ask(Note(f"m{number}")) for number in range(4)])
    gate.set()


class Aside(Note, frozen=True):
    """Another kind of command."""


def test_a_flood_of_one_kind_does_not_hold_up_another(db: Connection, start_writer: StartWriter) -> None:
    gate = Event()
    done: list[str] = []

    def remember(db: Connection, asks: Sequence[Ask[Note]], now: datetime) -> list[str]:
        gate.wait(10)
        done.extend(ask.command.text for ask in asks)
        return [ask.command.text for ask in asks]

    writer = start_writer({Note: remember, Aside: remember}, most_in_a_batch=1, most_waiting=10)
    flood = [writer.submit([Ask(Note(f"n{number}"))]) for number in range(10)]
    aside = writer.submit([Ask(Aside("aside"))])
    gate.set()

    aside.result(10)
    assert [future.result(10) for future in flood]
    assert done.index("aside") <= 2


def test_who_would_wait_too_long_is_turned_away_at_once(db: Connection, start_writer: StartWriter) -> None:
    gate, taken = Event(), Event()

    def slow(db: Connection, asks: Sequence[Ask[Note]], now: datetime) -> list[str]:
        taken.set()
        gate.wait(10)
        return [ask.command.text for ask in asks]

    writer = start_writer({Note: slow, Aside: slow}, patience=0.5)
    first = writer.submit([Ask(Note("at work"))])
    assert taken.wait(10)
    waits = writer.submit([Ask(Note("waits"))])
    while not writer.turns_away(Note):
        assert not waits.done()
    with pytest.raises(Overloaded):
        writer.submit([Ask(Note("comes too late"))])
    other = writer.submit([Ask(Aside("is of another kind"))])

    assert writer.waited > 0
    gate.set()
    assert [each.result(10) for each in (first, waits, other)]


def test_large_requests_of_some_are_no_sign_that_all_wait_too_long(db: Connection, start_writer: StartWriter) -> None:
    gate, taken = Event(), Event()

    def slow(db: Connection, asks: Sequence[Ask[Note]], now: datetime) -> list[str]:
        if asks[0].command.text == "at work":
            taken.set()
            gate.wait(10)
        else:
            db.execute("SELECT pg_sleep(0.02)")
        return [ask.command.text for ask in asks]

    writer = start_writer({Note: slow}, most_in_a_batch=1, patience=5.0)
    for _ in range(10):
        writer.submit([Ask(Note("one of fifty"))] * 50).result(10)
    writer.submit([Ask(Note("at work"))])
    assert taken.wait(10)
    writer.submit([Ask(Note("waits"))])

    # Fifty took 0.02 s, so a thousand take 0.4.
    assert not writer.turns_away(Note, 1000)
    gate.set()


def test_what_waits_when_it_stops_is_still_carried_out(db: Connection, start_writer: StartWriter) -> None:
    writer = start_writer({Note: note})
    futures = [writer.submit([Ask(Note(f"n{number}"))]) for number in range(50)]

    writer.stop()

    assert len([future.result(1) for future in futures]) == len(written(db)) == 50
    with pytest.raises(Stopping):
        writer.submit([Ask(Note("late"))])


def test_a_lost_connection_is_found_again_and_nothing_is_done_twice(db: Connection, start_writer: StartWriter) -> None:
    writer = start_writer({Note: note})
    writer.submit([Ask(Note("before"), key="1")]).result(10)
    db.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'onhand'"
    )
    db.commit()

    writer.submit([Ask(Note("after"), key="2")]).result(20)

    assert written(db) == {"before", "after"}


def test_small_batches_and_large_ones_answer_in_order(db: Connection, start_writer: StartWriter) -> None:
    writer = start_writer({Note: note}, most_in_a_batch=4)

    futures = [writer.submit([Ask(Note(f"{n}a")), Ask(Note(f"{n}b"))]) for n in range(20)]

    assert [future.result(10) for future in futures] == [[f"{n}a", f"{n}b"] for n in range(20)]
