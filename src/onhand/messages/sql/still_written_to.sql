-- Of these addresses those to which some letter is still on record.
SELECT DISTINCT whose FROM messages_letter WHERE whose = ANY(%(whoses)s::text[])
