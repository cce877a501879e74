-- Categories by code, and all that lies below them.
WITH RECURSIVE branch AS (
    SELECT id FROM catalog_category WHERE code = ANY (%(given)s)
    UNION
    SELECT child.id FROM branch JOIN catalog_category AS child ON child.parent_id = branch.id
)
SELECT id FROM branch
