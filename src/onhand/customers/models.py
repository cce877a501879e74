"""People and firms who buy."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Customer(models.Model):
    """Somebody who buys, by the code the shop knows them under."""

    code = models.TextField(unique=True)
    name = models.TextField(db_default="")
    email = models.TextField(db_default="")
    phone = models.TextField(db_default="")
    country = models.CharField(max_length=2, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "customers_customer"
        indexes: ClassVar = [
            models.Index(fields=["email"], name="customers_customer_email", condition=~models.Q(email=""))
        ]
