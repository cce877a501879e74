"""What only looks personal here, for the registry."""

from __future__ import annotations

from onhand.access.privacy.registry import NotPersonal

NOT_PERSONAL = (NotPersonal("planning_lead_time", ("*",), "categories and days"),)
