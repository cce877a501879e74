-- What is remembered of these.
INSERT INTO access_watching_memory (who, memory, last_at)
SELECT who, memory::jsonb, %s
FROM unnest(%s::text[], %s::text[]) AS kept (who, memory)
ON CONFLICT (who) DO UPDATE SET memory = excluded.memory, last_at = excluded.last_at
