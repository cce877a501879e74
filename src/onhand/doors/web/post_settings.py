"""A mail server's address, as Django wants to be told it."""

from __future__ import annotations

from typing import Any

from onhand.connect.mail.server import LOOPBACK, server

__all__ = ["LOOPBACK", "by_smtp"]
SECONDS_TO_SEND = 10


def by_smtp(url: str | None) -> dict[str, Any]:
    """Django's settings for a mail server's address; without one, letters are logged."""
    if url is None:
        return {"EMAIL_BACKEND": "onhand.doors.web.post.Logged"}
    found = server(url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": found.host,
        "EMAIL_PORT": found.port,
        "EMAIL_HOST_USER": found.name,
        "EMAIL_HOST_PASSWORD": found.password,
        "EMAIL_USE_SSL": found.tls == "whole",
        "EMAIL_USE_TLS": found.tls == "begun",
        "EMAIL_TIMEOUT": SECONDS_TO_SEND,
    }
