-- One coordinate says nothing.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT clean.row, missing.field, '', 'half_a_coordinate', 'the other coordinate is given', 'give both or neither'
FROM {clean} AS clean
JOIN {now} AS now USING (row)
CROSS JOIN LATERAL (
    VALUES
        ('latitude', coalesce(clean.latitude, now.latitude), coalesce(clean.longitude, now.longitude)),
        ('longitude', coalesce(clean.longitude, now.longitude), coalesce(clean.latitude, now.latitude))
) AS missing (field, value, other)
WHERE missing.value IS NULL AND missing.other IS NOT NULL
