"""A stall to be stormed: goods nobody can buy out, a key, and requests ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass

from onhand.access.keys import SCOPES, create
from onhand.core.database import connect
from proofs.clients import get, post, post_text
from shop import Shop

SKUS = 50
PIECES = 10_000_000


@dataclass(frozen=True)
class Stall:
    """What callers need to know: the key, and what they may ask for."""

    key: str
    skus: tuple[str, ...]

    def number(self, number: int) -> str:
        """What an order is called."""
        return f"N{number}"

    def order(self, number: int) -> bytes:
        """An order of two lines, for goods drawn by its number: the same again when it is asked again."""
        one, other = (self.skus[number * prime % len(self.skus)] for prime in (7919, 7927))
        body = (
            f'{{"channel":"web","number":"{self.number(number)}","lines":'
            f'[{{"sku":"{one}","quantity":1}},{{"sku":"{other}","quantity":1}}]}}'
        )
        return post_text("/api/v1/orders", self.key, body)

    def step(self, number: int, name: str) -> bytes:
        """A step of an order placed before, named for itself."""
        body = {"channel": "web", "number": self.number(number), "step": "priority", "priority": number % 9}
        return post("/api/v1/order-steps", self.key, body, name=name)

    def found(self, number: int) -> bytes:
        """One more piece was found; only its name says that asking twice is asking once."""
        body = {"site": "london", "location": "pick", "sku": self.skus[0], "reason": "found", "by": 1}
        return post("/api/v1/adjustments", self.key, body, name=f"found-{number}")

    def orders(self) -> bytes:
        """A question that borrows a connection."""
        return get("/api/v1/orders?limit=3", self.key)

    def availability(self, number: int) -> bytes:
        """A question that is gathered with others."""
        return get(f"/api/v1/availability?sku={self.skus[number % len(self.skus)]}", self.key)


def set_up(url: str, *, skus: int = SKUS) -> Stall:
    """Fill a stall in an empty database."""
    with connect(url) as db:
        shop = Shop(db)
        names = tuple(f"goods-{number}" for number in range(skus))
        for name in names:
            shop.product(name)
            shop.stock(name, PIECES)
        key = create(db, "proof", SCOPES)
        db.commit()
        db.execute("ANALYZE")
    return Stall(key, names)
