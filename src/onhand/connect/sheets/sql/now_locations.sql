-- How the locations a sheet names are now, a row each.
SELECT
    clean.row, location.id IS NOT NULL AS known, clean.site, clean.code, location.kind,
    nullif(location.zone, '') AS zone, nullif(location.aisle, '') AS aisle, nullif(location.bay, '') AS bay,
    nullif(location.level, '') AS level
FROM {rows} AS clean
LEFT JOIN places_site AS site ON site.code = clean.site
LEFT JOIN places_location AS location ON location.site_id = site.id AND location.code = clean.code
