-- Take prices away that began at a moment.
DELETE FROM catalog_price AS price
USING unnest(%(sku)s::text[], %(currency)s::text[], %(valid_from)s::timestamptz[])
    AS unwanted (sku, currency, valid_from), catalog_sku AS sku
WHERE sku.code = unwanted.sku AND price.sku_id = sku.id AND price.currency = unwanted.currency
    AND price.valid_from = unwanted.valid_from
RETURNING sku.code, price.currency, price.amount, price.valid_from
