"""The room's entry in Django's register."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"
