-- A page of the positions with a threshold: what is available, what left for customers lately, what is to come, and
-- how long goods of their category take (of the nearest category above that says so).
WITH RECURSIVE page AS (
    SELECT threshold.sku_id, threshold.site_id, threshold.quantity, threshold.crossed_at
    FROM stock_threshold AS threshold
    WHERE (threshold.sku_id, threshold.site_id) > (%(sku)s, %(site)s)
    ORDER BY threshold.sku_id, threshold.site_id
    LIMIT %(most)s
),
sold AS (
    SELECT move.sku_id, location.site_id, sum(move.quantity) AS month,
           coalesce(sum(move.quantity) FILTER (WHERE move.at >= %(week)s), 0) AS week, min(move.at) AS first
    FROM stock_move AS move
    JOIN places_location AS location ON location.id = move.source_id
    WHERE move.sku_id IN (SELECT sku_id FROM page) AND move.at >= %(month)s AND move.reason = 'sale'
    GROUP BY move.sku_id, location.site_id
),
coming AS (
    SELECT supply.sku_id, supply.site_id, min(supply.due) FILTER (WHERE supply.due > %(now)s) AS due,
           min(supply.due) FILTER (WHERE supply.due <= %(now)s) AS overdue,
           (array_agg(supply.reference ORDER BY supply.due))[1] AS document
    FROM stock_supply AS supply
    WHERE supply.closed_at IS NULL AND supply.sku_id IN (SELECT sku_id FROM page)
    GROUP BY supply.sku_id, supply.site_id
),
above (category_id, ancestor_id, distance) AS (
    SELECT id, id, 0 FROM catalog_category
    UNION ALL
    SELECT above.category_id, category.parent_id, above.distance + 1
    FROM above
    JOIN catalog_category AS category ON category.id = above.ancestor_id
    WHERE category.parent_id IS NOT NULL
),
lead AS (
    SELECT DISTINCT ON (above.category_id) above.category_id, said.days
    FROM above
    JOIN planning_lead_time AS said ON said.category_id = above.ancestor_id
    ORDER BY above.category_id, above.distance
)
SELECT page.sku_id, page.site_id, sku.code, site.code, page.quantity, page.crossed_at,
       coalesce(position.available, 0), coalesce(sold.month, 0), coalesce(sold.week, 0), sold.first,
       coming.due, coalesce(lead.days, %(lead)s), coming.overdue, coalesce(coming.document, '')
FROM page
JOIN catalog_sku AS sku ON sku.id = page.sku_id
JOIN catalog_product AS product ON product.id = sku.product_id
JOIN places_site AS site ON site.id = page.site_id
LEFT JOIN stock_position AS position ON position.sku_id = page.sku_id AND position.site_id = page.site_id
LEFT JOIN sold ON sold.sku_id = page.sku_id AND sold.site_id = page.site_id
LEFT JOIN coming ON coming.sku_id = page.sku_id AND coming.site_id = page.site_id
LEFT JOIN lead ON lead.category_id = product.category_id
ORDER BY page.sku_id, page.site_id
