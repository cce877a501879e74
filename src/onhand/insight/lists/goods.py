"""Finding goods by what somebody types or scans: a barcode, a code, words of a name."""

from __future__ import annotations

from typing import Final

from psycopg import sql

from onhand.catalog.queries import find_by_barcode
from onhand.core.database import Connection, statement
from onhand.insight.lists.filtering import like, one_of, words
from onhand.insight.lists.listing import NOTHING, Condition, Join, Search

# So many SKUs are named one by one; where more are meant, so many rows match that going through them finds a page soon.
MOST_NAMED: Final = 5000

SKU_WORDS: Final = "to_tsvector('simple'::regconfig, sku.name::text)"
CATEGORY_BRANCHES: Final = statement("insight", "category_branches")
SKUS: Final = "SELECT id FROM catalog_sku WHERE code = ANY (%(given)s)"
SITES: Final = "SELECT id FROM places_site WHERE code = ANY (%(given)s)"
SITES_IN: Final = "SELECT id FROM places_site WHERE ARRAY[region, country]::text[] && %(given)s::text[]"
STATES: Final = ("active", "retired")
# A SKU of a retired product is retired with it.
STATE: Final = "CASE WHEN sku.active AND product.active THEN 'active' ELSE 'retired' END"
SKU_OF: Final = "JOIN catalog_sku AS sku ON sku.id = {}.sku_id"
PRODUCT: Final = Join("JOIN catalog_product AS product ON product.id = sku.product_id", after=("sku",))
CATEGORY: Final = Join(
    "LEFT JOIN catalog_category AS category ON category.id = product.category_id", after=("product",)
)


def search(sku_id: str, *, has_sku: bool = False) -> Search:
    """A search of a list that has a SKU in every row, in the column ``sku_id``, which is of the list's own table.

    A list that is ordered by its SKUs names ``sku.id``. It joins ``product``, and ``sku`` unless that is its own table.
    """
    needs = ("product",) if has_sku else ("sku", "product")
    own = ("sku",) if sku_id == "sku.id" and not has_sku else ()

    def find(db: Connection, text: str) -> Condition:
        scanned = find_by_barcode(db, text)
        if scanned:
            return Condition(sql.SQL(f"{sku_id} = {{}}").format(sql.Literal(scanned.sku_id)), own)
        given = {"prefix": like(text), "words": words(db, text), "most": MOST_NAMED + 1}
        found = [sku for (sku,) in db.execute(statement("insight", "skus_found"), given, prepare=False)]
        if not found:
            return NOTHING
        if len(found) <= MOST_NAMED:
            return Condition(one_of(sku_id, found), own)
        return Condition(_alike(given["prefix"], given["words"]), needs)

    return find


def _alike(prefix: object, query: object) -> sql.Composable:
    code = "(lower(sku.code) LIKE lower({prefix}) OR lower(product.code) LIKE lower({prefix})"
    return sql.SQL(f"{code} OR {SKU_WORDS} @@ {{words}}::tsquery)").format(
        prefix=sql.Literal(prefix), words=sql.Literal(query)
    )
