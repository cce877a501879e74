-- The keys of subjects.
SELECT subject, id, master, wrapped FROM access_privacy_key WHERE subject = ANY (%s)
