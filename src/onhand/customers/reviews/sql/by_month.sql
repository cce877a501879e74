-- How many would recommend us, would neither, would advise against it, by the months of a zone.
SELECT date_trunc('month', written_at AT TIME ZONE %(zone)s)::date AS month,
       count(*) FILTER (WHERE score >= 9), count(*) FILTER (WHERE score BETWEEN 7 AND 8),
       count(*) FILTER (WHERE score <= 6)
FROM customers_reviews_score
WHERE written_at >= %(since)s::date::timestamp AT TIME ZONE %(zone)s
GROUP BY month
ORDER BY month
