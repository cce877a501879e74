"""Letters and what became of them, and texts that somebody wrote in the place of ours."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

STATES = ["queued", "sent", "failed", "given_up"]


class Letter(models.Model):
    """A letter in the outbox, and then on record.

    ``queued``: to be sent at ``next_at``; ``failed``: it did not get through, and is tried again then; ``sent``: the
    next server has it; ``given_up``. ``whose`` is whom it is about, as privacy knows them: ``body`` (the letter's
    texts, as JSON) and ``address`` (only where the recipient is nobody we know) are sealed under their key.
    """

    key = models.TextField()
    channel = models.TextField()
    template = models.TextField()
    language = models.TextField()
    to_kind = models.TextField()
    to_name = models.TextField(db_default="")
    address = models.TextField(db_default="")
    whose = models.TextField()
    about = models.TextField(db_default="")
    body = models.TextField()
    state = models.TextField(db_default="queued")
    tries = models.IntegerField(db_default=0)
    next_at = models.DateTimeField()
    # Later than this it is of no use to anybody.
    useful_until = models.DateTimeField(null=True)
    said = models.TextField(db_default="")
    # What the provider calls it.
    reference = models.TextField(db_default="")
    made_by = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messages_letter"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="messages_letter_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="messages_letter_state"),
            models.CheckConstraint(
                condition=Q(to_kind__in=["customer", "person", "address"]), name="messages_letter_to_kind"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, state__in=["queued", "failed"])
                | Q(ended_at__isnull=False, state__in=["sent", "given_up"]),
                name="messages_letter_ended",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_at", "id"], condition=Q(state__in=["queued", "failed"]), name="messages_letter_due"
            ),
            models.Index(fields=["about", "id"], condition=~Q(about=""), name="messages_letter_about"),
            models.Index(fields=["state", "id"], name="messages_letter_state_of"),
            models.Index(fields=["whose", "id"], name="messages_letter_whose"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="messages_letter_old"),
        ]


class Attempt(models.Model):
    """One try to deliver a letter, and what was said to it."""

    letter = models.ForeignKey(Letter, models.CASCADE)
    at = models.DateTimeField()
    well = models.BooleanField()
    said = models.TextField(db_default="")

    class Meta:
        db_table = "messages_attempt"


class Wording(models.Model):
    """A template's texts in a language, as somebody wrote them in the place of ours."""

    template = models.TextField()
    language = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    short = models.TextField(db_default="")
    changed_by = models.TextField()
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "messages_wording"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["template", "language"], name="messages_wording_once"),
        ]
