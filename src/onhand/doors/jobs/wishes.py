"""The duty to tell those who asked that goods are back: in the order in which they asked, as far as the goods go."""

from __future__ import annotations

from urllib.parse import quote

from django.core import signing

from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.settings import Settings
from onhand.customers.wishes import actions as wishes
from onhand.customers.wishes import queries, rules
from onhand.customers.wishes.actions import Told
from onhand.insight.window.counter import counter
from onhand.insight.window.goods import on_sale
from onhand.insight.window.wished import back
from onhand.messages.actions import Letter, Recipient, forget, post

ACTOR = "wishes"
SALT = "onhand.wish"
# What tells somebody that they asked, and how to take it back.
LETTER = "stock.wished"


def letter_of(wish: int) -> str:
    """The key of the letter by which a wish is taken back."""
    return f"{LETTER}/{wish}"


def tell(settings: Settings, db: Connection) -> int:
    """Post the letters that are due; how many. Each wish ends in the transaction in which its letter is posted."""
    now = utc_now()
    with db.transaction():
        at = counter(db, settings.shop_channel)
        free = back(db, at, now) if at else {}
        if at is None or not free:
            return 0
        lately = queries.told_since(db, free, now - rules.LATELY)
        most = {sku: rules.to_tell(quantity, lately.get(sku, 0)) for sku, quantity in free.items()}
        told = wishes.tell(db, {sku: number for sku, number in most.items() if number}, now)
        names = {sku: each.name for sku, each in on_sale(db, at, {each.sku for each in told}, now).items()}
        letters = [_letter(settings, each, names[each.sku]) for each in told if each.sku in names]
        post(db, letters, actor=ACTOR, now=now)
        # It was kept for as long as there was something to take back.
        forget(db, [letter_of(each.id) for each in told], now=now)
    return len(letters)


def _letter(settings: Settings, told: Told, name: str) -> Letter:
    return Letter(
        "stock.back",
        Recipient("address", told.email),
        told.language,  # type: ignore[arg-type]
        {"product": name, "link": link(settings, told), "shop": settings.shop_name},
        key=f"stock.back/{told.id}",
        about=f"sku/{told.sku}",
    )


def link(settings: Settings, told: Told) -> str:
    """Where the letter leads: to the goods, where the page knows which wish it was."""
    address = settings.public_address or f"http://{settings.host}:{settings.port}"
    sku = quote(told.sku.replace("~", "~0").replace("/", "~1"), safe="~")
    return f"{address}/shop/{told.language}/goods/{sku}?wished={signing.dumps(told.id, salt=SALT)}"
