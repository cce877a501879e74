"""The link of an order's page: nobody can guess one, and whoever has it needs no account."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.core import signing
from django.urls import reverse

_SALT: Final = "onhand.order"
_SECONDS_KNOWN: Final = 400 * 86_400


def token_of(channel: str, number: str, store: str = "") -> str:
    """What stands in an order's link; ``store``: where it is fetched."""
    return signing.dumps([channel, number, store], salt=_SALT)


def named(token: str) -> tuple[str, str, str] | None:
    """The channel, the number and the store a token names; None for one that is not ours, or too old."""
    try:
        channel, number, store = signing.loads(token, salt=_SALT, max_age=_SECONDS_KNOWN)
    except (signing.BadSignature, ValueError):
        return None
    return channel, number, store


def link_of(language: str, channel: str, number: str, store: str = "") -> str:
    """The whole address of an order's page, in a language."""
    facts = {"language": language, "token": token_of(channel, number, store)}
    return str(settings.ADDRESS) + reverse("shop.order", kwargs=facts)
