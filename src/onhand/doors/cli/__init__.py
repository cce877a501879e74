"""The hands' door: ``onhand …``."""

from __future__ import annotations

from onhand.doors.cli.main import app


def main() -> None:
    """Run the command line."""
    app()
