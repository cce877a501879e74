-- Imports, latest first; or one of them.
SELECT
    id, kind, state, file, told, actor, started_at, finished_at, rows, new, changed, unchanged, wrong, created_things,
    changed_things, refused_rows, fault
FROM sheets_import
WHERE (%(id)s::bigint IS NULL OR id = %(id)s) AND (%(before)s::bigint IS NULL OR id < %(before)s)
ORDER BY id DESC
LIMIT %(most)s
