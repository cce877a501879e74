-- A category and all that lies below it.
WITH RECURSIVE branch AS (
    SELECT id FROM catalog_category WHERE code = %s
    UNION
    SELECT child.id FROM branch JOIN catalog_category AS child ON child.parent_id = branch.id
)
SELECT id FROM branch
