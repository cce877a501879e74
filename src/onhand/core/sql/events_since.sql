-- How many numbers were given to events since a snapshot: what looking through them all may cost, at most.
SELECT coalesce((SELECT max(seq) FROM core_event) - min(oldest.seq) + 1, 0)
FROM (
    SELECT seq FROM core_event WHERE xid >= pg_snapshot_xmin(%s::pg_snapshot) ORDER BY xid LIMIT 1
) AS oldest
