-- One more try of an account from a source; counting begins anew when the last count is older than its window.
INSERT INTO access_signin_guess AS kept (kind, account, source, taken, since)
VALUES (%(kind)s, %(account)s, %(source)s, 1, %(now)s)
ON CONFLICT (kind, account, source) DO UPDATE SET
    taken = CASE WHEN kept.since <= %(expired)s THEN 1 ELSE kept.taken + 1 END,
    since = CASE WHEN kept.since <= %(expired)s THEN %(now)s ELSE kept.since END
RETURNING taken
