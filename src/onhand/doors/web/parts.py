"""The small tags with which templates are written; the parts themselves are in ``templates/parts``."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from onhand.core.quantity import text
from onhand.doors.web.wording import DASH, PACKS, REASONS, RULES, day_words, moment_words, money, quantity, unit_words
from onhand.stock.queries import Coming

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A picture from the sheet of icons; with words for who cannot see it, or hidden where words stand beside it."""
    sheet = static("vendor/lucide-1.62.0/icons.svg")
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, sheet, name)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sheet, name)


register.filter("quantity", quantity)
register.filter("money", money)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A moment in the reader's zone and language; how long ago it was shows on pointing at it."""
    if value is None:
        return DASH
    ago = _("%(span)s ago") % {"span": timesince(value)} if value <= timezone.now() else ""
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), ago, moment_words(value))


@register.filter
def day(value: datetime | None) -> str:
    """A day in the reader's zone and language."""
    return DASH if value is None else day_words(timezone.localtime(value).date())


@register.filter
def day_at(value: datetime, zone: str) -> str:
    """The day it is somewhere else at a moment, in the reader's language."""
    return day_words(value.astimezone(ZoneInfo(zone)).date())


@register.filter
def plain(value: Decimal | int | str) -> str:
    """A number as it stands in an address or an attribute, whatever the reader's language."""
    return text(value) if isinstance(value, Decimal) else str(value)


@register.filter
def supply_facts(coming: Coming) -> str:
    """Goods to come as an address tells them."""
    return urlencode({"quantity": plain(coming.quantity), "due": coming.due.isoformat(), "kind": coming.kind})


@register.filter
def as_json(value: object) -> str:
    """What a script reads from an attribute."""
    return json.dumps(value, cls=DjangoJSONEncoder)


register.filter("unit_words", unit_words)


@register.filter
def reason_words(reason: str) -> str:
    """Why goods moved: the ledger's own reasons as people call them, others as somebody wrote them."""
    return str(REASONS.get(reason, reason))


@register.filter
def pack_words(level: str) -> str:
    """What a barcode stands on."""
    return str(PACKS.get(level, level))


@register.filter
def rule_words(rule: str) -> str:
    """A rule of a sourcing policy, as people call it."""
    return str(RULES.get(rule, rule))
