-- Remove sites with their locations and calendars.
WITH locations AS (DELETE FROM places_location WHERE site_id = ANY (%(sites)s)),
hours AS (DELETE FROM places_opening_hours WHERE site_id = ANY (%(sites)s)),
closed AS (DELETE FROM places_closed_day WHERE site_id = ANY (%(sites)s))
DELETE FROM places_site WHERE id = ANY (%(sites)s) RETURNING code
