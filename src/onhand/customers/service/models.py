"""Notes and cases. Their texts are sealed; who they are about is a customer, or a guest's order."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from onhand.customers.rules import PRIORITIES
from onhand.customers.service.rules import STATES

_OF_SOMEBODY = Q(customer_id__isnull=False) | Q(order_id__isnull=False)


class Note(models.Model):
    """What a colleague should know of a customer or an order. ``key`` names the asking: asked twice, written once."""

    customer_id = models.BigIntegerField(null=True)
    order_id = models.UUIDField(null=True)
    text = models.TextField()
    pinned = models.BooleanField(db_default=False)
    author = models.TextField()
    at = models.DateTimeField()
    key = models.TextField(unique=True)

    class Meta:
        db_table = "customers_note"
        constraints: ClassVar = [models.CheckConstraint(condition=_OF_SOMEBODY, name="customers_note_of_somebody")]
        indexes: ClassVar = [
            models.Index("customer_id", F("pinned").desc(), F("id").desc(), name="customers_note_customer"),
            models.Index(
                "order_id",
                F("pinned").desc(),
                F("id").desc(),
                name="customers_note_order",
                condition=Q(order_id__isnull=False),
            ),
        ]


class Case(models.Model):
    """Something a customer asked for. Its id is its number.

    ``due_at`` is when an answer is due to what was asked last, ``answered_at`` when it was given. Once something was
    asked after an answer, ``first_due_at`` and ``first_answered_at`` keep how it was with the first question.
    """

    subject = models.TextField()
    customer_id = models.BigIntegerField(null=True)
    order_id = models.UUIDField(null=True)
    owner = models.TextField(null=True)
    state = models.TextField(db_default="open")
    priority = models.TextField(db_default="normal")
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    first_due_at = models.DateTimeField(null=True)
    first_answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    key = models.TextField(unique=True)

    class Meta:
        db_table = "customers_case"
        constraints: ClassVar = [
            models.CheckConstraint(condition=_OF_SOMEBODY, name="customers_case_of_somebody"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="customers_case_state"),
            models.CheckConstraint(condition=Q(priority__in=PRIORITIES), name="customers_case_priority"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at=None)),
                name="customers_case_closed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "id"], name="customers_case_customer", condition=~Q(customer_id=None)),
            models.Index(fields=["order_id", "id"], name="customers_case_order", condition=~Q(order_id=None)),
            models.Index(fields=["owner", "id"], name="customers_case_owner", condition=~Q(state="closed")),
            models.Index(fields=["state", "id"], name="customers_case_live", condition=~Q(state="closed")),
            models.Index(
                fields=["due_at", "id"], name="customers_case_due", condition=Q(answered_at=None, closed_at=None)
            ),
            models.Index(fields=["opened_at"], name="customers_case_opened"),
            # The order of the list: whose answer is due soonest, then all others, the latest first.
            models.Index(
                models.Case(models.When(answered_at=None, closed_at=None, then=F("due_at"))),
                F("id").desc(),
                name="customers_case_queue",
            ),
        ]


class Entry(models.Model):
    """Something said about a case: the question, an answer, a note among colleagues."""

    case_id = models.BigIntegerField()
    kind = models.TextField()
    text = models.TextField()
    author = models.TextField()
    at = models.DateTimeField()
    key = models.TextField(unique=True)

    class Meta:
        db_table = "customers_case_entry"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["question", "answer", "note"]), name="customers_case_entry_kind"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["case_id", "id"], name="customers_case_entry_case")]
