-- Pieces waited for now, and pieces given to those who waited since an event.
SELECT (SELECT coalesce(sum(quantity), 0) FROM orders_backorder WHERE ended_at IS NULL),
       (SELECT coalesce(sum((data ->> 'quantity')::numeric), 0)
        FROM core_event WHERE seq > %s AND kind = 'order.backorder_served')
