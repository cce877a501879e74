-- What was changed about roles, and the roles somebody made: a hundred at most.
SELECT name, title, granted, withdrawn, second_factor, changed_by FROM access_role ORDER BY name
