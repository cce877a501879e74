-- Who is to be told now.
SELECT person, channel, told_up_to FROM messages_round
WHERE due_at <= %(now)s
ORDER BY due_at, person, channel
LIMIT %(most)s
