-- How likely somebody is to recommend the shop; what they say by now counts from when they said it first.
INSERT INTO customers_reviews_score (order_id, about, customer, score, why, written_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (order_id) DO UPDATE SET score = excluded.score, why = excluded.why
