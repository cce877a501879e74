-- What somebody said last of each purpose.
SELECT DISTINCT ON (purpose) purpose, given, at, wording, source
FROM access_privacy_consent
WHERE subject = %s
ORDER BY purpose, id DESC
