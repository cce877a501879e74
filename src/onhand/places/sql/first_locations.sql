-- Give new sites the locations every site has: the virtual ones and one of each ordinary kind.
INSERT INTO places_location (site_id, code, kind)
SELECT site.id, location.code, location.kind
FROM unnest(%(sites)s::bigint[]) AS site (id)
CROSS JOIN unnest(%(codes)s::text[], %(kinds)s::text[]) AS location (code, kind)
ON CONFLICT (site_id, code) DO NOTHING
