"""Keys of subjects, what they agreed to, what holds their erasure up, and that they were erased."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class SubjectKey(models.Model):
    """The key of a subject, wrapped by the master key called ``master``; without it, what is sealed stays so for ever.

    ``id`` stands in every text sealed with the key. The subject ``*`` is nobody: its key makes the marks.
    """

    subject = models.TextField(primary_key=True)
    id = models.TextField()
    master = models.TextField()
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "access_privacy_key"
        indexes: ClassVar = [models.Index(fields=["master", "subject"], name="access_privacy_key_master")]


class Consent(models.Model):
    """Somebody said yes or no to a purpose, in answer to these words; the latest of a purpose holds."""

    subject = models.TextField()
    purpose = models.TextField()
    given = models.BooleanField()
    wording = models.TextField()
    source = models.TextField()
    actor = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "access_privacy_consent"
        indexes: ClassVar = [models.Index(fields=["subject", "purpose", "-id"], name="access_privacy_consent_latest")]


class Hold(models.Model):
    """A legal duty to keep what is known of somebody, until a day."""

    subject = models.TextField()
    reason = models.TextField()
    until = models.DateTimeField()
    actor = models.TextField()
    at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_privacy_hold"
        indexes: ClassVar = [
            models.Index(fields=["subject"], name="access_privacy_hold_subject", condition=models.Q(ended_at=None))
        ]


class Erasure(models.Model):
    """Somebody was erased: who asked, why, and what was blanked. The tombstones' file has these rows, too."""

    subject = models.TextField()
    at = models.DateTimeField()
    actor = models.TextField()
    reason = models.TextField()
    counts = models.JSONField()

    class Meta:
        db_table = "access_privacy_erasure"
        indexes: ClassVar = [
            models.Index(fields=["subject", "-id"], name="access_privacy_erasure_of"),
            models.Index(fields=["at"], name="access_privacy_erasure_at"),
        ]
