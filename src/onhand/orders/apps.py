"""The room's entry in Django's register."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"
