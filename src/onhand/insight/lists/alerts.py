"""Alerts that are open: a row a situation, with what is there now, the most urgent first."""

from __future__ import annotations

from typing import Final

from onhand.insight.lists import goods
from onhand.insight.lists.columns import Column, Order
from onhand.insight.lists.listing import Join, Key, Listing

KINDS: Final = ("below_threshold", "will_run_out", "supply_late")
ALERT_STATES: Final = ("alert_open", "alert_put_off", "alert_acted_upon")
URGENCIES: Final = ("now", "soon", "ahead")
# Of thresholds there are a few for each position at most, and of those few are crossed.
_BOUNDED = Order(bounded=200_000)

# What is there now decides, not what was there when it began.
_RANK: Final = (
    "CASE WHEN alert.kind = 'below_threshold' AND coalesce(position.available, 0) <= 0 THEN 3 ELSE alert.urgency END"
)
_URGENCY: Final = f"(ARRAY['ahead', 'soon', 'now'])[{_RANK}]"
_STATE: Final = (
    "CASE WHEN alert.acknowledged_at IS NOT NULL THEN 'alert_acted_upon'"
    " WHEN alert.snoozed_until IS NOT NULL THEN 'alert_put_off' ELSE 'alert_open' END"
)

ALERTS = Listing(
    name="alerts",
    table="messages_alert",
    alias="alert",
    key=(Key("alert.id"),),
    joins={
        "sku": Join("LEFT JOIN catalog_sku AS sku ON sku.code = alert.sku"),
        "product": goods.PRODUCT,
        "place": Join("LEFT JOIN places_site AS site ON site.code = alert.site"),
        "position": Join(
            "LEFT JOIN stock_position AS position ON position.sku_id = sku.id AND position.site_id = site.id",
            ("sku", "place"),
        ),
        "threshold": Join(
            "LEFT JOIN stock_threshold AS threshold ON threshold.sku_id = sku.id AND threshold.site_id = site.id",
            ("sku", "place"),
        ),
    },
    columns=(
        Column("sku", "code", "alert.sku", label="SKU", sort=_BOUNDED),
        Column("name", "text", "sku.name", ("sku",), words=goods.SKU_WORDS),
        Column("site", "code", "alert.site", sort=_BOUNDED),
        Column(
            *("urgency", "state", _URGENCY, ("position",)),
            choices=URGENCIES,
            sort=Order(_RANK, ("position",), "number", bounded=200_000),
        ),
        Column("kind", "state", "alert.kind", choices=KINDS),
        Column("available", "number", "position.available", ("position",), sort=Order(bounded=200_000, nullable=True)),
        Column("threshold", "number", "threshold.quantity", ("threshold",), filtered=False),
        Column("runs_out", "date", "(alert.facts ->> 'date')::date", label="Runs out", empty=True, filtered=False),
        Column("since", "moment", "alert.opened_at", sort=_BOUNDED),
        Column("state", "state", _STATE, choices=ALERT_STATES),
        Column("by", "code", "alert.acknowledged_by", label="By whom", empty=True, shown=False),
    ),
    order=("-urgency", "since"),
    within="alert.closed_at IS NULL",
    always=("sku", "site"),
    search=goods.search("sku.id"),
)
