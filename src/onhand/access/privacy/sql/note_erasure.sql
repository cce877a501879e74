-- A subject was erased.
INSERT INTO access_privacy_erasure (subject, at, actor, reason, counts) VALUES (%s, %s, %s, %s, %s::jsonb)
