"""The room's entry in Django's register."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.customers.service"
    label = "customers_service"
    default_auto_field = "django.db.models.BigAutoField"
