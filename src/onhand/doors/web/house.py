"""What pages ask the house for: the database to read from, and the writer that carries acts out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from onhand.access.models import Person
from onhand.access.permissions import OWN
from onhand.core.asks import Ask, Command
from onhand.core.clock import utc_now
from onhand.core.database import Connection, Readers, connect
from onhand.core.refusals import Refused
from onhand.core.writer import Overloaded, Writer
from onhand.flows.commands import CheckOut
from onhand.flows.permits import forbidden, permission_of
from onhand.flows.registry import FLOWS

T = TypeVar("T")

# In whose name orders of the shop window are placed.
WINDOW = "shop-window"
SECONDS_TO_ANSWER = 5
SECONDS_TO_LOCK = 2
SECONDS_FOR_MANY = 30
MOST_EXPORTED_SECONDS = 600
MOST_EXPORTS = 2

_exports = threading.Semaphore(MOST_EXPORTS)


class _House(NamedTuple):
    """What this process has opened."""

    writer: Writer
    readers: Readers
    loopback: bool


opened: list[_House] = []


def open_for(writer: Writer, readers: Readers, *, loopback: bool = False) -> None:
    """Say which writer carries out what people ask in this process, and where pages read.

    ``loopback``: webhooks may go to this machine, too.
    """
    opened[:] = [_House(writer, readers, loopback)]


def loopback() -> bool:
    """Whether webhooks may go to this machine."""
    return opened[0].loopback


@contextmanager
def reading(seconds: int = SECONDS_TO_ANSWER) -> Iterator[Connection]:
    """A connection in a transaction that sees one moment; a question that takes too long is given up."""
    with opened[0].readers.borrow() as db, db.transaction():
        db.execute(f"SET LOCAL statement_timeout = '{seconds}s'")
        yield db


@contextmanager
def connecting() -> Iterator[Connection]:
    """A connection of one's own, for what commits as it goes."""
    with connect(opened[0].readers.url) as db:
        yield db


@contextmanager
def exporting() -> Iterator[Connection]:
    """A connection of one's own for what is read to its end; raises ``Overloaded`` while too many are at it.

    Each keeps one of the few threads that draw pages busy for minutes, and would keep a reader from everybody.
    """
    if not _exports.acquire(blocking=False):
        raise Overloaded
    try:
        with connecting() as db:
            db.execute(f"SET statement_timeout = '{MOST_EXPORTED_SECONDS}s'")
            yield db
    finally:
        _exports.release()


@contextmanager
def changing(seconds: int = SECONDS_TO_ANSWER) -> Iterator[Connection]:
    """A connection for saving records: all that is done within is done, or nothing."""
    with reading(seconds) as db:
        yield db


def would(command: Command, person: Person) -> Any:
    """What would come of a command, were it approved where that is needed: its outcome or refusal, all taken back.

    On a connection of its own: a flow that needs a position which was never there makes it, empty, and commits that.
    """
    with connecting() as db:
        db.execute(f"SET statement_timeout = '{SECONDS_TO_ANSWER}s'")
        db.execute(f"SET lock_timeout = '{SECONDS_TO_LOCK}s'")
        try:
            (refusal,) = forbidden([command], person.standing, lambda: db, approved=True)
            return refusal or FLOWS[type(command)](db, [Ask(command, person.actor)], utc_now())[0]
        finally:
            db.rollback()


def rehearse(commands: Sequence[Command], person: Person, look: Callable[[Connection], T]) -> tuple[list[Any], T]:
    """What would come of commands of one kind: the flow itself, all of it taken back.

    One answer for each, and what is seen when one looks then: an answer speaks of its own command, and what a flow
    does for others afterwards (who waits is served) is in the books only.
    """
    with reading() as db:
        db.execute(f"SET LOCAL lock_timeout = '{SECONDS_TO_LOCK}s'")
        refusals = forbidden(commands, person.standing, lambda: db)
        with db.transaction(force_rollback=True):
            flow = FLOWS[type(commands[0])]
            return _between(refusals, commands, lambda asks: flow(db, asks, utc_now()), person), look(db)


def do_all(commands: Sequence[Command], person: Person, *, key: str) -> list[Any]:
    """Have commands of one kind carried out, each under a key of its own made of ``key``; one answer for each."""
    return _between(
        _refusals(commands, person),
        commands,
        lambda asks: opened[0].writer.submit(asks).result(SECONDS_FOR_MANY),
        person,
        key,
    )


def do(
    command: Command, person: Person, *, key: str | None = None, was: Decimal | None = None, approved: bool = False
) -> Any:
    """Have a command carried out and wait for its outcome or refusal; raises ``Overloaded`` when too much waits.

    ``was``: the figure that was shown; ``approved``: a second person said yes, where one is needed.
    """
    (refusal,) = _refusals([command], person, approved=approved)
    return refusal or opened[0].writer.ask(command, actor=person.actor, key=key, was=was)


def sell(command: CheckOut) -> Any:
    """Have an order of the shop window placed: the house itself asks, for a customer who has no account.

    Raises ``Overloaded`` when too much waits. Under its own number: asked twice it is one order.
    """
    return opened[0].writer.ask(command, actor=WINDOW)


def do_own(command: Command, actor: str, *, key: str) -> Any:
    """Have a command carried out that a customer asks for about what is their own; the flow sees to it that it is.

    Raises ``TypeError`` for any other command: those take permissions, which no customer has.
    """
    if permission_of(command) != OWN:
        raise TypeError(f"{type(command).__name__} is not for customers")
    return opened[0].writer.ask(command, actor=actor, key=key)


def _refusals(commands: Sequence[Command], person: Person, *, approved: bool = False) -> list[Refused | None]:
    """Why this person may not have some of these done; the database is asked only where it matters."""
    with ExitStack() as opening:
        return forbidden(commands, person.standing, lambda: opening.enter_context(reading()), approved=approved)


def _between(
    refusals: Sequence[Refused | None],
    commands: Sequence[Command],
    carry_out: Callable[[list[Ask[Command]]], Sequence[Any]],
    person: Person,
    key: str | None = None,
) -> list[Any]:
    """Have those carried out that are not refused; one answer for each command, in order."""
    asks = [
        Ask(each, person.actor, f"{key}/{place}" if key else None)
        for place, (each, refusal) in enumerate(zip(commands, refusals, strict=True))
        if refusal is None
    ]
    answers = iter(carry_out(asks) if asks else ())
    return [next(answers) if refusal is None else refusal for refusal in refusals]
