-- Letters into the outbox, or straight into the record where they cannot be of use; one that was asked for already
-- (by its key) is left as it is.
INSERT INTO messages_letter (key, channel, template, language, to_kind, to_name, address, whose, about, body, next_at,
                             useful_until, device, topic, made_by, made_at)
SELECT key, channel, template, language, to_kind, to_name, address, whose, about, body, %(now)s, useful_until,
       device, topic, %(actor)s, %(now)s
FROM unnest(%(keys)s::text[], %(channels)s::text[], %(templates)s::text[], %(languages)s::text[], %(to_kinds)s::text[],
            %(to_names)s::text[], %(addresses)s::text[], %(whoses)s::text[], %(abouts)s::text[], %(bodies)s::text[],
            %(useful_untils)s::timestamptz[], %(devices)s::bigint[], %(topics)s::text[])
     AS given (key, channel, template, language, to_kind, to_name, address, whose, about, body, useful_until, device,
               topic)
ORDER BY key
ON CONFLICT (key) DO NOTHING
RETURNING key, id
