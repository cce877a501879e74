"""What a customer's account consists of. No secret is here: of codes and cookies only digests."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Code(models.Model):
    """A code that was sent, and the browser that asked for it: by the digest of what its cookie holds.

    One that was asked for under an address nobody has is kept just the same, so that nobody sees a difference; its
    ``customer`` is empty. ``shared``: it holds in several browsers, each of which has a row with the same digest.
    """

    asking = models.BinaryField(primary_key=True)
    purpose = models.TextField()
    customer = models.TextField(db_default="")
    mark = models.TextField()
    digest = models.BinaryField()
    shared = models.BooleanField(db_default=False)
    tries = models.SmallIntegerField(db_default=0)
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "customers_account_code"
        indexes: ClassVar = [
            models.Index(fields=["mark"], condition=Q(shared=True), name="customers_account_code_shared")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(purpose__in=["sign-in", "erase"]), name="customers_account_code_purpose"
            ),
        ]


class Session(models.Model):
    """A browser a customer is signed in with: by the digest of what its cookie holds.

    ``mark`` finds every customer with the address the session was begun for; a customer who has another address since
    is found no more.
    """

    digest = models.BinaryField(unique=True)
    customer = models.TextField(db_index=True)
    mark = models.TextField(db_index=True)
    way = models.TextField()
    began_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    address = models.TextField(db_default="")
    browser = models.TextField(db_default="")

    class Meta:
        db_table = "customers_account_session"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(way__in=["code", "passkey"]), name="customers_account_session_way"),
        ]


class Passkey(models.Model):
    """A passkey a customer signs in with: what it calls them by, its public key, how often it was used.

    ``mark`` is that of the address they had proven when they made it, and the one it signs in for: it opens the orders
    of whoever has that address now, and of nobody else.
    """

    customer = models.TextField(db_index=True)
    mark = models.TextField(db_default="")
    handle = models.BinaryField(db_index=True)
    credential = models.BinaryField(unique=True)
    public = models.BinaryField()
    signs = models.BigIntegerField(db_default=0)
    name = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_account_passkey"
        indexes: ClassVar = [models.Index(fields=["mark"], name="customers_account_passkey_mark")]


class Message(models.Model):
    """Something a customer wrote to the shop, or the shop to them; ``text`` is sealed, ``about`` such as an order."""

    id = models.UUIDField(primary_key=True)
    key = models.TextField(null=True, unique=True)
    customer = models.TextField()
    about = models.TextField()
    topic = models.TextField()
    direction = models.TextField()
    text = models.TextField()
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_message"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(direction__in=["in", "out"]), name="customers_message_direction"),
            models.CheckConstraint(condition=Q(topic__in=["question", "cancellation"]), name="customers_message_topic"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "about", "id"], name="customers_message_about"),
            models.Index(
                fields=["id"], name="customers_message_unread", condition=Q(direction="in", read_at__isnull=True)
            ),
        ]
