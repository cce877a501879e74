"""The room's entry in Django's register."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.stock"
    label = "stock"
    default_auto_field = "django.db.models.BigAutoField"
