-- What becomes of a review.
UPDATE customers_reviews_review SET
    state = %(state)s, why = %(why)s, answer = %(answer)s,
    decided_at = coalesce(%(decided_at)s, decided_at), decided_by = coalesce(%(decided_by)s, decided_by),
    answered_at = coalesce(%(answered_at)s, answered_at)
WHERE id = %(id)s
