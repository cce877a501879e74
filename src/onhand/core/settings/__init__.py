"""What an operator may set, all of it from the environment. A wrong or unknown setting stops the start.

``table`` lists them, ``kinds`` says what each may be, ``reading`` reads them, ``reference`` is the page in the manual.
"""

from __future__ import annotations

from onhand.core.settings.reading import BadSetting, Settings, address, hosts, read, value
from onhand.core.settings.table import SETTINGS

__all__ = ["SETTINGS", "BadSetting", "Settings", "address", "hosts", "read", "value"]
