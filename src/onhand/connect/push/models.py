"""The key by which push services know the shop."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Key(models.Model):
    """The shop's key, the only row there is.

    ``secret`` is sealed as what is known of people is; ``public`` is its other half, which browsers are given.
    """

    id = models.SmallIntegerField(primary_key=True, db_default=1)
    secret = models.TextField()
    public = models.TextField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "push_key"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="push_key_only_one"),
        ]
