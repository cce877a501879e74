"""Confirmations that were used, limits, and requests that wait for a second person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Confirmation(models.Model):
    """A confirmation that was used. It is kept while it could come again; what it was for stays in the log."""

    nonce = models.TextField(primary_key=True)
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "access_confirmation"
        indexes: ClassVar = [models.Index(fields=["used_at"], name="access_confirmation_used")]


class Limit(models.Model):
    """From how much on an act of a kind is high, and above how much a second person approves; null: never.

    ``measure``: ``quantity``, or the currency in which a value is measured.
    """

    act = models.TextField()
    measure = models.TextField()
    high_from = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    second_above = models.DecimalField(max_digits=18, decimal_places=4, null=True)

    class Meta:
        db_table = "access_limit"
        constraints: ClassVar = [models.UniqueConstraint(fields=["act", "measure"], name="access_limit_once")]


class Request(models.Model):
    """What somebody asked for and a second person must approve."""

    act = models.TextField()
    facts = models.TextField()
    before = models.TextField()
    # The name of the asking: the same form sent twice is one request.
    key = models.TextField(unique=True)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # What an approver must have, and where: each site, none for everywhere.
    permission = models.TextField()
    sites = models.JSONField()
    state = models.TextField(db_default="waiting")
    decided_by = models.TextField(db_default="")
    decided_at = models.DateTimeField(null=True)
    # Why it was declined, or what stood in its way.
    answer = models.TextField(db_default="")
    # When who asked was told what became of it.
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_request"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "done", "declined", "failed", "withdrawn"]),
                name="access_request_state",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state="waiting"), name="access_request_waiting"),
            models.Index(fields=["asked_by", "-id"], name="access_request_asked_by"),
        ]
