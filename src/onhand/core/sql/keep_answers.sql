-- Keep the answers of a batch. A key taken meanwhile by another process breaks the batch, which is then run again.
INSERT INTO core_answer (key, fingerprint, answer, at)
SELECT key, fingerprint, answer, %s
FROM unnest(%s::text[], %s::bytea[], %s::text[]) AS given (key, fingerprint, answer)
