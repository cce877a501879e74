"""What is wrong with rows of sheets, in the reader's language: sentence by sentence, from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from django.utils.translation import get_language, gettext

from onhand.connect.sheets.imports import BadRow, in_one_text
from onhand.connect.sheets.sentences import parted
from onhand.doors.api.codes import CODES


def sentence(text: str) -> str:
    """A sentence that is kept in English, in the reader's language; one that is not known stays as it is."""
    found = None if _in_english() else parted(text)
    if found is None:
        return text
    said, facts = found
    return gettext(said).format(**{name: _told(name, fact) for name, fact in facts.items()})


def bad_rows(rows: Iterable[BadRow]) -> list[BadRow]:
    """Bad rows whose reasons and remedies are in the reader's language."""
    return [_translated(row) for row in rows]


def fault(field: str, code: str, reason: str, remedy: str) -> str:
    """What is wrong with a cell, in one text, in the reader's language."""
    return in_one_text(field, code, *_both(code, reason, remedy))


def _translated(row: BadRow) -> BadRow:
    reason, remedy = _both(row.code, row.reason, row.remedy)
    return msgspec.structs.replace(row, reason=reason, remedy=remedy)


def _both(code: str, reason: str, remedy: str) -> tuple[str, str]:
    """Reason and remedy; what a room refused says so by the meaning of its code."""
    if not _in_english() and parted(reason) is None and code in CODES:
        return gettext(CODES[code].meaning), ""
    return sentence(reason), sentence(remedy)


def _told(place: str, fact: str) -> str:
    if place == "meaning":
        return gettext(fact)
    return fact.replace(" and ", ", ") if place == "key" else fact


def _in_english() -> bool:
    return (get_language() or "en").startswith("en")
