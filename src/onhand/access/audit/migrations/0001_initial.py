"""Entries, links and lanes, and the trigger that copies events; see the room's ``__init__``."""

from django.db import migrations

TABLES = """
CREATE TABLE access_audit_entry (
    lane smallint NOT NULL,
    place bigint NOT NULL,
    at timestamptz NOT NULL,
    seq bigint NOT NULL,
    happened_at timestamptz NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    actor text NOT NULL,
    origin text NOT NULL,
    why text,
    about text[],
    data jsonb NOT NULL
) PARTITION BY RANGE (at);
COMMENT ON COLUMN access_audit_entry.at IS 'when it was written down; happened_at is when it happened';
COMMENT ON COLUMN access_audit_entry.about IS 'the SKUs it names, unless it is of an order or cart, which is its subject';
COMMENT ON COLUMN access_audit_entry.seq IS 'the number of the event it is the copy of';
CREATE INDEX access_audit_entry_at ON access_audit_entry (at, seq);
CREATE INDEX access_audit_entry_subject ON access_audit_entry (subject text_pattern_ops, at);
CREATE INDEX access_audit_entry_actor ON access_audit_entry (actor text_pattern_ops, at);
CREATE INDEX access_audit_entry_kind ON access_audit_entry (kind, at);
CREATE INDEX access_audit_entry_about ON access_audit_entry USING gin (about) WHERE about IS NOT NULL;
CREATE INDEX access_audit_entry_why ON access_audit_entry USING gin (to_tsvector('simple', why)) WHERE why IS NOT NULL;

CREATE TABLE access_audit_link (
    lane smallint NOT NULL,
    first bigint NOT NULL,
    entries integer NOT NULL,
    at timestamptz NOT NULL,
    digests bytea NOT NULL,
    digest bytea NOT NULL
) PARTITION BY RANGE (at);
COMMENT ON COLUMN access_audit_link.digests IS 'of each entry, 32 bytes, in their order';
COMMENT ON COLUMN access_audit_link.digest IS 'of the digest of the link before it in its lane, and of digests';

CREATE TABLE access_audit_lane (
    lane smallint PRIMARY KEY,
    place bigint NOT NULL,
    digest bytea NOT NULL
) WITH (fillfactor = 10);
INSERT INTO access_audit_lane SELECT lane, 0, sha256('onhand') FROM generate_series(0, 15) AS lane;

CREATE TABLE access_audit_seal (
    number bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    heads jsonb NOT NULL,
    key text NOT NULL,
    mac bytea NOT NULL
);

CREATE TABLE access_audit_archive (
    month date PRIMARY KEY,
    at timestamptz NOT NULL,
    file text NOT NULL,
    entries bigint NOT NULL,
    digest bytea NOT NULL,
    heads jsonb NOT NULL,
    dropped_at timestamptz
);
COMMENT ON COLUMN access_audit_archive.heads IS 'where each lane ended with the month: place and digest';
"""

DIGEST = """
CREATE FUNCTION access_audit_text(lane smallint, place bigint, at timestamptz, seq bigint, happened_at timestamptz,
                                  kind text, subject text, actor text, origin text, why text, about text[], data jsonb)
RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_array(
        lane, place, extract(epoch FROM at), seq, extract(epoch FROM happened_at),
        kind, subject, actor, origin, why, about, data)::text
$$;
CREATE FUNCTION access_audit_digest(lane smallint, place bigint, at timestamptz, seq bigint, happened_at timestamptz,
                                    kind text, subject text, actor text, origin text, why text, about text[], data jsonb)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(access_audit_text(
        lane, place, at, seq, happened_at, kind, subject, actor, origin, why, about, data), 'UTF8'))
$$;
"""

