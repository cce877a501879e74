-- A delivery that carries its own body and waits for nobody.
INSERT INTO webhooks_delivery (endpoint_id, message, ordered_by, body, kind, state, next_at, made_at)
VALUES (%s, %s, %s, %s, 'ping', 'waiting', %s, %s)
RETURNING id, message, seq, kind, state, attempts, next_at, last_status, last_error, made_at, ended_at
