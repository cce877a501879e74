"""The sub-room's entry in Django's register."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Registers the sub-room's tables."""

    name = "onhand.customers.reviews"
    label = "customers_reviews"
    default_auto_field = "django.db.models.BigAutoField"
