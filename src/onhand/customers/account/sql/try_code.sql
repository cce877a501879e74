-- One more try of a code: counted before anything is compared, so that no number of connections gets more of them.
UPDATE customers_account_code SET tries = tries + 1
WHERE asking = %s AND purpose = %s AND expires_at > %s AND tries < %s
RETURNING customer, mark, digest, shared
