-- Who of these said yes last to a purpose.
SELECT wanted.subject
FROM unnest(%(subjects)s::text[]) AS wanted (subject)
CROSS JOIN LATERAL (
    SELECT consent.given FROM access_privacy_consent AS consent
    WHERE consent.subject = wanted.subject AND consent.purpose = %(purpose)s
    ORDER BY consent.id DESC LIMIT 1
) AS last
WHERE last.given
