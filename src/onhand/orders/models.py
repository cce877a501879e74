"""Orders, lines and backorders. The sums a line must keep are constraints."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


def units(**options: object) -> models.DecimalField:  # type: ignore[type-arg]
    """A column for quantities, as exact as the ledger's."""
    return models.DecimalField(max_digits=14, decimal_places=3, **options)  # type: ignore[arg-type]


class Channel(models.Model):
    """Where orders come from, and what the shop allows there."""

    code = models.TextField(unique=True)
    name = models.TextField()
    kind = models.TextField()
    currency = models.CharField(max_length=3)
    backorders = models.BooleanField(db_default=True)
    active = models.BooleanField(db_default=True)

    class Meta:
        db_table = "orders_channel"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["web", "store", "marketplace", "phone"]), name="orders_channel_kind"
            )
        ]


class Order(models.Model):
    """A customer's order. ``number`` is the channel's own; the moments say what was done with it, and when."""

    id = models.UUIDField(primary_key=True)
    channel_id = models.BigIntegerField()
    number = models.TextField()
    customer_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=2, null=True)
    postcode = models.TextField(db_default="")
    # The lines below the name: street and house, town; sealed as the postcode is.
    address = models.TextField(db_default="")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    priority = models.SmallIntegerField(db_default=0)
    state = models.TextField()
    placed_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    hold_reason = models.TextField(db_default="")
    picked_at = models.DateTimeField(null=True)
    packed_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_order"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel_id", "number"], name="orders_order_number_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "id"], name="orders_order_customer", condition=~Q(customer_id=None)),
            models.Index(
                fields=["state", "id"],
                name="orders_order_open",
                condition=Q(
                    state__in=["placed", "backordered", "confirmed", "held", "picked", "packed", "part_shipped"]
                ),
            ),
            models.Index(fields=["id"], name="orders_order_on_the_road", condition=Q(state="shipped")),
            # Orders are written about in the order in which they were placed, so a summary of blocks is enough, and
            # costs an order nothing.
            BrinIndex(fields=["placed_at"], name="orders_order_placed_at", autosummarize=True),
        ]


class Line(models.Model):
    """So much of one SKU in an order, and what has become of it."""

    id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField()
    number = models.SmallIntegerField()
    sku_id = models.BigIntegerField()
    ordered = units()
    reserved = units(db_default=0)
    backordered = units(db_default=0)
    shipped = units(db_default=0)
    cancelled = units(db_default=0)
    returned = units(db_default=0)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)

    class Meta:
        db_table = "orders_line"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order_id", "number"], name="orders_line_number_once"),
            models.CheckConstraint(
                condition=Q(ordered=F("reserved") + F("backordered") + F("shipped") + F("cancelled")),
                name="orders_line_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(ordered__gt=0, reserved__gte=0, backordered__gte=0, shipped__gte=0, cancelled__gte=0)
                & Q(returned__gte=0, returned__lte=F("shipped")),
                name="orders_line_not_negative",
            ),
        ]


class Backorder(models.Model):
    """What an order line waits for: how much, since when, why, until when if we know; and how its waiting ended."""

    id = models.UUIDField(primary_key=True)
    line_id = models.UUIDField()
    order_id = models.UUIDField()
    sku_id = models.BigIntegerField()
    quantity = units()
    priority = models.SmallIntegerField(db_default=0)
    since = models.DateTimeField()
    cause = models.TextField()
    eta = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(null=True)

    class Meta:
        db_table = "orders_backorder"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_backorder_positive"),
            models.CheckConstraint(
                condition=Q(cause__in=["out_of_stock", "stock_lost", "amended"]), name="orders_backorder_cause"
            ),
            models.CheckConstraint(
                condition=Q(outcome=None) | Q(ended_at__isnull=False, outcome__in=["served", "given_up"]),
                name="orders_backorder_outcome",
            ),
            models.UniqueConstraint(fields=["line_id"], name="orders_backorder_once", condition=Q(ended_at=None)),
        ]
        indexes: ClassVar = [
            models.Index(
                "sku_id", F("priority") * -1, "since", "id", name="orders_backorder_queue", condition=Q(ended_at=None)
            ),
            models.Index(
                "sku_id",
                F("priority") * -1,
                "since",
                "id",
                name="orders_backorder_without_day",
                condition=Q(ended_at=None, eta=None),
            ),
            models.Index(fields=["since"], name="orders_backorder_since"),
            models.Index(fields=["since", "id"], name="orders_backorder_oldest", condition=Q(ended_at=None)),
            models.Index(fields=["sku_id", "order_id"], name="orders_backorder_ever"),
        ]
