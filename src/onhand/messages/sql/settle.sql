-- Write down what became of letters. Of one that says a secret the text goes when it ends.
UPDATE messages_letter AS letter
SET state = came.state, next_at = coalesce(came.next_at, letter.next_at), said = came.said,
    reference = CASE WHEN came.reference = '' THEN letter.reference ELSE came.reference END,
    ended_at = CASE WHEN came.state IN ('sent', 'given_up') THEN %(now)s::timestamptz END,
    body = CASE WHEN came.forget AND came.state IN ('sent', 'given_up') THEN '' ELSE letter.body END
FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(next_ats)s::timestamptz[], %(saids)s::text[],
            %(references)s::text[], %(forgets)s::boolean[]) AS came (id, state, next_at, said, reference, forget)
WHERE letter.id = came.id AND letter.state IN ('queued', 'failed')
