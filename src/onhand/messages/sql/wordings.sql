-- Texts that somebody wrote in the place of ours.
SELECT template, language, subject, text, short FROM messages_wording WHERE template = ANY(%(templates)s::text[])
