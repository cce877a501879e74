-- A full page moves the follower on within its window; a short one means the window is read to its end.
UPDATE core_follower
SET seen = CASE WHEN %(full)s THEN seen ELSE until END,
    until = CASE WHEN %(full)s THEN until END,
    seq = CASE WHEN %(full)s THEN %(last)s ELSE 0 END
WHERE name = %(follower)s
