"""A mail server's address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
SECONDS_TO_ANSWER: Final = 10.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over. ``tls``: from the first byte, begun in the clear (STARTTLS), or none."""

    host: str
    port: int
    name: str
    password: str = field(repr=False)
    tls: Literal["whole", "begun", "none"]


def server(url: str) -> Server:
    """Of an address such as ``smtp://name:password@mail.example:587``. To another machine never in plain text."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    whole = parts.scheme == "smtps"
    tls: Literal["whole", "begun", "none"] = "whole" if whole else "none" if host in LOOPBACK else "begun"
    port = parts.port or (465 if whole else 587)
    return Server(host, port, unquote(parts.username or ""), unquote(parts.password or ""), tls)
