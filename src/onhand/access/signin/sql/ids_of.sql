-- Whose account is meant by what was typed: a name, or an address of theirs. Asked alike for names nobody has.
SELECT id FROM access_person WHERE lower(username) = lower(%(typed)s) OR lower(email) = lower(%(typed)s)
UNION
SELECT user_id FROM account_emailaddress WHERE lower(email) = lower(%(typed)s)
ORDER BY 1
