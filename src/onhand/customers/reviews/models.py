"""Orders asked about, reviews of their lines, and scores. What customers wrote is sealed under their key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Asked(models.Model):
    """An order whose customer was asked what they think of it, or (``sent`` is false) was not to be asked."""

    order_id = models.UUIDField(primary_key=True)
    about = models.TextField()
    customer = models.TextField(db_index=True)
    digest = models.BinaryField(unique=True)
    sent = models.BooleanField()
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "customers_reviews_asked"


class Review(models.Model):
    """What a customer thinks of one line of an order; ``why`` it was rejected, and what the shop ``answer``ed."""

    id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField()
    about = models.TextField()
    line = models.SmallIntegerField()
    sku = models.TextField()
    customer = models.TextField(db_index=True)
    stars = models.SmallIntegerField()
    text = models.TextField(db_default="")
    state = models.TextField()
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(db_default="")
    why = models.TextField(db_default="")
    answer = models.TextField(db_default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_reviews_review"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order_id", "line"], name="customers_reviews_once"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="customers_reviews_stars"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "published", "rejected"]), name="customers_reviews_state"
            ),
        ]
        indexes: ClassVar = [
            # Counting stars and reading the latest of a SKU both go by this one.
            models.Index(
                fields=["sku", "-id"],
                include=["stars"],
                name="customers_reviews_published",
                condition=Q(state="published"),
            ),
            models.Index(fields=["state", "id"], name="customers_reviews_by_state"),
        ]


class Score(models.Model):
    """How likely a customer is to recommend the shop (0 to 10), and why; one for an order."""

    order_id = models.UUIDField(primary_key=True)
    about = models.TextField()
    customer = models.TextField(db_index=True)
    score = models.SmallIntegerField()
    why = models.TextField(db_default="")
    written_at = models.DateTimeField()

    class Meta:
        db_table = "customers_reviews_score"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=10), name="customers_reviews_score_range"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["written_at", "order_id"], include=["score"], name="customers_reviews_by_month"),
        ]
