"""The first page: what is running."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_FIGURES = """
SELECT (SELECT count(*) FROM places_site),
       (SELECT count(*) FROM catalog_sku),
       (SELECT count(*) FROM core_event WHERE kind = 'order.placed' AND at > now() - interval '1 minute'),
       (SELECT count(*) FROM orders_order),
       (SELECT coalesce(sum(quantity), 0) FROM orders_backorder WHERE ended_at IS NULL),
       (SELECT coalesce(sum(on_hand), 0) FROM stock_position)
"""


def status(request: HttpRequest) -> HttpResponse:
    """Show the shop at a glance; the page asks again every two seconds."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES)
        row = cursor.fetchone()
    names = ("sites", "skus", "last_minute", "orders", "waiting", "on_hand")
    return render(request, "status/page.html", dict(zip(names, row, strict=True)))
