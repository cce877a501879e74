"""What is remembered of imports. The rows of a file lie in the schema ``staging``, unlogged, while they are needed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

STATES = ("reading", "ready", "running", "done", "cancelled", "failed", "undoing", "undone")


class Import(models.Model):
    """A file that was sent to be read: what it was, what was found in it, what became of it, and who asked."""

    kind = models.TextField()
    state = models.TextField()
    file = models.TextField()
    bytes = models.BigIntegerField()
    told = models.JSONField()
    headers = models.JSONField()
    sources = models.JSONField()
    options = models.JSONField()
    actor = models.TextField()
    whole = models.BooleanField(null=True)
    rows = models.IntegerField(db_default=0)
    new = models.IntegerField(db_default=0)
    changed = models.IntegerField(db_default=0)
    unchanged = models.IntegerField(db_default=0)
    wrong = models.IntegerField(db_default=0)
    created_things = models.IntegerField(db_default=0)
    changed_things = models.IntegerField(db_default=0)
    refused_rows = models.IntegerField(db_default=0)
    fault = models.TextField(db_default="")
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    staged = models.BooleanField(db_default=True)

    class Meta:
        db_table = "sheets_import"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(state__in=STATES), name="sheets_import_state")]


class Mapping(models.Model):
    """Which column means which field, for files with this set of headers; ``name`` when somebody gave it one."""

    kind = models.TextField()
    headers = models.TextField()
    name = models.TextField(null=True)
    fields = models.JSONField()
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "sheets_mapping"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "headers"], name="sheets_mapping_headers", condition=Q(name=None)),
            models.UniqueConstraint(fields=["kind", "name"], name="sheets_mapping_name"),
        ]


class Change(models.Model):
    """A thing an import created or changed: what it is found by, how it was before, and a digest of how it became.

    ``outcome`` is what an undo made of it: removed, put back, or the reason why it was left.
    """

    run = models.ForeignKey(Import, on_delete=models.CASCADE, db_column="import_id", db_index=False)
    row = models.IntegerField()
    thing = models.TextField()
    found_by = models.JSONField()
    before = models.JSONField(null=True)
    after = models.UUIDField()
    outcome = models.TextField(null=True)

    class Meta:
        db_table = "sheets_change"
        indexes: ClassVar = [models.Index(fields=["run", "id"], name="sheets_change_run")]
