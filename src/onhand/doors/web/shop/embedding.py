"""For pages of others: a script that shows live stock on any page, and the same words for programs.

Both are for everybody and from everywhere: they say what every customer may know.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onhand.core.clock import utc_now
from onhand.doors.web.gates import public
from onhand.doors.web.house import reading
from onhand.doors.web.shop import frame, sign
from onhand.doors.web.shop.frame import Visit, window
from onhand.doors.web.shop.tags import phrases, said
from onhand.insight.window import rules
from onhand.insight.window.counter import Counter, Words, offers, words
from onhand.insight.window.rules import Near, Word

MOST_SKUS = 50
LONGEST_SKU = 64


@public
@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """The script ``embed.js``, which knows our words in every language."""
    known = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            known[code] = phrases()
    written = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
    answer = HttpResponse(
        loader.render_to_string("shop/embed.js", {"phrases": written}), content_type="text/javascript; charset=utf-8"
    )
    answer["Cache-Control"] = "public, max-age=3600"
    return _from_anywhere(answer)


@window("GET")
def availability(visit: Visit) -> HttpResponse:
    """How many there are of some SKUs, in words: sent, and at each store, nearest first."""
    skus = [each.replace("\x00", "")[:LONGEST_SKU] for each in visit.request.GET.getlist("sku")]
    if not 1 <= len(skus) <= MOST_SKUS:
        detail = _("sku: name 1 to %(most)s SKUs, such as sku=mug&sku=lamp") % {"most": MOST_SKUS}
        return _json({"code": "bad_request", "detail": detail, "field": "sku"}, status=400)
    with reading() as db:
        at = sign.open_counter(db)
        found = words(offers(db, at, skus, utc_now())) if at else {}
    if at is None:
        return _json({"code": "not_open", "detail": _("This shop is not open"), "field": ""}, status=404)
    near = rules.nearest(at.stores, frame.place(visit, at).here)
    return _json({"shop": at.name, "items": [_item(at, found[sku], near) for sku in dict.fromkeys(skus)]})


def _item(at: Counter, found: Words, near: list[Near]) -> dict[str, Any]:
    stores = [
        {
            "store": site.code,
            "name": site.name,
            "country": site.country,
            "km": km,
            **_said(found.stores.get(site.code, Word("gone"))),
        }
        for site, km in near
    ]
    return {"sku": found.sku, "sent": _said(found.send), "stores": stores}


def _said(word: Word) -> dict[str, Any]:
    return {"state": word.state, "left": word.left or None, "on": word.on, "words": said(word)}


def _json(facts: dict[str, Any], *, status: int = 200) -> HttpResponse:
    answer = JsonResponse(facts, status=status)
    answer["Cache-Control"] = "no-store"
    return _from_anywhere(answer)


def _from_anywhere(answer: HttpResponse) -> HttpResponse:
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
