"""``python -m onhand`` is ``onhand``."""

from onhand.doors.cli import main

main()
