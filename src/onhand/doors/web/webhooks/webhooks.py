"""Webhooks: where events are sent and how each address fares, what was sent, and what a delivery carries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onhand.connect.webhooks import outbox, queries
from onhand.connect.webhooks.queries import DeliveryView, WebhookView
from onhand.core.pages import BadCursor, Page
from onhand.doors.web import house
from onhand.doors.web.gates import may
from onhand.doors.web.wording import DASH, quantity
from onhand.doors.web.words import KNOWN

PAGE = 50
# So far deliveries are counted.
MOST_COUNTED = 10_000
PING = "ping"
LONGEST_NAME = 16

STATES: dict[str, tuple[Promise, str]] = {
    "enabled": (gettext_lazy("enabled"), "good"),
    "failing": (gettext_lazy("failing"), "bad"),
    "disabled": (gettext_lazy("disabled"), "warn"),
}
DELIVERY_STATES: dict[str, tuple[Promise, str]] = {
    "waiting": (gettext_lazy("waiting"), "calm"),
    "behind": (gettext_lazy("behind another"), "calm"),
    "done": (gettext_lazy("delivered"), "good"),
    "dead": (gettext_lazy("dead letter"), "bad"),
}
# What the courier writes down, besides what receivers and networks say themselves.
_REASONS = frozenset(
    {
        noop("because it answered 410 Gone"),
        noop("because nothing got through for three days"),
        noop("the event is no longer kept"),
        noop("a fault of ours; the log says more"),
        noop("no answer within 20 seconds"),
        noop("the name of its host is not known"),
        noop("it answered with a redirect, which is not followed: give the endpoint its new address"),
    }
)
_DISABLED, _ANSWERED, _BY = "the endpoint was disabled ", "answered ", "by "


class Shown(NamedTuple):
    """A webhook as the pages show it."""

    webhook: WebhookView
    state: Promise
    tone: str
    why: str
    waiting: str
    dead: str


class Sent(NamedTuple):
    """A delivery in words; ``last``: what was answered last, or what went wrong before there was an answer."""

    delivery: DeliveryView
    name: str
    state: Promise
    tone: str
    last: str


class Narrowed(NamedTuple):
    """Which deliveries are looked at: of a state, of a kind, from a place in the list on."""

    state: str
    kind: str
    cursor: str

    def address(self, path: str, cursor: str | None) -> str:
        """The same from another place on."""
        given = {"state": self.state, "kind": self.kind, "cursor": cursor}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{path}?{query}" if query else path


@may("see.webhooks")
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Where events are sent, or what changes of it."""
    cursor = request.GET.get("cursor")
    with house.reading() as db:
        try:
            page = queries.WEBHOOKS.page(db, {}, after=cursor, most=PAGE)
        except BadCursor as fault:
            raise Http404("cursor") from fault
    path = reverse("webhooks")
    facts = {
        "shown": [shown(each) for each in page.items],
        "further": f"{path}?{urlencode({'cursor': page.next})}" if page.next else "",
        "cursor": cursor,
        "here_now": request.get_full_path(),
    }
    return _part_or_page(request, "webhooks/rows.html", "webhooks/page.html", facts)


@may("see.webhooks")
@never_cache
@require_safe
def one(request: HttpRequest, webhook: UUID) -> HttpResponse:
    """An address: what it wants to hear, how it fares, what was sent to it."""
    narrowed = _narrowed(request)
    with house.reading() as db:
        found = known(queries.webhook(db, webhook))
        given = {"endpoint": webhook, "state": narrowed.state or None, "kind": narrowed.kind or None}
        try:
            page: Page[DeliveryView] = queries.DELIVERIES.page(db, given, after=narrowed.cursor or None, most=PAGE)
        except BadCursor as fault:
            raise Http404("cursor") from fault
    facts: dict[str, Any] = {
        "shown": shown(found),
        "webhook": found,
        "kinds": [(kind, _can_happen(kind)) for kind in found.kinds],
        "deliveries": [_sent(each) for each in page.items],
        "narrowed": narrowed,
        "states": {state: words for state, (words, _tone) in DELIVERY_STATES.items()},
        "known_kinds": [*KNOWN, PING],
        "further": narrowed.address(request.path, page.next) if page.next else "",
        "latest": narrowed.address(request.path, None),
        "here_now": request.get_full_path(),
    }
    return _part_or_page(request, "webhooks/body.html", "webhooks/one.html", facts)


