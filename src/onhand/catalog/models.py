"""The tables of the room, and what must never be false about them.

Rows are written by set-based SQL, so every default is the database's own. Codes collate as "C": their order does not
change with the operating system's locale, and one index serves equality, order and prefixes.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from onhand.catalog.rules import PACK_LEVELS, TRACKINGS


class Category(models.Model):
    """A shelf label in the tree of what is sold. That the tree has no cycle is checked where it is changed."""

    code = models.CharField(max_length=64, db_collation="C")
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, blank=True, related_name="children")

    class Meta:
        db_table = "catalog_category"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="catalog_category_code"),
            models.CheckConstraint(condition=~Q(code=""), name="catalog_category_code_given"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="catalog_category_not_own_parent"),
        ]

    def __str__(self) -> str:
        return self.code


class Product(models.Model):
    """What a customer sees and chooses; bought as one of its SKUs."""

    code = models.CharField(max_length=64, db_collation="C")
    name = models.CharField(max_length=200)
    description = models.TextField(db_default="", blank=True)
    category = models.ForeignKey(Category, on_delete=models.RESTRICT, null=True, blank=True, db_index=False)
    active = models.BooleanField(db_default=True)
    # Shown in the shop window, as long as it is active.
    published = models.BooleanField(db_default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "catalog_product"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="catalog_product_code"),
            models.CheckConstraint(condition=~Q(code=""), name="catalog_product_code_given"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category", "code"], name="catalog_product_category"),
            models.Index(OpClass(Lower("code"), "text_pattern_ops"), name="catalog_product_code_prefix"),
            models.Index(OpClass(Lower("name"), "text_pattern_ops"), name="catalog_product_name_prefix"),
            GinIndex(SearchVector("name", config="simple"), name="catalog_product_name_words"),
        ]

    def __str__(self) -> str:
        return self.code


class Sku(models.Model):
    """One buyable variant, counted in its base unit; what the ledger moves."""

    code = models.CharField(max_length=64, db_collation="C")
    product = models.ForeignKey(Product, on_delete=models.RESTRICT, related_name="skus")
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=16, db_default="each")
    tracking = models.CharField(max_length=8, db_default="none")
    shelf_life_days = models.IntegerField(null=True, blank=True)
    active = models.BooleanField(db_default=True)

    class Meta:
        db_table = "catalog_sku"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="catalog_sku_code"),
            models.CheckConstraint(condition=~Q(code=""), name="catalog_sku_code_given"),
            models.CheckConstraint(condition=Q(tracking__in=TRACKINGS), name="catalog_sku_tracking"),
            models.CheckConstraint(condition=Q(shelf_life_days__gt=0), name="catalog_sku_shelf_life"),
        ]
        indexes: ClassVar = [models.Index(OpClass(Lower("code"), "text_pattern_ops"), name="catalog_sku_code_prefix")]

    def __str__(self) -> str:
        return self.code


class Barcode(models.Model):
    """A printed code and what scanning it means: so many base units of one SKU. GTINs are kept as 14 digits."""

    code = models.CharField(max_length=64, db_collation="C")
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="barcodes")
    level = models.CharField(max_length=8, db_default="each")
    quantity = models.DecimalField(max_digits=14, decimal_places=3, db_default=Decimal(1))

    class Meta:
        db_table = "catalog_barcode"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="catalog_barcode_code"),
            models.CheckConstraint(condition=~Q(code=""), name="catalog_barcode_code_given"),
            models.CheckConstraint(condition=Q(level__in=PACK_LEVELS), name="catalog_barcode_level"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="catalog_barcode_quantity"),
        ]

    def __str__(self) -> str:
        return self.code


class Price(models.Model):
    """What one base unit costs from a moment on, in one currency.

    A price ends where the next one begins, so no end is stored: two prices cannot overlap and no gap can open.
    """

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="prices", db_index=False)
    currency = models.CharField(max_length=3, db_collation="C")
    amount = models.DecimalField(max_digits=14, decimal_places=4)
    valid_from = models.DateTimeField()

    class Meta:
        db_table = "catalog_price"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sku", "currency", "valid_from"], name="catalog_price_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="catalog_price_amount"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="catalog_price_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} from {self.valid_from}"


class Substitute(models.Model):
    """Another SKU that may be offered instead; rank 1 is offered first."""

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="substitutes", db_index=False)
    other = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    rank = models.SmallIntegerField()

    class Meta:
        db_table = "catalog_substitute"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sku", "other"], name="catalog_substitute_once"),
            models.CheckConstraint(condition=~Q(sku=F("other")), name="catalog_substitute_not_itself"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="catalog_substitute_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}"
