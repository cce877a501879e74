-- Keys, wrapped anew.
UPDATE access_privacy_key AS key
SET master = new.master, wrapped = new.wrapped
FROM unnest(%s::text[], %s::text[], %s::bytea[]) AS new (subject, master, wrapped)
WHERE key.subject = new.subject
