-- Note what a batch created or changed.
INSERT INTO sheets_change (import_id, thing, row, found_by, before, after)
SELECT %(import)s, %(thing)s, *
FROM unnest(%(rows)s::integer[], %(found_by)s::jsonb[], %(before)s::jsonb[], %(after)s::uuid[])
