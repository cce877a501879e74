-- When the next letter is due.
SELECT min(next_at) FROM messages_letter WHERE state IN ('queued', 'failed')
