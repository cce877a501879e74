"""One SKU: where it lies, what comes, for whom it is reserved, how its stock went, what may stand in for it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.doors.web import live
from onhand.doors.web.charts import line
from onhand.doors.web.gates import may, reader
from onhand.doors.web.house import reading
from onhand.doors.web.telling import entries
from onhand.doors.web.wording import day_of_year
from onhand.insight.product_page import history, product_page
from onhand.stock import listings

MOST_LYING = 60
# What may be done where goods lie, and the permission each takes at that site.
ACTS = {
    "adjust": "do.counts",
    "receive": "do.receiving",
    "move": "do.moves",
    "transfer": "do.transfers",
    "threshold": "do.thresholds",
}


@may("see.stock")
@never_cache
@require_safe
def goods(request: HttpRequest, sku: str) -> HttpResponse:
    """The page, or what changes of it."""
    now = utc_now()
    with reading() as db:
        page = product_page(db, sku, now=now)
        if page is None:
            raise Http404(sku)
        lying = listings.BALANCES.page(db, {"sku": sku, "virtual": False}, after=None, most=MOST_LYING)
        days = history(db, page.sku.id, now=now)
    at_sites = [(each, _acts(reader(request), each.site)) for each in page.sites]
    facts = {
        "page": page,
        "at_sites": at_sites,
        "acts_anywhere": any(acts for _site, acts in at_sites),
        "lying": lying.items,
        "name": page.sku.name or page.product_name,
        "topic": live.of_sku(sku),
        "chart": line(_("On hand in the last ninety days"), [(day_of_year(day.day), day.on_hand) for day in days]),
        "changes": entries(page.changes, f"product/{page.sku.name or page.product_name}"),
    }
    template = "goods/body.html" if request.headers.get("HX-Request") else "goods/page.html"
    return render(request, template, facts)


def _acts(person: Person, site: str) -> dict[str, bool]:
    """What this person may do at a site."""
    return {name: True for name, permission in ACTS.items() if person.may(permission, site)}
