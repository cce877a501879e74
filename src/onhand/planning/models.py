"""How long goods take to come."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class LeadTime(models.Model):
    """How many days goods of a category, and of those below it, take from the wish for them until they are there."""

    category_id = models.BigIntegerField(primary_key=True)
    days = models.IntegerField()

    class Meta:
        db_table = "planning_lead_time"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(days__gte=0, days__lte=730), name="planning_lead_time_days"),
        ]
