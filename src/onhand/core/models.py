"""Tables every room leans on: the event log, its followers, and the answers already given."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """Something that happened, in the transaction in which it happened.

    ``xid`` is the writing transaction (see ``events.py`` for why followers need it). Migration 0002 adds it, with
    its default and index, because Django has no field for PostgreSQL's ``xid8``.
    """

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    kind = models.TextField()
    subject = models.TextField()
    actor = models.TextField()
    data = models.JSONField()
    origin = models.TextField(db_default="")

    class Meta:
        db_table = "core_event"
        indexes: ClassVar = [models.Index(fields=["subject", "seq"], name="core_event_subject")]


class Follower(models.Model):
    """How far a reader of the event log has come; see ``events.py`` for the meaning of the three marks."""

    name = models.TextField(primary_key=True)
    seen = models.TextField()
    until = models.TextField(null=True)
    seq = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "core_follower"


class Answer(models.Model):
    """The answer given to a key, so that asking again does nothing and hears the same."""

    key = models.TextField(primary_key=True)
    fingerprint = models.BinaryField()
    answer = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "core_answer"
        indexes: ClassVar = [models.Index(fields=["at"], name="core_answer_at")]
