"""People and firms who buy."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from onhand.customers.rules import LANGUAGES


class Customer(models.Model):
    """Somebody who buys, by the code the shop knows them under.

    Name, e-mail address and telephone number are sealed; ``marks`` find them (``access/privacy``). ``language``: in
    which they are written to.
    """

    code = models.TextField(unique=True)
    name = models.TextField(db_default="")
    email = models.TextField(db_default="")
    phone = models.TextField(db_default="")
    country = models.CharField(max_length=2, null=True)
    language = models.TextField(null=True)
    marks = ArrayField(models.TextField(), db_default=[])
    erased_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "customers_customer"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(language=None) | models.Q(language__in=LANGUAGES), name="customers_customer_language"
            ),
        ]
        indexes: ClassVar = [
            # Of addresses that are not sealed yet; to be dropped when none is left anywhere.
            models.Index(fields=["email"], name="customers_customer_email", condition=~models.Q(email="")),
            GinIndex(fields=["marks"], name="customers_customer_marks", fastupdate=False),
        ]
