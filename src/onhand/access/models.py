"""API keys. Only a digest is kept: a stolen table opens no door."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class ApiKey(models.Model):
    """A machine's key: the first characters to recognise it by, the digest to check it with, what it may do."""

    name = models.TextField()
    prefix = models.TextField(unique=True)
    digest = models.BinaryField()
    scopes = models.JSONField()
    per_second = models.IntegerField(db_default=0)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_api_key"
