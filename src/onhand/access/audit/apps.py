"""The room, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit trail."""

    name = "onhand.access.audit"
    label = "access_audit"
    default_auto_field = "django.db.models.BigAutoField"
