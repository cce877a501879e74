"""The ledger's tables. What must never be false is a constraint, so that no bug of ours can oversell.

Rows that are written at the rate of sales carry plain ids instead of foreign keys: each id was just read from the
table it points to, nothing there is ever deleted, and ``onhand check`` proves that none dangles.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


def units(**options: object) -> models.DecimalField:  # type: ignore[type-arg]
    """A column for quantities, as exact as the ledger is."""
    return models.DecimalField(max_digits=14, decimal_places=3, **options)  # type: ignore[arg-type]


class Lot(models.Model):
    """Goods of one SKU made or received together; a serial number is a lot of one piece."""

    sku_id = models.BigIntegerField()
    code = models.TextField()
    expires_on = models.DateField(null=True)
    single = models.BooleanField(db_default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "stock_lot"
        constraints: ClassVar = [models.UniqueConstraint(fields=["sku_id", "code"], name="stock_lot_once")]
        indexes: ClassVar = [
            models.Index(fields=["code"], name="stock_lot_code"),
            models.Index(fields=["expires_on"], name="stock_lot_expiry"),
        ]


class Move(models.Model):
    """So much of one SKU went from one location to another. Append-only: a correction is a new move."""

    sku_id = models.BigIntegerField()
    lot_id = models.BigIntegerField(null=True)
    source_id = models.BigIntegerField()
    target_id = models.BigIntegerField()
    quantity = units()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    reason = models.TextField()
    reference = models.TextField(db_default="")
    actor = models.TextField()

    class Meta:
        db_table = "stock_move"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_move_positive"),
            models.CheckConstraint(condition=~Q(source_id=F("target_id")), name="stock_move_somewhere"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sku_id", "at"], name="stock_move_sku_at"),
            models.Index(fields=["at", "id"], name="stock_move_at"),
            models.Index(fields=["reference"], name="stock_move_reference", condition=~Q(reference="")),
        ]


class Balance(models.Model):
    """What the moves have left at a location. Only virtual locations (supplier, customer, loss …) go below zero."""

    location_id = models.BigIntegerField()
    sku_id = models.BigIntegerField()
    lot_id = models.BigIntegerField(null=True)
    quantity = units()
    virtual = models.BooleanField()

    class Meta:
        db_table = "stock_balance"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sku_id", "location_id", "lot_id"], name="stock_balance_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(virtual=True) | Q(quantity__gte=0), name="stock_balance_not_negative"),
        ]
        indexes: ClassVar = [models.Index(fields=["location_id"], name="stock_balance_location")]


class Position(models.Model):
    """A SKU at a site. ``unsellable`` is the part of on hand in quarantine or damaged."""

    pk = models.CompositePrimaryKey("sku_id", "site_id")
    sku_id = models.BigIntegerField()
    site_id = models.BigIntegerField()
    on_hand = units(db_default=0)
    unsellable = units(db_default=0)
    reserved = units(db_default=0)
    inbound = units(db_default=0)
    promised = units(db_default=0)
    in_transit = units(db_default=0)
    available = models.GeneratedField(
        expression=F("on_hand") - F("unsellable") - F("reserved"), output_field=units(), db_persist=True
    )

    class Meta:
        db_table = "stock_position"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(on_hand__gte=F("unsellable") + F("reserved")), name="stock_position_never_oversold"
            ),
            models.CheckConstraint(
                condition=Q(unsellable__gte=0, reserved__gte=0, inbound__gte=0, promised__gte=0, in_transit__gte=0),
                name="stock_position_not_negative",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["site_id", "sku_id"], name="stock_position_site")]


class Supply(models.Model):
    """Goods that are coming to a site: bought, made, sent by another site, or expected back. ``received`` grows."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    reference = models.TextField()
    sku_id = models.BigIntegerField()
    site_id = models.BigIntegerField()
    origin_id = models.BigIntegerField(null=True)
    lot_id = models.BigIntegerField(null=True)
    quantity = units()
    received = units(db_default=0)
    promised = units(db_default=0)
    due = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "stock_supply"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["purchase", "transfer", "production", "return"]), name="stock_supply_kind"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0, received__gte=0), name="stock_supply_positive"),
            models.CheckConstraint(
                condition=Q(promised__gte=0)
                & (Q(received__gt=F("quantity")) | Q(promised__lte=F("quantity") - F("received"))),
                name="stock_supply_never_overpromised",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sku_id", "due"], name="stock_supply_open", condition=Q(closed_at=None)),
            models.Index(fields=["site_id", "reference"], name="stock_supply_reference"),
            models.Index(fields=["reference"], name="stock_supply_document"),
            models.Index(fields=["due", "id"], name="stock_supply_due"),
            models.Index(fields=["due", "id"], name="stock_supply_coming", condition=Q(closed_at=None)),
        ]


class Reservation(models.Model):
    """A claim of an order line, or of a cart, on a position or on a supply. Ended, never deleted."""

    id = models.UUIDField(primary_key=True)
    sku_id = models.BigIntegerField()
    site_id = models.BigIntegerField()
    supply_id = models.UUIDField(null=True)
    quantity = units()
    line_id = models.UUIDField(null=True)
    cart = models.TextField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(null=True)

    class Meta:
        db_table = "stock_reservation"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_reservation_positive"),
            models.CheckConstraint(
                condition=Q(line_id__isnull=False, cart__isnull=True, expires_at__isnull=True)
                | Q(line_id__isnull=True, cart__isnull=False, expires_at__isnull=False),
                name="stock_reservation_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome__isnull=True)
                | Q(ended_at__isnull=False, outcome__in=["shipped", "released", "expired", "taken_over", "arrived"]),
                name="stock_reservation_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["line_id"], name="stock_reservation_line", condition=Q(ended_at=None, cart=None)),
            models.Index(fields=["cart"], name="stock_reservation_of_cart", condition=Q(ended_at=None) & ~Q(cart=None)),
            models.Index(
                fields=["expires_at"], name="stock_reservation_lapse", condition=Q(ended_at=None, line_id=None)
            ),
            models.Index(
                fields=["supply_id"], name="stock_reservation_pegs", condition=Q(ended_at=None) & ~Q(supply_id=None)
            ),
            models.Index(
                fields=["supply_id", "made_at", "id"],
                name="stock_reservation_latest_pegs",
                condition=Q(ended_at=None) & ~Q(supply_id=None),
            ),
            models.Index(fields=["sku_id", "site_id", "made_at"], name="stock_reservation_history"),
        ]


class Threshold(models.Model):
    """Below this, somebody wants to know. ``crossed_at`` says since when available has been below; told once."""

    pk = models.CompositePrimaryKey("sku_id", "site_id")
    sku_id = models.BigIntegerField()
    site_id = models.BigIntegerField()
    quantity = units()
    crossed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "stock_threshold"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_threshold_positive")]
        indexes: ClassVar = [
            models.Index(fields=["crossed_at"], name="stock_threshold_below", condition=~Q(crossed_at=None))
        ]
