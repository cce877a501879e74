-- What is changed about a role, in place of what was changed before.
INSERT INTO access_role (name, title, granted, withdrawn, second_factor, changed_at, changed_by)
VALUES (%(name)s, %(title)s, %(granted)s, %(withdrawn)s, %(second_factor)s, %(at)s, %(by)s)
ON CONFLICT (name) DO UPDATE SET
    title = EXCLUDED.title, granted = EXCLUDED.granted, withdrawn = EXCLUDED.withdrawn,
    second_factor = EXCLUDED.second_factor, changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by
