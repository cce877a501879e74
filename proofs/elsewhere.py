"""A part of a proof in a process of its own: in one loop with what is measured it would hold that up."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

SECONDS_TO_LEAVE = 60


@contextmanager
def elsewhere(part: Callable[..., None], *facts: object) -> Iterator[Connection]:
    """A process that plays ``part(pipe, *facts)``. Yields our end of the pipe once it has said its first word there."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=part, args=(theirs, *facts))
    process.start()
    try:
        ours.recv()
        yield ours
    finally:
        process.join(SECONDS_TO_LEAVE)
        if process.is_alive():
            process.kill()
