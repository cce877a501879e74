-- Whether goods may be promised changes by a move, not by renaming the shelf they lie on; the ledger's own stay its own.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    clean.row, 'kind', clean.kind, CASE WHEN now.kind = 'virtual' THEN 'virtual_location' ELSE 'saleability_fixed' END,
    CASE WHEN now.kind = 'virtual' THEN 'this location is the ledger''s own'
    ELSE format('it is %L now, and what lies there would change between saleable and not', now.kind) END,
    'create another location and move the goods there'
FROM {clean} AS clean
JOIN {now} AS now USING (row)
WHERE now.known
    AND (
        now.kind = 'virtual'
        OR (clean.kind IN ('quarantine', 'damaged')) <> (now.kind IN ('quarantine', 'damaged'))
    )
