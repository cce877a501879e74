-- A file has come in.
INSERT INTO sheets_import (kind, state, file, bytes, told, headers, sources, options, actor)
VALUES (
    %(kind)s, 'reading', %(file)s, %(bytes)s, %(told)s::jsonb, %(headers)s::jsonb, %(sources)s::jsonb,
    %(options)s::jsonb, %(actor)s
)
RETURNING id
