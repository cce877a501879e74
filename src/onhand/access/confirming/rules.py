"""Deeds and limits: what may count as confirmed, and when an act is high or needs a second person. Pure."""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from onhand.access.permissions import Sensitivity
from onhand.core.refusals import Refused

GOOD_FOR: Final = timedelta(minutes=5)
QUANTITY: Final = "quantity"
_PURPOSE: Final = b"onhand.access.confirming/1"
_encoder = msgspec.json.Encoder(order="deterministic", decimal_format="string")


class Deed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody is about to do, as it was shown to them.

    ``facts`` and ``before`` are canonical JSON: the command whole, and what there was when it was shown. ``key`` names
    the asking, ``nonce`` this confirmation of it.
    """

    actor: str
    act: str
    facts: str
    before: str
    key: str
    at: datetime
    nonce: str


def canonical(facts: object) -> str:
    """Facts as JSON text, the same text for the same facts."""
    return _encoder.encode(facts).decode()


def digest(deed: Deed) -> bytes:
    """A deed in 32 bytes, for a passkey to sign."""
    return hashlib.sha256(_PURPOSE + _encoder.encode(deed)).digest()


def seal(deed: Deed, secret: str) -> str:
    """A deed as a text that only we can have made."""
    body = _encoder.encode(deed)
    return f"{_text(body)}.{_text(_mark(body, secret))}"


def unseal(sealed: str, secret: str, now: datetime) -> Deed | Refused:
    """The deed in a text, while it is good."""
    body, _point, mark = sealed.partition(".")
    try:
        known, given = _bytes(body), _bytes(mark)
    except (ValueError, binascii.Error):
        return _unknown()
    if not hmac.compare_digest(_mark(known, secret), given):
        return _unknown()
    deed = msgspec.json.decode(known, type=Deed)
    if not deed.at <= now <= deed.at + GOOD_FOR:
        return Refused("confirmation_expired", "What was shown is older than five minutes; look at it once more.")
    return deed


def same(deed: Deed, *, actor: str, act: str, facts: str, key: str) -> Refused | None:
    """Why a confirmation is not one of this deed: another person's, another command's, another asking's."""
    if (deed.actor, deed.act, deed.facts, deed.key) == (actor, act, facts, key):
        return None
    return Refused("confirmation_other", "What was confirmed is not what is asked for now; look at it once more.")


class Limit(msgspec.Struct, frozen=True):
    """From how much on an act is high, and above how much a second person approves it; None: never."""

    high_from: Decimal | None = None
    second_above: Decimal | None = None


class Weight(NamedTuple):
    """How much an act is about: a quantity, and its value where that is known."""

    quantity: Decimal
    value: Decimal | None = None
    currency: str = ""


class Need(NamedTuple):
    """What an act takes: to be confirmed (high), and a second person."""

    sensitivity: Sensitivity
    second: bool


# What holds until somebody sets another: whether by quantity or in whichever currency.
AS_IT_COMES: Final[Mapping[str, Mapping[str, Limit]]] = {
    "Transfer": {QUANTITY: Limit(Decimal(1000)), "": Limit(Decimal(10_000))},
    "TakeBack": {QUANTITY: Limit(Decimal(50)), "": Limit(Decimal(500))},
}


def need(weight: Weight, usual: Sensitivity, limits: Mapping[str, Limit]) -> Need:
    """What an act of this weight takes, by the limits of its kind.

    An act whose permission is high is high whatever its weight, unless it was said from where on. Of goods whose price
    nobody knows the quantity decides; where only the value is limited, a value that nobody knows is not a small one.
    """
    known: list[tuple[Limit, Decimal | None]] = [(limits[QUANTITY], weight.quantity)] if QUANTITY in limits else []
    known += [(limits[weight.currency], weight.value)] if weight.currency in limits else []
    high_froms = [(limit.high_from, amount) for limit, amount in known if limit.high_from is not None]
    second_aboves = [(limit.second_above, amount) for limit, amount in known if limit.second_above is not None]
    second = _reached(second_aboves, lambda amount, limit: amount > limit)
    high = second or _reached(high_froms, lambda amount, limit: amount >= limit)
    high = high or (usual is Sensitivity.HIGH and not high_froms)
    return Need(Sensitivity.HIGH if high else min(usual, Sensitivity.MEDIUM), second)


def limits_of(act: str, currency: str, given: Mapping[str, Limit]) -> dict[str, Limit]:
    """The limits of a kind of act for one currency: as somebody set them, else as they come."""
    came = AS_IT_COMES.get(act, {})
    measures = {QUANTITY: came.get(QUANTITY), currency: came.get("")} if currency else {QUANTITY: came.get(QUANTITY)}
    held = {measure: given.get(measure, limit) for measure, limit in measures.items()}
    return {measure: limit for measure, limit in held.items() if limit is not None}


def _reached(limits: Sequence[tuple[Decimal, Decimal | None]], reaches: Callable[[Decimal, Decimal], bool]) -> bool:
    known = [reaches(amount, limit) for limit, amount in limits if amount is not None]
    return any(known) if known else bool(limits)


def _unknown() -> Refused:
    return Refused("confirmation_unknown", "This confirmation was not made here; look at what is asked once more.")


def _mark(body: bytes, secret: str) -> bytes:
    return hmac.new(hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest(), body, hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
