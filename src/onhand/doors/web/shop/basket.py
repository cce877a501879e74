"""The basket: what somebody is about to order, in a cookie of their browser that nobody else can make.

It also holds the name of the order that will be: however often the form is sent, it is one order.
"""

from __future__ import annotations

import secrets
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from onhand.core.quantity import LARGEST, ZERO, text

COOKIE = f"{settings.COOKIE_PREFIX}onhand_basket"
SECONDS_KEPT = 30 * 86_400
MOST_LINES = 30
_SALT = "onhand.basket"
# Letters and digits that nobody mistakes for each other, read out over the telephone.
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 10


class Basket(msgspec.Struct, frozen=True):
    """SKUs and how many of each, in the order they were put in. ``name``: what the order will be called."""

    lines: dict[str, str] = {}
    name: str = ""

    def quantity(self, sku: str) -> Decimal:
        """How many of a SKU."""
        return Decimal(self.lines.get(sku, "0"))

    def has_room_for(self, sku: str) -> bool:
        """Whether a SKU can be put in: it is in already, or the basket is not full."""
        return sku in self.lines or len(self.lines) < MOST_LINES

    def put(self, sku: str, quantity: Decimal) -> Basket:
        """The basket with so many of a SKU; none takes it out. Whoever puts in asks first whether there is room."""
        lines = {**self.lines, sku: text(quantity)}
        if quantity <= ZERO:
            del lines[sku]
        # What is ordered is another order from now on.
        return Basket(lines, new_name())


def new_name() -> str:
    """A name for an order, which nobody guesses."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def of(request: HttpRequest) -> Basket:
    """The visitor's basket; an empty one where there is none, or one that somebody tampered with."""
    sealed = request.COOKIES.get(COOKIE, "")
    try:
        found = signing.loads(sealed, salt=_SALT, max_age=SECONDS_KEPT) if sealed else {}
        return msgspec.convert(found, Basket)
    except (signing.BadSignature, msgspec.ValidationError):
        return Basket()


def keep(answer: HttpResponse, basket: Basket) -> None:
    """Let the browser keep it."""
    if not basket.lines:
        answer.delete_cookie(COOKIE)
        return
    sealed = signing.dumps(msgspec.to_builtins(basket), salt=_SALT, compress=True)
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(COOKIE, sealed, max_age=SECONDS_KEPT, samesite="Lax", secure=secure, httponly=True)


def quantity_of(typed: str, *, places: int) -> Decimal | None:
    """How many somebody typed; None for what is no quantity of a unit that divides so finely."""
    try:
        found = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not found.is_finite() or not ZERO <= found <= LARGEST or found != round(found, places):
        return None
    return found
