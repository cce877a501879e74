"""PostgreSQL's settings, made to the measure of the machine."""

from __future__ import annotations

import os
from pathlib import Path


def settings(memory: int) -> str:
    """PostgreSQL's settings for a machine with so many bytes of memory, which the application shares."""
    megabyte = 1024 * 1024
    shared_buffers = min(512, max(32, memory // megabyte // 8))
    return f"""\
# Durable: what was answered as done survives a power cut.
fsync = on
synchronous_commit = on
full_page_writes = on
commit_delay = 0

shared_buffers = {shared_buffers}MB
effective_cache_size = {max(64, memory // megabyte // 2)}MB
work_mem = 8MB
maintenance_work_mem = {max(16, shared_buffers // 4)}MB
max_connections = 100

# Few, spread-out checkpoints: each makes every page written after it cost a full copy in the log.
wal_compression = on
max_wal_size = 4GB
min_wal_size = 256MB
checkpoint_timeout = 15min

# What changed is remembered, so that a backup can hold just that. A log that cannot be archived is kept until it would
# fill the disk; then the archive has a gap, and says so.
summarize_wal = on
max_slot_wal_keep_size = 8GB

random_page_cost = 1.1
jit = off

# Positions and balances change all day: sweep them early and little at a time.
autovacuum_naptime = 15s
autovacuum_vacuum_scale_factor = 0.05
autovacuum_vacuum_insert_scale_factor = 0.1
autovacuum_analyze_scale_factor = 0.02
autovacuum_vacuum_cost_limit = 1000

timezone = 'UTC'
log_timezone = 'UTC'

# One file a weekday, each begun anew after a week. Values given to statements stay out: they may be personal.
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_min_duration_statement = 1s
log_parameter_max_length = 0
"""


def memory_bytes() -> int:
    """The memory of this machine, or of the container (control group) when that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
    told = (limit.read_text().strip() for limit in limits if limit.exists())
    return min([machine, *(int(words) for words in told if words.isdigit())])
