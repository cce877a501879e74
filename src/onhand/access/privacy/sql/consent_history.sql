-- What somebody chose, latest first.
SELECT purpose, given, at, wording, source, actor
FROM access_privacy_consent
WHERE subject = %s
ORDER BY id DESC
LIMIT %s
