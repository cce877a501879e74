"""A slash in a name: ``/api/v1/orders/web/A%2F1`` is the order A/1, not something below the order A.

Servers decode an address before it is routed, and then the two look alike. So an encoded slash goes through the
routing as a character that no name has (``core.texts``), and is a slash again where names are read.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote

_STAND_IN = "\x1f"


def keep(scope: MutableMapping[str, Any]) -> None:
    """Let the routing of a request take an encoded slash for part of a name."""
    raw = scope.get("raw_path") or b""
    if b"%2f" in raw.lower():
        encoded = raw.decode("latin-1").replace("%2F", "%1F").replace("%2f", "%1F")
        scope["path"] = unquote(encoded)


def restored(name: str) -> str:
    """A name as it was meant."""
    return name.replace(_STAND_IN, "/")
