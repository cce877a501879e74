-- How the sites a sheet names are now, a row each.
SELECT
    clean.row, site.id IS NOT NULL AS known, clean.code, site.name, site.kind, site.country, site.time_zone,
    site.currency, nullif(site.region, '') AS region, site.latitude::numeric AS latitude,
    site.longitude::numeric AS longitude, site.active
FROM {rows} AS clean
LEFT JOIN places_site AS site ON site.code = clean.code
