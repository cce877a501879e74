"""Words of the service desk: how urgent, worth how much, in which state; and why something is cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from onhand.core.money import Money
from onhand.customers.rules import ELSE, WORTHS, Priority, ValueClass
from onhand.customers.rules import PRIORITIES as EVERY_PRIORITY
from onhand.customers.service.rules import STATES as EVERY_STATE
from onhand.customers.service.rules import State
from onhand.doors.web.wording import STATES, money
from onhand.messages.queries import LetterView

PRIORITIES: Final[Mapping[Priority, tuple[Promise, str]]] = {each: STATES[each] for each in EVERY_PRIORITY}
VALUES: Final[Mapping[ValueClass, tuple[Promise, str]]] = {
    "A": STATES["A"],
    "B": STATES["B"],
    "C": STATES["C"],
    "none": (pgettext_lazy("worth of a customer", "bought nothing lately"), "calm"),
}
CASE_STATES: Final[Mapping[State, tuple[Promise, str]]] = {each: STATES[each] for each in EVERY_STATE}
# Why customers give something up, kept by these codes so that it can be counted.
CANCEL_REASONS: Final[Mapping[str, Promise]] = {
    "too_late": gettext_lazy("it takes too long"),
    "changed_mind": gettext_lazy("the customer changed their mind"),
    "by_mistake": gettext_lazy("it was ordered by mistake"),
    "cheaper_elsewhere": gettext_lazy("it is cheaper elsewhere"),
    "not_available": gettext_lazy("it cannot be had"),
    "wrong_address": gettext_lazy("it would go to the wrong address"),
    "payment": gettext_lazy("it was not paid"),
    "fraud": gettext_lazy("it looks like fraud"),
    "other": gettext_lazy("another reason"),
}
ENTRIES: Final[Mapping[str, Promise]] = {
    "question": gettext_lazy("the customer asked"),
    "answer": gettext_lazy("we answered"),
    "note": gettext_lazy("a note among colleagues"),
}


LETTERS: Final[Mapping[str, tuple[Promise, str]]] = {
    "queued": (pgettext_lazy("a letter", "on its way"), "calm"),
    "failed": (pgettext_lazy("a letter", "is tried again"), "warn"),
    "sent": (pgettext_lazy("a letter", "sent"), "good"),
    "given_up": (pgettext_lazy("a letter", "did not get through"), "bad"),
}


def shown_letters(letters: Iterable[LetterView]) -> list[tuple[LetterView, str, str]]:
    """Letters, each with what became of it in words."""
    return [(each, *_letter_state(each.state)) for each in letters]


def _letter_state(state: str) -> tuple[str, str]:
    words, tone = LETTERS.get(state, (state, "calm"))
    return str(words), tone


def cancel_reason(reason: str) -> str:
    """Why something was cancelled: a code of ours in words, and what was added; others as somebody wrote them."""
    code, _colon, more = reason.partition(": ")
    known = CANCEL_REASONS.get(code)
    if known is None:
        return reason
    return f"{known}: {more}" if more else str(known)


def ways(*besides: tuple[str, Promise]) -> list[tuple[str, Promise]]:
    """By what somebody can be written to: as text messages only where something is set to carry them."""
    texts = [("sms", gettext_lazy("text message"))] if settings.TEXTS else []
    return [("email", gettext_lazy("e-mail")), *texts, *besides]


def first_way(email: str, phone: str) -> str:
    """By what somebody is written to unless it is chosen otherwise; empty where nothing reaches them."""
    return "email" if email else "sms" if phone and settings.TEXTS else ""


def value_words(value: ValueClass) -> str:
    """The class of a customer."""
    return str(VALUES[value][0])


def value_about(bought: Mapping[str, Decimal]) -> str:
    """What somebody bought in twelve months, in each currency."""
    sums = [Money(amount, currency).rounded() for currency, amount in bought.items() if amount]
    told = ", ".join(money(each.amount, each.currency) for each in sums)
    return _("%(sums)s in twelve months") % {"sums": told} if told else _("nothing in twelve months")


def thresholds() -> list[tuple[str, str, str]]:
    """From which amounts on a customer is of class A and of class B, by currency."""
    rows = [(code, money(worth.a, code), money(worth.b, code)) for code, worth in WORTHS.items()]
    return [*rows, (_("any other"), f"{ELSE.a:n}", f"{ELSE.b:n}")]


def span_words(seconds: float | None) -> str:
    """How long something took, as people say it."""
    if seconds is None:
        return "–"
    minutes = int(timedelta(seconds=seconds).total_seconds() // 60)
    if minutes < 120:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 72:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
