"""Who wants to be told that goods are back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Wish(models.Model):
    """An address left with a SKU, sealed; ``whose`` is whom privacy knows it by. When the wish ends it is forgotten."""

    sku_id = models.BigIntegerField()
    whose = models.TextField()
    email = models.TextField()
    language = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(null=True)

    class Meta:
        db_table = "customers_wish"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sku_id", "whose"], condition=Q(ended_at=None), name="customers_wish_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome__isnull=True)
                | Q(ended_at__isnull=False, email="", outcome__in=["told", "taken_back", "too_old"]),
                name="customers_wish_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sku_id", "id"], condition=Q(ended_at=None), name="customers_wish_queue"),
            models.Index(fields=["sku_id", "ended_at"], condition=Q(outcome="told"), name="customers_wish_told"),
            models.Index(fields=["made_at"], name="customers_wish_made"),
            models.Index(fields=["whose"], name="customers_wish_whose"),
        ]
