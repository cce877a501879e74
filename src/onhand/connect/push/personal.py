"""What only looks personal here, for the registry."""

from __future__ import annotations

from onhand.access.privacy.registry import NotPersonal

NOT_PERSONAL = (NotPersonal("push_key", ("secret", "public"), "the shop's own key, of which the first half is sealed"),)
