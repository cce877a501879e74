"""Some days after an order was delivered its customer is asked, once, what they think of it.

Only who agreed to letters by e-mail is asked, and who has an address; whoever has not is passed over for good, so that
a yes of later does not bring questions about things long past.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from onhand.access.privacy import consent
from onhand.core.database import Connection
from onhand.customers import speaking
from onhand.customers.reviews import asking
from onhand.customers.reviews.asking import Delivered
from onhand.messages.actions import Letter, Recipient, post
from onhand.orders import queries as orders

# Nobody is asked about what was delivered longer ago than this; orders that took longer to arrive are not asked about.
LONGEST_AGO: Final = timedelta(days=30)
LONGEST_ON_THE_WAY: Final = timedelta(days=180)
MOST: Final = 200


def ask_for_reviews(db: Connection, *, days: int, address: str, shop: str, now: datetime, most: int = MOST) -> int:
    """Ask about orders that were delivered so many days ago; how many letters were posted. ``days`` 0 asks nobody."""
    if not days:
        return 0
    with db.transaction():
        until = now - timedelta(days=days)
        found = orders.delivered(db, until - LONGEST_AGO, until, now - LONGEST_ON_THE_WAY - LONGEST_AGO, most=most)
        fresh = [Delivered(*each) for each in found]
        willing = consent.allowing(db, "email", sorted({f"customer/{each.customer}" for each in fresh}))
        marked = [(each, f"customer/{each.customer}" in willing) for each in fresh]
        asked = asking.remember(db, marked, now)
        return _write(db, asked, address=address, shop=shop)


def _write(db: Connection, asked: Sequence[tuple[Delivered, str]], *, address: str, shop: str) -> int:
    languages = speaking.languages(db, {each.customer for each, _ in asked})
    letters = [
        Letter(
            "review.ask",
            Recipient("customer", each.customer),
            languages[each.customer],
            {"number": each.about.rpartition("/")[2], "link": f"{address}/my/review/{token}", "shop": shop},
            key=f"review.ask/{each.order}",
            about=each.about,
        )
        for each, token in asked
    ]
    post(db, letters, actor="system")
    return len(letters)
