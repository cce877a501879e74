-- Every location but the ledger's own.
SELECT site.code AS site, location.code, location.kind, location.zone, location.aisle, location.bay, location.level
FROM places_location AS location
JOIN places_site AS site ON site.id = location.site_id
WHERE location.kind <> 'virtual'
ORDER BY site.code, location.code
