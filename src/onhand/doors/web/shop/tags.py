"""The tags that the window's pages are written with."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

from babel.numbers import format_currency
from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from onhand.core.quantity import text
from onhand.doors.web.wording import day_words, quantity
from onhand.insight.window.rules import Word

register = template.Library()
# Each dark enough for white letters.
COLOURS = ("#7a3e2e", "#3f5d3a", "#2f5572", "#6b4a7d", "#7d5a1e", "#285e61", "#83394f", "#4a4f6a")


@register.simple_tag(takes_context=True)
def shop_at(context: dict[str, Any], page: str, **facts: str) -> str:
    """The address of another page of the window."""
    return str(context["visit"].at(page, **facts))


@register.filter
def said(word: Word) -> str:
    """How many there are, in words."""
    if word.state == "plenty":
        return _("In stock")
    if word.state == "few":
        left = Decimal(word.left)
        form = ngettext("Only %(left)s left", "Only %(left)s left", 1 if left == 1 else 2)
        return form % {"left": quantity(left)}
    if word.state == "back" and word.on:
        return _("Back on %(day)s") % {"day": day_words(word.on)}
    return _("Out of stock")


@register.simple_tag
def shelf(sku: str, where: str, word: Word) -> SafeString:
    """How many there are, in words that follow the stock: ``where`` is ``send``, or a store's code."""
    return format_html(
        '<span class="word {}" data-sku="{}" data-where="{}" data-left="{}" data-on="{}">{}</span>',
        *(word.state, sku, where, word.left, word.on or "", said(word)),
    )


@register.simple_tag
def phrases() -> dict[str, str]:
    """What the page's script says when the stock changes; ``{}`` is the figure or the day."""
    return {
        "plenty": _("In stock"),
        "one": ngettext("Only %(left)s left", "Only %(left)s left", 1) % {"left": "{}"},
        "few": ngettext("Only %(left)s left", "Only %(left)s left", 2) % {"left": "{}"},
        "back": _("Back on %(day)s") % {"day": "{}"},
        "gone": _("Out of stock"),
    }


@register.filter
def price(amount: Decimal, currency: str) -> str:
    """What something costs, as it stands on a tag: with the currency's sign."""
    return str(format_currency(amount, currency, locale=to_locale(get_language() or "en")))


@register.filter
def shop_day(value: date) -> str:
    """A day, of a moment the one it has in the reader's zone."""
    return day_words(timezone.localtime(value).date() if isinstance(value, datetime) else value)


@register.filter
def bare(number: Decimal) -> str:
    """A number as programs read it."""
    return text(number)


@register.simple_tag
def stars(given: Decimal | int) -> SafeString:
    """Stars, as many as were given on a scale of five; their number in words for who cannot see them."""
    full = round(given)
    words = _("%(stars)s of 5 stars") % {"stars": quantity(Decimal(given))}
    return format_html('<span class="given" role="img" aria-label="{}">{}</span>', words, "★" * full + "☆" * (5 - full))


@register.filter
def hue(name: str) -> int:
    """Which of the picture's colours a category has."""
    return crc32(name.encode()) % len(COLOURS)


@register.filter
def as_data(facts: object) -> SafeString:
    """JSON as it may stand in a block of data: nothing in it ends the block."""
    plain = json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False)
    return mark_safe(plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S308
