"""``python -m proofs.crashing POINT PASS serve``: ``onhand``, which is killed at a named point of a command's life.

``PASS`` is the how manieth passing of the point is the last. The product knows nothing of this: the points are laid
around its functions here.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

POINTS = ("before begin", "after load", "after write", "after commit", "while draining")


def lay(point: str, last: int) -> None:
    """Lay a point around the function of the product that passes it."""
    import uvicorn

    from onhand.core import writer
    from onhand.stock import actions as stock

    passing = count(1)

    def die() -> None:
        if next(passing) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    if point == "before begin":
        _around(writer.Writer, "_transact", before=die)
    elif point == "after load":  # positions are locked and read, nothing is written
        _around(stock, "lock", after=die)
    elif point == "after write":  # all is written, nothing is committed
        _around(writer, "once", after=die)
    elif point == "after commit":  # and nobody has been told
        _around(writer.Writer, "_give", before=die)
    elif point == "while draining":  # told to stop, doors closing, customers still waiting
        _around(uvicorn.Server, "shutdown", before=lambda: _around(writer.Writer, "_give", before=die))
    else:
        raise ValueError(f"There is no point {point!r}; there are {', '.join(POINTS)}.")


def _around(
    owner: Any, name: str, *, before: Callable[[], object] | None = None, after: Callable[[], object] | None = None
) -> None:
    function = getattr(owner, name)

    def passed(*arguments: Any, **facts: Any) -> Any:
        if before:
            before()
        answer = function(*arguments, **facts)
        if after:
            after()
        return answer

    setattr(owner, name, passed)


if __name__ == "__main__":
    lay(sys.argv[1], int(sys.argv[2]))
    sys.argv[:3] = ["onhand"]
    from onhand.doors.cli import main

    main()
