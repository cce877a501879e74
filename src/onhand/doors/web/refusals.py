"""Refusals in the reader's language: exactly as the flow put it in English, by the meaning of its code in others."""

from __future__ import annotations

from django.utils.translation import get_language, gettext

from onhand.core.refusals import Refused
from onhand.doors.api.codes import CODES


def in_words(refusal: Refused) -> str:
    """What to tell the person who asked."""
    known = CODES.get(refusal.code)
    if known is None or (get_language() or "en").startswith("en"):
        return refusal.detail
    return gettext(known.meaning)
