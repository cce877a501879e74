"""Letters and what became of them, and texts that somebody wrote in the place of ours."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
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
    # Of a person's devices the one it is shown on; there it takes the place of what was shown under its topic.
    device = models.BigIntegerField(db_default=0)
    topic = models.TextField(db_default="")
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


class Alert(models.Model):
    """A situation somebody should act upon: one for each kind, SKU and site, from when it began until it is over.

    ``news`` grows with everything that makes it worth telling: that it began, that nobody acted, that a snooze ended.
    """

    kind = models.TextField()
    sku = models.TextField()
    site = models.TextField()
    urgency = models.SmallIntegerField()
    facts = models.JSONField()
    news = models.BigIntegerField()
    opened_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.TextField(db_default="")
    snoozed_until = models.DateTimeField(null=True)
    snoozed_by = models.TextField(db_default="")
    escalated_at = models.DateTimeField(null=True)
    # A person or a role: person/ana, role/store_manager.
    escalated_to = models.TextField(db_default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messages_alert"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "sku", "site"], condition=Q(closed_at__isnull=True), name="messages_alert_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["news"],
                condition=Q(closed_at__isnull=True, acknowledged_at__isnull=True),
                name="messages_alert_news",
            ),
            models.Index(
                fields=["opened_at"],
                condition=Q(closed_at__isnull=True, acknowledged_at__isnull=True, escalated_at__isnull=True),
                name="messages_alert_escalating",
            ),
            models.Index(
                fields=["snoozed_until"],
                condition=Q(closed_at__isnull=True, snoozed_until__isnull=False),
                name="messages_alert_snoozed",
            ),
            models.Index(fields=["opened_at", "id"], name="messages_alert_opened"),
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="messages_alert_closed"),
        ]


class Preference(models.Model):
    """How somebody wants to hear of alerts at a site; ``site`` empty: at all others.

    ``channels``: by what, beside the page (none: only there); ``muted``: not at all. ``pace``: at once, or gathered
    once a day at ``digest_at``. Nothing is sent between ``quiet_from`` and ``quiet_until``. All in the site's time.
    """

    person = models.TextField()
    site = models.TextField(db_default="")
    channels = ArrayField(models.TextField(), db_default=[])
    muted = models.BooleanField(db_default=False)
    pace = models.TextField(db_default="at_once")
    digest_at = models.TimeField(db_default="08:00")
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)

    class Meta:
        db_table = "messages_preference"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "site"], name="messages_preference_once"),
            models.CheckConstraint(condition=Q(pace__in=["at_once", "digest"]), name="messages_preference_pace"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="messages_preference_quiet",
            ),
        ]


class Round(models.Model):
    """How far somebody has been told of alerts by a channel, and when they are told the rest."""

    pk = models.CompositePrimaryKey("person", "channel")
    person = models.TextField()
    channel = models.TextField()
    told_up_to = models.BigIntegerField(db_default=0)
    told_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messages_round"
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="messages_round_due"),
        ]


class Escalation(models.Model):
    """Who is told when nobody has acted upon an alert of a site for so long; ``site`` empty: of all others."""

    site = models.TextField(primary_key=True)
    after_minutes = models.IntegerField()
    to = models.TextField()
    changed_by = models.TextField()
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "messages_escalation"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(after_minutes__gt=0), name="messages_escalation_after"),
        ]


class News(models.Model):
    """What became of an order since its customer was written to last, and what they know of it.

    ``happened``: what is to be told at ``due_at``, up to the event ``seq``. ``told``: the steps the customer was told
    of; ``said``: the day on which each line was said to be expected, by the line's number.
    """

    order_id = models.UUIDField(primary_key=True)
    channel = models.TextField()
    number = models.TextField()
    happened = models.JSONField(db_default=[])
    seq = models.BigIntegerField()
    due_at = models.DateTimeField(null=True)
    told = models.JSONField(db_default=[])
    said = models.JSONField(db_default={})
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "messages_order_news"
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="messages_order_news_due"),
            models.Index(fields=["changed_at"], condition=Q(due_at__isnull=True), name="messages_order_news_old"),
        ]


class Phone(models.Model):
    """Where somebody of the house is texted; sealed under their key."""

    person = models.TextField(primary_key=True)
    number = models.TextField()

    class Meta:
        db_table = "messages_phone"


class Device(models.Model):
    """A browser on which somebody of the house has alerts shown: where its push service takes them.

    ``address``: what the browser gave (where to post, and the keys to seal for it), sealed under its owner's key.
    ``mark``: by which the same browser is found again; it is one person's at a time. ``name``: as people call it.
    ``silent_since``: nothing reaches it from then on until its browser subscribes anew; empty while alerts reach it.
    """

    person = models.TextField()
    name = models.TextField(db_default="")
    mark = models.TextField()
    address = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    silent_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "messages_device"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mark"], name="messages_device_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "id"], name="messages_device_person"),
        ]
