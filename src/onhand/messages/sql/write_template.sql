-- A template's texts, in the place of ours.
INSERT INTO messages_wording (template, language, subject, text, short, changed_by, changed_at)
VALUES (%(template)s, %(language)s, %(subject)s, %(text)s, %(short)s, %(actor)s, %(now)s)
ON CONFLICT (template, language) DO UPDATE
SET subject = EXCLUDED.subject, text = EXCLUDED.text, short = EXCLUDED.short, changed_by = EXCLUDED.changed_by,
    changed_at = EXCLUDED.changed_at
