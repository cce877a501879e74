"""Samples by the minute and by the hour, and incidents."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Minute(models.Model):
    """What a process saw in a minute: of the whole (an empty door) in which seconds it could serve, a bit for each."""

    pk = models.CompositePrimaryKey("minute", "process", "door")
    minute = models.DateTimeField()
    process = models.TextField()
    door = models.TextField()
    ready = models.BigIntegerField(db_default=0)
    requests = models.IntegerField(db_default=0)
    errors = models.IntegerField(db_default=0)
    slower = ArrayField(models.IntegerField(), db_default=[])
    queued = models.IntegerField(db_default=0)

    class Meta:
        db_table = "core_health_minute"


class Hour(models.Model):
    """The same of all processes together. ``seconds`` of the hour count; in ``up`` of them somebody served."""

    pk = models.CompositePrimaryKey("hour", "door")
    hour = models.DateTimeField()
    door = models.TextField()
    seconds = models.IntegerField(db_default=0)
    up = models.IntegerField(db_default=0)
    requests = models.BigIntegerField(db_default=0)
    errors = models.BigIntegerField(db_default=0)
    slower = ArrayField(models.BigIntegerField(), db_default=[])
    queued = models.IntegerField(db_default=0)

    class Meta:
        db_table = "core_health_hour"


class Incident(models.Model):
    """Something that was not as it should be: since when, who came when, until when. Of a trouble, one at a time."""

    kind = models.TextField()
    about = models.TextField(db_default="", default="")
    severity = models.TextField()
    facts = models.JSONField()
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    seen_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.TextField(db_default="", default="")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.TextField(db_default="", default="")
    note = models.TextField(db_default="", default="")

    class Meta:
        db_table = "core_health_incident"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "about"], condition=Q(resolved_at__isnull=True), name="core_health_incident_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["opened_at"], name="core_health_incident_at")]
