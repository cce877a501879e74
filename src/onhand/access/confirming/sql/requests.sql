-- Requests for a second person, latest first.
SELECT request.id,
       request.id, request.act, request.facts, request.before, request.key, request.asked_by, request.asked_at,
       request.expires_at, request.permission,
       ARRAY(SELECT jsonb_array_elements_text(request.sites)),
       CASE WHEN request.state = 'waiting' AND request.expires_at <= now() THEN 'expired' ELSE request.state END,
       request.decided_by, request.decided_at, request.answer
FROM access_request AS request
WHERE {filters}
ORDER BY request.id DESC
LIMIT %(most)s
