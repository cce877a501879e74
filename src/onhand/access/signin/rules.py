"""What a PIN, a short code and a badge look like."""

from __future__ import annotations

import itertools
import re

from onhand.core.refusals import Refused

LEAST_PIN, MOST_PIN = 6, 12
CODE = re.compile(r"[0-9]{3,8}")
BADGE = re.compile(r"[!-~]{6,128}")


def wrong_pin(pin: str, code: str) -> Refused | None:
    """Why this is no PIN: too short or long, no digits, or one that is tried first."""
    if not (pin.isascii() and pin.isdigit()) or not LEAST_PIN <= len(pin) <= MOST_PIN:
        return Refused("bad_pin", f"A PIN has {LEAST_PIN} to {MOST_PIN} digits, and nothing else.", "pin")
    if len({int(b) - int(a) for a, b in itertools.pairwise(pin)}) == 1 or len(set(pin)) < 3 or code in pin:
        return Refused("weak_pin", "This PIN is one of those that are tried first; choose another.", "pin")
    return None


def wrong_code(code: str) -> Refused | None:
    """Why this is no short code."""
    return None if CODE.fullmatch(code) else Refused("bad_code", "A short code has 3 to 8 digits.", "code")


def wrong_badge(badge: str) -> Refused | None:
    """Why this is nothing a badge can say."""
    if BADGE.fullmatch(badge):
        return None
    return Refused(
        "bad_badge", "A badge says 6 to 128 letters, digits or signs, without spaces; scan it again.", "badge"
    )
