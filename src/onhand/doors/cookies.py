"""One cookie of a request, read on the event loop: without taking apart all the others, or what is quoted in them.

Ours hold letters, digits and marks that need no quotes. To undo quotes, Python before 3.11.10 took time with the square
of their number (CVE-2024-7592): on the loop everybody would stand still meanwhile.
"""

from __future__ import annotations

from typing import Any


def cookie(scope: Any, name: str) -> str:
    """What a request brings under this name; empty where it brings nothing."""
    wanted = name.encode() + b"="
    for header, value in scope["headers"]:
        if header == b"cookie":
            for each in value.split(b";"):
                if (said := each.strip()).startswith(wanted):
                    return str(said.removeprefix(wanted).decode("latin-1"))
    return ""
