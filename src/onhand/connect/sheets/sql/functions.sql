-- How cells are understood: functions for the time of a check, so that no schema has to be changed for a new spelling.
-- First a cell without blanks around it, and without the apostrophe that keeps a spreadsheet from running it.
CREATE OR REPLACE FUNCTION pg_temp.plain(cell text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT nullif(btrim(CASE WHEN cell ~ E'^\'[=+@\t\r\n-]' THEN substr(cell, 2) ELSE cell END, E' \t\r\n\u00a0\u200b\ufeff'), '') $$;

-- A number with either decimal sign, with or without thousands and a currency's sign; null when it is none.
CREATE OR REPLACE FUNCTION pg_temp.number(cell text, comma boolean) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE digits text := cell;
BEGIN
    IF cell IS NULL OR length(cell) > 40 THEN
        RETURN NULL;
    END IF;
    IF digits !~ '^[+-]?[0-9.,]+$' THEN
        IF digits ~ '^[+-]?[0-9](\.[0-9]+)?[eE][+-]?[0-9]{1,2}$' THEN
            RETURN digits::numeric;
        END IF;
        digits := regexp_replace(digits, '^([+-]?)(R\$|US\$|[$£€¥]|[A-Z]{3})\s*', '\1');
        digits := regexp_replace(digits, '\s*(R\$|[$£€¥]|[A-Z]{3})$', '');
        digits := regexp_replace(digits, E'([0-9])[ \u00a0\u202f\'](?=[0-9]{3}(?![0-9]))', '\1', 'g');
    END IF;
    IF comma AND digits ~ '^[+-]?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)?(,[0-9]+)?$' AND digits ~ '[0-9]' THEN
        RETURN replace(replace(digits, '.', ''), ',', '.')::numeric;
    ELSIF NOT comma AND digits ~ '^[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?(\.[0-9]+)?$' AND digits ~ '[0-9]' THEN
        RETURN replace(digits, ',', '')::numeric;
    END IF;
    RETURN NULL;
END $$;

-- A moment in one of the stated forms; day and month as `day_first` says; a time without zone is the zone's. Null when it is none.
CREATE OR REPLACE FUNCTION pg_temp.moment(cell text, day_first boolean, zone text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
    part text[];
    y integer; m integer; d integer; h integer; mi integer; s double precision;
BEGIN
    IF cell IS NULL OR length(cell) > 40 THEN
        RETURN NULL;
    END IF;
    part := regexp_match(cell, '^([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})(?:[T ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}(?:[.,][0-9]{1,9})?))?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?)?$');
    IF part IS NOT NULL THEN
        y := part[1]; m := part[2]; d := part[3];
    ELSE
        part := regexp_match(cell, '^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})(?:[T ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}(?:[.,][0-9]{1,9})?))?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?)?$');
        IF part IS NULL OR day_first IS NULL THEN
            RETURN NULL;
        END IF;
        y := part[3];
        m := CASE WHEN day_first THEN part[2] ELSE part[1] END;
        d := CASE WHEN day_first THEN part[1] ELSE part[2] END;
    END IF;
    h := coalesce(part[4]::integer, 0); mi := coalesce(part[5]::integer, 0); s := coalesce(replace(part[6], ',', '.')::double precision, 0);
    IF y NOT BETWEEN 1900 AND 2999 OR m NOT BETWEEN 1 AND 12 OR d < 1 OR h > 23 OR mi > 59 OR s >= 60 THEN
        RETURN NULL;
    END IF;
    IF d > extract(day FROM make_date(y, m, 1) + interval '1 month - 1 day') THEN
        RETURN NULL;
    END IF;
    IF part[7] = 'Z' THEN
        zone := 'UTC';
    ELSIF part[7] IS NOT NULL THEN
        IF substr(part[7], 2, 2)::integer > 14 OR right(part[7], 2)::integer > 59 THEN
            RETURN NULL;
        END IF;
        RETURN make_timestamp(y, m, d, h, mi, s) AT TIME ZONE 'UTC' - (
            left(part[7], 1) || substr(part[7], 2, 2) || ':' || right(part[7], 2)
        )::interval;
    END IF;
    RETURN make_timestamp(y, m, d, h, mi, s) AT TIME ZONE zone;
END $$;

-- The code without its blanks when it is meant as a GTIN (GS1 leaves some numbers to companies and regions); else null.
CREATE OR REPLACE FUNCTION pg_temp.gtin(cell text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    digits text := replace(cell, ' ', '');
    padded text;
BEGIN
    IF digits !~ '^([0-9]{8}|[0-9]{12,14})$' THEN
        RETURN NULL;
    END IF;
    padded := lpad(digits, 14, '0');
    IF left(padded, 6) = '000000' THEN
        RETURN CASE WHEN substr(padded, 7, 1) IN ('0', '2') THEN NULL ELSE digits END;
    END IF;
    RETURN CASE WHEN padded ~ '^0(02|04|2)' THEN NULL ELSE digits END;
END $$;

-- The check digit a wrong GTIN should end with, null for a right one and for other codes: from the right, digits weigh
-- 3, 1, 3, 1 …; the sum is filled up to ten.
CREATE OR REPLACE FUNCTION pg_temp.right_digit(cell text) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    gtin text := pg_temp.gtin(cell);
    digits bytea := lpad(gtin, 14, '0')::bytea;
    total integer := 0;
BEGIN
    IF gtin IS NULL THEN
        RETURN NULL;
    END IF;
    FOR place IN 0..12 LOOP
        total := total + (get_byte(digits, place) - 48) * (3 - 2 * (place % 2));
    END LOOP;
    total := (10 - total % 10) % 10;
    RETURN CASE WHEN total <> get_byte(digits, 13) - 48 THEN total END;
END $$;

-- The form a barcode is kept in: 14 digits for a GTIN, the code itself otherwise.
CREATE OR REPLACE FUNCTION pg_temp.barcode(cell text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN pg_temp.gtin(cell) IS NULL THEN cell ELSE lpad(replace(cell, ' ', ''), 14, '0') END $$;
