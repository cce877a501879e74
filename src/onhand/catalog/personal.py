"""What only looks personal here, for the registry."""

from __future__ import annotations

from onhand.access.privacy.registry import NotPersonal

NOT_PERSONAL = (
    NotPersonal("catalog_category", ("name",), "what goods are called"),
    NotPersonal("catalog_product", ("name", "description"), "what goods are called"),
    NotPersonal("catalog_sku", ("name",), "what goods are called"),
)
