-- Which of these endpoints have failed without one success for longer than the whole schedule lasts.
SELECT id FROM webhooks_endpoint WHERE id = ANY(%(ids)s::uuid[]) AND state = 'failing' AND since <= %(before)s
