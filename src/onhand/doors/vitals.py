"""Whether the process lives, whether it can serve, and how it fares: for load balancers, watchdogs and Prometheus.

/healthz  the process lives: it answers. Restart it when it does not.
/readyz   it can serve: the database answers, knows this version's tables, and the writer runs. Send it requests only
          then; a 503 says in a sentence what is missing.
/metrics  how it fares, for Prometheus. For the inside only: let the proxy keep it from the public.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
import msgspec
import psycopg
from litestar.types import Receive, Scope, Send
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg_pool import PoolTimeout

from onhand.connect.webhooks import queries as webhooks
from onhand.core import events, metrics
from onhand.core.database import Connection, Readers
from onhand.core.writer import Writer
from onhand.doors.api.problems import MEDIA_TYPE, problem
from onhand.doors.replies import reply

PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
LONGEST_BATCH_SECONDS = 30.0
_NO_ANSWER = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)

Answer = tuple[int, str, bytes]


class Vitals:
    """Answers for one process. ``readers`` are its own, so that a busy shop does not look like a dead one."""

    def __init__(self, writer: Writer, readers: Readers, missing: Callable[[Connection], list[str]]) -> None:
        self._writer = writer
        self._readers = readers
        self._missing = missing
        self._complete = False
        # Nor do they wait behind the questions of the shop for a thread.
        self._threads = anyio.CapacityLimiter(2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer one of ``PATHS``."""
        method, scope["path_template"] = scope.get("method"), scope["path"]
        if method not in {"GET", "HEAD"}:
            fault = problem(405, "method_not_allowed", f"{scope['path']} answers GET and HEAD.")
            await reply(send, 405, MEDIA_TYPE, msgspec.json.encode(fault), [(b"allow", b"GET, HEAD")], head=False)
            return
        await reply(send, *await self._answer(scope), head=method == "HEAD")

    async def _answer(self, scope: Any) -> Answer:
        if scope["path"] == "/healthz":
            return 200, "application/json", b'{"status":"alive"}'
        asked = self.ready if scope["path"] == "/readyz" else partial(self.fare, _accepted(scope))
        return await anyio.to_thread.run_sync(asked, limiter=self._threads)

    def ready(self) -> Answer:
        """Whether requests may be sent here."""
        lack = self._lack()
        if lack:
            return 503, MEDIA_TYPE, msgspec.json.encode(problem(503, "not_ready", lack))
        return 200, "application/json", b'{"status":"ready"}'

    def fare(self, accept: str) -> Answer:
        """The page for Prometheus."""
        body, media_type = metrics.page(accept, Books(self._readers))
        return 200, media_type, body

    def _lack(self) -> str:
        if not self._writer.running:
            return "The writer has stopped: this process is ending and takes no more commands."
        if self._writer.in_doubt:
            return "The database does not answer a commit: its standby may be gone. Nothing is done until it does."
        if self._writer.waited > LONGEST_BATCH_SECONDS:
            return f"The writer has made commands wait for {self._writer.waited:.0f} seconds."
        try:
            return self._schema_lack()
        except _NO_ANSWER:
            return "The database does not answer."

    def _schema_lack(self) -> str:
        with self._readers.borrow() as db:
            db.execute("SELECT 1")
            missing = [] if self._complete else self._missing(db)
        self._complete = not missing
        return f"The database lacks the migration {missing[0]}: run `onhand migrate`." if missing else ""


class Books(Collector):
    """What only the database can tell: whether it is up, how long the event log is, how far followers are behind."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def collect(self) -> Iterator[Metric]:
        """Ask; a database that does not answer is an answer too."""
        try:
            with self._readers.borrow() as db:
                size, behind, tally = events.size(db), events.behind(db), webhooks.tally(db)
        except (*_NO_ANSWER, psycopg.errors.UndefinedTable):
            yield GaugeMetricFamily("onhand_database_up", "Whether the database answers", value=0)
            return
        yield GaugeMetricFamily("onhand_database_up", "Whether the database answers", value=1)
        yield GaugeMetricFamily("onhand_event_log_rows", "Events kept, as last estimated", value=size.rows)
        yield GaugeMetricFamily("onhand_event_log_bytes", "Size of the event log", value=size.bytes)
        waiting = GaugeMetricFamily("onhand_follower_behind_events", "Events not dealt with", labels=["follower"])
        age = GaugeMetricFamily("onhand_follower_behind_seconds", "Age of the oldest of them", labels=["follower"])
        for each in behind:
            waiting.add_metric([each.follower], each.events)
            age.add_metric([each.follower], each.seconds)
        yield from (waiting, age)
        letters = GaugeMetricFamily("onhand_webhook_deliveries", "Webhooks that wait or are dead", labels=["state"])
        for state, number in tally:
            letters.add_metric([state], number)
        yield letters


def _accepted(scope: Any) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"), "")
