"""Which files are handed out as they lie there."""

from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles import finders

# At the root, and no file's address; what answers them costs as little.
_AT_THE_ROOT = frozenset({"/worker.js", "/favicon.ico"})


def handed_out() -> frozenset[str]:
    """Their addresses."""
    found = (path for finder in finders.get_finders() for path, _storage in finder.list(None))
    return _AT_THE_ROOT | {f"{settings.STATIC_URL}{path}" for path in found}
