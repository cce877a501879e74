-- How long customers waited for a first answer, of the cases opened since a moment: half waited no longer than the
-- median, nine of ten no longer than p90. In time: answered before it was due, of those answered or overdue. Of a case in
-- which more was asked after an answer the first question counts.
SELECT count(*) FILTER (WHERE answered IS NOT NULL),
       extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY answered - opened_at))::float8,
       extract(epoch FROM percentile_cont(0.9) WITHIN GROUP (ORDER BY answered - opened_at))::float8,
       count(*) FILTER (WHERE answered <= due),
       count(*) FILTER (WHERE answered IS NOT NULL OR (closed_at IS NULL AND due < %(now)s))
FROM (
    SELECT opened_at, closed_at, coalesce(first_due_at, due_at) AS due, coalesce(first_answered_at, answered_at) AS answered
    FROM customers_case
    WHERE opened_at >= %(since)s
) AS ticket
