"""The room's entry in Django's register."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Has no tables of its own: only the indexes that its lists are read by."""

    name = "onhand.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"
