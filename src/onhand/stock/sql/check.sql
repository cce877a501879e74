-- The ledger's invariants, each proven from the rows it is about. A row comes back for each that is broken.
WITH ends AS (
    SELECT sku_id, source_id AS location_id, lot_id, -quantity AS quantity FROM stock_move
    UNION ALL
    SELECT sku_id, target_id, lot_id, quantity FROM stock_move
),
rebuilt AS (SELECT sku_id, location_id, lot_id, sum(quantity) AS quantity FROM ends GROUP BY 1, 2, 3),
broken_balances AS (
    SELECT coalesce(rebuilt.sku_id, balance.sku_id) AS sku_id, coalesce(rebuilt.location_id, balance.location_id) AS place,
           rebuilt.quantity AS moves_say, balance.quantity AS balance_says
    FROM rebuilt
    FULL JOIN stock_balance AS balance
      ON balance.sku_id = rebuilt.sku_id AND balance.location_id = rebuilt.location_id
     AND coalesce(balance.lot_id, 0) = coalesce(rebuilt.lot_id, 0)
    WHERE coalesce(rebuilt.quantity, 0) <> coalesce(balance.quantity, 0)
),
sums AS (
    SELECT balance.sku_id, location.site_id,
           coalesce(sum(balance.quantity) FILTER (WHERE location.kind <> 'virtual'), 0) AS on_hand,
           coalesce(sum(balance.quantity) FILTER (WHERE location.kind IN ('quarantine', 'damaged')), 0) AS unsellable,
           coalesce(sum(balance.quantity) FILTER (WHERE location.code = 'transit'), 0) AS in_transit
    FROM stock_balance AS balance JOIN places_location AS location ON location.id = balance.location_id
    GROUP BY 1, 2
),
claims AS (
    SELECT sku_id, site_id, coalesce(sum(quantity) FILTER (WHERE supply_id IS NULL), 0) AS reserved,
           coalesce(sum(quantity) FILTER (WHERE supply_id IS NOT NULL), 0) AS promised
    FROM stock_reservation WHERE ended_at IS NULL GROUP BY 1, 2
),
coming AS (
    SELECT sku_id, site_id, sum(greatest(quantity - received, 0)) AS inbound
    FROM stock_supply WHERE closed_at IS NULL AND kind <> 'transfer' GROUP BY 1, 2
),
broken_positions AS (
    SELECT position.sku_id, position.site_id, position.on_hand, sums.on_hand AS moves_say, position.reserved,
           claims.reserved AS claims_say
    FROM stock_position AS position
    LEFT JOIN sums USING (sku_id, site_id)
    LEFT JOIN claims USING (sku_id, site_id)
    LEFT JOIN coming USING (sku_id, site_id)
    WHERE (position.on_hand, position.unsellable, position.in_transit, position.reserved, position.promised,
           position.inbound)
       <> (coalesce(sums.on_hand, 0), coalesce(sums.unsellable, 0), coalesce(sums.in_transit, 0),
           coalesce(claims.reserved, 0), coalesce(claims.promised, 0), coalesce(coming.inbound, 0))
),
found (invariant, example) AS (
    SELECT 'Every balance is the sum of its moves', to_jsonb(broken_balances) FROM broken_balances
    UNION ALL
    SELECT 'Every position is the sum of its balances, claims and supplies', to_jsonb(broken_positions) FROM broken_positions
    UNION ALL
    SELECT 'Goods on hand have a position', to_jsonb(sums)
    FROM sums LEFT JOIN stock_position AS position USING (sku_id, site_id)
    WHERE position.sku_id IS NULL AND sums.on_hand <> 0
    UNION ALL
    SELECT 'For each SKU all locations sum to zero', to_jsonb(zero)
    FROM (SELECT sku_id, sum(quantity) AS quantity FROM stock_balance GROUP BY sku_id HAVING sum(quantity) <> 0) AS zero
    UNION ALL
    SELECT 'Nothing is oversold', to_jsonb(position)
    FROM stock_position AS position WHERE reserved > on_hand - unsellable
    UNION ALL
    SELECT 'A serial number is in one place at most', to_jsonb(twice)
    FROM (SELECT lot.id, lot.code FROM stock_balance AS balance JOIN stock_lot AS lot ON lot.id = balance.lot_id
          WHERE lot.single AND NOT balance.virtual GROUP BY 1, 2 HAVING sum(balance.quantity) > 1) AS twice
    UNION ALL
    SELECT 'Every supply is promised as its claims say', to_jsonb(supply)
    FROM (SELECT supply.id, supply.promised, coalesce(sum(claim.quantity), 0) AS claims_say
          FROM stock_supply AS supply
          LEFT JOIN stock_reservation AS claim ON claim.supply_id = supply.id AND claim.ended_at IS NULL
          GROUP BY supply.id HAVING supply.promised <> coalesce(sum(claim.quantity), 0)) AS supply
    UNION ALL
    SELECT 'Every move joins two known locations', to_jsonb(move)
    FROM stock_move AS move
    LEFT JOIN places_location AS source ON source.id = move.source_id
    LEFT JOIN places_location AS target ON target.id = move.target_id
    WHERE source.id IS NULL OR target.id IS NULL
)
SELECT invariant, count(*), (array_agg(example))[1] FROM found GROUP BY invariant ORDER BY invariant
