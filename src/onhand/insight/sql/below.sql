-- How many positions are below their threshold, and how many thresholds there are.
SELECT count(*) FILTER (WHERE crossed_at IS NOT NULL), count(*) FROM stock_threshold
