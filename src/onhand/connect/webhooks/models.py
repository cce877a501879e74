"""Endpoints, their secrets, and the outbox."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Endpoint(models.Model):
    """An address, what it wants to hear, and how it fares.

    ``failing``: the last post did not get through; it is tried again. ``disabled``: nothing is sent, by somebody's
    wish or because the endpoint said (410) or showed that it is gone; ``reason`` says which.
    """

    id = models.UUIDField(primary_key=True)
    url = models.TextField()
    kinds = ArrayField(models.TextField())
    sites = ArrayField(models.TextField())
    channels = ArrayField(models.TextField())
    description = models.TextField(db_default="")
    state = models.TextField(db_default="enabled")
    since = models.DateTimeField(db_default=Now())
    reason = models.TextField(db_default="")
    made_by = models.TextField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "webhooks_endpoint"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["enabled", "failing", "disabled"]), name="webhooks_endpoint_state"
            ),
        ]


class Secret(models.Model):
    """What posts are signed with. The old one stays beside the new for a while, so that a receiver can change over.

    Kept as it is: a signature needs the secret itself. It is shown once, when it is made.
    """

    endpoint = models.ForeignKey(Endpoint, models.CASCADE)
    secret = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhooks_secret"


class Delivery(models.Model):
    """An event to be posted to an endpoint, and how far that has come.

    ``waiting``: to be posted at ``next_at``; ``behind``: an earlier one of the same ``ordered_by`` comes first;
    ``done``; ``dead``: given up. ``body`` is only there when no event is (a ping).
    """

    endpoint_id = models.UUIDField()
    message = models.TextField()
    seq = models.BigIntegerField(null=True)
    kind = models.TextField()
    ordered_by = models.TextField()
    body = models.TextField(null=True)
    state = models.TextField()
    attempts = models.IntegerField(db_default=0)
    next_at = models.DateTimeField()
    last_status = models.IntegerField(null=True)
    last_error = models.TextField(db_default="")
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhooks_delivery"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint_id", "message"], name="webhooks_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "behind", "done", "dead"]), name="webhooks_delivery_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["endpoint_id", "next_at"], condition=Q(state="waiting"), name="webhooks_delivery_due"),
            models.Index(
                fields=["endpoint_id", "ordered_by", "seq"],
                condition=Q(state__in=["waiting", "behind"]),
                name="webhooks_delivery_order",
            ),
            models.Index(fields=["endpoint_id", "state", "id"], name="webhooks_delivery_list"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="webhooks_delivery_ended"),
        ]
