-- Goods lie at a location of the site, and not at the ledger's own.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    clean.row, 'location', clean.location, 'unknown_location', format('site %L has no such location', clean.site),
    'create the location first, or correct the code'
FROM {clean} AS clean
JOIN places_site AS site ON site.code = clean.site
WHERE NOT EXISTS (
    SELECT
    FROM places_location AS location
    WHERE location.site_id = site.id AND location.code = clean.location AND location.kind <> 'virtual'
)
