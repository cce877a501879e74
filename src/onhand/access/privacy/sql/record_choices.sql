-- What somebody chose.
INSERT INTO access_privacy_consent (subject, actor, at, purpose, given, wording, source)
SELECT %s, %s, %s, purpose, given, wording, source
FROM unnest(%s::text[], %s::bool[], %s::text[], %s::text[]) AS choice (purpose, given, wording, source)
