-- Who is locked out now, of the people there are: tries beyond what a kind of guess allows, in its window.
SELECT person.username, kept.kind, kept.source, kept.taken, kept.since
FROM access_signin_guess AS kept
JOIN unnest(%(kinds)s::text[], %(sources)s::text[], %(most)s::int[], %(expired)s::timestamptz[])
    AS allowed (kind, source, most, expired)
    ON allowed.kind = kept.kind AND kept.source LIKE allowed.source
JOIN access_person AS person ON kept.account = 'person:' || person.id
WHERE kept.taken > allowed.most AND kept.since > allowed.expired
ORDER BY kept.since DESC, person.username, kept.kind, kept.source
LIMIT 200
