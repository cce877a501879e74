"""What people change about a SKU: its name, category, description, price, and whether it is sold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from onhand.access.models import Person
from onhand.catalog import actions as catalog
from onhand.catalog import queries
from onhand.catalog.records import PriceRecord, ProductRecord, SkuRecord
from onhand.core.clock import utc_now
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, NumberField, perform
from onhand.doors.web.gates import may
from onhand.doors.web.wording import figure
from onhand.flows.in_use import skus_in_use
from onhand.insight.product_page import ProductPage, product_page


class GoodsForm(Asking):
    """What a SKU is."""

    name = forms.CharField(max_length=200, label=gettext_lazy("Name"))
    category = forms.CharField(max_length=64, required=False, label=gettext_lazy("Category"))
    description = forms.CharField(required=False, label=gettext_lazy("Description"), widget=forms.Textarea({"rows": 4}))
    active = forms.BooleanField(required=False, label=gettext_lazy("It is sold"))
    published = forms.BooleanField(required=False, label=gettext_lazy("Its product is shown in the shop window"))


class PriceForm(Asking):
    """What one piece costs from now on."""

    amount = NumberField(max_digits=14, decimal_places=4, min_value=0, localize=True, label=gettext_lazy("Price"))
    currency = forms.RegexField(
        r"^[A-Z]{3}$", label=gettext_lazy("Currency"), help_text=gettext_lazy("Three letters, such as EUR.")
    )


@may("do.catalog")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, sku: str) -> HttpResponse:
    """Say anew what a SKU is. What was before stays in the log."""
    with house.reading() as db:
        page = product_page(db, sku, now=utc_now())
    if page is None:
        raise Http404(sku)
    first = {
        "name": page.sku.name or page.product_name,
        "category": page.category or "",
        "description": page.description,
        "active": page.sku.active,
        "published": page.product_published,
    }
    act: Act[ProductRecord] = Act(
        title=_("Change %(sku)s") % {"sku": sku},
        about="",
        button=_("Save it"),
        command=lambda filled: _record(page, filled),
        done=lambda filled: _("%(name)s is saved.") % filled,
        carry_out=_save,
    )
    return perform(request, act, GoodsForm, first=first)


@may("do.catalog")
@require_http_methods(["GET", "POST"])
def price(request: HttpRequest, sku: str) -> HttpResponse:
    """Set a price, from now on. Earlier ones stay on record."""
    with house.reading() as db:
        detail = queries.sku_detail(db, sku)
    if detail is None:
        raise Http404(sku)
    latest = detail.prices[-1] if detail.prices else None
    act: Act[PriceRecord] = Act(
        title=_("Price of %(sku)s") % {"sku": sku},
        about=_("It holds from now on; earlier prices stay on record."),
        button=_("Set it"),
        command=lambda filled: PriceRecord(sku, filled["currency"], filled["amount"]),
        done=lambda filled: (
            _("The price is %(amount)s %(currency)s now.") % {**filled, "amount": figure(filled["amount"])}
        ),
        carry_out=_set_price,
    )
    first = {"amount": latest.amount, "currency": latest.currency} if latest else {}
    return perform(request, act, PriceForm, first=first)


def _record(page: ProductPage, filled: dict[str, Any]) -> ProductRecord:
    sku = SkuRecord(
        page.sku.code,
        filled["name"],
        unit=page.sku.unit,
        tracking=page.sku.tracking,  # type: ignore[arg-type]  # one of the three, by a constraint
        shelf_life_days=page.sku.shelf_life_days,
        active=filled["active"],
    )
    only = page.product == page.sku.code
    return ProductRecord(
        page.product,
        filled["name"] if only else page.product_name,
        description=filled["description"],
        category=filled["category"] or None,
        active=filled["active"] if only else page.product_active,
        skus=[sku],
        published=filled["published"],
    )


def _save(record: ProductRecord, person: Person, _key: str) -> Any:
    with house.changing() as db:
        return catalog.save_products(db, [record], in_use=skus_in_use, actor=person.actor)[0]


def _set_price(record: PriceRecord, person: Person, _key: str) -> Any:
    with house.changing() as db:
        return catalog.set_prices(db, [record], actor=person.actor)[0]
