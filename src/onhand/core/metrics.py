"""What the writer tells Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

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
RETRIED = Counter("onhand_writer_retried_total", "Batches run again after a conflict or a lost connection")
