"""Say what SKUs cost, from when on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from onhand.catalog import errors, rules
from onhand.catalog.queries import ids_of_skus
from onhand.catalog.records import Change, PriceRecord, SavedPrice
from onhand.core.batch import Answers, Diary, columns, in_order, moment, rounds, take_turns
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused


class NewPrice(NamedTuple):
    """A price of one base unit; ``valid_from`` None means from now on, if it is not the price already."""

    sku: str
    sku_id: int
    currency: str
    amount: Decimal
    valid_from: datetime | None


class WrittenPrice(NamedTuple):
    """What became of a new price, from when it holds, and what was paid until now."""

    valid_from: datetime
    change: Change
    before: Decimal | None


def set_prices(
    db: Connection, prices: Sequence[PriceRecord], now: datetime | None = None, *, actor: str = "system"
) -> list[SavedPrice | Refused]:
    """Add prices; one from the same moment on is replaced. Each ends where the next of its currency begins.

    ``now``: when a price without a date begins; the transaction's own moment by default. Refuses ``unknown_sku`` and
    ``bad_price``.
    """
    take_turns(db, "catalog")
    now = moment(db, now)
    diary = Diary(actor, now)
    sku_ids = ids_of_skus(db, [price.sku for price in prices])
    answers: Answers[SavedPrice] = {at: fault for at, price in enumerate(prices) if (fault := _fault(price, sku_ids))}
    sound = [at for at in range(len(prices)) if at not in answers]
    for turn in rounds(sound, [(price.sku, price.currency, price.valid_from or now) for price in prices]):
        new = [
            NewPrice(price.sku, sku_ids[price.sku], price.currency, price.amount, price.valid_from)
            for price in (prices[at] for at in turn)
        ]
        for at, written in zip(turn, write_prices(db, new, now, diary), strict=True):
            answers[at] = SavedPrice(prices[at].sku, prices[at].currency, written.valid_from, written.change)
    diary.write(db)
    return in_order(answers)


def write_prices(db: Connection, prices: Iterable[NewPrice], now: datetime, diary: Diary) -> list[WrittenPrice]:
    """Write prices, no two of one SKU and currency from the same moment; says in order what became of each."""
    rows = list(prices)
    if not rows:
        return []
    wanted = columns(rows, *NewPrice._fields) | {"now": now}
    written = [WrittenPrice(*row) for row in db.execute(statement("catalog", "save_prices"), wanted)]
    for price, became in zip(rows, written, strict=True):
        record = {"currency": price.currency, "amount": price.amount, "valid_from": became.valid_from}
        diary.note("price.changed", f"sku/{price.sku}", became.change, record, became.before)
    return written


def _fault(price: PriceRecord, sku_ids: dict[str, int]) -> Refused | None:
    if price.sku not in sku_ids:
        return errors.unknown_sku(price.sku, "sku")
    if detail := rules.amount_fault(price.amount):
        return errors.bad_price(detail, "amount")
    return None
