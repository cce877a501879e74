-- Fix what the follower shall read next: everything visible now that it has not seen. Kept until it is all read.
INSERT INTO core_follower (name, seen, until, seq)
VALUES (%s, '1:1:', pg_current_snapshot()::text, 0)
ON CONFLICT (name) DO UPDATE
SET until = coalesce(core_follower.until, excluded.until)
