"""A mail server's address, as Django wants to be told it."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SECONDS_TO_SEND = 10


def by_smtp(url: str | None) -> dict[str, Any]:
    """Django's settings for a mail server's address; without one, letters are logged."""
    if url is None:
        return {"EMAIL_BACKEND": "onhand.doors.web.post.Logged"}
    parts = urlsplit(url)
    whole = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if whole else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": whole,
        # To another machine never in plain text.
        "EMAIL_USE_TLS": not whole and parts.hostname not in LOOPBACK,
        "EMAIL_TIMEOUT": SECONDS_TO_SEND,
    }
