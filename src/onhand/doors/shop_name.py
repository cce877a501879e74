"""What the shop is called where it speaks to somebody."""

from __future__ import annotations

from onhand.core.settings import value


def shop_name() -> str:
    """As ``ONHAND_SHOP_NAME`` says."""
    return str(value("shop_name"))
