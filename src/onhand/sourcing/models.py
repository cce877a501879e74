"""The policies, each version kept, so that an old decision can be replayed under the rules of its day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Policy(models.Model):
    """How one channel chooses sites. ``rules`` is the JSON of ``sourcing.rules.Policy``."""

    channel_id = models.BigIntegerField()
    version = models.IntegerField()
    rules = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    actor = models.TextField()

    class Meta:
        db_table = "sourcing_policy"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel_id", "version"], name="sourcing_policy_version_once")
        ]
