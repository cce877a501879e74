-- Some rows of a verdict: what each says, how it is now, and in what they differ.
SELECT clean.row, to_jsonb(clean), to_jsonb(now), verdict.differs
FROM {verdicts} AS verdict
JOIN {clean} AS clean USING (row)
JOIN {now} AS now USING (row)
WHERE verdict.verdict = %(verdict)s
ORDER BY clean.row
LIMIT %(most)s
