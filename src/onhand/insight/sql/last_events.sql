-- What happened last to some subjects, the latest first.
SELECT event.seq, event.at, event.kind, event.subject, event.actor, event.data
FROM unnest(%(subjects)s::text[]) AS about (subject)
CROSS JOIN LATERAL (
    SELECT * FROM core_event WHERE core_event.subject = about.subject ORDER BY core_event.seq DESC LIMIT %(most)s
) AS event
ORDER BY event.seq DESC
LIMIT %(most)s
