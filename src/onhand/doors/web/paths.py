"""Codes in addresses. A code may hold a slash, or be a dot; in an address these mean something else.

They are written as RFC 6901 writes them: ``~`` as ``~0``, ``/`` as ``~1``; and ``.`` as ``~2`` where it stands alone.
All else is percent-encoded as usual, by Django.
"""

from __future__ import annotations

from django.urls.converters import IntConverter


class CodePath:
    """A path's part that is a code."""

    regex = "[^/]+"

    def to_python(self, part: str) -> str:
        """The code; an address with a letter that no code can hold leads nowhere."""
        if "\x00" in part:
            raise ValueError(part)
        return part.replace("~2", ".").replace("~1", "/").replace("~0", "~")

    def to_url(self, code: str) -> str:
        """As it stands in an address."""
        escaped = str(code).replace("~", "~0").replace("/", "~1")
        return escaped.replace(".", "~2") if escaped.strip(".") == "" else escaped


class SerialPath(IntConverter):
    """A path's part that is a number the database gave out. It gives out none that is longer."""

    regex = "[0-9]{1,18}"
