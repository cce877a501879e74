"""Alerts, what is remembered of everybody, and where networks lie."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

STATES = ("open", "looked_at", "closed")
SEVERITIES = ("low", "medium", "high")


class Alert(models.Model):
    """A situation somebody should look at: of which kind, about whom, and the events that show it."""

    kind = models.TextField()
    who = models.TextField()
    situation = models.TextField()
    severity = models.TextField()
    state = models.TextField(db_default="open", default="open")
    facts = models.JSONField()
    evidence = models.JSONField()
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    looked_by = models.TextField(db_default="", default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(db_default="", default="")
    note = models.TextField(db_default="", default="")

    class Meta:
        db_table = "access_watching_alert"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "who", "situation"], name="access_watching_alert_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="access_watching_alert_state"),
            models.CheckConstraint(condition=Q(severity__in=SEVERITIES), name="access_watching_alert_severity"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "-id"], name="access_watching_alert_latest")]


class Memory(models.Model):
    """What is remembered of somebody, a key, a site or an address: see ``memory.py``."""

    who = models.TextField(primary_key=True)
    memory = models.JSONField()
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "access_watching_memory"


class Network(models.Model):
    """Where a network lies: at coordinates, at a site, or (neither) nowhere in particular, as the exit of a VPN.

    Migration 0001 adds ``network`` and its index, because Django has no field for PostgreSQL's ``cidr``.
    """

    name = models.TextField(db_default="", default="")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    site = models.TextField(db_default="", default="")

    class Meta:
        db_table = "access_watching_network"
