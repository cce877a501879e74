"""How often one source may do what costs us something: order, leave an address; and one mailbox be written to."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest

from onhand.access.privacy import marks
from onhand.access.signin.guessing import Allowed, Source, count
from onhand.core.clock import utc_now
from onhand.doors.web import house

ALLOWED = {
    "shop_order": Allowed(30, timedelta(hours=1)),
    "shop_wish": Allowed(20, timedelta(hours=1)),
    # For one address, whoever types it: nobody's mailbox is to be filled by others.
    "shop_wish_letter": Allowed(20, timedelta(hours=12)),
}


def allows(request: HttpRequest, kind: str) -> bool:
    """Take a turn; False when this source has had its turns for now."""
    source = Source("address", str(request.META.get("REMOTE_ADDR", "")))
    with house.changing() as db:
        return count(db, kind, source, ALLOWED[kind], utc_now())


def allows_letter(email: str) -> bool:
    """Take a turn at having somebody written to that they asked after goods; False when it was asked too often."""
    kind = "shop_wish_letter"
    with house.changing() as db:
        (mark,) = marks.marker(db).email(email)
        return count(db, kind, Source("mailbox", mark), ALLOWED[kind], utc_now())
