-- A minute of a process and a door; a process that restarts under the same name within a minute adds to it.
INSERT INTO core_health_minute AS kept (minute, process, door, ready, requests, errors, slower, queued)
VALUES (%s, %s, %s, %s, %s, %s, %s::int[], %s)
ON CONFLICT (minute, process, door) DO UPDATE
SET ready = kept.ready | excluded.ready,
    requests = kept.requests + excluded.requests,
    errors = kept.errors + excluded.errors,
    queued = greatest(kept.queued, excluded.queued)
