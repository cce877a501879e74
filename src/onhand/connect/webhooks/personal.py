"""What only looks personal here, for the registry."""

from __future__ import annotations

from onhand.access.privacy.registry import NotPersonal

NOT_PERSONAL = (
    NotPersonal("webhooks_endpoint", ("description", "made_by", "url"), "programs and their addresses"),
    NotPersonal("webhooks_delivery", ("last_error",), "what a receiver or the network said"),
    NotPersonal("webhooks_delivery", ("body",), "a ping's text; events are read from the log, which holds references"),
)
