"""What each route of this door takes: declared beside the route, asked by the gate, walked by a test.

A route that declares nothing lets nobody in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from onhand.access.permissions import PERMISSIONS

_NAME: Final = "takes"
# Everybody may come: the manual, and the live stream, which asks for itself.
PUBLIC: Final[Mapping[str, Any]] = {_NAME: None}
# Whoever has a key.
ANY_KEY: Final[Mapping[str, Any]] = {_NAME: frozenset()}


def takes(*permissions: str) -> dict[str, Any]:
    """Options of a route that takes one of these permissions. Raises ``KeyError`` for one that does not exist."""
    return {_NAME: frozenset(each for each in permissions if PERMISSIONS[each])}


def declared(options: Mapping[str, Any]) -> bool:
    """Whether a route says what it takes."""
    return _NAME in options


def wanted(options: Mapping[str, Any]) -> frozenset[str] | None:
    """What a route takes: one of these permissions, or (none named) any key; None for one that is open to all.

    Raises ``LookupError`` for a route that says nothing.
    """
    found: frozenset[str] | None = options[_NAME]
    return found


def lacking(permissions: Iterable[str]) -> str:
    """What to tell somebody who has none of them."""
    named = " or ".join(repr(each) for each in sorted(permissions))
    return f"This takes the permission {named}, which the key's scopes do not hold; `onhand key create` makes another."
