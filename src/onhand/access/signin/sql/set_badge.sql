-- Somebody's short code, badge and PIN; a badge or PIN that is not given stays as it is.
INSERT INTO access_signin_badge AS kept (person_id, code, digest, pin, set_at)
VALUES (%(person)s, %(code)s, %(badge)s, coalesce(%(pin)s::text, ''), %(now)s)
ON CONFLICT (person_id) DO UPDATE SET
    code = excluded.code, digest = coalesce(excluded.digest, kept.digest),
    pin = coalesce(%(pin)s::text, kept.pin), set_at = excluded.set_at
