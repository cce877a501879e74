-- The keys of subjects, none of which may be destroyed before the transaction ends.
SELECT subject, id, master, wrapped FROM access_privacy_key WHERE subject = ANY (%s) ORDER BY subject FOR KEY SHARE
