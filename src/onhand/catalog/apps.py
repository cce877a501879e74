"""The room's entry in Django's list of apps."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Products, SKUs, barcodes, categories, prices, substitutes."""

    name = "onhand.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
