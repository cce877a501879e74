"""Goods by words and category, page by page; and all of them, for who wants to know every address."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from onhand.catalog.queries import CategoryAnswer
from onhand.core.database import Connection, statement
from onhand.core.pages import Page
from onhand.insight.window.counter import Counter
from onhand.insight.window.goods import Card, cards

ON_A_PAGE = 24
MOST_CATEGORIES = 40
# A sitemap may name 50,000 addresses; each SKU has one a language, and names the others.
ON_A_MAP = 2_000

_ON_SALE = (
    "product.active AND product.published AND product.code > %(after)s"
    " AND EXISTS (SELECT FROM catalog_sku AS sku WHERE sku.product_id = product.id AND sku.active{there})"
)
_THERE = (
    " AND EXISTS (SELECT FROM stock_position AS position WHERE position.sku_id = sku.id"
    " AND position.site_id = ANY (%(sites)s) AND position.available > 0)"
)


class Wish(NamedTuple):
    """What somebody looks for. ``there``: only what can be had now."""

    text: str = ""
    category: str = ""
    there: bool = False
    after: str = ""


def find(db: Connection, at: Counter, wish: Wish, now: datetime, *, most: int = ON_A_PAGE) -> Page[Card]:
    """A page of what was meant, in the order of products' codes."""
    filters = _ON_SALE.replace("{there}", _THERE if wish.there else "")
    values: dict[str, Any] = {"after": wish.after, "most": most + 1}
    if wish.there:
        values["sites"] = [site.id for site in at.sites.values()]
    if wish.category:
        filters += " AND product.category_id = ANY (%(branch)s)"
        values["branch"] = [row[0] for row in db.execute(statement("catalog", "category_branch"), [wish.category])]
    query, words = statement("insight", "window_found"), ""
    if wish.text.strip():
        words = statement("insight", "window_words")
        values |= {"text": wish.text.strip(), "prefix": _like(wish.text.strip())}
    query = query.replace("{words}", words).replace("{filters}", filters)
    # Each search deserves its own plan.
    codes = [code for (code,) in db.execute(query, values, prepare=False)]
    shown = codes[:most]
    return Page(cards(db, at, shown, now), shown[-1] if len(codes) > most else None)


def categories(db: Connection) -> list[CategoryAnswer]:
    """The categories one can choose: the tops of the tree."""
    found = db.execute(
        "SELECT id, code, name FROM catalog_category WHERE parent_id IS NULL ORDER BY name, code LIMIT %s",
        [MOST_CATEGORIES],
    )
    return [CategoryAnswer(number, code, name, None, 0) for number, code, name in found]


def every_sku(db: Connection, after: str, *, most: int = ON_A_MAP) -> list[str]:
    """The next SKUs on sale, in the order of their codes."""
    rows = db.execute(
        "SELECT sku.code FROM catalog_sku AS sku JOIN catalog_product AS product ON product.id = sku.product_id"
        " WHERE sku.code > %s AND sku.active AND product.active AND product.published ORDER BY sku.code LIMIT %s",
        [after, most],
    )
    return [sku for (sku,) in rows]


def first_skus(db: Connection, *, most: int = ON_A_MAP) -> list[str]:
    """Behind which SKU each map begins: nothing for the first, then every ``most``-th SKU."""
    rows = db.execute(statement("insight", "window_maps"), [most])
    return ["", *(code for (code,) in rows)]


def _like(beginning: str) -> str:
    return beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
