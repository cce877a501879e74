-- What became of things that were to be taken back.
UPDATE sheets_change AS change
SET outcome = taken.outcome
FROM unnest(%(numbers)s::bigint[], %(outcomes)s::text[]) AS taken (id, outcome)
WHERE change.id = taken.id