MONTHS = """
CREATE FUNCTION access_audit_open(moment timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    month timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
    part text;
    made text;
BEGIN
    IF to_regclass('access_audit_link_' || to_char(month, 'YYYY_MM')) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('onhand.access.audit'));
    FOREACH part IN ARRAY ARRAY['entry', 'link'] LOOP
        made := 'access_audit_' || part || '_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass(made) IS NOT NULL;
        -- Made by itself and then attached: that lets others write into the other months meanwhile.
        EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', made, 'access_audit_' || part);
        EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                       'access_audit_' || part, made,
                       month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onhand_app') THEN
            EXECUTE format('GRANT SELECT ON public.%I TO onhand_app', made);
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION access_audit_drop(of_month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    part text;
    made text;
BEGIN
    IF of_month + interval '1 month' > now() - interval '36 months' THEN
        RAISE EXCEPTION 'the audit trail of % is younger than three years', of_month;
    END IF;
    IF NOT EXISTS (SELECT FROM access_audit_archive WHERE month = of_month AND dropped_at IS NULL) THEN
        RAISE EXCEPTION 'the audit trail of % is not archived', of_month;
    END IF;
    SET LOCAL lock_timeout = '1s';
    FOREACH part IN ARRAY ARRAY['entry', 'link'] LOOP
        made := 'access_audit_' || part || '_' || to_char(of_month, 'YYYY_MM');
        EXECUTE format('ALTER TABLE public.%I DETACH PARTITION public.%I', 'access_audit_' || part, made);
        EXECUTE format('DROP TABLE public.%I', made);
    END LOOP;
    UPDATE access_audit_archive SET dropped_at = now() WHERE month = of_month;
END $$;
"""

COPY = """
CREATE FUNCTION access_audit_copy() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head access_audit_lane%ROWTYPE;
    moment timestamptz := clock_timestamp();
    made bytea;
    number bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM written WHERE kind <> 'stock.changed') THEN
        RETURN NULL;
    END IF;
    SELECT * INTO head FROM access_audit_lane ORDER BY lane LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        SELECT * INTO head FROM access_audit_lane ORDER BY lane LIMIT 1 FOR UPDATE;
    END IF;
    PERFORM access_audit_open(moment);
    WITH copied AS (
        INSERT INTO access_audit_entry AS entry
        SELECT head.lane, head.place + row_number() OVER (ORDER BY seq), moment, seq, at, kind, subject, actor, origin,
               nullif(coalesce(data ->> 'reason', data -> 'command' ->> 'reason'), ''),
               CASE WHEN kind LIKE 'order.%' OR kind LIKE 'cart.%' THEN NULL
                    ELSE (SELECT array_agg(DISTINCT sku #>> '{}') FROM jsonb_path_query(data, '$.**.sku') AS sku
                          WHERE jsonb_typeof(sku) = 'string') END,
               data
        FROM written
        WHERE kind <> 'stock.changed'
        RETURNING place, access_audit_digest(lane, place, at, seq, happened_at, kind, subject, actor, origin, why, about, data)
            AS digest
    )
    SELECT string_agg(digest, ''::bytea ORDER BY place), count(*) INTO made, number FROM copied;
    head.digest := sha256(head.digest || made);
    INSERT INTO access_audit_link VALUES (head.lane, head.place + 1, number, moment, made, head.digest);
    UPDATE access_audit_lane SET place = head.place + number, digest = head.digest WHERE lane = head.lane;
    RETURN NULL;
END $$;
CREATE TRIGGER access_audit_copy AFTER INSERT ON core_event
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION access_audit_copy();
"""

KEEP = """
CREATE TRIGGER access_audit_entry_append_only BEFORE UPDATE OR DELETE ON access_audit_entry
    FOR EACH ROW EXECUTE FUNCTION core_keep_as_written();
CREATE TRIGGER access_audit_link_append_only BEFORE UPDATE OR DELETE ON access_audit_link
    FOR EACH ROW EXECUTE FUNCTION core_keep_as_written();
CREATE TRIGGER access_audit_seal_append_only BEFORE UPDATE OR DELETE ON access_audit_seal
    FOR EACH ROW EXECUTE FUNCTION core_keep_as_written();
SELECT access_audit_open(now());
SELECT access_audit_open(now() + interval '1 month');
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_event_origin")]
    operations = [
        migrations.RunSQL(part, migrations.RunSQL.noop) for part in (TABLES, DIGEST, MONTHS, COPY, KEEP)
    ]
