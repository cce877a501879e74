"""What the shop is called where it writes to somebody."""

from __future__ import annotations

from email.utils import parseaddr

from onhand.core.settings import value


def shop_name() -> str:
    """As in the address its letters come from (``ONHAND_MAIL_FROM``)."""
    name, address = parseaddr(value("mail_from"))
    return name or address
