-- How many of the latest events a snapshot could see, and a digest of every letter of them: the same for as long as
-- they are kept, whatever is written meanwhile.
SELECT count(*), coalesce(sum(hashtextextended(concat_ws('|', seq, at, kind, subject, actor, data), 0)::numeric), 0)
FROM (
    SELECT seq, at, kind, subject, actor, data
    FROM core_event
    WHERE pg_visible_in_snapshot(xid, %(snapshot)s::pg_snapshot)
    ORDER BY seq DESC
    LIMIT 100000
) AS latest
