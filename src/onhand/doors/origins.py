"""From where somebody asks, as the event log and the audit trail keep it: the door, the address, the session."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest

from onhand.core.asks import Actor


def of_page(request: HttpRequest) -> str:
    """Of somebody at the pages: ``web 203.0.113.9 session 3f2a9c01``.

    Of the session only so much of a digest is told as is needed to recognise it.
    """
    key = request.session.session_key
    session = f" session {session_mark(key)}" if key else ""
    return f"web {request.META.get('REMOTE_ADDR', '') or '-'}{session}"


def session_mark(key: str) -> str:
    """By which a session is recognised without being given away."""
    return hashlib.sha256(f"onhand/session/{key}".encode()).hexdigest()[:8]


def signed(scope: Any) -> Actor:
    """The machine that asks, behind the gate, and from where: ``api 203.0.113.9``."""
    client = scope.get("client")
    return Actor(scope["user"].actor, f"api {client[0] if client else '-'}")
