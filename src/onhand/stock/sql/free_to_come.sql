-- What is to come of SKUs and is promised to nobody, by site.
SELECT sku_id, site_id, sum(quantity - received - promised)
FROM stock_supply
WHERE sku_id = ANY(%s) AND closed_at IS NULL AND promised < quantity - received
GROUP BY sku_id, site_id
