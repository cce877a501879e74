"""The audit trail: who did what, when, from where and why; one entry with what was before and what came after."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onhand.access.audit import queries
from onhand.doors.web.gates import may
from onhand.doors.web.house import reading
from onhand.doors.web.words import words
from onhand.insight.lists import Row

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def address(row: Row) -> str:
    """Where an entry of the list is shown whole."""
    return reverse("audit.one", args=[row["event"], (row["at"] - _EPOCH) // _MICROSECOND])


def sentence(column: str, row: Row) -> str:
    """What an entry of the list says happened, and to what."""
    if column not in {"kind", "subject"}:
        return ""
    facts = _flat(json.loads(row["facts"]))
    if column == "kind":
        return words(row["kind"], row["subject"], facts)
    # An order is known by its channel and number; its id says nothing to anybody.
    named = row["subject"].startswith("order/") and {"channel", "number"} <= facts.keys()
    return f"order/{facts['channel']}/{facts['number']}" if named else ""


@may("see.audit")
@never_cache
@require_safe
def one(request: HttpRequest, seq: int, at: int) -> HttpResponse:
    """An entry."""
    try:
        moment = _EPOCH + at * _MICROSECOND
    except OverflowError as fault:
        raise Http404(str(fault)) from fault
    with reading() as db:
        entry = queries.entry(db, seq, moment)
    if entry is None:
        raise Http404(str(seq))
    facts: dict[str, Any] = {
        "entry": entry,
        "sentence": words(entry.kind, entry.subject, _flat(entry.data)),
        "changes": [each._replace(before=_said(each.before), after=_said(each.after)) for each in _changes(entry)],
        "told": json.dumps(entry.data, ensure_ascii=False, indent=2),
        "about": _list(subject=entry.subject),
        "by": _list(actor=entry.actor),
    }
    return render(request, "audit/page.html", facts)


def _changes(entry: queries.Entry) -> list[queries.Change]:
    return queries.changes(entry.data)


def _said(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _list(**narrowed: str) -> str:
    return f"{reverse('audit')}?{urlencode(narrowed)}"


def _flat(data: dict[str, Any]) -> dict[str, Any]:
    """The facts a sentence may name, whether they stand by themselves or in a record."""
    record = data.get("record")
    return {**(record if isinstance(record, dict) else {}), **data}