@may("see.webhooks")
@never_cache
@require_safe
def letter(request: HttpRequest, webhook: UUID, number: int) -> HttpResponse:
    """A delivery, with what it carries, in the drawer."""
    with house.reading() as db:
        found = known(queries.webhook(db, webhook))
        delivery, parcel = queries.delivery(db, webhook, number), outbox.letter(db, webhook, number)
    if delivery is None or parcel is None:
        raise Http404(str(number))
    facts = {
        "webhook": found,
        "sent": _sent(delivery),
        "fault": _why(delivery.last_error),
        "body": _spread(parcel.body) if parcel.body is not None else "",
    }
    return render(request, "webhooks/letter.html", facts)


def known(found: WebhookView | None) -> WebhookView:
    """The webhook that was asked for; nothing is at the address of one that nobody made."""
    if found is None:
        raise Http404("webhook")
    return found


def counted(number: int) -> str:
    """A number of deliveries; what is counted no farther is said to be more."""
    return f"{quantity(number)}+" if number >= MOST_COUNTED else quantity(number)


def shown(webhook: WebhookView) -> Shown:
    """A webhook in words."""
    return Shown(webhook, *STATES[webhook.state], _why(webhook.reason), counted(webhook.waiting), counted(webhook.dead))


def families() -> Sequence[str]:
    """The families of events there are, as they are asked for."""
    return [f"{family}.*" for family in dict.fromkeys(kind.partition(".")[0] for kind in KNOWN)]


def _can_happen(kind: str) -> bool:
    """Whether an event of this kind is known, or of this family."""
    return kind == "*" or kind in KNOWN or kind in families()


def _narrowed(request: HttpRequest) -> Narrowed:
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    if (state and state not in DELIVERY_STATES) or "\x00" in kind:
        raise Http404("state")
    return Narrowed(state, kind.strip(), request.GET.get("cursor", ""))


def _sent(delivery: DeliveryView) -> Sent:
    words, tone = DELIVERY_STATES[delivery.state]
    fault = _why(delivery.last_error)
    status = str(delivery.last_status) if delivery.last_status is not None else ""
    tried = delivery.state == "waiting" and delivery.attempts > 0
    return Sent(
        delivery,
        _short(delivery.message),
        words,
        "warn" if tried else tone,
        " · ".join(filter(None, (status, fault))) or DASH,
    )


def _short(message: str) -> str:
    """A delivery's name as a row shows it: that of an event whole, of a ping's long one the end, which differs."""
    kind, _between, name = message.partition("_")
    return message if len(name) <= LONGEST_NAME else f"{kind}_…{name[-LONGEST_NAME // 2 :]}"


def _why(reason: str) -> str:
    """A reason as it was written down, in the reader's language as far as it is the courier's own."""
    if reason.startswith(_DISABLED):
        return _("the webhook was disabled %(why)s") % {"why": _why(reason.removeprefix(_DISABLED))}
    if reason.startswith(_BY):
        return _("by %(name)s") % {"name": reason.removeprefix(_BY)}
    if reason.startswith(_ANSWERED):
        return _("answered %(status)s") % {"status": reason.removeprefix(_ANSWERED)}
    return _(reason) if reason in _REASONS else reason


def _spread(body: bytes) -> str:
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)


def _part_or_page(request: HttpRequest, part: str, page: str, facts: dict[str, Any]) -> HttpResponse:
    return render(request, part if request.headers.get("HX-Request") else page, facts)
