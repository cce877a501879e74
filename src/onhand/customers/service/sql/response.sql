-- How long customers waited for a first answer, of the cases opened since a moment: half waited no longer than the
-- median, nine of ten no longer than p90. In time: answered before it was due, of those answered or overdue.
SELECT count(*) FILTER (WHERE answered_at IS NOT NULL),
       extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY answered_at - opened_at))::float8,
       extract(epoch FROM percentile_cont(0.9) WITHIN GROUP (ORDER BY answered_at - opened_at))::float8,
       count(*) FILTER (WHERE answered_at <= due_at),
       count(*) FILTER (WHERE answered_at IS NOT NULL OR (closed_at IS NULL AND due_at < %(now)s))
FROM customers_case
WHERE opened_at >= %(since)s
