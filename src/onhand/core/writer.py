"""The writer turns concurrency into batches: many ask at once, one thread carries it out, one commit answers all.

One row updated by a transaction each manages some hundreds a second; the same row updated for a whole batch, tens of
thousands. So each serving process has one writer thread with its own connection. Callers put commands into a bounded
queue and wait on a future. The writer takes all that waits of one kind, runs its flow, commits once, and answers
each. While one batch commits, the next gathers: under load batches grow and a command gets cheaper; idle, a command
takes one transaction. There is no timer.

Each kind of command has a queue of its own, and the kinds take turns: a flood of new orders delays the shipping of
old ones by a batch, no more. Who would have to wait for longer than the writer's patience, as long as batches take
lately, is turned away at once; who is let in is answered soon. Who has waited for twice as long after all, because
the database hung meanwhile, is turned away too: his caller has given up, and those behind him have not.

When a batch fails:

* a conflict with another process (deadlock, a key taken meanwhile, a stale reading): it is run again;
* a lost connection: the commit is in doubt, so the batch is run again on a new connection, where the keys of what had
  been committed give the first answer (hence: a command without a key must be harmless to repeat);
* anything else is a culprit's fault: the batch is halved until the culprit stands alone, and only it fails.

A commit that is not answered (a synchronous standby died, a disk hangs) is waited for by the writer, for nothing may
be built on it before its fate is known, but by nobody else: after some seconds its callers hear that it is in doubt,
who waits behind them that nothing was done, and whoever comes is turned away, until the database answers.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

import psycopg
from psycopg import errors

from onhand.core import metrics
from onhand.core.answers import Flow, once
from onhand.core.asks import Ask, Command
from onhand.core.clock import Clock, utc_now
from onhand.core.database import Connection, NotReplicated, commit_however_long, lacks_standby
from onhand.core.ids import new_id
from onhand.core.refusals import Stale

log = logging.getLogger(__name__)

MOST_IN_A_BATCH = 256
MOST_WAITING = 8192
PATIENCE_SECONDS = 30.0
CONFLICTS_BORNE = 5
SECONDS_TO_RECONNECT = 20.0
# For so long a commit may go unanswered before its callers are told that it is in doubt.
SECONDS_TO_DOUBT = 2.5
LOOK_SECONDS = 0.2
# The database plans a prepared statement once. What it planned while a table was nearly empty it would otherwise go on
# with until somebody analyzes the table, and in a shop's first minutes that is a scan of every order for each batch.
SECONDS_PLANS_ARE_TRUSTED = 5.0
# Paces follow the last half a dozen batches.
SHARE_OF_THE_LATEST = 0.3

_CONFLICTS = (
    errors.DeadlockDetected,
    errors.SerializationFailure,
    errors.UniqueViolation,
    errors.LockNotAvailable,
    Stale,
)
_LOST = (psycopg.OperationalError, psycopg.InterfaceError)


class Overloaded(Exception):
    """More waits than can be carried out soon; come back after ``retry_after`` seconds."""

    retry_after = 1


class InDoubt(Overloaded):
    """Whether it was done is not known yet: the commit was not answered. Ask again, under the same key."""

    retry_after = 2


class Stopping(Overloaded):
    """The process is being stopped and takes nothing new."""


# Takes one answer or exception for each ask of a caller.
Answer = Callable[[Sequence[Any]], None]
# Calls that deliver the answers of a batch; a loop that must be woken is woken once for all of them.
Deliveries = Sequence[Callable[[], None]]
Post = Callable[[Deliveries], None]


def deliver_here(deliveries: Deliveries) -> None:
    """Deliver answers in the thread that calls."""
    for deliver in deliveries:
        deliver()


@dataclass(slots=True)
class _Waiting:
    """Asks of one caller, kept together and in order."""

    asks: Sequence[Ask[Command]]
    answer: Answer
    post: Post
    since: float = field(default_factory=time.monotonic)


class Writer:
    """One thread, one connection, one queue; ``submit`` may be called from any thread."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        flows: Mapping[type[Command], Flow],
        *,
        clock: Clock = utc_now,
        most_in_a_batch: int = MOST_IN_A_BATCH,
        most_waiting: int = MOST_WAITING,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._connect = connect
        self._flows = flows
        self._clock = clock
        self._most_in_a_batch = most_in_a_batch
        self._most_waiting = most_waiting
        self._patience = patience
        self._waiting: dict[type[Command], deque[_Waiting]] = {kind: deque() for kind in flows}
        self._counts: dict[type[Command], int] = dict.fromkeys(flows, 0)
        self._turns = deque(flows)
        # How long a batch of each kind takes lately, in seconds.
        self._paces: dict[type[Command], float] = dict.fromkeys(flows, 0.0)
        self._at_work_since = 0.0
        self._changed = threading.Condition()
        self._stopping = False
        self._db: Connection | None = None
        self._planned_at = 0.0
        self._at_work: list[_Waiting] = []
        self._committing_since = 0.0
        self._in_doubt = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._watch = threading.Thread(target=self._look_on, name="writer's watch", daemon=True)

    def start(self) -> None:
        """Begin taking batches."""
        self._thread.start()
        self._watch.start()

    def stop(self, timeout: float = 30.0) -> bool:
        """Take nothing new, carry out all that waits, and end; False when that took longer than ``timeout``."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def queued(self) -> int:
        """How many commands wait."""
        return sum(self._counts.values())

    @property
    def running(self) -> bool:
        """Whether it takes commands."""
        return self._thread.is_alive() and not self._stopping

    @property
    def in_doubt(self) -> bool:
        """Whether it waits for the answer to a commit whose callers have been told that it is in doubt."""
        return self._in_doubt

    @property
    def waited(self) -> float:
        """For how many seconds the oldest command has waited, or been worked on."""
        with self._changed:
            since = [queue[0].since for queue in self._waiting.values() if queue]
            if self._at_work_since:
                since.append(self._at_work_since)
            return time.monotonic() - min(since) if since else 0.0

    def tell(self, asks: Sequence[Ask[Command]], answer: Answer, post: Post = deliver_here) -> None:
        """Queue asks of one kind, each with a key or harmless to repeat.

        ``answer`` is called with one answer or exception for each ask; from the writer's thread, unless ``post``
        carries all the answers of a batch elsewhere.

        Raises ``Overloaded`` at once when more of the kind waits than can be carried out soon.
        """
        kind, waiting = type(asks[0].command), _Waiting(asks, answer, post)
        with self._changed:
            if self._stopping:
                raise Stopping
            if self.turns_away(kind, len(asks)):
                metrics.TURNED_AWAY.inc(len(asks))
                raise Overloaded
            self._waiting[kind].append(waiting)
            self._counts[kind] += len(asks)
            self._changed.notify()

    def turns_away(self, kind: type[Command], more: int = 1) -> bool:
        """Whether it would turn so many more commands of a kind away now. May be asked without holding the lock."""
        count = self._counts[kind] + more
        if count > self._most_waiting or self._in_doubt:
            return True
        try:
            waited = time.monotonic() - self._waiting[kind][0].since
        except IndexError:  # nobody waits: a batch is always begun, however large
            return False
        round_of_all = sum(self._paces[each] for each, queue in self._waiting.items() if queue)
        return max(waited, count / self._most_in_a_batch * round_of_all) > self._patience

    def submit(self, asks: Sequence[Ask[Command]]) -> Future[list[Any]]:
        """Queue asks of one kind; the future holds their answers. An exception among them is raised from it."""
        future: Future[list[Any]] = Future()

        def answer(answers: Sequence[Any]) -> None:
            fault = next((each for each in answers if isinstance(each, BaseException)), None)
            if fault:
                future.set_exception(fault)
            else:
                future.set_result(list(answers))

        self.tell(asks, answer)
        return future

    def ask(
        self,
        command: Command,
        *,
        actor: str = "system",
        key: str | None = None,
        was: Decimal | None = None,
        timeout: float = 30.0,
    ) -> Any:
        """Carry out one command and wait for its answer; for doors that are not asynchronous."""
        name = key or command.natural_key() or str(new_id())
        return self.submit([Ask(command, actor, name, was)]).result(timeout)[0]

    def _work(self) -> None:
        while batch := self._take():
            batch = self._turn_late_away(batch)
            if not batch:
                continue
            asks = [ask for waiting in batch for ask in waiting.asks]
            metrics.BATCH.observe(len(asks))
            metrics.WAIT.observe(time.monotonic() - batch[0].since)
            with self._changed:
                self._at_work = batch
            answers = self._carry_out(asks)
            self._remember_pace(type(asks[0].command), len(asks))
            if self._settle():
                self._give(batch, answers)
        self._ended.set()
        if self._db:
            self._db.close()

    def _settle(self) -> bool:
        """The batch at work is done. False when its callers were told that it is in doubt: they will ask again."""
        with self._changed:
            told = self._in_doubt
            self._at_work, self._committing_since, self._in_doubt = [], 0.0, False
        if told:
            log.info("the database answered: nothing is in doubt any more")
        return not told

    def _look_on(self) -> None:
        """Beside the writer: when a commit goes unanswered, tell everybody who would wait for it."""
        while not self._ended.wait(LOOK_SECONDS):
            with self._changed:
                since = self._committing_since
                if self._in_doubt or not since or time.monotonic() - since < SECONDS_TO_DOUBT:
                    continue
                self._in_doubt = True
                doubtful, behind = self._at_work, [waiting for queue in self._waiting.values() for waiting in queue]
                for kind, queue in self._waiting.items():
                    queue.clear()
                    self._counts[kind] = 0
            number = sum(len(each.asks) for each in doubtful)
            log.error("the database does not answer a commit: %d commands are in doubt, nothing more is taken", number)
            metrics.DOUBTED.inc(number)
            self._give(doubtful, [InDoubt() for each in doubtful for _ in each.asks])
            self._give(behind, [Overloaded() for each in behind for _ in each.asks])

    def _remember_pace(self, kind: type[Command], size: int) -> None:
        # One caller's asks stay together, however many: they count as the several batches they are worth.
        took = (time.monotonic() - self._at_work_since) / max(1.0, size / self._most_in_a_batch)
        self._paces[kind] += (took - self._paces[kind]) * SHARE_OF_THE_LATEST
        self._at_work_since = 0.0

    def _take(self) -> list[_Waiting]:
        """Wait for work; take what waits of the kind whose turn it is. Empty when it is time to stop.

        One kind only: each flow locks in one global order, two flows in one transaction would not.
        """
        with self._changed:
            while not any(self._counts.values()) and not self._stopping:
                self._changed.wait()
            kind = next((kind for kind in self._turns if self._waiting[kind]), None)
            if kind is None:
                return []
            self._turns.remove(kind)
            self._turns.append(kind)
            queue = self._waiting[kind]
            batch = [queue.popleft()]
            size = len(batch[0].asks)
            while queue and size + len(queue[0].asks) <= self._most_in_a_batch:
                size += len(queue[0].asks)
                batch.append(queue.popleft())
            self._counts[kind] -= size
            self._at_work_since = time.monotonic()
            metrics.QUEUED.set(sum(self._counts.values()))
            return batch

    def _turn_late_away(self, batch: list[_Waiting]) -> list[_Waiting]:
        """Leave out who has waited for too long, unless it is time to stop: nobody will come after them then."""
        latest = time.monotonic() - 2 * self._patience
        if self._stopping or batch[0].since >= latest:
            return batch
        late = [waiting for waiting in batch if waiting.since < latest]
        faults = [Overloaded() for waiting in late for _ in waiting.asks]
        metrics.TURNED_AWAY.inc(len(faults))
        self._at_work_since = 0.0
        self._give(late, faults)
        return batch[len(late) :]

    def _give(self, batch: Sequence[_Waiting], answers: Sequence[Any]) -> None:
        """Deliver a batch's answers, by each post once."""
        posts: dict[Post, list[Callable[[], None]]] = {}
        start = 0
        for waiting in batch:
            end = start + len(waiting.asks)
            posts.setdefault(waiting.post, []).append(partial(_answer, waiting.answer, answers[start:end]))
            start = end
        for post, deliveries in posts.items():
            try:
                post(deliveries)
            except RuntimeError:  # the loop that waited is closed: nobody is there to hear
                log.warning("%d answers could not be delivered", len(deliveries))

    def _carry_out(self, asks: Sequence[Ask[Command]]) -> list[Any]:
        """One answer or exception for each ask; halves the batch around a culprit."""
        try:
            return self._persist(asks)
        except Exception as fault:
            if isinstance(fault, Overloaded):
                return [fault] * len(asks)
            if len(asks) == 1 or isinstance(fault, _LOST):
                log.exception("%s %s failed", type(asks[0].command).__name__, asks[0].key or "without a key")
                return [fault] * len(asks)
            metrics.HALVED.inc()
            middle = len(asks) // 2
            return self._carry_out(asks[:middle]) + self._carry_out(asks[middle:])

    def _persist(self, asks: Sequence[Ask[Command]]) -> list[Any]:
        """Run a batch until it is committed, bearing conflicts and lost connections for a while."""
        conflicts = 0
        deadline = time.monotonic() + SECONDS_TO_RECONNECT
        while True:
            try:
                return self._transact(asks)
            except NotReplicated as fault:
                # Done once more, its keys give the answers of before, and its commit waits for the standby again. Its
                # callers know; to take the next batch instead would only bring more into doubt.
                if self._stopping and time.monotonic() > deadline:
                    raise InDoubt from fault
                metrics.RETRIED.inc()
            except _CONFLICTS as fault:
                conflicts += 1
                if isinstance(fault, errors.LockNotAvailable) and self._standby_is_missing():
                    raise Overloaded from fault
                if conflicts >= CONFLICTS_BORNE:
                    raise
                metrics.RETRIED.inc()
            except _LOST:
                if self._db is not None and not self._db.closed:
                    raise
                self._db = None
                if time.monotonic() > deadline:
                    raise
                metrics.RETRIED.inc()
                time.sleep(0.1)  # the server is starting again

    def _transact(self, asks: Sequence[Ask[Command]]) -> list[Any]:
        if self._db is None or self._db.closed:
            self._db, self._planned_at = self._connect(), time.monotonic()
        kind = type(asks[0].command)
        try:
            self._plan_anew_at_times(self._db)
            with metrics.RUN.labels(kind.__name__).time():
                answers = once(self._db, self._flows[kind], asks, self._clock())
            with metrics.COMMIT.time():
                self._commit(self._db)
            return answers
        except BaseException:
            _roll_back(self._db)
            raise

    def _commit(self, db: Connection) -> None:
        """Commit; the watch looks on until it is answered, through however many attempts."""
        with self._changed:
            self._committing_since = self._committing_since or time.monotonic()
        commit_however_long(db)
        with self._changed:
            if not self._in_doubt:
                self._committing_since = 0.0

    def _standby_is_missing(self) -> bool:
        """Whether what we were kept from is held by a commit that waits for a standby: then waiting is of no use."""
        if self._db is None or self._db.closed:
            return False
        missing = lacks_standby(self._db)
        self._db.rollback()
        return missing

    def _plan_anew_at_times(self, db: Connection) -> None:
        if time.monotonic() - self._planned_at > SECONDS_PLANS_ARE_TRUSTED:
            db.execute("DISCARD PLANS")
            self._planned_at = time.monotonic()


def _answer(answer: Answer, answers: Sequence[Any]) -> None:
    try:
        answer(answers)
    except Exception:  # a caller that went away must not stop the writer
        log.exception("an answer could not be delivered")


def _roll_back(db: Connection) -> None:
    try:
        db.rollback()
    except psycopg.Error:
        db.close()
