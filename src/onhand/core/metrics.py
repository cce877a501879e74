"""What the writer tells Prometheus, and the page Prometheus reads.

Several serving processes share one port, and Prometheus meets whichever accepts it. So with more than one they write
their figures into a folder they share (``PROMETHEUS_MULTIPROC_DIR``, set by their supervisor before they start), and
any of them answers for all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

# The moment each series began is of no use to us, and doubles the page.
disable_created_metrics()  # type: ignore[no-untyped-call]

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_FAST = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)

BATCH = Histogram(
    "onhand_writer_batch_size", "Commands in one transaction", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 1024)
)
WAIT = Histogram("onhand_writer_wait_seconds", "From being asked to being taken up (oldest of a batch)", buckets=_FAST)
RUN = Histogram("onhand_writer_run_seconds", "Loading, deciding and writing one batch", ["command"], buckets=_FAST)
COMMIT = Histogram("onhand_writer_commit_seconds", "Committing one batch", buckets=_FAST)
QUEUED = Gauge("onhand_writer_queued", "Commands waiting", multiprocess_mode="livesum")
TURNED_AWAY = Counter("onhand_writer_turned_away_total", "Commands refused because the queue was full")
HALVED = Counter("onhand_writer_halved_total", "Batches broken in two to find a culprit")
DOUBTED = Counter("onhand_writer_in_doubt_total", "Commands whose commit the database did not answer in time")
RETRIED = Counter("onhand_writer_retried_total", "Batches run again after a conflict or a lost connection")


def page(accept: str, *others: Collector) -> tuple[bytes, str]:
    """Every figure, in the format asked for, and that format's name."""
    registry = CollectorRegistry()
    folder = os.environ.get(SHARED_FOLDER)
    if folder:
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        registry.register(Processes(Path(folder)))
    else:
        registry.register(REGISTRY)
    for other in others:
        registry.register(other)
    encode, media_type = choose_encoder(accept)
    return encode(registry), media_type


class Processes(Collector):
    """Memory, CPU and open files of each process that shares the folder and lives, told apart by ``pid``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        """One metric of a kind, with a sample for each process."""
        metrics: dict[str, Metric] = {}
        for pid in sorted({file.stem.rpartition("_")[2] for file in self._folder.glob("gauge_live*.db")}):
            for found in ProcessCollector(pid=partial(str, pid), registry=None).collect():
                metric = metrics.setdefault(found.name, Metric(found.name, found.documentation, found.type))
                for sample in found.samples:
                    metric.add_sample(sample.name, {"pid": pid}, sample.value)
        yield from metrics.values()
